using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeNode.Records;

/// <summary>The files of a history: the two of LiteDB, the marker, and what was put aside.</summary>
public sealed class HistoryFiles
{
    /// <summary>LiteDB's data file.</summary>
    public const string Data = "history.db";

    /// <summary>LiteDB's log beside it, there while a batch is written or after a crash.</summary>
    public const string Log = "history-log.db";

    private const string MarkerName = "marker";
    private const string QuarantineName = "quarantine";
    private const string Closed = "closed";

    // As the spool's.
    private const UnixFileMode FileRights = (UnixFileMode)0b110_100_000;
    private const UnixFileMode DirectoryRights = (UnixFileMode)0b111_101_000;

    private readonly string _directory;

    /// <param name="directory">Where they lie.</param>
    public HistoryFiles(string directory) => _directory = directory;

    internal string DataPath => Path.Combine(_directory, Data);

    internal string LogPath => Path.Combine(_directory, Log);

    private string MarkerPath => Path.Combine(_directory, MarkerName);

    private string QuarantinePath => Path.Combine(_directory, QuarantineName);

    /// <summary>
    /// What stands outside of the file, since a file that was cut short opens as an empty one: the id of the history that was made
    /// here, and after an orderly end the check over the whole file as it was left. Null when none was made.
    /// </summary>
    internal (string Id, uint? Closed)? ReadMarker()
    {
        if (!File.Exists(MarkerPath))
        {
            return null;
        }

        var words = File.ReadAllText(MarkerPath, Encoding.ASCII).Trim().Split(' ');
        return (words[0], words.Length == 3 && words[1] == Closed && uint.TryParse(words[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var check) ? check : null);
    }

    /// <summary>CRC32C of the data file; its bytes are read without being kept.</summary>
    internal uint CheckData()
    {
        using var file = new FileStream(DataPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[64 * 1024];
        var crc = uint.MaxValue;
        for (var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false); read > 0;
            read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false))
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(buffer.AsSpan(0, read)))
            {
                crc = BitOperations.Crc32C(crc, word);
            }

            foreach (var b in buffer.AsSpan(0, read)[(read & ~7)..])
            {
                crc = BitOperations.Crc32C(crc, b);
            }
        }

        return ~crc;
    }

    /// <param name="closed">After an orderly end: <see cref="CheckData"/>.</param>
    internal void WriteMarker(string id, uint? closed)
    {
        // Without a flush of the directory, which the framework has no call for: a marker that a power cut takes back costs one look
        // into the journal.
        var making = MarkerPath + ".making";
        using (var file = new FileStream(making, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = FileRights }))
        {
            file.Write(Encoding.ASCII.GetBytes(closed is { } check ? string.Create(CultureInfo.InvariantCulture, $"{id} {Closed} {check:x8}") : id));
            file.Flush(flushToDisk: true);
        }

        File.Move(making, MarkerPath, overwrite: true);
    }

    internal void MakeDirectory() => Directory.CreateDirectory(_directory, DirectoryRights);

    /// <summary>LiteDB makes its files with the rights that the process's mask leaves, and takes an empty one for one of its own.</summary>
    internal void MakeEmpty()
    {
        foreach (var path in new[] { DataPath, LogPath })
        {
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = FileRights });
        }
    }

    /// <summary>Puts both files aside, together, under a number of their own.</summary>
    /// <returns>Where the data file went; null when there was none.</returns>
    internal string? PutAside()
    {
        Directory.CreateDirectory(QuarantinePath, DirectoryRights);
        var numbers = Numbers();
        var next = (numbers.Count == 0 ? 0 : numbers[^1]) + 1;
        string? aside = null;
        foreach (var (path, name) in new[] { (DataPath, Data), (LogPath, Log) })
        {
            if (File.Exists(path))
            {
                var to = Path.Combine(QuarantinePath, Name(next, name));
                File.Move(path, to);
                aside ??= path == DataPath ? to : null;
            }
        }

        File.Delete(MarkerPath);
        foreach (var old in numbers.Take(Math.Max(0, numbers.Count + 1 - HistoryLimits.Quarantined)))
        {
            File.Delete(Path.Combine(QuarantinePath, Name(old, Data)));
            File.Delete(Path.Combine(QuarantinePath, Name(old, Log)));
        }

        return aside;
    }

    /// <summary>The log that was put aside with a data file.</summary>
    internal static string LogOf(string aside) => aside[..^Data.Length] + Log;

    private static string Name(int number, string name) => string.Create(CultureInfo.InvariantCulture, $"{number:D4}-{name}");

    private List<int> Numbers() =>
    [
        .. Directory.EnumerateFiles(QuarantinePath).Select(Path.GetFileName)
            .Select(n => n!.Length > 5 && n[4] == '-' && int.TryParse(n.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : 0)
            .Where(i => i > 0).Distinct().Order(),
    ];
}
