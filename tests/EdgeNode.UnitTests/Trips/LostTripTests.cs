using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// A trip that stood when the run ended, and that the next site file no longer has: nobody can reset it, so its output stays safe until a person resets that. XV-0 has two trips:
/// <c>close-inlet</c> by the contact S-0, which is well, and <c>close-inlet-1</c> by S-1, which is edited.
/// </summary>
public class LostTripTests
{
    private static readonly TripOptions Stays = Trip();
    private static readonly TripOptions Edited = Trip(Contact(1));

    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();

    public static TheoryData<string> Edits => ["removed", "renamed", "shadow", "moved"];

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task The_output_stays_safe_until_a_person_resets_it(string edit)
    {
        var run = await TrippedAsync();
        run.Step(s1: 0); // the cause is gone, and nobody has reset the trip
        run.End();
        TripOptions[] next = edit switch
        {
            "removed" => [Stays],
            "renamed" => [Stays, Edited with { Id = "shut-inlet" }],
            "shadow" => [Stays, Edited with { Armed = false }],
            _ => [Stays, Edited with { Effect = [Xv1] }],
        };
        run = Start(next);
        Assert.Equal((TripState.Ready, true), (run.Trip(0).State, run.Output().Safe));
        Assert.Equal("trip close-inlet-1: tripped when the run before ended, and by the site file it no longer acts here", run.Output().HeldBy);
        Assert.False(run.Output(Xv1).HeldBy.StartsWith("trip", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, l => l.Contains("Output XV-0 stays safe until a person resets it (edgenode outputs reset): it is held by trip close-inlet-1", StringComparison.Ordinal));
        run.End();

        // The hold is one as any other from then on.
        run = Start(next);
        Assert.Equal("trip close-inlet-1: tripped when the run before ended, and by the site file it no longer acts here", run.Output().HeldBy);
        await run.AskAsync(new OutputAsk(Xv0, false, "mei"));
        if (edit == "renamed")
        {
            Assert.True(run.Output().Safe); // another trip, which nobody has reset
            await run.AskAsync(TripAsk.Reset);
        }

        Assert.False(run.Output().Safe);
        run.End();
        run = Start(next);
        Assert.False(run.Output().Safe);
    }

    [Fact]
    public async Task One_that_resets_itself_and_stands_holds_its_output_too()
    {
        var run = await TrippedAsync(Edited with { ManualReset = false });
        run.End();
        Assert.StartsWith("trip close-inlet-1", Start(Stays).Output().HeldBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_site_file_still_has_is_reset_by_itself_and_the_output_has_no_hold()
    {
        var run = await TrippedAsync();
        run.End();
        run = Start(Stays, Edited);
        Assert.Equal((TripState.NotReset, "", true), (run.Trip(1).State, run.Output().HeldBy, run.Output().Safe));
        await run.AskAsync(TripAsk.Reset);
        Assert.False(run.Output().Safe);
        run.End();
        Assert.False(Start(Stays).Output().Safe); // what is ready has given its output back
        Assert.DoesNotContain(_log.Lines, l => l.Contains("outputs reset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trip_that_has_not_acted_holds_nothing_and_one_that_was_released_does()
    {
        var run = await ReadyAsync(Stays, Edited);
        await run.AskAsync(TripAsk.Inhibit);
        run.Step(s1: 1);
        run.End();
        Assert.False(Start(Stays).Output().Safe);

        run = await ReadyAsync(Stays, Edited);
        run.Step(s1: 1);
        await run.AskAsync(TripAsk.Inhibit);
        await run.AskAsync(TripAsk.Reset);
        Assert.False(run.Output().Safe);
        run.End();
        Assert.True(Start(Stays).Output().Safe);
    }

    [Fact]
    public async Task A_shadow_trip_holds_nothing_when_it_goes()
    {
        var run = await TrippedAsync(Edited with { Armed = false });
        run.End();
        Assert.False(Start(Stays).Output().Safe);
    }

    [Fact]
    public async Task After_a_crash_it_holds_where_the_other_trip_resumes()
    {
        var stays = Stays with { ResumeAfterCrash = true };
        var run = await ReadyAsync(stays, Edited);
        run.Step(s1: 1);
        run.Store.Commit(); // and no orderly end
        run = Start(stays);
        Assert.Equal(TripState.Ready, run.Trip(0).State);
        Assert.StartsWith("trip close-inlet-1", run.Output().HeldBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_are_named_beside_a_hold_that_was_there()
    {
        var run = await ReadyAsync(Stays, Edited, Edited);
        run.Step(s1: 1);
        await run.AskAsync(new OutputAsk(Xv0, true, "mei"));
        run.End();
        Assert.Equal(
            "trip close-inlet-1, close-inlet-2: tripped when the run before ended, and by the site file it no longer acts here; and by mei", Start(Stays).Output().HeldBy);
    }

    [Fact]
    public async Task A_short_run_that_learned_nothing_leaves_what_the_run_before_it_kept()
    {
        var run = await TrippedAsync();
        run.End();
        run = new Run(_time, new StateStore("/state", _disk), _log, Stays, Edited);
        run.Store.Load();
        run.Loop.RunDue(); // its beginning is not on the disk yet
        run.End();
        Assert.StartsWith("trip close-inlet-1", Start(Stays).Output().HeldBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_of_a_version_without_trips_is_read()
    {
        (await ReadyAsync(Stays)).End();
        var store = new StateStore("/state", _disk);
        store.Load();
        store.Set("output/XV-0", [1, 3, .. "mei"u8]);
        store.Set("output/XV-1", [1, 2]);
        store.Commit();
        var run = Start(Stays);
        Assert.Equal(("mei", ""), (run.Output().HeldBy, run.Output(Xv1).HeldBy));
        Assert.False(run.Output(Xv1).Safe);
    }

    /// <summary>The edited trip stands, the other is ready.</summary>
    private async Task<Run> TrippedAsync(TripOptions? edited = null)
    {
        var run = await ReadyAsync(Stays, edited ?? Edited);
        run.Step(s1: 1);
        Assert.Equal((TripState.Ready, TripState.Tripped), (run.Trip(0).State, run.Trip(1).State));
        return run;
    }

    private async Task<Run> ReadyAsync(params TripOptions[] trips)
    {
        var run = Start(trips);
        for (var output = 0; output < 2; output++)
        {
            await run.AskAsync(new OutputAsk(output, false, "mei"));
        }

        for (var trip = 0; trip < trips.Length; trip++)
        {
            await run.AskAsync(TripAsk.Reset, trip);
        }

        Assert.False(run.Output().Safe);
        return run;
    }

    /// <summary>All contacts open, and the settle time over.</summary>
    private Run Start(params TripOptions[] trips)
    {
        var run = new Run(_time, new StateStore("/state", _disk), _log, trips);
        run.Store.Load();
        run.Step();
        run.Store.Commit();
        run.Step();
        _time.Advance(TimeSpan.FromSeconds(6));
        run.Step();
        run.Store.Commit();
        return run;
    }

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly CommandMailbox _commands;

        public Run(FakeTimeProvider time, StateStore store, LogLines log, params TripOptions[] trips)
        {
            (_time, Store) = (time, store);
            var (clock, queue) = (new FakeStationClock(time), new RecorderQueue());
            _commands = new CommandMailbox(() => Loop!.RunDue());
            Loop = new StationLoop(Of(trips), _mailbox, queue, new NodeAlarmBoard(queue, clock, log), clock, log, store, _commands, null);
        }

        public StateStore Store { get; }

        public StationLoop Loop { get; }

        public TripStatus Trip(int trip)
        {
            var all = new TripStatus[Loop.Site.Trips.Length];
            Loop.CopyTrips(all);
            return all[trip];
        }

        public OutputStatus Output(int output = Xv0)
        {
            var all = new OutputStatus[2];
            Loop.CopyOutputs(all);
            return all[output];
        }

        public Task<TripAnswer> AskAsync(TripAsk ask, int trip = 1) => _commands.Post(new TripCommand(trip, ask, "mei") { Why = "because" })!;

        public Task<OutputAnswer> AskAsync(OutputAsk ask) => _commands.Post(ask)!;

        public void Step(double s1 = 0)
        {
            var list = _mailbox.Rent();
            list.AddRange(Enumerable.Range(0, 4).Select(p => new RawSample(p, p == 1 ? s1 : 0, default, _time.Monotonic())));
            _mailbox.Post(list);
            Loop.RunDue();
        }

        public void End()
        {
            Loop.StopOutputs();
            Loop.RunDue();
            Loop.LetGo();
            Loop.EndInOrder();
            Store.Commit();
        }
    }
}
