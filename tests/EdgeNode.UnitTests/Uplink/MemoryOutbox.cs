using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>An outbox in memory that keeps to the port's words: positions, epochs, holes and what was acknowledged.</summary>
internal sealed class MemoryOutbox : IOutbox
{
    private readonly Lock _lock = new();
    private readonly ulong _spool = 0x9f02c1d277aa0b13;
    private readonly SortedDictionary<uint, Run> _runs = [];
    private readonly List<Acknowledged> _acknowledged = [];

    public MemoryOutbox()
    {
        Restart();
    }

    public event Action? Appended;

    public Epoch Epoch { get; private set; }

    /// <summary>Nothing can be read just now, though it is there: a disk that fails for a moment.</summary>
    public bool Unreadable { get; set; }

    public SpoolFill Fill { get; set; } = new(1024, 4096, 0, AppendOutcome.Kept);

    /// <summary>All calls of <see cref="Acknowledge"/>, in order.</summary>
    public IReadOnlyList<Acknowledged> Acknowledgements
    {
        get
        {
            lock (_lock)
            {
                return [.. _acknowledged];
            }
        }
    }

    /// <summary>A new start on the same spool: what was waiting waits on.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            Epoch = new Epoch(_spool, Epoch.Start + 1);
            _runs.Add(Epoch.Start, new Run());
        }
    }

    public void Append(params IReadOnlyList<SpooledReading> readings)
    {
        lock (_lock)
        {
            _runs[Epoch.Start].Readings.AddRange(readings.Select(r => new Row<SpooledReading> { Record = r }));
        }

        Appended?.Invoke();
    }

    /// <summary>Appends readings of one point whose value is their sequence number.</summary>
    public void AppendNumbers(int count)
    {
        var first = (double)End(StreamKind.Telemetry).Seq;
        Append([.. Enumerable.Range(0, count).Select(i => Readings.At(first + i))]);
    }

    public void AppendEvent(string kind, string body = "{}")
    {
        lock (_lock)
        {
            var record = new EventRecord(kind, Readings.Moment, System.Text.Encoding.UTF8.GetBytes(body));
            _runs[Epoch.Start].Events.Add(new Row<EventRecord> { Record = record });
        }

        Appended?.Invoke();
    }

    /// <summary>These were dropped and a gap names them.</summary>
    public void Lose(ulong first, ulong last)
    {
        lock (_lock)
        {
            for (var seq = first; seq <= last; seq++)
            {
                _runs[Epoch.Start].Readings[(int)seq - 1].Done = true;
            }
        }
    }

    public Position End(StreamKind stream)
    {
        lock (_lock)
        {
            var run = _runs[Epoch.Start];
            return new Position(Epoch.Start, 1 + (ulong)(stream == StreamKind.Telemetry ? run.Readings.Count : run.Events.Count));
        }
    }

    public long Waiting(StreamKind stream)
    {
        lock (_lock)
        {
            return _runs.Values.Sum(r => stream == StreamKind.Telemetry ? r.Readings.Count(x => !x.Done) : r.Events.Count(x => !x.Done));
        }
    }

    public bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch)
    {
        lock (_lock)
        {
            batch.Readings.Clear();
            if (Unreadable)
            {
                return false;
            }

            foreach (var (start, run) in _runs)
            {
                for (var i = FirstIndex(from, start); i < run.Readings.Count; i++)
                {
                    var open = !run.Readings[i].Done && new Position(start, (ulong)i + 1) < until;
                    if (open && batch.Readings.Count == 0)
                    {
                        batch.Epoch = new Epoch(_spool, start);
                        batch.FirstSeq = (ulong)i + 1;
                    }

                    if (open && batch.Readings.Count < maxRecords)
                    {
                        batch.Readings.Add(run.Readings[i].Record);
                    }
                    else if (batch.Readings.Count > 0)
                    {
                        return true;
                    }
                }

                if (batch.Readings.Count > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public QueuedEvent? TryReadEvent(Position from)
    {
        lock (_lock)
        {
            foreach (var (start, run) in _runs)
            {
                for (var i = FirstIndex(from, start); i < run.Events.Count; i++)
                {
                    if (!run.Events[i].Done)
                    {
                        return new QueuedEvent(new Epoch(_spool, start), (ulong)i + 1, run.Events[i].Record);
                    }
                }
            }

            return null;
        }
    }

    /// <summary>All calls of <see cref="Refuse"/>, in order.</summary>
    public List<Acknowledged> Refusals { get; } = [];

    /// <summary>Their reasons.</summary>
    public List<string> RefusalReasons { get; } = [];

    public void Refuse(StreamKind stream, Epoch epoch, ulong first, ulong last, string reason)
    {
        RefusalReasons.Add(reason);
        Refusals.Add(new Acknowledged(stream, epoch, first, last));
        Acknowledge(stream, epoch, first, last);
    }

    public void Acknowledge(StreamKind stream, Epoch epoch, ulong first, ulong last)
    {
        lock (_lock)
        {
            _acknowledged.Add(new Acknowledged(stream, epoch, first, last));
            var run = _runs[epoch.Start];
            for (var seq = first; seq <= last; seq++)
            {
                if (stream == StreamKind.Telemetry)
                {
                    run.Readings[(int)seq - 1].Done = true;
                }
                else
                {
                    run.Events[(int)seq - 1].Done = true;
                }
            }
        }
    }

    private static int FirstIndex(Position from, uint start) =>
        start < from.Start ? int.MaxValue : start > from.Start ? 0 : (int)Math.Max(1, from.Seq) - 1;

    internal sealed record Acknowledged(StreamKind Stream, Epoch Epoch, ulong First, ulong Last);

    private sealed class Run
    {
        public List<Row<SpooledReading>> Readings { get; } = [];

        public List<Row<EventRecord>> Events { get; } = [];
    }

    private sealed class Row<T>
    {
        public required T Record { get; init; }

        public bool Done { get; set; }
    }
}
