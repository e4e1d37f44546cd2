using System.Globalization;
using System.Text.Json;
using EdgeNode.IntegrationTests.EndToEnd;
using EdgeNode.IntegrationTests.Field;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>A value that the field served and the platform never got.</summary>
/// <param name="Cycle">The life of the gateway in which it was served.</param>
/// <param name="Age">How long before that life's end.</param>
internal sealed record LostValue(ServedValue Value, int Cycle, TimeSpan Age);

/// <summary>What the field served against what the platform has after many violent ends and a last drain.</summary>
internal sealed class CrashAccount
{
    private readonly IReadOnlyList<Cycle> _cycles;
    private readonly TimeSpan _committedAfter;
    private readonly List<JsonElement> _gaps;
    private readonly long[] _starts;
    private readonly HashSet<int> _arrivedIn = [];

    /// <param name="served">The field's own log.</param>
    /// <param name="received">The platform's file.</param>
    /// <param name="cycles">In order.</param>
    /// <param name="drain">Unix microseconds, before the gateway was started for the last time, to end in order.</param>
    /// <param name="committedAfter">A value older than this at an end was committed.</param>
    /// <param name="unreadable">Files in quarantine.</param>
    public CrashAccount(
        IReadOnlyList<ServedValue> served, string received, IReadOnlyList<Cycle> cycles, long drain, TimeSpan committedAfter, int unreadable)
    {
        (_cycles, _committedAfter, Unreadable) = (cycles, committedAfter, unreadable);
        _starts = [.. cycles.Select(c => c.Started), drain];
        Values = new Account(served, Platform.Telemetry(received), SiteText.Node);
        _gaps = Platform.Events(received, "gap");
        var arrived = Values.All.Where(a => a.Value is not null).Select(a => (a.Name, (long)a.Value!.Value)).ToHashSet();
        foreach (var value in served)
        {
            var cycle = CycleOf(value.UnixMicroseconds);
            var age = cycle < cycles.Count ? TimeSpan.FromMicroseconds(cycles[cycle].Ended - value.UnixMicroseconds) : TimeSpan.MaxValue;
            Committed += age > committedAfter ? 1 : 0;
            if (!arrived.Contains((Name(value), value.Value)))
            {
                Lost.Add(new LostValue(value, cycle, age));
            }
            else
            {
                _arrivedIn.Add(cycle);
            }
        }
    }

    /// <summary>By value, whatever the cycle.</summary>
    public Account Values { get; }

    /// <summary>Values that were committed, by their age at the end of their cycle.</summary>
    public int Committed { get; }

    public List<LostValue> Lost { get; } = [];

    public int Unreadable { get; }

    /// <summary>Committed, and neither delivered nor in the drained spool. A gap event is no excuse: here nothing but a cut takes values.</summary>
    public List<LostValue> LostCommitted => [.. Lost.Where(l => l.Age > _committedAfter)];

    /// <summary>The age of the oldest lost value that was not committed.</summary>
    public TimeSpan LongestLoss => Lost.Select(l => l.Age).Where(a => a <= _committedAfter).DefaultIfEmpty().Max();

    /// <summary>Cycles in which values were lost and of which the platform was not told that it misses the end of the telemetry.</summary>
    public List<string> Untold()
    {
        var told = OpenGaps().Keys.ToHashSet(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var cycle in Lost.Select(l => l.Cycle).Distinct().Order())
        {
            var epoch = cycle < _cycles.Count ? _cycles[cycle].LastEpoch?.ToString() : null;
            if (epoch is null || (cycle > 0 && _cycles[cycle - 1].LastEpoch == _cycles[cycle].LastEpoch))
            {
                // Cut before the spool was open nothing was appended, so nothing of that life can have arrived either.
                if (cycle >= _cycles.Count || _cycles[cycle].Opened || _arrivedIn.Contains(cycle))
                {
                    faults.Add($"cycle {cycle} lost values and left no epoch of its own");
                }
            }
            else if (!told.Contains(epoch))
            {
                faults.Add($"cycle {cycle} lost values and no open gap names epoch {epoch}");
            }
        }

        return faults;
    }

