using EdgeNode.Provisioning.Values;

namespace EdgeNode.Provisioning;

/// <summary>Durations on the command line, written as in a site file.</summary>
public static class Duration
{
    /// <summary>Reads a number with its unit: 500ms, 2s, 5min, 1h.</summary>
    public static bool TryParse(string text, out TimeSpan duration) => Sizes.TryDuration(text, out duration);
}
