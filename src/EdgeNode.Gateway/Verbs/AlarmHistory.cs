using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Records;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Gateway.Verbs;

/// <summary>One time that an alarm was up.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="Raised">When it was raised; null when only its clearing is known.</param>
/// <param name="Cleared">When it cleared; null while it is up, or when that is not known.</param>
/// <param name="Body">What was said when it was raised (or cleared).</param>
internal sealed record AlarmOccurrence(string Id, SourceTime? Raised, SourceTime? Cleared, JsonElement Body)
{
    /// <summary>When something was last heard of it.</summary>
    public SourceTime Last => Cleared ?? Raised ?? default;

    /// <summary>A member of the event; empty when it has none of that name.</summary>
    public string Text(string member) => Body.TryGetProperty(member, out var value) ? value.ToString() : "";
}

/// <summary>Where the alarm history of a data directory comes from: the history's own files, or the journal when those cannot be used.</summary>
internal static class AlarmHistory
{
    private const int Attempts = 10;
    private const int MostBytes = 256 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <returns>Occurrences in the order of their raising, where they come from, and what a reader should know.</returns>
    public static async Task<(List<AlarmOccurrence> Occurrences, string Source, string? Note)> ReadAsync(string data)
    {
        var (events, source, note) = await ReadAsync(data, "alarm", HistoryReader.Alarms).ConfigureAwait(false);
        return (Pair(events), source, note);
    }

    /// <returns>Events of one kind beside alarms and revisions, oldest first, where they come from, and what a reader should know.</returns>
    public static Task<(List<QueuedEvent> Events, string Source, string? Note)> ReadEventsAsync(string data, string kind) =>
        ReadAsync(data, kind, (file, log) => HistoryReader.Events(file, log, kind));

    /// <summary>The body of an event; null when it is no JSON.</summary>
    public static JsonElement? Body(EventRecord record)
    {
        try
        {
            return JsonElement.Parse(record.Body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<(List<QueuedEvent> Events, string Source, string? Note)> ReadAsync(string data, string kind, Func<byte[], byte[], HistoryContents?> read)
    {
        if (await ReadFilesAsync(Path.Combine(data, "history"), read).ConfigureAwait(false) is { } contents)
        {
            var note = contents.Damaged == 0 ? null : $"{contents.Damaged} entries of the history are damaged and left out; the gateway rebuilds it at its next start.";
            return ([.. contents.Events], "history", note);
        }

        try
        {
            var events = SpoolInspector.Events(Path.Combine(data, "spool"), new LinuxDisk()).Where(e => e.Record.Kind == kind).ToList();
            return (events, "journal", $"There is no history that can be read here: these are the {kind}s that the journal still has.");
        }
        catch (SpoolUnavailableException)
        {
            return ([], "none", $"There is neither a history nor a spool in {data}.");
        }
    }

    /// <summary>
    /// A copy of both files in memory. The gateway has them open only while it writes a batch: two copies that are the same were not taken
    /// in the middle of one, and if they were, each document has a check of its own.
    /// </summary>
    private static async Task<HistoryContents?> ReadFilesAsync(string directory, Func<byte[], byte[], HistoryContents?> read)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var first = Copy(directory);
            var second = Copy(directory);
            if (first.Data.Length == 0 && attempt > 1)
            {
                return null;
            }

            if (first.Data.AsSpan().SequenceEqual(second.Data) && first.Log.AsSpan().SequenceEqual(second.Log)
                && read(first.Data, first.Log) is { } contents)
            {
                return contents;
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }

        return null;
    }

    private static (byte[] Data, byte[] Log) Copy(string directory)
    {
        var disk = new LinuxDisk();
        return (Bytes(disk, Path.Combine(directory, HistoryFiles.Data)), Bytes(disk, Path.Combine(directory, HistoryFiles.Log)));
    }

    // Not through the framework's handles: their lock would keep the gateway's own from opening.
    private static byte[] Bytes(LinuxDisk disk, string path)
    {
        if (disk.Open(path, write: false, out var file) != DiskError.None || file is null)
        {
            return [];
        }

        using (file)
        {
            if (file.Length(out var length) != DiskError.None || length > MostBytes)
            {
                return [];
            }

            var bytes = new byte[length];
            return file.Read(bytes, 0, out var read) == DiskError.None ? bytes[..read] : [];
        }
    }

    private static List<AlarmOccurrence> Pair(IEnumerable<QueuedEvent> events)
    {
        var occurrences = new List<AlarmOccurrence>();
        var up = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (Body(e.Record) is not { } body || !body.TryGetProperty("id", out var name) || name.GetString() is not { } id)
            {
                continue;
            }

            // What people and design make of an alarm begins no occurrence and ends none.
            if (body.TryGetProperty("change", out var change) && !change.ValueEquals("raised") && !change.ValueEquals("cleared"))
            {
                continue;
            }

            if (!body.TryGetProperty("state", out var state) || !state.ValueEquals("cleared"))
            {
                up[id] = occurrences.Count;
                occurrences.Add(new AlarmOccurrence(id, e.Record.Time, null, body));
            }
            else if (up.Remove(id, out var at))
            {
                occurrences[at] = occurrences[at] with { Cleared = e.Record.Time };
            }
            else
            {
                occurrences.Add(new AlarmOccurrence(id, null, e.Record.Time, body));
            }
        }

        return occurrences;
    }
}
