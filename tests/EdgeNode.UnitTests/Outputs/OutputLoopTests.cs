using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>Outputs in the loop round the step: to the writer and back, across restarts, and what people ask.</summary>
public class OutputLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryDisk _disk = new();
    private readonly LogLines _log = new();
    private readonly TrailFake _trail = new();
    private OutputOptions _valve = Valve with { Backstops = [Backstop.ReleasedLine] };

    [Fact]
    public void The_first_step_drives_safe_a_reset_opens_and_the_point_follows()
    {
        var run = Start();
        Assert.Equal([false], run.Port.Drives.Select(d => d.Energised));
        Assert.Equal(("start: it was never reset", true), (run.Status.HeldBy, run.Status.Safe));
        Assert.Equal(1.0, run.Reading(SafePoint).Value);
        run.Ask(false);
        Assert.True(run.Port.Drives[^1].Energised);
        Assert.Equal((true, true), (run.Status.Driven, run.Status.ReadBack));
        Assert.Equal(0.0, run.Reading(SafePoint).Value);
        Assert.Equal(["commanded safe", "released safe", "commanded normal"], run.Events());
    }

    [Fact]
    public void After_a_stop_in_order_the_reset_counts_and_after_a_crash_it_does_not()
    {
        var run = Start();
        run.Ask(false);
        run.End();
        Assert.False(run.Port.Drives[^1].Energised); // the stop itself made it safe

        run = Start();
        Assert.True(run.Port.Drives[^1].Energised);
        run.Crash();

        run = Start();
        Assert.Equal("start: the run before did not end in order", run.Status.HeldBy);
        Assert.All(run.Port.Drives, d => Assert.False(d.Energised));
    }

    [Fact]
    public void A_disk_that_takes_nothing_from_the_start_on_lets_no_output_leave_its_safe_state()
    {
        var run = Start();
        run.Ask(false);
        run.End();
        for (var n = 0; n < 2; n++)
        {
            run = Start(commits: false);
            run.Turn();
            Assert.True(run.Status.Safe);
            Assert.All(run.Port.Drives, d => Assert.False(d.Energised));
        }

        run.Commit();
        run.Turn();
        Assert.False(run.Status.Safe);
    }

    [Fact]
    public void A_run_that_did_not_end_in_order_leaves_no_mark_though_it_lets_go_of_what_waits()
    {
        var run = Start();
        run.Ask(false);
        run.End(inOrder: false); // a thread died
        run = Start();
        Assert.Equal("start: the run before did not end in order", run.Status.HeldBy);
    }

    [Fact]
    public void An_orderly_stop_before_the_start_was_durable_leaves_the_mark_as_it_was()
    {
        var run = Start();
        run.Ask(false);
        run.End();
        run = Start(commits: false);
        run.End();
        run = Start();
        Assert.False(run.Status.Safe);
    }

    [Fact]
    public void A_hold_that_is_asked_for_before_the_store_is_loaded_is_kept()
    {
        var run = Start();
        run.Ask(false);
        run.End();
        run = Start(load: false);
        run.Ask(true);
        run.Loop.LetGo();
        run.Loop.EndInOrder();
        run.Load(); // the disk comes to itself when all is over
        run.Commit();
        run = Start();
        Assert.Equal(("mei", true), (run.Status.HeldBy, run.Status.Safe));
    }

    [Fact]
    public void A_step_that_comes_late_does_not_drive_what_was_to_be_in_between()
    {
        _valve = _valve with { MinimumSafe = TimeSpan.FromSeconds(7) };
        var run = Start();
        run.Ask(false);
        Assert.True(run.Status.Waits);
        _time.Advance(TimeSpan.FromSeconds(8));
        run.Ask(true);
        Assert.Equal(["commanded safe", "released safe", "held safe"], run.Events());
        Assert.All(run.Port.Drives, d => Assert.False(d.Energised));
    }

    [Fact]
    public void A_hold_of_a_person_outlives_a_stop()
    {
        var run = Start();
        run.Ask(false);
        run.Ask(true);
        run.End();
        run = Start();
        Assert.Equal(("mei", true), (run.Status.HeldBy, run.Status.Safe));
    }

    [Fact]
    public void Until_the_store_is_loaded_an_output_stays_safe()
    {
        var run = Start();
        run.Ask(false);
        run.End();
        run = Start(load: false);
        Assert.Equal("start: not yet known how the run before left it", run.Status.HeldBy);
        run.Load();
        run.Turn();
        Assert.False(run.Status.Safe);
    }

    [Fact]
    public void A_port_that_fails_raises_the_outputs_own_fault_and_its_alarm()
    {
        var run = Start();
        run.Port.Fault = "line 22: Device or resource busy";
        run.Ask(false);
        Assert.Equal("it cannot be driven: line 22: Device or resource busy", run.Status.Detail);
        Assert.Equal(1.0, run.Reading(FaultPoint).Value);
        Assert.Equal(AlarmState.Unacknowledged, run.Alarm().State);
        Assert.Contains(_log.Lines, l => l.Contains("XV-101: it cannot be driven", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_that_comes_back_after_its_writer_took_over_holds_the_output_until_a_reset()
    {
        var run = Start();
        run.Ask(false);
        for (var i = 0; i < 7; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            run.Write();
        }

        Assert.False(run.Port.Drives[^1].Energised);
        run.Turn();
        run.Turn();
        Assert.Equal((OutputBook.ByWriter, true), (run.Status.HeldBy, run.Status.Safe));
        Assert.Equal(OutputFaults.None, run.Status.Faults);
        run.Ask(false);
        Assert.True(run.Port.Drives[^1].Energised);
    }

    [Fact]
    public void A_writer_that_wakes_before_the_step_has_ended_does_not_take_over_a_second_time()
    {
        var run = Start();
        run.Ask(false);
        for (var i = 0; i < 7; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            run.Write();
        }

        run.Told = run.Write; // the step's own events: it is not over yet
        run.Loop.RunDue();
        run.Told = null;
        Assert.Equal(OutputBook.ByWriter, run.Status.HeldBy);
        run.Write();
        run.Ask(false);
        Assert.False(run.Status.Safe);
        Assert.True(run.Port.Drives[^1].Energised);
        Assert.Single(_log.Lines, l => l.Contains("no sign of life for 5 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_socket_lists_holds_and_resets_outputs_and_the_trail_says_who_and_why()
    {
        var run = Start();
        var hands = new AllHands(("outputs", new OutputHands(run.Site, run.Loop, new HandsDesk(run.Commands, _trail, _time)).AnswerAsync));
        Assert.Equal(
            """done: open is asked for (normal); the line or the device has taken it""",
            Said(await AskAsync(hands, """{"do":"outputs.reset","ids":["XV-101"],"why":"valve tried"}""")));
        Assert.Equal(
            """done: closed is asked for (safe, held by mei); the line or the device has taken it""",
            Said(await AskAsync(hands, """{"do":"outputs.safe","why":"work on the pipe"}""")));
        Assert.Equal("refused: there is no such output; expected XV-101", Said(await AskAsync(hands, """{"do":"outputs.safe","ids":["XV-102"],"why":"x"}""")));
        Assert.Equal(["mei output-reset", "mei output-safe", "mei output-safe"], _trail.Entries.Select(e => $"{e.Who} {e.What}"));
        Assert.Equal("""{"id":"XV-101","outcome":"done","why":"work on the pipe","uid":7,"pid":42}""", _trail.Entries[1].Body.GetRawText());

        var listed = (await AskAsync(hands, """{"do":"outputs.list"}""")).GetProperty("outputs")[0];
        Assert.Equal(
            ("XV-101", "closed", "safe, held by mei", "closed", "released-line", false),
            (Text("id"), Text("position"), Text("state"), Text("readBack"), listed.GetProperty("backstop")[0].GetString(), listed.GetProperty("fault").GetBoolean()));

        string? Text(string name) => listed.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_hold_of_what_is_safe_already_says_what_the_line_says_now_and_not_what_it_said_before()
    {
        var run = Start();
        var hands = new AllHands(("outputs", new OutputHands(run.Site, run.Loop, new HandsDesk(run.Commands, _trail, _time)).AnswerAsync));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            "nothing: closed is asked for (safe, held by start: it was never reset); the line or the device has taken it",
            Said(await AskAsync(hands, """{"do":"outputs.safe","why":"work"}""")));
        _time.Advance(TimeSpan.FromSeconds(1));
        run.Port.Fault = "line 22: No such device";
        Assert.Equal(
            "unknown: closed is asked for (safe, held by start: it was never reset); it cannot be driven: line 22: No such device",
            Said(await AskAsync(hands, """{"do":"outputs.safe","why":"work"}""")));
        (run.Port.Fault, run.Port.StuckAt) = ("", true);
        Assert.Equal(
            "unknown: closed is asked for (safe, held by start: it was never reset); it reads back open",
            Said(await AskAsync(hands, """{"do":"outputs.safe","why":"work"}""")));
    }

    [Fact]
    public void The_state_names_the_trips_that_keep_an_output_safe_beside_who_holds_it()
    {
        var safe = new OutputStatus(false, true, default);
        Assert.Equal("safe, by the trip close-inlet", OutputListing.State(safe, ["close-inlet"]));
        Assert.Equal("safe, held by mei, and by the trip a, b", OutputListing.State(safe with { IsHeld = true, HeldBy = "mei" }, ["a", "b"]));
        Assert.Equal("safe", OutputListing.State(safe, []));
    }

    [Theory]
    [InlineData("""{"do":"outputs.open"}""", "'outputs.open' is not something to do here; expected outputs.list, outputs.safe, outputs.reset")]
    [InlineData("""{"do":"outputs.safe"}""", "'why' is missing; it stands in the audit trail")]
    [InlineData("""{"do":"outputs.reset","why":"x"}""", "'ids' is no list of outputs; expected at most 1024")]
    [InlineData("""{"do":"outputs.safe","why":"x","ids":[7]}""", "'ids' is no list of outputs; expected at most 1024, or none for all")]
    public async Task A_request_that_is_wrong_is_answered_with_what_was_expected(string request, string error)
    {
        var run = Start();
        var hands = new OutputHands(run.Site, run.Loop, new HandsDesk(run.Commands, _trail, _time));
        Assert.Equal(error, (await AskAsync(new AllHands(("outputs", hands.AnswerAsync)), request)).GetProperty("error").GetString());
        Assert.Empty(_trail.Entries);
    }

    private static async Task<JsonElement> AskAsync(AllHands hands, string request) =>
        JsonElement.Parse(await hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei")));

    private static string Said(JsonElement answer)
    {
        var result = answer.GetProperty("results").EnumerateArray().Single();
        return $"{result.GetProperty("outcome").GetString()}: {result.GetProperty("said").GetString()}";
    }

    private Run Start(bool load = true, bool commits = true)
    {
        var run = new Run(this, commits);
        if (load)
        {
            run.Load();
        }

        run.Turn();
        return run;
    }

    /// <summary>One life of the loop with its writer.</summary>
    private sealed class Run
    {
        private readonly OutputLoopTests _test;
        private readonly RecorderQueue _queue = new();
        private readonly StateStore _store;
        private readonly OutputDrive _drive;
        private readonly FakeRecorder _recorder = new();
        private readonly bool _commits;

        public Run(OutputLoopTests test, bool commits)
        {
            (_test, _commits) = (test, commits);
            Site = Of(test._valve);
            var clock = new FakeStationClock(test._time);
            Port = new FakePort(test._time);
            _store = new StateStore("state", test._disk);
            _queue.Filled += () => Told?.Invoke();
            _drive = new OutputDrive(Site, new DrivenPorts([Port], [], null), test._time, () => { }, test._log);
            Commands = new CommandMailbox(() => Turn());
            Loop = new StationLoop(
                Site, new SampleMailbox(() => { }), _queue, new NodeAlarmBoard(_queue, clock, test._log), clock, test._log, _store, Commands, null, _drive);
        }

        public Site Site { get; }

        public FakePort Port { get; }

        /// <summary>What happens elsewhere while the step tells what has happened.</summary>
        public Action? Told { get; set; }

        public CommandMailbox Commands { get; }

        public StationLoop Loop { get; }

        public OutputStatus Status
        {
            get
            {
                var all = new OutputStatus[1];
                Loop.CopyOutputs(all);
                return all[0];
            }
        }

        public void Load() => _store.Load();

        public void Commit() => _store.Commit();

        /// <summary>A step, the disk, what the next step drives, and the step that hears of it.</summary>
        public void Turn()
        {
            Loop.RunDue();
            if (_commits)
            {
                _store.Commit();
                Loop.RunDue();
            }

            Write();
            Loop.RunDue();
        }

        public void Write()
        {
            foreach (var writer in _drive.Writers)
            {
                writer.RunDue(CancellationToken.None);
            }
        }

        public void Ask(bool hold) => Assert.True(Commands.Post(new OutputAsk(0, hold, "mei"))!.IsCompletedSuccessfully);

        public Reading Reading(int point)
        {
            var all = new Reading[Site.Points.Length];
            Loop.CopyReadings(all);
            return all[point];
        }

        public AlarmStatus Alarm()
        {
            var all = new AlarmStatus[Site.Alarms.Length];
            Loop.CopyAlarms(all);
            return all[0];
        }

        public void End(bool inOrder = true)
        {
            Loop.StopOutputs();
            Turn();
            Loop.LetGo();
            if (inOrder)
            {
                Loop.EndInOrder();
            }

            _store.Commit();
        }

        public void Crash() => _store.Commit();

        public IEnumerable<string> Events()
        {
            new RecorderLoop(_queue, _recorder, TimeSpan.FromSeconds(1), _test._time, _test._log).RunDue();
            return [.. _recorder.Events.Where(e => e.Kind == "output").Select(e => JsonElement.Parse(e.Body.Span))
                .Select(e => $"{e.GetProperty("change").GetString()} {(e.GetProperty("safe").GetBoolean() ? "safe" : "normal")}")];
        }
    }
}
