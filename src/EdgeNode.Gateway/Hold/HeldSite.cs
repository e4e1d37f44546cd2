using EdgeNode.Core.Model;
using EdgeNode.Gateway.Verbs;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// The site file that ran when a planned restart began, kept in the data directory until each output that was held is known to be safe, or to be a new run's. It lets no output stay as it is: it only says
/// where those are driven that nobody has accounted for, also when the new site file has them no longer.
/// </summary>
internal static class HeldSite
{
    /// <summary>Its name in the data directory.</summary>
    public const string FileName = "site.held.yaml";

    /// <summary>A hold begins.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static bool Keep(string data)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(data, LastSite.FileName));
            using var file = new FileStream(Path.Combine(data, FileName), FileMode.Create, FileAccess.Write);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>The site; null when nothing is open, or the file is not whole.</summary>
    public static Site? Load(string data) => LastSite.Load(data, FileName);

    /// <summary>When it was written: each restart writes its own. Some day long ago when it is not there.</summary>
    public static DateTime Written(string data) => File.GetLastWriteTimeUtc(Path.Combine(data, FileName));

    /// <summary>All is accounted for.</summary>
    public static void Forget(string data)
    {
        try
        {
            File.Delete(Path.Combine(data, FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A member of the group may not: the next run does.
        }
    }

    /// <summary>Outputs that may have been held and that another site does not drive.</summary>
    /// <param name="held">The site of the hold.</param>
    /// <param name="now">What runs now.</param>
    public static IReadOnlyList<string> NotIn(Site held, Site now)
    {
        var driven = now.Outputs.Select(o => SafeDrive.Place(now, o.Place)).ToHashSet(StringComparer.Ordinal);
        return [.. held.Outputs.Where(o => o.HoldThroughRestart > TimeSpan.Zero && !driven.Contains(SafeDrive.Place(held, o.Place))).Select(o => o.Id)];
    }
}
