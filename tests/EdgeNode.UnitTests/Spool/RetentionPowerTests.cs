using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.UnitTests.Spool;

/// <summary>The power goes, or the disk fails, at any call while a full spool drops, keeps and thins.</summary>
public class RetentionPowerTests(ITestOutputHelper output)
{
    [Fact]
    public void Across_power_cuts_and_faults_a_full_spool_loses_nothing_that_it_does_not_count()
    {
        var (cuts, kept, dropped) = (0, 0, 0L);
        for (var life = 0; life < 5; life++)
        {
            var world = new World(9100 + life);
            for (var cycle = 0; cycle < 6; cycle++, cuts++)
            {
                world.Run();
                world.Check($"life {life}, cycle {cycle}");
            }

            kept += world.KeptSeen;
            dropped += world.Dropped;
        }

        output.WriteLine($"{cuts} ends, {kept} times a kept reading was read older than its segment, {dropped} readings dropped and counted");
        Assert.True(kept > 1000 && dropped > 10_000);
    }

    private sealed class World
    {
        private readonly Bench _bench = new() { Limit = 256 * 1024 };
        private readonly Random _random;
        private readonly bool _faulty;
        private readonly Dictionary<Position, double> _given = [];
        private readonly HashSet<Position> _committed = [];
        private readonly List<Position> _uncommitted = [];
        private readonly HashSet<Position> _delivered = [];
        private readonly Dictionary<Position, GapSeen> _gaps = [];

        public World(int seed)
        {
            _random = new Random(seed);
            _faulty = seed % 2 == 1;
            _bench.Points = [.. _bench.Points.Select((p, i) => p with { WhenFull = i is 2 or 11 ? WhenFull.Keep : i == 4 ? WhenFull.Thin : WhenFull.Drop })];
        }

        public int KeptSeen { get; private set; }

        public long Dropped => _gaps.Values.Where(g => g.Reason == "spool-full").Sum(g => g.Count);

        public void Run()
        {
            var left = _random.Next(20, 2500);
            var failing = 0;
            _bench.Disk.Fault = (_, _) => --left < 0 || (failing > 0 && _random.Next(2) == 0) ? EdgeNode.Spool.Disk.DiskError.Failed : EdgeNode.Spool.Disk.DiskError.None;
            try
            {
                _bench.Open();
                while (left > 0)
                {
                    failing = _faulty && _random.Next(60) == 0 ? _random.Next(5) : failing - 1;
                    Step(() => left >= 0);
                }
            }
            catch (EdgeNode.Spool.SpoolUnavailableException)
            {
            }

            _bench.Disk.Fault = null;
            _uncommitted.Clear();
            _bench.Disk.CutPower(_random);
            _bench.Clock.Reboot();
        }

        private void Step(Func<bool> powered)
        {
            var first = _bench.Outbox.End(StreamKind.Telemetry);
            var scan = _bench.Scan();
            for (var i = 0; i < scan.Length; i++)
            {
                Assert.True(_given.TryAdd(new Position(first.Start, first.Seq + (ulong)i), scan[i].Value), "a number was used twice");
            }

            if (_bench.Journal.AppendReadings(scan) == AppendOutcome.Kept)
            {
                _uncommitted.AddRange(Enumerable.Range(0, scan.Length).Select(i => new Position(first.Start, first.Seq + (ulong)i)));
            }

            if (_random.Next(5) == 0 && _bench.Journal.Commit() == AppendOutcome.Kept && powered())
            {
                _committed.UnionWith(_uncommitted);
                _uncommitted.Clear();
            }

            if (_random.Next(12) == 0)
            {
                Deliver();
            }
        }

        private void Deliver()
        {
            var batch = new ReadingBatch();
            for (var n = _random.Next(4); n > 0 && _bench.Outbox.TryRead(default, new Position(uint.MaxValue, 1), _random.Next(1, 200), batch); n--)
            {
                for (var i = 0; i < batch.Readings.Count; i++)
                {
                    var position = new Position(batch.Epoch.Start, batch.FirstSeq + (ulong)i);
                    Assert.Equal(_given[position], batch.Readings[i].Value);
                    _delivered.Add(position);
                }

                _bench.Outbox.Acknowledge(StreamKind.Telemetry, batch.Epoch, batch.FirstSeq, batch.LastSeq);
            }

            for (var n = _random.Next(12); n > 0 && _bench.Outbox.TryReadEvent(default) is { } e; n--)
            {
                See(e);
                _bench.Outbox.Acknowledge(StreamKind.Event, e.Epoch, e.Seq, e.Seq);
            }
        }

        private void See(QueuedEvent e)
        {
            if (e.Record.Kind == "gap")
            {
                _gaps[new Position(e.Epoch.Start, e.Seq)] = GapSeen.Of(e.Record);
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

            var oldest = readings.Keys.Where(p => p.Start == readings.Keys.Last().Start).Select(p => p.Seq).FirstOrDefault();
            KeptSeen += readings.Keys.Count(p => p.Seq > oldest && !readings.ContainsKey(p with { Seq = p.Seq + 1 }));
            foreach (var start in _committed.Where(p => !readings.ContainsKey(p) && !_delivered.Contains(p)).GroupBy(p => p.Start))
            {
                // Where the head has no room to name a loss a segment may go before; then the next start finds the hole, and names it as damage.
                var gaps = _gaps.Values.Where(g => g is { Stream: "telemetry", To: not null } && g.Epoch.Start == start.Key).ToList();
                var silent = start.Where(p => !gaps.Exists(g => g.Covers(StreamKind.Telemetry, p.Start, p.Seq))).ToList();
                Assert.True(silent.Count == 0, $"{where}: {silent.Count} from {silent.FirstOrDefault()} to {silent.LastOrDefault()} were committed and are lost; {string.Join("; ", _gaps.Values.Where(g => silent.Exists(p => g.Covers(StreamKind.Telemetry, p.Start, p.Seq))))}; missing {_bench.Journal.Recovery.RecordsMissing}");
                Assert.True(start.Count() <= gaps.Sum(g => g.Count), $"{where}: {start.Count()} of start {start.Key} are lost, {gaps.Sum(g => g.Count)} are counted");
            }

            Assert.Equal(readings.Count, _bench.Outbox.Waiting(StreamKind.Telemetry));
            _bench.Journal.Dispose();
        }
    }
}
