using System.Globalization;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>How much is run: the short form is part of `test`, the long one is `./build.sh simulate`.</summary>
internal static class Extent
{
    /// <summary>The long form.</summary>
    public static bool Long => Environment.GetEnvironmentVariable("EDGENODE_SIMULATE") == "1";

    /// <summary>Run this seed alone.</summary>
    public static int? Seed => Text("EDGENODE_SEED") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Virtual hours of each seed.</summary>
    public static double Hours => Text("EDGENODE_HOURS") is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : Long ? 6 : 1;

    /// <summary>The target of days: so many days of the protection's world alone, in worlds of half a day; null: not asked for.</summary>
    public static int? Days => Text("EDGENODE_DAYS") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Virtual hours of each world of the protection.</summary>
    public static double ProtectionHours => Text("EDGENODE_HOURS") is null && Long ? 12 : Hours;

    public static string Form => Long ? "long form" : "short form, the long one is ./build.sh simulate";

    private static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
