using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Records;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.State;

namespace EdgeNode.Gateway.Verbs;

/// <summary>One time that an alarm was up.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="Raised">When it was raised; null when only its clearing is known.</param>
/// <param name="Cleared">When it cleared; null while it is up, or when that is not known.</param>
/// <param name="Body">What was said when it was raised (or cleared).</param>
internal sealed record AlarmOccurrence(string Id, SourceTime? Raised, SourceTime? Cleared, JsonElement Body)
{
    /// <summary>It is over, and its end is not known: a power cut can take the event with it.</summary>
    public bool EndLost { get; init; }

    /// <summary>What was said last of its state: a person or the design has set it aside.</summary>
    public bool SetAside { get; init; }

    /// <summary>It is up still.</summary>
    public bool IsUp => Cleared is null && !EndLost;

    /// <summary>When something was last heard of it.</summary>
    public SourceTime Last => Cleared ?? Raised ?? default;

    /// <summary>A member of the event; empty when it has none of that name.</summary>
    public string Text(string member) => Body.TryGetProperty(member, out var value) ? value.ToString() : "";
}

/// <summary>What was kept of alarms.</summary>
/// <param name="Occurrences">In the order of their raising.</param>
/// <param name="Calls">Each time that one was announced, with its id.</param>
/// <param name="Since">From when on all of them are there, Unix microseconds; null: nothing is.</param>
internal sealed record AlarmRecord(List<AlarmOccurrence> Occurrences, List<(string Id, AlarmCall Call)> Calls, long? Since);

/// <summary>Where the alarm history of a data directory comes from: the history's own files, or the journal when those cannot be used.</summary>
internal static class AlarmHistory
{
    private const int Attempts = 10;
    private const int MostBytes = 256 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <returns>What was kept, where it comes from, and what a reader should know.</returns>
    public static async Task<(AlarmRecord Record, string Source, string? Note)> ReadAsync(string data)
    {
        var (events, since, source, note) = await ReadAsync(data, "alarm", HistoryReader.Alarms).ConfigureAwait(false);
        return (Pair(events, since, Standing(data)), source, note);
    }

    /// <returns>Events of one kind beside alarms and revisions, oldest first, where they come from, and what a reader should know.</returns>
    public static async Task<(List<QueuedEvent> Events, string Source, string? Note)> ReadEventsAsync(string data, string kind)
    {
        var (events, _, source, note) = await ReadAsync(data, kind, (file, log) => HistoryReader.Events(file, log, kind)).ConfigureAwait(false);
        return (events, source, note);
    }

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

    private static async Task<(List<QueuedEvent> Events, long? Since, string Source, string? Note)> ReadAsync(string data, string kind, Func<byte[], byte[], HistoryContents?> read)
    {
        if (await ReadFilesAsync(Path.Combine(data, "history"), read).ConfigureAwait(false) is { } contents)
        {
            var note = contents.Damaged == 0 ? null : $"{contents.Damaged} entries of the history are damaged and left out; the gateway rebuilds it at its next start.";
            return ([.. contents.Events], contents.Since, "history", note);
        }

        try
        {
            var all = SpoolInspector.Events(Path.Combine(data, "spool"), new LinuxDisk()).ToList();
            long? since = all.Count == 0 ? null : all.Min(e => e.Record.Time.UnixMicroseconds);
            return ([.. all.Where(e => e.Record.Kind == kind)], since, "journal", $"There is no history that can be read here: these are the {kind}s that the journal still has.");
        }
        catch (SpoolUnavailableException)
        {
            return ([], null, "none", $"There is neither a history nor a spool in {data}.");
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

    /// <summary>The alarms that stand by what the node keeps over a restart, which says also of one whose clear was lost that it is over; null when that cannot be read.</summary>
    private static IReadOnlySet<string>? Standing(string data)
    {
        var store = new StateStore(Path.Combine(data, "state"), new LinuxDisk());
        store.Load();
        return store.WasDamaged || store.Keys("").Count == 0 ? null : KeptAlarms.Active(store);
    }

    /// <summary>Makes occurrences of events.</summary>
    /// <param name="events">Alarm events, oldest first.</param>
    /// <param name="since">From when on they are all.</param>
    /// <param name="standing">The alarms that stand, the node's own faults not among them; null when nobody knows.</param>
    internal static AlarmRecord Pair(IEnumerable<QueuedEvent> events, long? since, IReadOnlySet<string>? standing)
    {
        var occurrences = new List<AlarmOccurrence>();
        var calls = new List<(string, AlarmCall)>();
        var up = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (Body(e.Record) is not { } body || !body.TryGetProperty("id", out var name) || name.GetString() is not { } id)
            {
                continue;
            }

            if (IsAnnouncement(body))
            {
                calls.Add((id, new AlarmCall(body.TryGetProperty("priority", out var priority) ? priority.ToString() : "", e.Record.Time.UnixMicroseconds)));
            }

            var cleared = body.TryGetProperty("state", out var state) && state.ValueEquals("cleared");
            var ofCondition = !body.TryGetProperty("change", out var change) || change.ValueEquals("raised") || change.ValueEquals("cleared");
            var known = up.TryGetValue(id, out var at);
            if (ofCondition && !cleared)
            {
                // What comes up has been down.
                End(known, at, null);
                up[id] = occurrences.Count;
                occurrences.Add(new AlarmOccurrence(id, e.Record.Time, null, body) { SetAside = IsSetAside(body) });
            }
            else if (cleared)
            {
                // What people and design make of an alarm ends no occurrence, and says of one that has ended that it has.
                End(known, at, ofCondition ? e.Record.Time : null);
                up.Remove(id);
                if (ofCondition && !known)
                {
                    occurrences.Add(new AlarmOccurrence(id, null, e.Record.Time, body));
                }
            }
            else if (known)
            {
                occurrences[at] = occurrences[at] with { SetAside = IsSetAside(body) };
            }
        }

        foreach (var (id, at) in up)
        {
            End(standing?.Contains(id) == false && !id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal), at, null);
        }

        return new AlarmRecord(occurrences, calls, since);

        void End(bool known, int at, SourceTime? time)
        {
            if (known)
            {
                occurrences[at] = occurrences[at] with { Cleared = time, EndLost = time is null };
            }
        }
    }

    private static bool IsSetAside(JsonElement body) => StateOf(body)?.IsSetAside() == true;

    /// <summary>By its words it was announced; an old event has none, and was of an alarm that came up.</summary>
    private static bool IsAnnouncement(JsonElement body) => StateOf(body) is { } state && body.TryGetProperty("change", out var change)
        ? Array.Exists(Enum.GetValues<AlarmInput>(), i => change.ValueEquals(i.Past()) && new AlarmTransition { Input = i, State = state }.IsAnnouncement)
        : body.TryGetProperty("state", out var condition) && condition.ValueEquals("raised");

    private static AlarmState? StateOf(JsonElement body) => body.TryGetProperty("alarmState", out var word)
        ? Enum.GetValues<AlarmState>().Where(s => word.ValueEquals(s.Text())).Select(s => (AlarmState?)s).FirstOrDefault() : null;
}
