using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Recovery;

/// <summary>What the files of a spool are called.</summary>
internal static class SegmentNames
{
    internal const string Lock = "lock";
    internal const string Quarantine = "quarantine";
    private const string JournalPrefix = "journal-";
    private const string SparePrefix = "spare-";
    private const string MarkerPrefix = "epoch-";
    private const string Suffix = ".seg";

    internal static string Journal(uint generation) => string.Create(CultureInfo.InvariantCulture, $"{JournalPrefix}{generation:D10}{Suffix}");

    internal static string Spare(uint generation) => string.Create(CultureInfo.InvariantCulture, $"{SparePrefix}{generation:D10}{Suffix}");

    /// <summary>An empty file whose name alone says which epoch was the last to begin: a start number survives the loss of the newest segment.</summary>
    internal static string Marker(Epoch epoch) => string.Create(CultureInfo.InvariantCulture, $"{MarkerPrefix}{epoch.Spool:x16}-{epoch.Start:D10}");

    internal static bool IsJournal(string name, out uint generation) => IsSegment(name, JournalPrefix, out generation);

    internal static bool IsSpare(string name, out uint generation) => IsSegment(name, SparePrefix, out generation);

    internal static bool IsMarker(string name, out Epoch epoch)
    {
        epoch = default;
        return name.StartsWith(MarkerPrefix, StringComparison.Ordinal) && Epoch.TryParse(name[MarkerPrefix.Length..], out epoch);
    }

    /// <summary>How many files are in quarantine, and their bytes.</summary>
    internal static (int Files, long Bytes) Quarantined(ISpoolDisk disk, string directory)
    {
        var folder = directory + "/" + Quarantine;
        var names = new List<string>();
        return disk.List(folder, names) == DiskError.None ? (names.Count, names.Sum(name => LengthOf(disk, folder + "/" + name))) : (0, 0);
    }

    internal static long LengthOf(ISpoolDisk disk, string path)
    {
        if (disk.Open(path, write: false, out var file) != DiskError.None || file is null)
        {
            return 0;
        }

        using (file)
        {
            return file.Length(out var length) == DiskError.None ? length : 0;
        }
    }

    private static bool IsSegment(string name, string prefix, out uint generation)
    {
        generation = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && name.Length == prefix.Length + 10 + Suffix.Length
            && uint.TryParse(name.AsSpan(prefix.Length, 10), NumberStyles.None, CultureInfo.InvariantCulture, out generation);
    }
}
