using System.Text.Json;

namespace EdgeNode.Gateway;

/// <summary>Exit codes of every verb (DESIGN.md section 4; numbers as in sysexits.h).</summary>
internal static class Exit
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>A device or broker cannot be reached.</summary>
    public const int Unreachable = 69;

    /// <summary>The site file is wrong.</summary>
    public const int Config = 78;

    /// <summary>0 when all was done, 1 when something was refused, 69 when the station, a line or a device did not take it.</summary>
    public static int Of(JsonElement answer)
    {
        if (answer.GetProperty("ok").GetBoolean())
        {
            return Done;
        }

        var outcomes = answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("outcome").GetString()).ToList();
        return outcomes.Contains("unknown") && !outcomes.Contains("refused") ? Unreachable : Failed;
    }
}
