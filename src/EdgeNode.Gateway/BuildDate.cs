using System.Globalization;
using System.Reflection;

namespace EdgeNode.Gateway;

/// <summary>When this executable's sources were committed: a clock before it is wrong.</summary>
internal static class BuildDate
{
    /// <summary>Unix microseconds; the build writes seconds into the assembly (EdgeNode.Gateway.csproj).</summary>
    public static long UnixMicroseconds { get; } =
        typeof(BuildDate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "BuildDate")?.Value is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds * 1_000_000
            : throw new InvalidOperationException("The build wrote no date into the executable.");
}
