using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>Trips at the edges of their rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfTripTests
{
    [Fact]
    public void A_cause_is_due_when_the_first_of_its_delays_ends()
    {
        foreach (var (one, other) in new[] { (3, 5), (5, 3) })
        {
            var tree = new CauseTree(new CauseAll([new CauseAfter(Second * one, Contact(0)), new CauseAfter(Second * other, Contact(1))]));
            tree.Look(Second, new All(true));
            Assert.Equal(Second * 4, tree.Deadline);
        }
    }

    [Fact]
    public void What_an_after_has_counted_is_lost_with_a_cause_that_has_gone_while_nobody_looked()
    {
        var tree = new CauseTree(new CauseAfter(Second * 5, Contact(0)));
        tree.Look(Second * 0, new All(true));
        tree.Look(Second * 2, new All(null));
        tree.Look(Second * 3, new All(false));
        tree.Look(Second * 10, new All(true));
        Assert.Equal(Second * 15, tree.Deadline);
        tree.Look(Second * 12, new All(null));
        tree.Look(Second * 100, new All(true));
        Assert.Equal(Second * 103, tree.Deadline); // unknown is not gone
    }

    [Fact]
    public void It_may_be_reset_a_settle_time_after_its_cause_has_gone_and_says_so_while_it_waits()
    {
        var bench = new TripBench(Trip());
        Assert.Null(bench.Station.Trips[0].SettledAt);
        bench.Set(0, 0);
        Assert.Equal((TripState.NotReset, Second * 6), (bench.State(), bench.Station.Trips[0].SettledAt));
        bench.Ready();
        Assert.Null(bench.Station.Trips[0].SettledAt); // it waits for nothing
        bench.Set(0, 1);
        Assert.Null(bench.Station.Trips[0].SettledAt);
        bench.Set(0, 0);
        Assert.Equal((TripState.Settling, bench.Station.Trips[0].CauseSince + (Second * 5)), (bench.State(), bench.Station.Trips[0].SettledAt!.Value));
        var kept = new TripBench(Trip());
        kept.Ask(TripAsk.Keep);
        kept.Set(0, 0);
        Assert.Equal((TripState.Resuming, Second * 6), (kept.State(), kept.Station.Trips[0].SettledAt));
    }

    [Fact]
    public void It_is_due_when_it_has_settled_and_then_no_more()
    {
        var bench = new TripBench(Trip() with { Permissive = Contact(1) });
        TimeSpan? Due() => bench.Station.Trips[0].Deadline;
        Assert.Null(Due());
        bench.Ask(TripAsk.Keep);
        Assert.Null(Due()); // nobody knows its cause yet
        bench.Set(0, 0);
        Assert.Equal(Second * 6, Due());
        var settled = bench.Wait(5);
        Assert.Null(Due()); // it waits for its permissive, who knows for how long, and says so
        Assert.Equal(1, settled.Readings.Single(r => r.Point == bench.Site.Trips[0].Points.Tripped).Value);
        Assert.Equal(0, bench.Set(1, 1).Readings.Single(r => r.Point == bench.Site.Trips[0].Points.Tripped).Value);
        Assert.Equal((TripState.Ready, null), (bench.State(), Due()));
        bench.Set(0, 1);
        Assert.Null(Due());
        bench.Set(0, 0);
        Assert.Equal((TripState.Settling, Second * 14), (bench.State(), Due()));
    }

    [Fact]
    public void An_unknown_cause_trips_at_its_own_moment_and_so_does_each_of_two_trips()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1)) with { OnBad = new OnBad(OnBadKind.TripAfter, Second * 20) }).Ready(); // ready at 5 s
        bench.Set(1, null, 1);
        bench.Set(0, null, 1);
        Assert.Equal(Second * 17, bench.Station.Trips.Deadline);
        bench.Wait(10);
        Assert.Equal([TripState.Tripped, TripState.Ready], [bench.State(0), bench.State(1)]);
        Assert.Equal(Second * 26, bench.Station.Trips.Deadline);
        bench.Wait(60);
        Assert.Equal([Second * 17, Second * 26], bench.Told.Select(t => t.At));
    }

    [Fact]
    public void A_sensor_that_comes_back_at_the_very_end_of_its_time_comes_too_late()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, null);
        bench.Set(0, 0, 10);
        Assert.Equal("tripped, cause-gone", bench.Tell());
    }

    [Fact]
    public void It_is_due_at_the_first_end_of_an_inhibit_and_a_test()
    {
        var bench = new TripBench(Trip()).Ready(); // at 5 s
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Ask(TripAsk.Test, 30);
        Assert.Equal(Second * 35, bench.Station.Trips[0].Deadline);
        bench.Ask(TripAsk.Inhibit, 10);
        Assert.Equal(Second * 15, bench.Station.Trips[0].Deadline);
    }

    [Fact]
    public void What_is_ready_has_nothing_to_reset_whatever_is_known_of_its_cause()
    {
        var bench = new TripBench(Trip(onBad: OnBadKind.AlarmOnly)).Ready();
        bench.Set(0, null);
        Assert.Equal(TripOutcome.Nothing, bench.Ask(TripAsk.Reset).Outcome);
    }

    [Fact]
    public void A_trip_by_an_unknown_cause_names_no_part_that_is_known_and_does_not_speak_for_it()
    {
        var bench = new TripBench(Trip(new CauseAny([Contact(0), Contact(1)]))).Ready();
        bench.Set(0, null);
        bench.Wait(10);
        Assert.Equal([0], bench.Told.Single().Cause.Select(c => c.Leaf.What.Index));
    }

    [Fact]
    public void A_trip_by_an_alarm_of_a_group_says_which_members_were_past_the_setpoint()
    {
        string[] computed = ["P.value", "P.spread", "P.voting", "T.tripped", "T.inhibited", "T.blind"];
        var site = CoreLaws.TestSite.Of(
            [Point("PT-1"), Point("PT-2"), .. computed.Select(n => Point(n, PointOptions.Computed))], [Alarm(on: 0, point: 2) with { Group = 0 }]) with
        {
            Groups = [new GroupOptions("P", [0, 1], Core.Validate.UnitTable.Get("bar"), new VoteRule(VoteKind.Count, 1, 2), [new VoteRule(VoteKind.Count, 1, 1)]) { Points = new GroupPoints(2, 3, 4) }],
            Trips = [Trip(new CauseOf(High)) with { Points = new TripPoints(5, 6, 7) }],
            Outputs = Of([Trip()]).Outputs,
        };
        var told = new Station(site, TimeSpan.Zero).Step(At(1), [Sample(1, 5), Sample(1, 7, point: 1)]).Trips.Single();
        Assert.Equal((TripChange.Tripped, new MemberSet(0b10)), (told.Change, told.Cause.Single().Votes.About));
    }

    [Fact]
    public void A_trip_that_acts_when_its_inhibit_ends_gives_no_persons_reason()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Inhibit, 10);
        bench.Set(0, 1);
        bench.Wait(20);
        Assert.Equal((TripChange.Tripped, null, ""), (bench.Told[^1].Change, bench.Told[^1].By, bench.Told[^1].Why));
    }

    [Fact]
    public void What_came_and_went_between_two_steps_has_tripped_at_its_moment()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1)) with { ManualReset = false }).Ready();
        bench.Set(1, 1);
        bench.Set(1, 0); // 7 s: resets itself at 12 s
        var told = bench.Station.Step(At(20), [Sample(9, 1), Sample(15, 0)]).Trips;
        Assert.Equal(
            [(0, TripChange.Tripped, 9.0), (1, TripChange.ResetItself, 12), (0, TripChange.CauseGone, 15)], told.Select(t => (t.Trip, t.Change, t.At.TotalSeconds)));
    }

    [Fact]
    public void A_sample_that_is_older_than_what_was_judged_counts_from_then_on()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Station.Step(At(10), [Sample(9, 1, point: 1)]);
        var told = bench.Station.Step(At(11), [Sample(7, 1)]).Trips.Single();
        Assert.Equal((TripChange.Tripped, Second * 10), (told.Change, told.At));
    }

    [Fact]
    public void Four_trips_that_follow_one_from_the_other_come_in_one_step()
    {
        var bench = Chain(Contact(0));
        bench.Set(0, 1);
        Assert.Equal([0, 1, 2, 3], bench.Told.Select(t => t.Trip));
    }

    [Fact]
    public void Trips_that_follow_one_from_the_other_come_by_time_alone_however_long_nothing_was_read()
    {
        var bench = Chain(new CauseAfter(Second * 7200, Contact(0)));
        bench.Set(0, 1);
        for (var minute = 0; minute < 120; minute++)
        {
            bench.Wait(60);
        }

        Assert.Equal([0, 1, 2, 3], bench.Told.Select(t => t.Trip));
        Assert.Single(bench.Told.Select(t => t.At).Distinct());
    }

    [Fact]
    public void However_many_steps_there_are_at_one_moment_a_contact_trips_in_its_own()
    {
        var bench = new TripBench(Trip()).Ready();
        for (var n = 0; n < 10; n++)
        {
            bench.Set(1, n % 2, 0);
        }

        bench.Set(0, 1, 0);
        Assert.True(bench.Safe());
    }

    [Fact]
    public void A_permissive_may_be_what_another_trip_says_of_itself()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1)) with { ManualReset = false, Permissive = new CauseNot(new CauseOf(new AlarmCause(false, 4))) }).Ready();
        bench.Set(0, 1);
        bench.Set(1, 1);
        bench.Set(1, 0);
        bench.Set(0, 0);
        bench.Wait(10);
        Assert.Equal([TripState.Settling, TripState.Settling], [bench.State(0), bench.State(1)]);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal([TripState.Ready, TripState.Ready], [bench.State(0), bench.State(1)]);
    }

    [Fact]
    public void What_is_asked_changes_the_points_that_it_is_about_and_tells_each_once()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1)));
        var result = bench.Station.Step(At(0), [], trips: [new TripCommand(0, TripAsk.Inhibit, "mei"), new TripCommand(1, TripAsk.Trip, "mei")]);
        Assert.Equal([(5, 0), (6, 1), (8, 0), (9, 1), (5, 1), (7, 1)], result.Readings.Select(r => (r.Point, (int)r.Value))); // all that is known so early, then the inhibit and the trip
        bench.Ready();
        result = bench.Station.Step(At(6), [], trips: [new TripCommand(1, TripAsk.Trip, "mei")]);
        Assert.Equal([(7, 1.0)], result.Readings.Select(r => (r.Point, r.Value)));
    }

    [Fact]
    public void Who_and_why_stand_with_what_a_person_did_and_with_nothing_else()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Inhibit, 10);
        bench.Wait(20);
        bench.Set(0, 0);
        bench.Wait(10);
        bench.Ask(TripAsk.Reset);
        bench.Ask(TripAsk.Test, 10);
        bench.Wait(20);
        Assert.Equal(
            ["tripped  ", "inhibited mei because", "inhibit-ended  ", "cause-gone  ", "reset mei because", "test-begun mei because", "test-ended  "],
            bench.Told.Select(t => $"{t.Change.Text()} {t.By} {t.Why}"));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0], bench.Told.Select(t => t.Cause.Length)); // what spoke for it stands with the trip alone
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("mei", "mei")]
    public void A_reset_that_was_kept_says_who_made_it_where_that_is_known(string kept, string? by)
    {
        var station = new Station(Of([Trip()]), TimeSpan.Zero);
        var told = station.Step(At(0), [], trips: [new TripCommand(0, TripAsk.Keep, kept)]).Trips.Single();
        Assert.Equal((TripChange.ResetKept, by, ""), (told.Change, told.By, told.Why));
        told = station.Step(At(1), [], trips: [new TripCommand(0, TripAsk.Trip, "li")]).Trips.Single();
        Assert.Equal(("li", ""), (told.By, told.Why)); // no reason was given
    }

    [Fact]
    public void A_trip_by_hand_names_no_part_of_a_cause_that_is_not_true()
    {
        var bench = new TripBench(Trip(new CauseAll([Contact(0), Contact(1)]))).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Trip);
        Assert.Empty(bench.Told.Single().Cause);
    }

    [Fact]
    public void Whatever_time_is_asked_for_what_is_not_allowed_is_not_allowed()
    {
        var bench = new TripBench(Trip() with { InhibitAtMost = TimeSpan.Zero }).Ready();
        Assert.All(new double?[] { null, -1, 0, 60 }, seconds => Assert.Equal(TripOutcome.NotAllowed, bench.Ask(TripAsk.Inhibit, seconds).Outcome));
    }

    [Fact]
    public void Everything_that_can_be_said_of_a_trip_has_its_word()
    {
        Assert.Equal(
            ["cause-true", "cause-false", "cause-unknown", "unknown-too-long", "settled", "settled-automatic", "reset", "early-reset", "release", "trip", "kept", "unsuppress", "release-ends"],
            Enum.GetValues<TripInput>().Select(i => i.Text()));
        Assert.Equal(
            ["tripped", "cause-gone", "cause-unknown", "reset", "reset-itself", "reset-kept", "resumed", "released", "inhibited", "inhibit-ended", "test-begun", "test-ended"],
            Enum.GetValues<TripChange>().Select(c => c.Text()));
        Assert.Equal(["reset", "inhibit", "end-inhibit", "trip", "test", "end-test", "keep", "keep-none"], Enum.GetValues<TripAsk>().Select(a => a.Text()));
        Assert.Equal(
            ["done", "nothing", "no-such-trip", "cause-stands", "cause-unknown", "cause-pending", "not-settled", "not-permitted", "not-allowed", "too-long", "no-time", "not-inhibited", "not-in-test", "stands"],
            Enum.GetValues<TripOutcome>().Select(o => o.Text()));
        Assert.Equal(Enum.GetValues<TripOutcome>().Skip(2), Enum.GetValues<TripOutcome>().Where(o => o.IsRefusal()));
    }

    [Theory]
    [InlineData(true, TripSuppression.None, true)]
    [InlineData(false, TripSuppression.None, false)]
    [InlineData(true, TripSuppression.Inhibit, false)]
    [InlineData(true, TripSuppression.Test, false)]
    public void It_acts_when_it_is_armed_and_nothing_keeps_it_from_its_outputs(bool armed, TripSuppression by, bool acts) =>
        Assert.Equal(acts, new TripTransition(0, TripChange.Tripped, TripState.Tripped, default) { SuppressedBy = by }.Acts(Trip() with { Armed = armed }));

    [Fact]
    public void What_is_not_there_is_refused_by_its_name()
    {
        Assert.Throws<ArgumentNullException>("cause", () => new CauseTree(null!));
        Assert.Throws<ArgumentNullException>("options", () => new TripEvaluator(0, null!, new All(true), [], TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>("site", () => new SiteTrips(null!, new Core.Evaluate.SiteAlarms(Of([Trip()]), []), null, [], TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>("trip", () => new TripTransition(0, TripChange.Tripped, TripState.Tripped, default).Acts(null!));
        Assert.StartsWith("There is no such cause.", Assert.Throws<ArgumentOutOfRangeException>("cause", () => new CauseTree(new Unheard())).Message, StringComparison.Ordinal);
    }

    /// <summary>Each trip but the first follows from the one before it; all are ready.</summary>
    private static TripBench Chain(Cause first)
    {
        var bench = new TripBench(Trip(first), Trip(Tripped(0)), Trip(Tripped(1)), Trip(Tripped(2)));
        for (var point = 0; point <= Pressure; point++)
        {
            bench.Set(point, 0, 0);
        }

        for (var trip = 0; trip < 4; trip++)
        {
            bench.Wait(5);
            Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset, trip: trip).Outcome);
        }

        bench.Told.Clear();
        return bench;

        static CauseOf Tripped(int trip) => new(new AlarmCause(false, 4 + (3 * trip)));
    }

    private sealed record Unheard : Cause;

    private sealed class All(bool? value) : ICauseSource
    {
        public bool? Read(AlarmCause what) => value;

        public bool IsSaid(AlarmCause what) => true;

        public bool? Pending(AlarmCause what) => null;

        public GroupVotes Votes(AlarmCause what) => default;
    }
}
