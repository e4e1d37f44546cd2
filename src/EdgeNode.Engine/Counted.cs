using System.Globalization;

namespace EdgeNode.Engine;

/// <summary>Numbers of things in the log.</summary>
internal static class Counted
{
    /// <summary>Such as "1 bus", "2 buses".</summary>
    public static string Of(int count, string one, string many) => count.ToString(CultureInfo.InvariantCulture) + " " + (count == 1 ? one : many);
}
