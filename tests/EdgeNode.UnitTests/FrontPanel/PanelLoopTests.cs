using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>The front panel in the loop round the step: what is told, entered and kept over restarts.</summary>
public class PanelLoopTests
{
    private const int Ack = 0;
    private const int Key = 1;
    private const int Mains = 2;
    private const int Door = 3;

    private static readonly Guid Boot = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly Guid Other = Guid.Parse("22222222-2222-3333-4444-555555555555");
    private static readonly Site Site = PanelBench.Make(
        [PanelBench.High(0, AlarmPriority.Critical)], InputMeaning.Acknowledge, InputMeaning.Maintenance, InputMeaning.MainsFail, InputMeaning.Door);

    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_button_is_an_event_and_an_entry_for_each_alarm_as_a_hand_is()
    {
        var run = Start();
        run.Read(0, 7);
        run.Contact(Ack, false);
        run.Contact(Ack, true);
        run.Contact(Ack, false);
        run.Contact(Ack, true);
        Assert.Equal(
            [
                """panel {"input":"HS-0","means":"acknowledge","change":"pressed","alarms":["A-0"]}""",
                """panel {"input":"HS-0","means":"acknowledge","change":"pressed","alarms":[]}""",
            ],
            run.Events());
        Assert.Equal(
            [
                """panel HS-0 alarm-acknowledge {"id":"A-0","outcome":"done","state":"acknowledged"}""",
                """panel HS-0 alarm-acknowledge {"outcome":"nothing"}""",
            ],
            run.Entries);
    }

    [Fact]
    public void A_mains_failure_goes_to_the_disk_before_all_that_came_with_it_and_at_once()
    {
        var run = Start();
        run.Contact(Mains, false);
        run.Events();
        var recorder = new FakeRecorder();
        var recording = new RecorderLoop(run.Queue, recorder, TimeSpan.FromHours(1), _time, NullLogger.Instance);
        recording.RunDue();
        recorder.Calls.Clear();
        run.Read(0, 1);
        run.Contact(Mains, true);
        recording.RunDue();
        Assert.Equal(["event mains-fail", "commit", "readings 1", "readings 1"], recorder.Calls);
    }

    [Fact]
    public void The_return_of_the_mains_says_how_long_they_were_away_over_restarts_too()
    {
        var run = Start();
        run.Contact(Mains, true);
        Assert.Equal(["mains-fail {\"input\":\"HS-2\"}"], run.Events());
        _time.Advance(TimeSpan.FromMinutes(5));
        run.Contact(Mains, false);
        Assert.Equal(["power-return {\"input\":\"HS-2\",\"seconds\":300}"], run.Events());

        run.Contact(Mains, true);
        run.Store.Commit();
        _time.Advance(TimeSpan.FromMinutes(1));
        run = Start(); // the gateway alone was restarted
        run.Contact(Mains, true);
        Assert.Empty(run.Events()); // as the run before left it
        _time.Advance(TimeSpan.FromMinutes(1));
        run.Contact(Mains, false);
        Assert.Equal(["power-return {\"input\":\"HS-2\",\"seconds\":120}"], run.Events());

        run.Contact(Mains, true);
        run.Store.Commit();
        _time.Advance(TimeSpan.FromHours(1));
        run = Start(Other, load: false); // the battery was flat
        run.Contact(Mains, false);
        Assert.Empty(run.Events()); // nobody knows yet what was before
        run.Store.Load();
        run.Loop.RunDue();
        Assert.Equal(["power-return {\"input\":\"HS-2\",\"seconds\":3600}"], run.Events());

        run.Contact(Mains, true);
        run.Store.Commit();
        run = Start(Boot, quality: ClockQuality.Unsynchronised);
        run.Contact(Mains, false);
        Assert.Equal("power-return {\"input\":\"HS-2\"}", run.Events()[^1]); // no clock can say it
    }