    /// <summary>Sequence numbers without a record and without a gap that names them.</summary>
    public List<string> Holes()
    {
        var open = OpenGaps();
        var named = _gaps.Where(g => Text(g, "stream") == "telemetry" && g.GetProperty("to").ValueKind == JsonValueKind.Number)
            .ToLookup(g => Text(g, "epoch"), g => (From: g.GetProperty("from").GetInt64(), To: g.GetProperty("to").GetInt64()));
        return
        [
            .. Values.Holes().Where(hole =>
            {
                var blank = hole.IndexOf(' ', StringComparison.Ordinal);
                var (epoch, seq) = (hole[..blank], long.Parse(hole.AsSpan(blank), CultureInfo.InvariantCulture));
                return !(open.TryGetValue(epoch, out var from) && seq >= from) && !named[epoch].Any(n => seq >= n.From && seq <= n.To);
            }),
        ];
    }

    /// <summary>Readings that were published before they were committed, and that the spool then lost: the platform alone knows them.</summary>
    public int Forgotten()
    {
        var open = OpenGaps();
        return Values.All.Where(a => open.TryGetValue(a.Epoch, out var from) && a.Seq >= from).Select(a => a.Key).Distinct().Count();
    }

    /// <summary>Gap events of both streams.</summary>
    public int Gaps => _gaps.Count;

    /// <summary>
    /// Cycles and buses that lost more than the one scan that was on its way. On a starved machine a late scan and the next can be on
    /// their way together; so two are not held against it when both are younger than the time between scans.
    /// </summary>
    public List<string> MoreThanOneScan(int points, TimeSpan every) =>
    [
        .. Lost.GroupBy(l => (l.Cycle, l.Value.Unit))
            .Where(g => (g.Count() > points || g.GroupBy(l => l.Value.Point).Any(p => p.Count() > 1)) && g.Max(l => l.Age) > every)
            .Select(g => $"cycle {g.Key.Cycle}, unit {g.Key.Unit}: {g.Count()} values, the oldest {g.Max(l => l.Age).TotalMilliseconds:0} ms before the end"),
    ];

    /// <summary>The figures in a line.</summary>
    public string Figures() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_cycles.Count} cycles ({_cycles.Count(c => c.BrokerUp)} with the broker, {_cycles.Count(c => !c.BrokerUp)} without): {Values.ServedCount} values served, {Committed} committed values checked, "
        + $"{LostCommitted.Count} of them lost; {Lost.Count - LostCommitted.Count} lost that were not committed, at most {LongestLoss.TotalMilliseconds:0} ms before the end, "
        + $"{Lost.Select(l => l.Cycle).Distinct().Count()} cycles with a loss; {Forgotten()} known to the platform alone; {Gaps} gap events; unreadable {Unreadable}; torn ends {_cycles.Count(c => c.Unsound.Count > 0)}");

    private Dictionary<string, long> OpenGaps() => _gaps
        .Where(g => Text(g, "stream") == "telemetry" && g.GetProperty("to").ValueKind == JsonValueKind.Null)
        .GroupBy(g => Text(g, "epoch")).ToDictionary(g => g.Key, g => g.Min(o => o.GetProperty("from").GetInt64()), StringComparer.Ordinal);

    private static string Text(JsonElement gap, string name) => gap.GetProperty(name).GetString()!;

    private static string Name(ServedValue value) => string.Create(CultureInfo.InvariantCulture, $"{SiteText.Node}:U{value.Unit}.p{value.Point}");

    // A value served between an end and the next start was asked for by the life that ended.
    private int CycleOf(long micros)
    {
        var at = Array.BinarySearch(_starts, micros);
        return Math.Max(0, at >= 0 ? at : ~at - 1);
    }
}
