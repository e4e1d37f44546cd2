using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>The first alarm of a group across a restart.</summary>
public class KeptFirstOutTests
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_group_that_came_to_rest_has_no_first_after_a_restart_whichever_of_it_came_to_rest_last()
    {
        var run = Start();
        run.Step(7, 5);
        run.Step(7, 7);
        Assert.Equal([true, false], run.FirstOut());
        run.Acknowledge();
        run.Step(5, 7); // the first is normal again, and its group is not at rest
        Assert.Equal([true, false], run.FirstOut());
        run.Step(5, 5);
        Assert.Equal([false, false], run.FirstOut());
        run.Store.Commit();

        run = Start();
        run.Step(5, 5);
        Assert.Equal([false, false], run.FirstOut());
        run.Step(5, 7);
        Assert.Equal([false, true], run.FirstOut());
    }

    [Fact]
    public void A_first_whose_group_is_not_at_rest_is_the_first_after_a_restart_too()
    {
        var run = Start();
        run.Step(7, 5);
        run.Step(7, 7);
        run.Acknowledge();
        run.Step(5, 7);
        run.Store.Commit();

        run = Start();
        run.Step(7, 7);
        Assert.Equal([true, false], run.FirstOut());
    }

    [Fact]
    public void A_first_of_a_group_that_has_lost_the_alarm_that_stood_is_none_after_a_restart()
    {
        var run = Start();
        run.Step(7, 5);
        run.Step(7, 7);
        run.Acknowledge();
        run.Step(5, 7);
        run.Store.Remove("alarm/B");
        run.Store.Commit();

        run = Start();
        run.Step(5, 5);
        Assert.Equal([false, false], run.FirstOut());
        run.Step(5, 7);
        Assert.Equal([false, true], run.FirstOut());
        run.Store.Commit();

        run = Start(); // and so it stays in the run after
        run.Step(5, 7);
        Assert.Equal([false, true], run.FirstOut());
    }

    private Run Start() => new(_time, new StateStore("/state", _disk));

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly CommandMailbox _commands = new(() => { });
        private readonly StationLoop _loop;

        public Run(FakeTimeProvider time, StateStore store)
        {
            (_time, Store) = (time, store);
            store.Load();
            var site = TestSite.Of([TestSite.Point("P-0.value"), TestSite.Point("P-1.value")], [Alarm("A", 0), Alarm("B", 1)]);
            var (queue, clock) = (new RecorderQueue(), new FakeStationClock(time));
            _loop = new StationLoop(site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store, _commands);
        }

        public StateStore Store { get; }

        public bool[] FirstOut()
        {
            var alarms = new AlarmStatus[2];
            _loop.CopyAlarms(alarms);
            return [.. alarms.Select(a => a.FirstOut)];
        }

        public void Step(double a, double b)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var list = _mailbox.Rent();
            list.Add(new RawSample(0, a, Quality.Good, _time.Monotonic()));
            list.Add(new RawSample(1, b, Quality.Good, _time.Monotonic()));
            _mailbox.Post(list);
            _loop.RunDue();
        }

        public void Acknowledge()
        {
            _commands.Post(new AlarmCommand(0, AlarmInput.Acknowledge, "mei"));
            _commands.Post(new AlarmCommand(1, AlarmInput.Acknowledge, "mei"));
            _loop.RunDue();
        }

        private static AlarmOptions Alarm(string id, int point) => TestSite.Alarm(on: 0, point: point) with { Id = id, Priority = AlarmPriority.High, FirstOut = "G" };
    }
}