    [Fact]
    public void A_door_is_told_with_each_change_and_not_again_after_a_restart()
    {
        var run = Start();
        run.Contact(Door, false);
        run.Contact(Door, true);
        run.Store.Commit();
        run = Start();
        run.Contact(Door, true);
        run.Contact(Door, false);
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":false}"], run.Events());
        Assert.Equal("system contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":false}", Assert.Single(run.Entries));
    }

    [Fact]
    public void Maintenance_is_an_alarm_of_the_node_with_events_at_both_ends_and_its_end_by_time_is_entered()
    {
        var run = Start();
        var until = _time.GetUtcNow() + TimeSpan.FromHours(1);
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(1), "mei", "new seal"));
        Assert.Equal((true, "By mei: new seal."), (run.NodeAlarm.Active, run.NodeAlarm.Detail));
        Assert.Equal(("mei", "new seal", TimeSpan.FromHours(1)), (run.Loop.Maintenance!.Value.By, run.Loop.Maintenance.Value.Why, run.Loop.Maintenance.Value.Left));
        run.Read(0, 1);
        Assert.Equal(Quality.Uncertain(Reason.Maintenance), run.QualityOf(0));
        _time.Advance(TimeSpan.FromHours(1));
        run.Read(0, 1);
        Assert.Equal((false, null), (run.NodeAlarm.Active, run.Loop.Maintenance));
        Assert.Equal(Quality.Good, run.QualityOf(0));
        Assert.Equal(
            [
                $$"""maintenance {"change":"begun","by":"mei","until":{{until.ToUnixTimeSeconds()}},"why":"new seal"}""",
                """maintenance {"change":"over","begunBy":"mei","why":"new seal"}""",
            ],
            run.Events());
        Assert.Equal("""system maintenance-over {"outcome":"done","change":"over","begunBy":"mei","why":"new seal"}""", Assert.Single(run.Entries));
    }

    [Fact]
    public void Maintenance_survives_a_restart_within_its_time_and_never_beyond()
    {
        var run = Start();
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(1), "mei", "new seal"));
        run.Store.Commit();
        _time.Advance(TimeSpan.FromMinutes(20));
        run = Start();
        run.Read(0, 1);
        Assert.Equal((TimeSpan.FromMinutes(40), "mei"), (run.Loop.Maintenance!.Value.Left, run.Loop.Maintenance.Value.By));
        Assert.Equal((Quality.Uncertain(Reason.Maintenance), true), (run.QualityOf(0), run.NodeAlarm.Active));
        run.Store.Commit();

        run = Start(Other, wallOffset: TimeSpan.FromDays(-365)); // another boot, and a clock that is behind
        run.Read(0, 1);
        Assert.InRange(run.Loop.Maintenance!.Value.Left, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(40));
        run.Store.Commit();

        _time.Advance(TimeSpan.FromHours(1));
        run = Start(Other, wallOffset: TimeSpan.FromDays(-365));
        run.Read(0, 1);
        run.Read(0, 1);
        Assert.Equal((null, Quality.Good, false), (run.Loop.Maintenance, run.QualityOf(0), run.NodeAlarm.Active));
        Assert.Equal(["""maintenance {"change":"over","begunBy":"mei","why":"new seal"}"""], run.Events());
        run.Store.Commit();
        run = Start(Other);
        run.Read(0, 1);
        Assert.Empty(run.Events());
    }

    [Fact]
    public void What_was_measured_before_the_maintenance_of_the_run_before_was_known_is_marked_too()
    {
        var run = Start();
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(1), "mei", "new seal"));
        run.Store.Commit();
        run = Start(load: false);
        run.Read(0, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        run.Read(0, 2);
        Assert.False(run.Queue.TryTakeReadings(out _)); // they wait: nothing can be recorded yet
        Assert.True(run.Queue.IsEmpty);
        run.Store.Load();
        run.Read(0, 3);
        Assert.Equal([(1, "uncertain:maintenance"), (2, "uncertain:maintenance"), (3, "uncertain:maintenance")], run.Recorded());

        // A scan that waits in the mailbox when the store is loaded already.
        run = Start(load: false);
        run.Store.Load();
        run.Post(0, 4);
        _time.Advance(TimeSpan.FromSeconds(1));
        run.Loop.RunDue();
        Assert.Equal([(4, "uncertain:maintenance")], run.Recorded());

        // Over in the meantime: what was taken before its end is marked.
        run = Start(load: false);
        _time.Advance(TimeSpan.FromHours(2));
        run.Read(0, 5);
        run.Store.Load();
        run.Read(0, 6);
        Assert.Equal([(5, "good"), (6, "good")], run.Recorded());
    }

    [Fact]
    public void Readings_of_a_run_that_never_knew_the_run_before_go_with_its_end()
    {
        var run = Start(load: false);
        run.Read(0, 1);
        Assert.Empty(run.Recorded());
        run.Loop.LetGo();
        Assert.Equal([(1, "good")], run.Recorded());
    }

    [Fact]
    public void A_key_has_its_maintenance_over_restarts_beside_that_of_the_command_and_no_new_time_by_them()
    {
        var run = Start();
        run.Contact(Key, false);
        run.Contact(Key, true);
        _time.Advance(TimeSpan.FromMinutes(30));
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(2), "mei", "new seal"));
        Assert.Equal((true, "By panel HS-1, mei: new seal."), (run.NodeAlarm.Active, run.NodeAlarm.Detail));
        run.Store.Commit();
        _time.Advance(TimeSpan.FromMinutes(30));
        run = Start();
        run.Contact(Key, true);
        Assert.Equal(("panel HS-1, mei", TimeSpan.FromMinutes(90)), (run.Loop.Maintenance!.Value.By, run.Loop.Maintenance.Value.Left));
        run.Ask(new MaintenanceOffCommand("li"));
        Assert.Equal(("panel HS-1", TimeSpan.FromHours(1)), (run.Loop.Maintenance!.Value.By, run.Loop.Maintenance.Value.Left));
        Assert.Equal("By panel HS-1.", run.NodeAlarm.Detail);
        run.Store.Commit();

        _time.Advance(TimeSpan.FromHours(1)); // its time is over while the gateway is down, and the key stays turned
        run = Start();
        run.Contact(Key, true);
        run.Contact(Key, true);
        Assert.Null(run.Loop.Maintenance);
        Assert.Equal(["""maintenance {"change":"over","begunBy":"panel HS-1"}"""], run.Events());
        run.Store.Commit();
        run = Start();
        run.Contact(Key, true);
        Assert.Equal((null, 0), (run.Loop.Maintenance, run.Events().Count));
        run.Contact(Key, false);
        run.Store.Commit();

        run = Start(); // turned while the gateway was down
        run.Contact(Key, true);
        Assert.Equal(TimeSpan.FromHours(2), run.Loop.Maintenance!.Value.Left);
        Assert.Contains("\"outcome\":\"done\"", run.Entries.Single(e => e.StartsWith("panel HS-1 maintenance-on", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_begun_and_ended_before_the_store_was_loaded_is_not_there_after_a_restart()
    {
        var run = Start();
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(1), "mei", "new seal"));
        run.Store.Commit();
        run = Start(load: false);
        run.Ask(new MaintenanceOnCommand(TimeSpan.FromHours(1), "li", "another"));
        run.Ask(new MaintenanceOffCommand("li"));
        run.Store.Load();
        run.Loop.RunDue();
        run.Store.Commit();
        run = Start();
        Assert.Null(run.Loop.Maintenance);
    }

    [Fact]
    public void A_door_that_flaps_is_told_ten_times_and_then_once_a_minute_and_its_last_position_always()
    {
        var run = Start();
        run.Contact(Door, false);
        Flap(67); // opens first, and is open at the end
        Assert.Equal(9, run.Events().Count); // and the first reading, which said that it was closed
        Assert.Equal(9, run.Entries.Count());
        _time.Advance(TimeSpan.FromMinutes(1));
        run.Loop.RunDue();
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":true,\"changes\":58}"], run.Events());
        Assert.Equal("system contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":true,\"changes\":58}", run.Entries.Last());
        run.Contact(Door, false); // it rattles on, less: told with its minute, and then one by one again
        Assert.Empty(run.Events());
        _time.Advance(TimeSpan.FromMinutes(1));
        run.Loop.RunDue();
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":false,\"changes\":1}"], run.Events());
        run.Contact(Door, true);
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":true}"], run.Events());

        Flap(30); // closes first
        run.Events();
        run.Loop.LetGo(); // an orderly end leaves nothing untold
        run.Store.Commit();
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":true,\"changes\":21}"], run.Events());

        // A run that was killed in that minute told last that it was open, and left it closed.
        run.Contact(Door, false);
        run = Start();
        run.Contact(Door, false);
        Assert.Equal(["contact {\"input\":\"HS-3\",\"means\":\"door\",\"active\":false}"], run.Events());

        void Flap(int changes)
        {
            var open = run.IsOn(Door);
            for (var n = 0; n < changes; n++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                run.Contact(Door, open = !open);
            }
        }
    }

    [Fact]
    public void What_was_ended_is_not_there_after_a_restart()
    {
        var run = Start();
        run.Contact(Key, false);
        run.Contact(Key, true);
        Assert.NotNull(run.Loop.Maintenance);
        run.Contact(Key, false);
        run.Store.Commit();
        run = Start();
        run.Read(0, 1);
        Assert.Null(run.Loop.Maintenance);
    }

    [Fact]
    public void A_damaged_record_is_none()
    {
        var store = Start().Store;
        store.Set("maintenance", [1, 2, 3]);
        store.Set("contact/HS-3", [9]);
        store.Set("contact/HS-99", [1]);
        store.Commit();
        var run = Start();
        run.Contact(Door, true);
        Assert.Null(run.Loop.Maintenance);
        Assert.Single(run.Events());
        Assert.Null(run.Store.Get("contact/HS-99"));
    }

    private PanelRun Start(Guid? boot = null, TimeSpan wallOffset = default, bool load = true, ClockQuality quality = ClockQuality.Synchronised)
    {
        var run = new PanelRun(_time, new StateStore("/state", _disk), Site, new PanelRun.BootClock(_time, boot ?? Boot, wallOffset, quality));
        if (load)
        {
            run.Store.Load();
            run.Loop.RunDue();
        }

        return run;
    }
}
