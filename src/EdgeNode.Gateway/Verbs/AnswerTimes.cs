using System.Globalization;
using System.Text.Json;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Times of the gateway's answers, as people read them.</summary>
internal static class AnswerTimes
{
    /// <summary>A moment, UTC.</summary>
    public static string Moment(JsonElement item, string name) =>
        DateTimeOffset.UnixEpoch.AddSeconds((double)item.GetProperty(name).GetDecimal()).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Seconds, 0 or more, as hours, minutes and seconds.</summary>
    public static string Hours(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}");
    }
}
