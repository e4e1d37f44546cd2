namespace EdgeNode.Provisioning.Yaml;

/// <summary>A file's bytes, or in a sentence why there are none.</summary>
internal static class SourceFile
{
    /// <summary>Null with a fault.</summary>
    public static ReadOnlyMemory<byte>? Read(string path, FaultList faults)
    {
        try
        {
            if (Directory.Exists(path))
                faults.Add(Place.Start, "this is a directory", faults.Kind);
            else if (!File.Exists(path))
                faults.Add(Place.Start, "there is no such file", faults.Kind);
            else
                return Bounded(path);
        }
        catch (UnauthorizedAccessException)
        {
            faults.Add(Place.Start, "the file may not be read", "a file that this user may read");
        }
        catch (IOException error)
        {
            faults.Add(Place.Start, $"the file cannot be read ({error.Message.TrimEnd('.')})", faults.Kind);
        }

        return null;
    }

    /// <summary>One byte more than is allowed, so that a device that never ends does not either.</summary>
    private static ReadOnlyMemory<byte> Bounded(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[SiteLimits.FileBytes + 1];
        return bytes.AsMemory(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }
}
