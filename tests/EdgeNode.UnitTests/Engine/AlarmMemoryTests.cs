using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Alarms across a restart, with the state store there at once, late or never.</summary>
public class AlarmMemoryTests
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_alarm_that_ended_meanwhile_is_cleared_by_the_first_reading()
    {
        LeaveActive();
        var run = Start();
        run.Store.Load();
        run.Step(5);
        run.Step(5);
        Assert.Equal(["cleared"], run.Events());
        Assert.False(run.Status.Active);
    }

    [Fact]
    public void An_alarm_that_goes_on_is_not_raised_again_and_keeps_its_time()
    {
        var since = LeaveActive();
        var run = Start();
        run.Store.Load();
        run.Step(7);
        _time.Advance(TimeSpan.FromSeconds(5));
        run.Step(7);
        Assert.Empty(run.Events());
        Assert.Equal((true, since), (run.Status.Active, run.Status.Since));
    }

    [Fact]
    public void It_may_come_after_the_alarm_was_raised_anew_and_nothing_is_told_twice()
    {
        var since = LeaveActive();
        var run = Start();
        run.Step(7);
        _time.Advance(TimeSpan.FromSeconds(5));
        run.Step(7);
        Assert.True(run.Status.Active);
        Assert.NotEqual(since, run.Status.Since);
        run.Store.Load();
        run.Step(7);
        Assert.Empty(run.Events());
        Assert.Equal(since, run.Status.Since);
        run.Step(5);
        Assert.Equal(["cleared"], run.Events());
    }

    [Fact]
    public void It_may_come_after_the_readings_have_denied_the_alarm_and_clears_it_then()
    {
        LeaveActive();
        var run = Start();
        run.Step(5);
        var read = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(60));
        run.Store.Load();
        run.Step(5);
        Assert.Equal(["cleared"], run.Events());
        Assert.Equal(read.ToUnixTimeMilliseconds() * 1000, run.Status.Since.UnixMicroseconds);
    }

    [Fact]
    public void A_new_alarm_that_was_raised_before_the_store_was_there_is_told_once_it_is()
    {
        var run = Start();
        run.Step(7);
        _time.Advance(TimeSpan.FromSeconds(2));
        run.Step(7);
        Assert.Empty(run.Events());
        run.Store.Load();
        run.Step(7);
        Assert.Equal(["raised"], run.Events());
        run.Store.Commit();
        var next = Start();
        next.Store.Load();
        next.Step(5);
        next.Step(5);
        Assert.Equal(["cleared"], next.Events());
    }

    [Fact]
    public void A_store_that_never_comes_costs_no_event_at_the_end()
    {
        var run = Start();
        run.Step(7);
        _time.Advance(TimeSpan.FromSeconds(2));
        run.Step(7);
        run.Loop.LetGo();
        Assert.Equal(["raised"], run.Events());
    }

    [Fact]
    public void A_restored_alarm_of_a_dead_sensor_holds()
    {
        LeaveActive();
        var run = Start();
        run.Store.Load();
        run.Step(0, Quality.Bad(Reason.Timeout));
        _time.Advance(TimeSpan.FromSeconds(60));
        run.Step(0, Quality.Bad(Reason.Timeout));
        Assert.True(run.Status.Active);
        Assert.Empty(run.Events());
    }

    [Fact]
    public void What_is_kept_of_an_alarm_that_the_site_no_longer_has_is_forgotten()
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        store.Set("alarm/GONE-1", new byte[27]);
        store.Commit();
        var run = Start();
        run.Store.Load();
        run.Step(5);
        Assert.Empty(run.Store.Keys("alarm/"));
    }

    /// <returns>Since when.</returns>
    private SourceTime LeaveActive()
    {
        var run = Start();
        run.Store.Load();
        run.Step(7);
        _time.Advance(TimeSpan.FromSeconds(2));
        run.Step(7);
        Assert.Equal(["raised"], run.Events());
        run.Store.Commit();
        var since = run.Status.Since;
        _time.Advance(TimeSpan.FromSeconds(30));
        return since;
    }

    private Run Start() => new(_time, new StateStore("/state", _disk));

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly RecorderQueue _queue = new();
        private readonly List<string> _events = [];

        public Run(FakeTimeProvider time, StateStore store)
        {
            _time = time;
            Store = store;
            var site = TestSite.Of([TestSite.Point()], [TestSite.Alarm(on: 1)]);
            var clock = new FakeStationClock(time);
            Loop = new StationLoop(site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store);
        }

        public StateStore Store { get; }

        public StationLoop Loop { get; }

        public AlarmStatus Status
        {
            get
            {
                var status = new AlarmStatus[1];
                Loop.CopyAlarms(status);
                return status[0];
            }
        }

        public void Step(double value, Quality quality = default)
        {
            var list = _mailbox.Rent();
            list.Add(new RawSample(0, value, quality, _time.Monotonic()));
            _mailbox.Post(list);
            Loop.RunDue();
        }

        /// <summary>The states that were told so far.</summary>
        public List<string> Events()
        {
            while (_queue.TryTakeEvent(out var record))
            {
                if (record.Kind != "alarm")
                {
                    continue; // what came after it, as evidence
                }

                using var json = JsonDocument.Parse(record.Body);
                _events.Add(json.RootElement.GetProperty("state").GetString()!);
            }

            return _events;
        }
    }
}
