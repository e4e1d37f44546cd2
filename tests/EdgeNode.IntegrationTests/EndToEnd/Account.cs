using System.Globalization;
using EdgeNode.IntegrationTests.Field;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>What the field served against what the platform received, by value: each value of a point was served once.</summary>
internal sealed class Account
{
    private readonly Dictionary<(string Name, long Value), ServedValue> _served;
    private readonly List<Arrived> _values;

    /// <param name="served">The field's own log.</param>
    /// <param name="arrived">All telemetry records in the order of arrival.</param>
    /// <param name="node">The node's id, the prefix of each name.</param>
    public Account(IEnumerable<ServedValue> served, List<Arrived> arrived, string node)
    {
        _served = served.ToDictionary(s => (string.Create(CultureInfo.InvariantCulture, $"{node}:U{s.Unit}.p{s.Point}"), s.Value));
        All = arrived;
        _values = [.. arrived.Where(a => a.Value is not null)];
    }

    public List<Arrived> All { get; }

    public int ServedCount => _served.Count;

    /// <summary>Served, and never arrived.</summary>
    public List<(string Name, long Value)> Missing()
    {
        var arrived = _values.Select(a => (a.Name, (long)a.Value!.Value)).ToHashSet();
        return [.. _served.Keys.Where(k => !arrived.Contains(k))];
    }

    /// <summary>Arrived, and never served: a wrong value.</summary>
    public List<Arrived> Invented() => [.. _values.Where(a => !_served.ContainsKey((a.Name, (long)a.Value!.Value)))];

    /// <summary>One value under two keys, or one key with two contents.</summary>
    public List<string> KeyFaults()
    {
        var faults = new List<string>();
        faults.AddRange(_values.GroupBy(a => (a.Name, a.Value)).Where(g => g.Select(a => a.Key).Distinct().Count() > 1)
            .Select(g => $"{g.Key} has keys {string.Join(", ", g.Select(a => a.Key).Distinct())}"));
        faults.AddRange(All.GroupBy(a => a.Key).Where(g => g.Select(a => (a.Name, a.Value, a.Quality, a.Time)).Distinct().Count() > 1)
            .Select(g => $"{g.Key} has contents {string.Join(" | ", g.Select(a => $"{a.Name} {a.Value} {a.Quality} {a.Time}").Distinct())}"));
        return faults;
    }

    /// <summary>Sequence numbers of each epoch that no record used, between its first and its last.</summary>
    public List<string> Holes() =>
    [
        .. All.GroupBy(a => a.Epoch).Select(g => (Epoch: g.Key, Seqs: g.Select(a => a.Seq).ToHashSet()))
            .SelectMany(e => Enumerable.Range(1, (int)e.Seqs.Max()).Where(s => !e.Seqs.Contains(s)).Select(s => $"{e.Epoch} {s}")),
    ];

    /// <summary>Values of a point whose order of arrival within a lane is not the order in which they were served.</summary>
    public List<string> OutOfOrder()
    {
        var faults = new List<string>();
        foreach (var lane in _values.GroupBy(a => (a.Name, a.Lane, a.Epoch)))
        {
            var last = double.MinValue;
            var seen = new HashSet<double>();
            foreach (var a in lane)
            {
                // A redelivery repeats what came; it is not out of order.
                if (seen.Add(a.Value!.Value))
                {
                    if (a.Value < last)
                    {
                        faults.Add($"{lane.Key}: {a.Value} after {last}");
                    }

                    last = a.Value.Value;
                }
            }
        }

        return faults;
    }

    /// <summary>Values whose time is not that of their reading: before it was served, or long after.</summary>
    public List<string> WrongTimes(TimeSpan late) =>
    [
        .. _values.Select(a => (a, Served: _served[(a.Name, (long)a.Value!.Value)].UnixMicroseconds / 1e6))
            .Where(x => x.a.Time < x.Served - 0.001 || x.a.Time > x.Served + late.TotalSeconds)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.a.Name} {x.a.Value}: served {x.Served:0.000000}, stamped {x.a.Time:0.000000}")),
    ];
}
