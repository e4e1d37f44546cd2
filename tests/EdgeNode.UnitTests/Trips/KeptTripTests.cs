using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Trips;

/// <summary>Trips across a restart: the reset is kept, not the trip.</summary>
public class KeptTripTests
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();
    private TripOptions _trip = TripBench.Trip();

    [Fact]
    public async Task A_reset_counts_after_an_orderly_stop_once_the_cause_has_been_gone_for_the_settle_time()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        var run = Start();
        run.Step(0);
        Assert.Equal(TripState.NotReset, run.Status.State);
        run.Store.Load();
        run.Step(0);
        Assert.Equal(TripState.NotReset, run.Status.State); // not before it is durable that the mark of the run before is gone
        run.Store.Commit();
        run.Step(0);
        Assert.Equal((TripState.Resuming, true), (run.Status.State, run.Status.Acts));
        _time.Advance(TimeSpan.FromSeconds(5));
        run.Step(0);
        Assert.Equal((TripState.Ready, false), (run.Status.State, run.Status.Acts));
        Assert.Equal(["reset-kept mei", "resumed "], run.Told());
    }

    [Theory]
    [InlineData(false, TripState.NotReset)]
    [InlineData(true, TripState.Ready)]
    public async Task After_an_unclean_stop_a_person_resets_unless_the_site_file_says_otherwise(bool resume, TripState expected)
    {
        _trip = _trip with { ResumeAfterCrash = resume };
        (await LeaveReadyAsync()).End(inOrder: false);
        var run = Start();
        Settle(run);
        Assert.Equal(expected, run.Status.State);
    }

    [Fact]
    public async Task What_the_crash_took_does_not_come_back_with_the_orderly_stop_after_it()
    {
        (await LeaveReadyAsync()).End(inOrder: false);
        var run = Start();
        Settle(run);
        run.End(inOrder: true);
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
        Assert.Equal(TripOutcome.Done, (await run.AskAsync(TripAsk.Reset)).Outcome);
    }

    [Fact]
    public async Task The_mark_of_an_orderly_stop_vouches_for_one_run_alone()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.Ready, run.Status.State);
        run.End(inOrder: false);
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
    }

    [Fact]
    public async Task A_reset_by_hand_before_the_store_is_there_is_of_this_run_and_is_kept()
    {
        (await LeaveReadyAsync()).End(inOrder: false);
        var run = Start();
        run.Step(0);
        _time.Advance(TimeSpan.FromSeconds(6));
        run.Step(0);
        Assert.Equal(TripOutcome.Done, (await run.AskAsync(TripAsk.Reset)).Outcome);
        Settle(run); // the disk answers at last
        Assert.Equal(TripState.Ready, run.Status.State);
        run.End(inOrder: true);
        run = Start();
        Settle(run);
        Assert.Equal(TripState.Ready, run.Status.State);
    }

    [Fact]
    public async Task What_a_planned_restart_left_open_closes_once_it_is_known_that_no_reset_counts()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        var run = Start();
        run.Loop.Carry(TripBench.Xv0, TimeSpan.FromMinutes(5));
        run.Step(0);
        Assert.False(run.Output.Safe); // it may be that it counts
        Settle(run);
        Assert.Equal((TripState.Ready, false), (run.Status.State, run.Output.Safe));
        run.End(inOrder: true);
        _trip = _trip with { ProcessSafetyTime = TimeSpan.FromSeconds(60) }; // another trip, which nobody has reset
        run = Start();
        run.Loop.Carry(TripBench.Xv0, TimeSpan.FromMinutes(5));
        run.Step(0);
        Assert.False(run.Output.Safe);
        Settle(run);
        Assert.Equal((TripState.NotReset, true), (run.Status.State, run.Output.Safe));
        Assert.Equal(TripOutcome.Done, (await run.AskAsync(TripAsk.Reset)).Outcome);
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_from_the_start_on_lets_no_reset_count()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        for (var n = 0; n < 2; n++)
        {
            var run = Start();
            run.Store.Load();
            run.Step(0);
            _time.Advance(TimeSpan.FromMinutes(10));
            run.Step(0);
            Assert.Equal(TripState.NotReset, run.Status.State);
        }
    }

    [Fact]
    public async Task A_run_that_never_learned_how_the_one_before_ended_vouches_for_nothing()
    {
        (await LeaveReadyAsync()).End(inOrder: false);
        var run = Start();
        run.Step(0); // the disk hangs until the end
        run.Loop.EndInOrder();
        run.Store.Load();
        run.Store.Commit();
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
    }

    [Fact]
    public async Task A_mark_that_comes_back_because_the_newer_slot_is_damaged_vouches_for_nothing()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        var before = Slots();
        Settle(Start());
        var after = Slots();
        var newest = Assert.Single(after, slot => !before.TryGetValue(slot.Key, out var was) || !was.SequenceEqual(slot.Value));
        newest.Value[^1] ^= 0xFF;
        _disk.Put(newest.Key, newest.Value);
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);

        Dictionary<string, byte[]> Slots() =>
            _disk.Paths.Where(p => p.StartsWith("/state/state-", StringComparison.Ordinal)).ToDictionary(p => p, p => _disk[p].ToArray(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_trip_takes_its_reset_away_and_a_store_that_comes_late_does_not_bring_it_back()
    {
        var left = await LeaveReadyAsync();
        left.Step(1);
        left.Step(0);
        left.End(inOrder: true);
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
        await run.AskAsync(TripAsk.Reset);
        run.End(inOrder: true);
        run = Start();
        run.Step(1); // the cause stands at the start, and the store is not there yet
        run.Step(0);
        Settle(run);
        Assert.Equal(TripState.Settling, run.Status.State);
        run.End(inOrder: true);
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
    }

    [Fact]
    public async Task What_resets_itself_does_so_across_a_restart_too_but_not_after_a_hand()
    {
        _trip = _trip with { ManualReset = false };
        var left = await LeaveReadyAsync();
        left.Step(1);
        left.End(inOrder: true);
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.Ready, run.Status.State);
        await run.AskAsync(TripAsk.Trip);
        run.End(inOrder: true);
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
    }

    [Fact]
    public async Task An_inhibit_ends_with_the_process_and_what_stood_under_it_acts()
    {
        var left = await LeaveReadyAsync();
        await left.AskAsync(TripAsk.Inhibit);
        left.Step(1);
        Assert.Equal((true, false), (left.Status.Suppressed, left.Status.Acts));
        left.End(inOrder: true);
        var run = Start();
        Settle(run, cause: 1);
        Assert.Equal((TripState.Tripped, true, null), (run.Status.State, run.Status.Acts, run.Status.InhibitedUntil));
    }

    [Fact]
    public async Task A_trip_that_was_released_under_an_inhibit_is_not_reset_for_the_next_run()
    {
        var left = await LeaveReadyAsync();
        left.Step(1);
        await left.AskAsync(TripAsk.Inhibit);
        await left.AskAsync(TripAsk.Reset);
        Assert.False(left.Status.Acts);
        left.End(inOrder: true);
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
    }

    [Fact]
    public async Task Resets_of_trips_that_the_site_no_longer_has_are_forgotten()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        _trip = _trip with { Id = "other" };
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
        Assert.Empty(run.Store.Keys("trip/"));
    }

    [Fact]
    public async Task A_reset_is_of_the_trip_as_it_was_then()
    {
        (await LeaveReadyAsync()).End(inOrder: true);
        _trip = _trip with { Text = new LocalText("Inlet", "", ""), InhibitAtMost = TimeSpan.FromMinutes(5), ProofTestDue = new DateOnly(2090, 1, 1) };
        var run = Start();
        Settle(run);
        Assert.Equal(TripState.Ready, run.Status.State);
        run.End(inOrder: true);
        _trip = _trip with { OnBad = new OnBad(OnBadKind.TripAfter, TimeSpan.FromSeconds(11)) };
        run = Start();
        Settle(run);
        Assert.Equal(TripState.NotReset, run.Status.State);
        Assert.Empty(run.Store.Keys("trip/"));
        Assert.Equal(TripOutcome.Done, (await run.AskAsync(TripAsk.Reset)).Outcome);
    }

    [Fact]
    public async Task The_end_of_an_inhibit_by_its_time_stands_in_the_trail()
    {
        var run = await LeaveReadyAsync();
        await run.AskAsync(TripAsk.Inhibit, TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        run.Step(0);
        var entry = Assert.Single(run.Trail.Entries);
        Assert.Equal(("system", "trip-inhibit-ended", "close-inlet"), (entry.Who, entry.What, entry.Body.GetProperty("trip").GetString()));
    }

    [Fact]
    public async Task The_event_of_a_trip_says_its_cause_its_effect_and_whether_it_acts()
    {
        var run = await LeaveReadyAsync();
        await run.AskAsync(TripAsk.Inhibit, TimeSpan.FromMinutes(1));
        run.Step(1);
        _ = run.Told();
        var body = run.LastEvent;
        Assert.Equal(
            """{"id":"close-inlet","change":"tripped","state":"tripped","mode":"armed","suppressedBy":"inhibit","acts":false,"cause":[{"of":"S-0.state","is":"true","since":""",
            body[..body.IndexOf("946", StringComparison.Ordinal)]);
        Assert.EndsWith(""","firstOut":true}],"effect":["XV-0"]}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overdue_proof_test_is_a_fault_of_the_node()
    {
        _trip = _trip with { ProofTestDue = new DateOnly(1999, 12, 31) };
        var run = await LeaveReadyAsync();
        run.Step(0);
        Assert.True(run.Status.ProofTestDue);
        var node = new NodeAlarmStatus[NodeAlarmIds.Count];
        run.Loop.CopyNodeAlarms(node);
        Assert.Equal((true, "The proof test is overdue of close-inlet (1999-12-31). Prove it, and write the next day under proof-test-due."), (node[(int)NodeAlarm.ProofTestDue].Active, node[(int)NodeAlarm.ProofTestDue].Detail));
    }

    private async Task<Run> LeaveReadyAsync()
    {
        var run = Start();
        Settle(run);
        Assert.Equal(TripOutcome.Done, (await run.AskAsync(TripAsk.Reset)).Outcome);
        return run;
    }

    private Run Start() => new(_time, new StateStore("/state", _disk), _trip);

    private void Settle(Run run, double cause = 0)
    {
        run.Store.Load();
        run.Step(cause);
        run.Store.Commit();
        run.Step(cause);
        _time.Advance(TimeSpan.FromSeconds(6));
        run.Step(cause);
    }

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly RecorderQueue _queue = new();
        private readonly CommandMailbox _commands;

        public Run(FakeTimeProvider time, StateStore store, TripOptions trip)
        {
            _time = time;
            Store = store;
            var clock = new FakeStationClock(time);
            _commands = new CommandMailbox(() => Loop!.RunDue());
            Loop = new StationLoop(
                TripBench.Of([trip]), _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store, _commands, Trail);
        }

        public TrailFake Trail { get; } = new();

        public StateStore Store { get; }

        public StationLoop Loop { get; }

        public string LastEvent { get; private set; } = "";

        public TripStatus Status
        {
            get
            {
                var status = new TripStatus[1];
                Loop.CopyTrips(status);
                return status[0];
            }
        }

        public OutputStatus Output
        {
            get
            {
                var status = new OutputStatus[2];
                Loop.CopyOutputs(status);
                return status[TripBench.Xv0];
            }
        }

        public Task<TripAnswer> AskAsync(TripAsk ask, TimeSpan? span = null) => _commands.Post(new TripCommand(0, ask, "mei") { Time = span, Why = "because" })!;

        public void Step(double cause)
        {
            var list = _mailbox.Rent();
            list.Add(new RawSample(0, cause, default, _time.Monotonic()));
            _mailbox.Post(list);
            Loop.RunDue();
        }

        public void End(bool inOrder)
        {
            Loop.LetGo();
            if (inOrder)
            {
                Loop.EndInOrder();
            }

            Store.Commit();
        }

        /// <summary>What was told of trips, and who did it.</summary>
        public List<string> Told()
        {
            var told = new List<string>();
            while (_queue.TryTakeEvent(out var record))
            {
                if (record.Kind == "trip")
                {
                    LastEvent = System.Text.Encoding.UTF8.GetString(record.Body.Span);
                    var body = JsonElement.Parse(record.Body.Span);
                    told.Add($"{body.GetProperty("change").GetString()} {(body.TryGetProperty("by", out var by) ? by.GetString() : "")}");
                }
            }

            return told;
        }
    }
}
