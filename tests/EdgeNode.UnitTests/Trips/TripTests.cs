using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>A trip in the step: from its cause to what it wants of its outputs, and back.</summary>
public class TripTests
{
    [Fact]
    public void It_begins_safe_and_a_person_resets_it_once_its_cause_has_been_gone_for_the_settle_time()
    {
        var bench = new TripBench(Trip());
        bench.Wait(0);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.CauseUnknown, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, 0);
        bench.Wait(4);
        var early = bench.Ask(TripAsk.Reset);
        Assert.Equal((TripOutcome.NotSettled, TimeSpan.FromSeconds(1)), (early.Outcome, early.Left));
        bench.Wait(1);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.False(bench.Safe());
        Assert.Equal(TripOutcome.Nothing, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal("reset", bench.Tell());
    }

    [Fact]
    public void It_trips_by_its_cause_and_no_reset_is_taken_while_that_stands()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        Assert.True(bench.Safe());
        Assert.False(bench.Safe(Xv1));
        Assert.Equal(TripOutcome.CauseStands, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, null);
        Assert.Equal(TripOutcome.CauseUnknown, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, 0);
        Assert.Equal(TripOutcome.NotSettled, bench.Ask(TripAsk.Reset).Outcome);
        bench.Wait(60);
        Assert.True(bench.Safe());
        Assert.Equal("tripped, cause-gone", bench.Tell());
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void A_cause_that_comes_back_makes_the_settle_time_begin_anew()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        bench.Set(0, 0);
        bench.Set(0, 1, 4);
        bench.Set(0, 0);
        bench.Wait(4.9);
        Assert.Equal(TripOutcome.NotSettled, bench.Ask(TripAsk.Reset).Outcome);
        bench.Wait(0.1);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal("tripped, cause-gone, tripped, cause-gone, reset", bench.Tell());
    }

    [Fact]
    public void A_reset_in_the_step_that_brings_the_cause_is_refused()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Trip);
        bench.Wait(10);
        var at = CoreLaws.TestSite.At(1000);
        var result = bench.Station.Step(at, [CoreLaws.TestSite.Sample(1000, 1)], trips: [new TripCommand(0, TripAsk.Reset, "mei")]);
        Assert.Equal(TripOutcome.CauseStands, result.TripAnswers.Single().Outcome);
        Assert.True(bench.Safe());
    }

    [Theory]
    [InlineData(OnBadKind.TripAfter, true)]
    [InlineData(OnBadKind.Hold, false)]
    [InlineData(OnBadKind.AlarmOnly, false)]
    public void An_unknown_cause_does_what_on_bad_says_and_is_told_as_blind(OnBadKind onBad, bool trips)
    {
        var bench = new TripBench(Trip(onBad: onBad)).Ready();
        var blind = bench.Site.Trips[0].Points.Blind;
        Assert.Equal(1, bench.Set(0, null).Readings.Single(r => r.Point == blind).Value);
        bench.Wait(9.9);
        Assert.False(bench.Safe());
        bench.Wait(0.1);
        Assert.Equal(trips, bench.Safe());
        Assert.Equal(trips ? "tripped" : "", bench.Tell());
        Assert.Equal(0, bench.Set(0, 0).Readings.Single(r => r.Point == blind).Value);
    }

    [Fact]
    public void A_short_failure_of_the_sensor_trips_nothing()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, null);
        bench.Set(0, 0, 9.9);
        bench.Set(0, null);
        bench.Wait(9.9);
        Assert.False(bench.Safe());
        Assert.Empty(bench.Told);
    }

    [Fact]
    public void What_resets_itself_waits_for_the_settle_time_but_after_a_start_and_a_hand_for_a_person()
    {
        var bench = new TripBench(Trip() with { ManualReset = false });
        bench.Set(0, 0);
        bench.Wait(60);
        Assert.True(bench.Safe()); // no reset is known since the start
        bench.Ask(TripAsk.Reset);
        bench.Set(0, 1);
        bench.Set(0, 0);
        bench.Wait(4.9);
        Assert.True(bench.Safe());
        bench.Wait(0.1);
        Assert.False(bench.Safe());
        bench.Ask(TripAsk.Trip);
        bench.Wait(60);
        Assert.True(bench.Safe());
        bench.Ask(TripAsk.Reset);
        Assert.False(bench.Safe());
        Assert.Equal("reset, tripped, cause-gone, reset-itself, tripped, reset", bench.Tell());
    }

    [Fact]
    public void A_permissive_holds_back_a_reset_by_hand_by_itself_and_from_before()
    {
        var options = Trip() with { Permissive = Contact(1) };
        var bench = new TripBench(options, options with { ManualReset = false }, options);
        bench.Set(0, 0);
        bench.Ask(TripAsk.Keep, trip: 1);
        bench.Ask(TripAsk.Keep, trip: 2);
        bench.Wait(10);
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(1, 0);
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal([TripState.NotReset, TripState.Resuming, TripState.Resuming], Enumerable.Range(0, 3).Select(bench.State));
        bench.Set(1, 1);
        Assert.Equal([TripState.NotReset, TripState.Ready, TripState.Ready], Enumerable.Range(0, 3).Select(bench.State));
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
    }

    [Theory]
    [InlineData(2, 5)] // settled while nobody could know yet whether a reset was kept
    [InlineData(20, 21)]
    public void A_trip_that_only_its_permissive_keeps_from_resuming_says_that_it_is_tripped_and_not_before_that_is_all_it_waits_for(int settle, int from)
    {
        var bench = new TripBench(Trip() with { Permissive = Contact(1), Settle = TimeSpan.FromSeconds(settle) });
        bench.Ask(TripAsk.Keep);
        bench.Set(0, 0); // at 1 s
        var said = 0.0;
        for (var at = 2; at < from + 3; at++)
        {
            foreach (var reading in bench.Wait(1).Readings.Where(r => r.Point == bench.Site.Trips[0].Points.Tripped))
                said = reading.Value;
            Assert.Equal((TripState.Resuming, at >= from ? 1 : 0), (bench.State(), said));
        }

        bench.Set(1, 1);
        Assert.Equal(TripState.Ready, bench.State());
    }

    [Fact]
    public void A_reset_that_was_kept_counts_after_the_settle_time_and_a_cause_that_stands_at_the_start_ends_it()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1)));
        bench.Ask(TripAsk.Keep, trip: 0);
        bench.Ask(TripAsk.Keep, trip: 1);
        bench.Set(0, 0);
        bench.Set(1, 1, 0);
        Assert.Equal(TripState.Tripped, bench.State(1));
        bench.Set(1, 0, 1);
        bench.Wait(3.9);
        Assert.Equal(TripState.Resuming, bench.State(0));
        bench.Wait(0.1);
        Assert.Equal(TripState.Ready, bench.State(0));
        bench.Wait(60);
        Assert.Equal(TripState.Settling, bench.State(1));
        Assert.Equal("reset-kept, reset-kept, tripped, cause-gone, resumed", bench.Tell());
    }

    [Fact]
    public void A_reset_that_was_kept_takes_effect_at_once_where_the_cause_has_been_gone_for_long_enough()
    {
        var bench = new TripBench(Trip());
        bench.Set(0, 0);
        bench.Wait(60);
        bench.Ask(TripAsk.Keep);
        Assert.False(bench.Safe());
        Assert.Equal("reset-kept, resumed", bench.Tell());
    }

    [Fact]
    public void A_sensor_that_is_slow_to_start_trips_nothing_it_only_keeps_it_waiting()
    {
        var bench = new TripBench(Trip());
        bench.Ask(TripAsk.Keep);
        bench.Wait(300);
        Assert.Equal(TripState.Resuming, bench.State());
        bench.Set(0, 0);
        bench.Wait(5);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void A_trip_tells_what_spoke_for_it_the_first_one_first()
    {
        var bench = new TripBench(Trip(new CauseVote(3, [Contact(0), Contact(1), new CauseNot(Contact(2)), new CauseOf(High)]))).Ready();
        bench.Set(1, 1);
        bench.Set(0, 1, 3);
        var told = bench.Told.Single();
        Assert.Equal([(2, (bool?)false), (1, true), (0, true)], told.Cause.Select(c => (c.Leaf.What.Index, c.Leaf.Value)));
        Assert.Equal(TimeSpan.FromSeconds(3), told.At - told.Cause[1].Leaf.Since);
        Assert.Equal(3_000_000, told.Time.UnixMicroseconds - told.Cause[1].Since.UnixMicroseconds);
    }

    [Fact]
    public void A_trip_by_an_unknown_cause_names_what_is_unknown()
    {
        var bench = new TripBench(Trip(new CauseAll([Contact(0), Contact(1)]))).Ready();
        bench.Set(1, 1);
        bench.Set(0, null);
        bench.Wait(10);
        Assert.Equal([(1, (bool?)true), (0, null)], bench.Told.Single().Cause.Select(c => (c.Leaf.What.Index, c.Leaf.Value)));
    }

    [Fact]
    public void It_reads_the_condition_of_an_alarm_behind_its_delay_and_trips_to_the_tick_of_both_delays()
    {
        var bench = new TripBench(Trip(new CauseAfter(TimeSpan.FromSeconds(2), new CauseOf(High)))).Ready();
        bench.Set(Pressure, 7);
        var tripped = bench.Wait(50).Trips.Single();
        Assert.Equal(TripChange.Tripped, tripped.Change);
        Assert.Equal(TimeSpan.FromSeconds(5 + 1 + 1 + 2), tripped.At);
    }

    [Fact]
    public void A_true_overpressure_beyond_the_range_of_the_transmitter_trips()
    {
        var bench = new TripBench(Trip(new CauseOf(High))).Ready();
        var reading = bench.Set(Pressure, 14.2).Readings.Single(r => r.Point == Pressure);
        Assert.Equal(Quality.Uncertain(Reason.OverRange), reading.Quality);
        bench.Wait(1);
        Assert.True(bench.Safe());
    }

    [Fact]
    public void Shadow_asks_nothing_of_its_outputs_and_says_what_it_would_have_done()
    {
        var bench = new TripBench(Trip() with { Armed = false });
        Assert.False(bench.Safe());
        bench.Ready();
        var tripped = bench.Site.Trips[0].Points.Tripped;
        Assert.Equal(1, bench.Set(0, 1).Readings.Single(r => r.Point == tripped).Value);
        Assert.False(bench.Safe());
        Assert.False(bench.Told.Single().Acts(bench.Site.Trips[0]));
    }

    [Fact]
    public void Two_trips_of_one_output_want_it_safe_until_both_are_reset()
    {
        var bench = new TripBench(Trip(), Trip(Contact(1), effect: [Xv0, Xv1])).Ready();
        bench.Set(0, 1);
        bench.Set(1, 1);
        bench.Set(0, 0);
        bench.Set(1, 0);
        bench.Wait(5);
        bench.Ask(TripAsk.Reset, trip: 0);
        Assert.True(bench.Safe(Xv0) && bench.Safe(Xv1));
        bench.Ask(TripAsk.Reset, trip: 1);
        Assert.False(bench.Safe(Xv0) || bench.Safe(Xv1));
    }

    [Fact]
    public void What_came_at_one_moment_is_judged_together()
    {
        // The second contact says at the same moment that the first one means nothing.
        var bench = new TripBench(Trip(new CauseAll([Contact(0), new CauseNot(Contact(1))]))).Ready();
        var result = bench.Station.Step(CoreLaws.TestSite.At(100), [CoreLaws.TestSite.Sample(99, 1), CoreLaws.TestSite.Sample(99, 1, point: 1)]);
        Assert.Empty(result.Trips);
    }

    [Fact]
    public void A_trip_may_follow_from_another_ones()
    {
        var bench = new TripBench(Trip(), Trip(new CauseOf(new AlarmCause(false, 4)), effect: Xv1)); // point 4: the first one's tripped
        bench.Set(0, 0);
        bench.Wait(5);
        bench.Ask(TripAsk.Reset, trip: 0);
        bench.Wait(5);
        bench.Ask(TripAsk.Reset, trip: 1);
        Assert.False(bench.Safe(Xv1));
        bench.Set(0, 1);
        Assert.True(bench.Safe(Xv1));
    }

    [Fact]
    public void Trips_that_contradict_themselves_do_not_hold_up_the_step()
    {
        var bench = new TripBench(Trip(new CauseNot(new CauseOf(new AlarmCause(false, 4)))) with { ManualReset = false, Settle = TimeSpan.Zero });
        bench.Wait(1);
        bench.Ask(TripAsk.Reset);
        Assert.True(bench.Wait(1).Trips.Count < 10);
    }

    [Fact]
    public void Its_own_points_are_told_with_the_first_step_on_change_and_each_minute()
    {
        var bench = new TripBench(Trip());
        var (tripped, inhibited, blind) = bench.Site.Trips[0].Points;
        Assert.Equal([(inhibited, 0), (blind, 1)], Own(bench.Wait(0)));
        Assert.Equal([(tripped, 1)], Own(bench.Wait(5))); // no reset was kept
        Assert.Empty(Own(bench.Wait(54)));
        Assert.Equal([(tripped, 1), (inhibited, 0), (blind, 1)], Own(bench.Wait(1)));
        Assert.Equal([(blind, 0)], Own(bench.Set(0, 0)));
        Assert.All(bench.Set(0, 0).Readings, r => Assert.True(r.Quality.IsGood));

        List<(int, double)> Own(Core.StepResult result) => [.. result.Readings.Where(r => r.Point >= tripped).Select(r => (r.Point, r.Value))];
    }

    [Fact]
    public void A_value_that_a_person_put_in_place_of_a_contact_makes_the_cause_unknown_and_permits_nothing()
    {
        var bench = new TripBench(Trip() with { Permissive = Contact(1) });
        bench.Set(0, 0);
        bench.Set(1, 1);
        bench.Wait(10);
        var until = TimeSpan.FromSeconds(100);
        bench.Station.Step(CoreLaws.TestSite.At(12), [], substitutes: [new Core.Validate.SubstituteCommand(1, 1, until)]);
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        bench.Station.Step(CoreLaws.TestSite.At(12), [], substitutes: [new Core.Validate.SubstituteCommand(0, 0, until)]);
        Assert.Null(bench.Station.Trips[0].Cause);
    }

    [Fact]
    public void A_proof_test_is_overdue_by_a_synchronised_clock_alone_and_nothing_follows_from_it()
    {
        var bench = new TripBench(Trip() with { ProofTestDue = new DateOnly(2026, 11, 22) });
        var now = CoreLaws.TestSite.At(0); // 22 November 2026, 14:30 UTC
        bench.Station.Step(now with { Wall = now.Wall with { Clock = ClockQuality.Unsynchronised, UnixMicroseconds = 4_000_000_000_000_000 } }, []);
        Assert.False(bench.Station.Trips[0].IsProofTestDue);
        bench.Station.Step(CoreLaws.TestSite.At(1), []);
        Assert.False(bench.Station.Trips[0].IsProofTestDue);
        var told = bench.Station.Step(CoreLaws.TestSite.At(40_000), []);
        Assert.True(bench.Station.Trips[0].IsProofTestDue);
        Assert.Empty(told.Trips);
    }
}
