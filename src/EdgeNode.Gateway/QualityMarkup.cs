using EdgeNode.Core.Model;

namespace EdgeNode.Gateway;

/// <summary>Qualities on the screen: the word always, the letter of NAMUR NE 107 before it where there is one, the colour besides.</summary>
internal static class QualityMarkup
{
    /// <param name="quality">The quality.</param>
    /// <param name="simulated">Of a point that is simulated, and says so.</param>
    public static string Of(Quality quality, bool simulated = false)
    {
        var colour = quality.IsBad ? "red" : quality.IsGood && !simulated ? "green" : "yellow";
        return $"[{colour}]{$"{quality.Status(simulated).Letter()} {quality}".TrimStart()}{(simulated ? ", simulated" : "")}[/]";
    }
}
