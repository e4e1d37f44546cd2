using System.Security.Cryptography;
using System.Text;
using EdgeNode.Engine;

namespace EdgeNode.Gateway;

/// <summary>
/// The trace of a run that needs no disk: a file in the service's runtime directory (systemd's <c>RuntimeDirectory=</c>, in memory until the machine goes down), which names the run that
/// began last. One for each data directory.
/// </summary>
internal static class TraceFile
{
    /// <summary>Where systemd says that the runtime directory is; not set for a run by hand.</summary>
    public const string Variable = "RUNTIME_DIRECTORY";

    /// <summary>Says what ran before in this boot, and that this run has begun. Before anything is driven.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="fault">Takes why there is no trace.</param>
    /// <returns>Null where there is no runtime directory, or it takes nothing: then no orderly stop before it counts that left one.</returns>
    public static RunTrace? Leave(string data, Action<string> fault) =>
        Environment.GetEnvironmentVariable(Variable)?.Split(':')[0] is { Length: > 0 } directory ? Leave(directory, data, fault) : null;

    /// <summary>The same in a given directory.</summary>
    public static RunTrace? Leave(string directory, string data, Action<string> fault)
    {
        var path = Path.Combine(directory, "run-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(data))))[..12]);
        try
        {
            var before = File.Exists(path) && Guid.TryParse(File.ReadAllText(path), out var run) ? run : (Guid?)null;
            var trace = new RunTrace(Guid.NewGuid(), before);

            // Written beside it and renamed: what is cut short names no run, and that of the run before must not stay.
            File.WriteAllText(path + ".new", trace.Run.ToString());
            File.Move(path + ".new", path, overwrite: true);
            return trace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(path);
            fault($"{path} could not be written: {e.Message}");
            return null;
        }
    }

    /// <summary>It names a run that was not the last one.</summary>
    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What can be neither written nor removed is told all the same.
        }
    }
}
