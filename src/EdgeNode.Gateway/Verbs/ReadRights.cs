using EdgeNode.Spool.Disk;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Whether this user may read what a gateway keeps: without the right it must not look empty or damaged.</summary>
internal static class ReadRights
{
    /// <summary>A file, or the directory, that this user may not read; null when all can be read.</summary>
    public static string? Missing(string directory, string pattern)
    {
        try
        {
            // Through the spool's own seam: the framework's file handles would take locks that are the gateway's.
            var disk = new LinuxDisk();
            foreach (var path in Directory.EnumerateFiles(directory, pattern))
            {
                var error = disk.Open(path, write: false, out var file);
                file?.Dispose();
                if (error == DiskError.ReadOnly)
                {
                    return path;
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            return directory;
        }

        return null;
    }

    public static string Sentence(string path) => $"{path} may not be read by this user: run it as the user that the gateway runs as, or with sudo.";
}
