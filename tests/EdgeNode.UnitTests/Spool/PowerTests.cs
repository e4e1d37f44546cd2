using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Power cuts at random moments, from a seed.</summary>
public class PowerTests(ITestOutputHelper output)
{
    [Fact]
    public void Across_400_power_cuts_nothing_committed_is_lost_and_no_number_is_used_twice()
    {
        var cuts = 0;
        var gapsSeen = 0;
        for (var life = 0; life < 40; life++)
        {
            var random = new Random(7000 + life);
            var world = new World(random);
            for (var cycle = 0; cycle < 10; cycle++, cuts++)
            {
                world.Run(random.Next(1, 120));
                world.Check($"life {life}, cycle {cycle}");
            }

            gapsSeen += world.GapsSeen;
        }

        output.WriteLine($"{cuts} power cuts, {gapsSeen} gaps named, 0 committed records lost");
        Assert.Equal(400, cuts);
    }

    /// <summary>A spool and what the platform and the writer remember of it.</summary>
    private sealed class World(Random random)
    {
        private readonly Bench _bench = new() { Limit = 512 * 1024 };

        // Every key that was ever given out, with its value; what was promised; what came through.
        private readonly Dictionary<Position, double> _given = [];
        private readonly HashSet<Position> _kept = [];
        private readonly HashSet<Position> _committed = [];
        private readonly HashSet<Position> _delivered = [];
        private readonly Dictionary<Position, string> _events = [];
        private readonly HashSet<Position> _deliveredEvents = [];
        private readonly Dictionary<Position, GapSeen> _gaps = [];
        private readonly List<Position> _uncommitted = [];
        private int _events1;

        public int GapsSeen => _gaps.Count;

        public void Run(int steps)
        {
            // The cut comes at one of the disk's calls, in the middle of whatever is going on.
            var left = random.Next(1, steps * 3);
            _bench.Disk.Fault = (_, _) => --left < 0 ? DiskError.Failed : DiskError.None;
            try
            {
                _bench.Open();
                for (var step = 0; step < steps && left > 0; step++)
                {
                    Step(() => left >= 0);
                }
            }
            catch (EdgeNode.Spool.SpoolUnavailableException)
            {
                Assert.True(left < 0);
            }

            _bench.Disk.Fault = null;
            _uncommitted.Clear();
            if (random.Next(4) == 0)
            {
                _bench.Disk.Kill();
            }
            else
            {
                _bench.Disk.CutPower(random);
                _bench.Clock.Reboot();
            }
        }

        private void Step(Func<bool> powered)
        {
            switch (random.Next(10))
            {
                case < 5:
                    var first = _bench.Outbox.End(StreamKind.Telemetry);
                    var scan = _bench.Scan(random.Next(1, 20));
                    for (var i = 0; i < scan.Length; i++)
                    {
                        Assert.True(_given.TryAdd(new Position(first.Start, first.Seq + (ulong)i), scan[i].Value), "a number was used twice");
                    }

                    if (_bench.Journal.AppendReadings(scan) == AppendOutcome.Kept)
                    {
                        var positions = Enumerable.Range(0, scan.Length).Select(i => new Position(first.Start, first.Seq + (ulong)i)).ToList();
                        _kept.UnionWith(positions);
                        _uncommitted.AddRange(positions);
                    }

                    break;

                case 5:
                    var text = "e" + _events1++;
                    var at = _bench.Outbox.End(StreamKind.Event);
                    var kept = _bench.Journal.AppendEvent(new EventRecord(text, _bench.Clock.Read().Wall, "{}"u8.ToArray()));
                    if (powered() && kept == AppendOutcome.Kept && _bench.Journal.Commit() == AppendOutcome.Kept && powered())
                    {
                        Assert.True(_events.TryAdd(at, text));
                        Promise();
                    }

                    break;

                case 6 or 7:
                    if (_bench.Journal.Commit() == AppendOutcome.Kept && powered())
                    {
                        Promise();
                    }

                    break;

                default:
                    Deliver(random.Next(1, 60));
                    break;
            }
        }

        private void Promise()
        {
            _committed.UnionWith(_uncommitted);
            _uncommitted.Clear();
        }

        private void Deliver(int count)
        {
            var batch = new ReadingBatch();
            if (_bench.Outbox.TryRead(default, new Position(uint.MaxValue, 1), count, batch))
            {
                for (var i = 0; i < batch.Readings.Count; i++)
                {
                    var position = new Position(batch.Epoch.Start, batch.FirstSeq + (ulong)i);
                    Assert.Equal(_given[position], batch.Readings[i].Value);
                    _delivered.Add(position);
                }

                _bench.Outbox.Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
            }

            while (random.Next(3) != 0 && _bench.Outbox.TryReadEvent(default) is { } e)
            {
                See(e);
                _bench.Outbox.Acknowledge(StreamKind.Event, e.Epoch, e.Seq, e.Seq);
            }
        }

        private void See(QueuedEvent e)
        {
            var position = new Position(e.Epoch.Start, e.Seq);
            _deliveredEvents.Add(position);
            if (e.Record.Kind == "gap")
            {
                var gap = GapSeen.Of(e.Record);
                Assert.Equal(_gaps.GetValueOrDefault(position, gap), gap);
                _gaps[position] = gap;
            }
            else
            {
                Assert.Equal(_events.GetValueOrDefault(position, e.Record.Kind), e.Record.Kind);
            }
        }

        public void Check(string where)
        {
            _bench.Open();
            var (readings, events) = _bench.ReadAll();
            events.ForEach(See);
            foreach (var (position, reading) in readings)
            {
                Assert.Equal(_given[position], reading.Value);
            }

            foreach (var position in _committed)
            {
                Assert.True(
                    readings.ContainsKey(position) || _delivered.Contains(position)
                    || _gaps.Values.Any(g => g.Reason == "spool-full" && g.Covers(StreamKind.Telemetry, position.Start, position.Seq)), $"{where}: {position} was committed and is lost");
            }

            foreach (var position in _kept)
            {
                Assert.True(
                    readings.ContainsKey(position) || _delivered.Contains(position)
                    || _gaps.Values.Any(g => g.Covers(StreamKind.Telemetry, position.Start, position.Seq)), $"{where}: {position} is silently lost");
            }

            foreach (var position in _events.Keys)
            {
                Assert.True(_deliveredEvents.Contains(position), $"{where}: event {position} was committed and is lost");
            }

            _bench.Journal.Dispose();
        }
    }
}
