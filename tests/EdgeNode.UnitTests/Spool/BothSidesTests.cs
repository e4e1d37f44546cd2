using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool;

/// <summary>A disk on which everything fails now and then, reading too, while the uplink reads and acknowledges, up to the limit.</summary>
public class BothSidesTests
{
    private const int Scans = 300;

    [Fact]
    public void Whatever_fails_on_either_side_nothing_is_lost_silently()
    {
        // Besides the first forty, seeds that found something: a gap event in a segment that could not be read when it had to go,
        // and the rest of a failed write that was taken for told after a restart.
        foreach (var seed in (int[])[.. Enumerable.Range(0, 40), 674, 1006])
        {
            new World(seed).Play();
        }
    }

    private sealed class World
    {
        private readonly Bench _bench = new() { Limit = 256 * 1024 };
        private readonly Random _random;
        private readonly int _seed;
        private readonly HashSet<ulong> _delivered = [];
        private readonly HashSet<ulong> _deliveredEvents = [];
        private readonly List<GapSeen> _deliveredGaps = [];
        private readonly ReadingBatch _batch = new();
        private bool _failing;

        public World(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _bench.Open();
            _bench.Disk.Fault = (_, _) =>
                !_failing || _random.Next(3) > 0 ? DiskError.None : _random.Next(2) == 0 ? DiskError.Failed : DiskError.Full;
        }

        public void Play()
        {
            for (var i = 0; i < Scans; i++)
            {
                _failing = _random.Next(20) == 0 ? !_failing : _failing;
                var next = _bench.Outbox.End(StreamKind.Telemetry).Seq;
                _bench.AppendScan();
                Act(_random.Next(12), next);
            }

            _failing = false;
            _bench.Clock.Advance(600); // what the disk did not give is tried again
            _bench.AppendScan();
            _bench.ReadAll(); // finds what is damaged
            Assert.Equal(AppendOutcome.Kept, _bench.Journal.Commit());
            Check("at work");
            _bench.Disk.CutPower(_random);
            _bench.Clock.Reboot();
            _bench.Open();
            Check("after a power cut");
            _bench.Journal.Dispose();
            _bench.Open();
            Check("after a stop");
        }

        private void Act(int what, ulong next)
        {
            switch (what)
            {
                case 0:
                    _bench.Journal.Commit();
                    break;
                case 1:
                    _bench.AppendEvent();
                    break;
                case 2 or 3 when _bench.Outbox.TryRead(new Position(1, (ulong)_random.Next((int)next)), new Position(9, 1), _random.Next(1, 400), _batch):
                    for (var i = 0; i < _batch.Readings.Count; i++)
                    {
                        Assert.Equal(Bench.ValueOf(_batch.FirstSeq + (ulong)i), _batch.Readings[i].Value);
                        _delivered.Add(_batch.FirstSeq + (ulong)i);
                    }

                    _bench.Outbox.Acknowledge(StreamKind.Telemetry, _batch.Epoch, _batch.FirstSeq, _batch.LastSeq);
                    break;
                case 4 when _bench.Outbox.TryReadEvent(default) is { } queued:
                    _deliveredEvents.Add(queued.Seq);
                    if (queued.Record.Kind == "gap")
                    {
                        _deliveredGaps.Add(GapSeen.Of(queued.Record));
                    }

                    _bench.Outbox.Acknowledge(StreamKind.Event, queued.Epoch, queued.Seq, queued.Seq);
                    break;
                default:
                    break;
            }
        }

        private void Check(string when)
        {
            var (readings, events) = _bench.ReadAll();
            var gaps = _bench.Gaps();
            gaps.AddRange(_deliveredGaps);
            for (ulong seq = 1; seq <= Scans * 20; seq++)
            {
                Assert.True(
                    _delivered.Contains(seq) || readings.ContainsKey(new Position(1, seq)) || gaps.Exists(g => g.Covers(StreamKind.Telemetry, 1, seq)),
                    $"seed {_seed}, {when}: reading {seq} is silently lost");
            }

            var there = events.Where(e => e.Epoch.Start == 1).Select(e => e.Seq).Concat(_deliveredEvents).ToHashSet();
            for (ulong seq = 1; seq <= there.Max(); seq++)
            {
                Assert.True(there.Contains(seq) || gaps.Exists(g => g.Covers(StreamKind.Event, 1, seq)), $"seed {_seed}, {when}: event {seq} is silently lost");
            }
        }
    }
}
