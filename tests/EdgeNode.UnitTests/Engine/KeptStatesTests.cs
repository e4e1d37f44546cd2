using System.Text.Json;
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

/// <summary>What people and design made of an alarm, across a restart.</summary>
public class KeptStatesTests
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();
    private Guid _boot = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private AlarmOptions _options = TestSite.Alarm(on: 0) with { Priority = AlarmPriority.High, Latch = true, ReAlarm = TimeSpan.FromHours(1) };

    [Fact]
    public void An_acknowledged_alarm_is_acknowledged_after_a_restart_and_is_not_told_again()
    {
        LeaveWith(AlarmInput.Acknowledge);
        var run = Start();
        run.Step(7);
        Assert.Empty(run.Events());
        Assert.Equal((AlarmState.Acknowledged, true, false), (run.Status.State, run.Status.Active, run.Status.Announced));
        run.Step(5);
        Assert.Equal(["cleared latched-acknowledged"], run.Events());
    }

    [Fact]
    public void It_is_so_even_when_the_store_comes_after_the_alarm_was_raised_anew()
    {
        LeaveWith(AlarmInput.Acknowledge);
        var run = Start(load: false);
        run.Step(7);
        Assert.Equal(AlarmState.Unacknowledged, run.Status.State);
        run.Store.Load();
        run.Step(7);
        Assert.Equal(AlarmState.Acknowledged, run.Status.State);
        Assert.Empty(run.Events());
    }

    [Fact]
    public void What_a_person_does_before_the_store_is_there_counts()
    {
        LeaveWith();
        var run = Start(load: false);
        run.Step(7);
        Assert.Equal(AlarmAnswer.Done, run.Ask(AlarmInput.Acknowledge));
        run.Store.Load();
        run.Step(7);
        Assert.Equal(AlarmState.Acknowledged, run.Status.State);
        Assert.Equal(["acknowledged acknowledged"], run.Events());
        run.Store.Commit();
        Assert.Equal(AlarmState.Acknowledged, Start().Then(7).State);
    }

    [Fact]
    public void A_latch_waits_for_its_reset_across_restarts()
    {
        LeaveWith(AlarmInput.Acknowledge);
        var run = Start();
        run.Step(5);
        run.Store.Commit();
        var next = Start();
        next.Step(5);
        Assert.Equal(AlarmState.LatchedAcknowledged, next.Status.State);
        Assert.Equal(AlarmAnswer.Done, next.Ask(AlarmInput.Reset));
        next.Store.Commit();
        Assert.Equal(AlarmState.Normal, Start().Then(5).State);
    }

    [Fact]
    public void A_shelf_goes_on_in_the_same_boot_and_ends_when_it_would_have()
    {
        LeaveWith(AlarmInput.Shelve);
        _time.Advance(TimeSpan.FromMinutes(50));
        var run = Start();
        run.Step(7);
        Assert.Equal(AlarmState.Shelved, run.Status.State);
        Assert.NotNull(run.Status.ShelvedUntil);
        _time.Advance(TimeSpan.FromMinutes(10));
        run.Step(7);
        Assert.Equal(AlarmState.Unacknowledged, run.Status.State);
    }

    [Theory]
    [InlineData(30, AlarmState.Shelved)]
    [InlineData(61, AlarmState.Unacknowledged)]
    [InlineData(-600, AlarmState.Shelved)]
    public void After_another_boot_the_wall_clock_says_what_is_left_and_no_more_than_a_new_shelf(int minutes, AlarmState state)
    {
        LeaveWith(AlarmInput.Shelve);
        _boot = Guid.NewGuid();
        var run = Start(wallOffset: TimeSpan.FromMinutes(minutes));
        run.Step(7);
        Assert.Equal(state, run.Status.State);
        _time.Advance(_options.ShelveAtMost);
        run.Step(7);
        Assert.Equal(AlarmState.Unacknowledged, run.Status.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-600)]
    public void Whatever_the_clock_says_after_each_boot_a_shelf_is_in_force_no_longer_than_it_was_granted(int minutes)
    {
        LeaveWith(AlarmInput.Shelve); // for an hour
        var inForce = TimeSpan.Zero;
        for (var boot = 1; boot <= 20; boot++)
        {
            _boot = new Guid(boot, 1, 0, new byte[8]);
            var run = Start(wallOffset: boot * TimeSpan.FromMinutes(minutes));
            run.Step(7);
            for (var step = 0; step < 50 && run.Status.State == AlarmState.Shelved; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                inForce += TimeSpan.FromSeconds(10);
                run.Step(7);
                run.Store.Commit();
            }
        }

        Assert.InRange(inForce, TimeSpan.FromMinutes(40), TimeSpan.FromHours(1));
        Assert.Equal(AlarmState.Unacknowledged, Start().Then(7).State);
    }

    [Fact]
    public void A_shelf_that_version_2_kept_is_not_taken_over()
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        byte[] old = [2, 1, .. BitConverter.GetBytes(1_795_374_600_000_000L), 1, .. _boot.ToByteArray(), (byte)AlarmState.Shelved, .. BitConverter.GetBytes(long.MaxValue), .. BitConverter.GetBytes(long.MaxValue)];
        store.Set("alarm/PAH-101", old);
        store.Commit();
        Assert.Equal(AlarmState.Unacknowledged, Start().Then(7).State);
    }

    [Fact]
    public void Out_of_service_is_out_of_service_until_a_person_returns_it()
    {
        LeaveWith(AlarmInput.RemoveFromService);
        Assert.Equal(AlarmState.OutOfService, Start().Then(7).State);
    }

    [Fact]
    public void A_latch_that_the_site_file_no_longer_has_is_gone()
    {
        LeaveWith(AlarmInput.Acknowledge);
        var run = Start();
        run.Step(5);
        run.Store.Commit();
        _options = _options with { Latch = false };
        Assert.Equal(AlarmState.Normal, Start().Then(5).State);
    }

    [Fact]
    public void A_suppression_that_the_site_file_no_longer_has_is_gone()
    {
        var facts = new AlarmFacts(AlarmState.SuppressedByDesign, true, false, true, null, false);
        Assert.Equal(AlarmState.Unacknowledged, AlarmMachine.Fit(facts, _options).State);
        Assert.Equal(AlarmState.SuppressedByDesign, AlarmMachine.Fit(facts, _options with { SuppressWhen = new AlarmCause(true, 0) }).State);
    }

    [Theory]
    [InlineData(1, AlarmState.Unacknowledged)]
    [InlineData(0, AlarmState.Normal)]
    public void What_version_1_kept_is_read(byte active, AlarmState state)
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        byte[] old = [1, active, .. BitConverter.GetBytes(1_795_374_600_000_000L), 1, .. _boot.ToByteArray()];
        store.Set("alarm/PAH-101", old);
        store.Commit();
        var run = Start();
        run.Step(active == 1 ? 7 : 5);
        Assert.Empty(run.Events());
        Assert.Equal((state, 1_795_374_600_000_000L), (run.Status.State, run.Status.Since.UnixMicroseconds));
    }

    [Theory]
    [InlineData(new byte[] { 2, 1 })]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void What_cannot_be_read_is_as_if_it_were_not_there(byte[] value)
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        store.Set("alarm/PAH-101", value);
        store.Commit();
        var run = Start();
        run.Step(7);
        Assert.Equal(["raised unacknowledged"], run.Events());
    }

    [Fact]
    public void More_commands_than_the_mailbox_holds_are_refused_at_once()
    {
        var mailbox = new CommandMailbox(() => { });
        for (var i = 0; i < CommandMailbox.Limit; i++)
        {
            Assert.NotNull(mailbox.Post(new AlarmCommand(0, AlarmInput.Acknowledge, "mei")));
        }

        Assert.Null(mailbox.Post(new AlarmCommand(0, AlarmInput.Acknowledge, "mei")));
    }

    /// <summary>A run in which the alarm comes up and a person does this.</summary>
    private void LeaveWith(params AlarmInput[] inputs)
    {
        var run = Start();
        run.Step(7);
        foreach (var input in inputs)
        {
            Assert.Equal(AlarmAnswer.Done, run.Ask(input));
        }

        run.Store.Commit();
    }

    private Run Start(bool load = true, TimeSpan wallOffset = default)
    {
        var run = new Run(_time, new StateStore("/state", _disk), _options, new BootClock(_time, _boot, wallOffset));
        if (load)
        {
            run.Store.Load();
        }

        return run;
    }

    private sealed class BootClock(FakeTimeProvider time, Guid boot, TimeSpan wallOffset) : IStationClock
    {
        public Guid BootId => boot;

        public ClockReading Read() => new(time.Monotonic(), new SourceTime(
            (time.GetUtcNow() - DateTimeOffset.UnixEpoch + wallOffset).Ticks / TimeSpan.TicksPerMicrosecond, ClockQuality.Synchronised));
    }

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly CommandMailbox _commands = new(() => { });
        private readonly RecorderQueue _queue = new();
        private readonly StationLoop _loop;

        public Run(FakeTimeProvider time, StateStore store, AlarmOptions options, IStationClock clock)
        {
            (_time, Store) = (time, store);
            var site = TestSite.Of([TestSite.Point(stale: 1e6)], [options]);
            _loop = new StationLoop(
                site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store, _commands);
        }

        public StateStore Store { get; }

        public AlarmStatus Status
        {
            get
            {
                var status = new AlarmStatus[1];
                _loop.CopyAlarms(status);
                return status[0];
            }
        }

        public void Step(double value)
        {
            var list = _mailbox.Rent();
            list.Add(new RawSample(0, value, Quality.Good, _time.Monotonic()));
            _mailbox.Post(list);
            _loop.RunDue();
        }

        public AlarmStatus Then(double value)
        {
            Step(value);
            return Status;
        }

        public AlarmAnswer Ask(AlarmInput input)
        {
            var reply = _commands.Post(new AlarmCommand(0, input, "mei") { Time = TimeSpan.FromHours(1) })!;
            _loop.RunDue();
            return reply.Result.Answer;
        }

        /// <summary>What was told: the change, and the state since then.</summary>
        public List<string> Events()
        {
            var events = new List<string>();
            while (_queue.TryTakeEvent(out var record))
            {
                using var json = JsonDocument.Parse(record.Body);
                var body = json.RootElement;
                events.Add($"{body.GetProperty("change").GetString()} {body.GetProperty("alarmState").GetString()}");
            }

            return events;
        }
    }
}
