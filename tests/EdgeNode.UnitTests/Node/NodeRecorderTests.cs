using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Spool;
using EdgeNode.UnitTests.Spool.Audit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Node;

/// <summary>The recorder as the gateway composes it: a spool that opens late, the state store, the alarms.</summary>
public sealed class NodeRecorderTests : IDisposable
{
    private readonly MemoryDisk _disk = new();
    private readonly CorrectedClock _clock = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LateSpool _spool;
    private readonly NodeRecorder _recorder;

    public NodeRecorderTests()
    {
        var points = ImmutableArray.Create(new SpooledPoint("PT-101.pressure", "bar", false));
        var options = new SpoolOptions(TestSite.Second, 256 * 1024);
        Alarms = new WaitsForNobody(_time);
        _spool = new LateSpool(() => Journal.Open("/data/spool", options, points, _clock, _disk), _time, Alarms, NullLogger.Instance, _stop.Token);
        var state = new StateStore("/data/state", _disk);
        _recorder = new NodeRecorder(_spool, _clock, state, new StateTotals(state, _time), Alarms, _ => { });
    }

    private WaitsForNobody Alarms { get; }

    [Fact]
    public void A_spool_at_its_limit_raises_the_alarm_of_the_node()
    {
        var queue = new RecorderQueue();
        var loop = new RecorderLoop(queue, _recorder, TestSite.Second, _time, NullLogger.Instance, Alarms);
        loop.RunDue();
        for (var i = 0; i < 200 && _recorder.Fill.DroppedAtLimit == 0; i++)
        {
            queue.Put([.. Enumerable.Range(0, 1000).Select(n => new Reading(0, n * 1.37, Quality.Good, _clock.Read().Wall))]);
            _time.Advance(TestSite.Second);
            loop.RunDue();
        }

        _time.Advance(TestSite.Second);
        loop.RunDue();
        Assert.True(_spool.Fill.DroppedAtLimit > 0, "the limit is never reached");
        Assert.True(Alarms.IsActive(NodeAlarm.SpoolFull));
    }

    [Fact]
    public void A_spool_that_cannot_be_opened_is_an_alarm_until_it_can()
    {
        _disk.Fault = (call, _) =>
        {
            if (call == DiskCall.CreateDirectory && !Alarms.IsActive(NodeAlarm.SpoolDisk))
            {
                return DiskError.ReadOnly;
            }

            return DiskError.None;
        };
        Assert.Equal(AppendOutcome.Kept, _recorder.Commit());
        Assert.Equal([(NodeAlarm.SpoolDisk, true), (NodeAlarm.SpoolDisk, false)], Alarms.All.Where(a => a.Alarm == NodeAlarm.SpoolDisk));
    }

    [Fact]
    public async Task The_event_of_a_time_correction_is_flushed_before_the_state_says_that_it_was_told()
    {
        Assert.Equal(AppendOutcome.Kept, _recorder.Commit());
        var (unsafeEvent, stateWrites) = (false, 0);
        _disk.Fault = (call, path) =>
        {
            unsafeEvent = path.StartsWith("/data/spool/", StringComparison.Ordinal)
                ? call == DiskCall.Write || (call != DiskCall.Sync && unsafeEvent) : unsafeEvent;
            if (call == DiskCall.Write && path.StartsWith("/data/state/", StringComparison.Ordinal))
            {
                stateWrites++;
                Assert.False(unsafeEvent, "the state says told, and a power cut may take the event");
            }

            return DiskError.None;
        };
        _clock.Corrections.Enqueue(new TimeCorrection(0, 1_000_000, 5_000_000, Gradual: false));
        Assert.Equal(AppendOutcome.Kept, _recorder.Commit());
        Assert.True(stateWrites > 0, "nothing was told");
        Assert.Equal("time-correction", (await _spool.Opened).Outbox(1).TryReadEvent(default)!.Record.Kind);
    }

    public void Dispose()
    {
        _spool.Dispose();
        _stop.Dispose();
    }

    private sealed class CorrectedClock : IStationClock
    {
        private readonly HandClock _hand = new();

        public Queue<TimeCorrection> Corrections { get; } = [];

        public Guid BootId => _hand.BootId;

        public ClockReading Read() => _hand.Read();

        public TimeCorrection? TakeCorrection() => Corrections.TryDequeue(out var correction) ? correction : null;
    }

    /// <summary>Lets the time until the next attempt pass as soon as a fault is told: the spool waits by the real clock.</summary>
    private sealed class WaitsForNobody(FakeTimeProvider time) : INodeAlarms
    {
        private readonly HeardAlarms _heard = new();

        public List<(NodeAlarm Alarm, bool Active)> All => _heard.All;

        public bool IsActive(NodeAlarm alarm) => _heard.IsActive(alarm);

        public void Set(NodeAlarm alarm, bool active, string detail = "")
        {
            if (active || _heard.IsActive(alarm))
            {
                _heard.Set(alarm, active, detail);
            }

            if (alarm == NodeAlarm.SpoolDisk && active)
            {
                time.Advance(TimeSpan.FromSeconds(10));
            }
        }
    }
}
