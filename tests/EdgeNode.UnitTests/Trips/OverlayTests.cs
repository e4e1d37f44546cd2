using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>Inhibit, test and the trip by hand: what they keep from the outputs, and that they end.</summary>
public class OverlayTests
{
    [Fact]
    public void A_trip_under_an_inhibit_is_recorded_and_leaves_its_outputs_alone_and_acts_when_the_inhibit_ends_by_its_time()
    {
        var bench = new TripBench(Trip()).Ready();
        var granted = bench.Ask(TripAsk.Inhibit, 60);
        Assert.Equal((TripOutcome.Done, CoreLaws.TestSite.At(65).Wall), (granted.Outcome, granted.Until!.Value));
        bench.Set(0, 1);
        Assert.False(bench.Safe());
        Assert.Equal("inhibited, tripped (Inhibit)", bench.Tell());
        bench.Wait(58.9);
        Assert.False(bench.Safe());
        bench.Wait(10);
        Assert.True(bench.Safe());
        Assert.Equal(TimeSpan.FromSeconds(65), bench.Told[1].At);
        Assert.Equal("inhibit-ended, tripped", bench.Tell());
    }

    [Fact]
    public void An_inhibit_that_ends_after_the_cause_has_gone_leaves_nothing_to_reset()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Set(0, 1);
        bench.Set(0, 0);
        bench.Ask(TripAsk.EndInhibit);
        Assert.Equal((false, TripState.Ready), (bench.Safe(), bench.State()));
    }

    [Fact]
    public void An_inhibit_that_ends_while_nobody_knows_the_cause_trips_what_had_come_up()
    {
        var bench = new TripBench(Trip(onBad: OnBadKind.Hold)).Ready();
        bench.Ask(TripAsk.Inhibit);
        bench.Set(0, 1);
        bench.Set(0, null);
        bench.Ask(TripAsk.EndInhibit);
        Assert.True(bench.Safe());
    }

    [Fact]
    public void An_inhibit_moves_no_output_but_under_it_a_person_can_reset_in_spite_of_the_cause()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Inhibit, 60);
        Assert.True(bench.Safe());
        var answer = bench.Ask(TripAsk.Reset);
        Assert.Equal((TripOutcome.Done, true), (answer.Outcome, answer.UnderInhibit));
        Assert.False(bench.Safe());
        Assert.Equal(TripOutcome.Nothing, bench.Ask(TripAsk.Reset).Outcome);
        bench.Wait(60);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.CauseStands, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal("tripped, inhibited, released (Inhibit), inhibit-ended, tripped", bench.Tell());
    }

    [Fact]
    public void A_reset_of_all_releases_none_under_its_inhibit_whose_cause_has_not_gone()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Inhibit, 60);
        Assert.Equal(TripOutcome.CauseStands, bench.Ask(TripAsk.Reset, ofAll: true).Outcome);
        bench.Set(0, null);
        Assert.Equal(TripOutcome.CauseUnknown, bench.Ask(TripAsk.Reset, ofAll: true).Outcome);
        Assert.True(bench.Safe());
        bench.Set(0, 0);
        bench.Wait(300);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset, ofAll: true).Outcome);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void A_reset_under_an_inhibit_needs_the_permissive_too()
    {
        var bench = new TripBench(Trip() with { Permissive = Contact(1) });
        bench.Set(0, 1);
        bench.Set(1, 0);
        bench.Ask(TripAsk.Inhibit);
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(1, 1);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void A_hand_goes_before_an_inhibit_and_its_trip_stands_until_a_hand_resets_it()
    {
        var bench = new TripBench(Trip() with { ManualReset = false }).Ready();
        bench.Ask(TripAsk.Inhibit);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Trip).Outcome);
        Assert.True(bench.Safe());
        Assert.Equal(("mei", "because"), (bench.Told[^1].By, bench.Told[^1].Why));
        Assert.Empty(bench.Told[^1].Cause);
        Assert.Equal(TripOutcome.Nothing, bench.Ask(TripAsk.Trip).Outcome);
        bench.Wait(600);
        Assert.True(bench.Safe());
        bench.Ask(TripAsk.Reset);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void A_trip_by_hand_of_what_its_cause_had_tripped_is_told_and_needs_a_hand()
    {
        var bench = new TripBench(Trip() with { ManualReset = false }).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Trip);
        bench.Set(0, 0);
        bench.Wait(60);
        Assert.True(bench.Safe());
        Assert.Equal("tripped, tripped, cause-gone", bench.Tell());
    }

    [Fact]
    public void In_a_test_it_works_in_all_and_leaves_its_outputs_alone()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Test, 300);
        bench.Set(0, 1);
        Assert.Equal((false, TripState.Tripped), (bench.Safe(), bench.State()));
        Assert.Equal(TripOutcome.CauseStands, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, 0);
        bench.Wait(5);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        bench.Ask(TripAsk.EndTest);
        Assert.Equal((false, TripState.Ready), (bench.Safe(), bench.State()));
        Assert.Equal("test-begun, tripped (Test), cause-gone (Test), reset, test-ended", bench.Tell());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hand_goes_before_a_test_and_ends_it(bool tripped)
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Test, 300);
        bench.Set(0, tripped ? 1 : 0);
        Assert.False(bench.Safe());
        var answer = bench.Ask(TripAsk.Trip);
        Assert.Equal((TripOutcome.Done, true), (answer.Outcome, answer.EndedTest));
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.NotInTest, bench.Ask(TripAsk.EndTest).Outcome);
        bench.Set(0, 0);
        bench.Wait(300);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        Assert.Equal(tripped ? "test-begun, tripped (Test), tripped, test-ended, cause-gone, reset" : "test-begun, tripped, test-ended, reset", bench.Tell());
    }

    [Theory]
    [InlineData(0.001, true)]
    [InlineData(4.999, true)]
    [InlineData(5, false)]
    public void A_release_counts_for_a_reset_only_when_the_cause_has_been_gone_for_the_settle_time_by_the_end_of_the_inhibit(double gone, bool acts)
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Set(0, 1);
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Ask(TripAsk.Reset);
        bench.Set(0, 0);
        bench.Wait(gone);
        Assert.False(bench.Safe());
        bench.Ask(TripAsk.EndInhibit);
        Assert.Equal((acts, acts ? TripState.Settling : TripState.Ready), (bench.Safe(), bench.State()));
        Assert.Equal("tripped, inhibited, released (Inhibit), cause-gone (Inhibit), inhibit-ended" + (acts ? ", tripped" : ""), bench.Tell());
        if (acts)
        {
            Assert.Equal(TripOutcome.NotSettled, bench.Ask(TripAsk.Reset).Outcome);
            bench.Wait(5);
            Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        }
    }

    [Fact]
    public void What_was_released_since_the_start_has_to_settle_too()
    {
        var bench = new TripBench(Trip());
        bench.Set(0, 0);
        bench.Ask(TripAsk.Inhibit, 60);
        Assert.True(bench.Ask(TripAsk.Reset).UnderInhibit);
        Assert.False(bench.Safe());
        bench.Ask(TripAsk.EndInhibit);
        Assert.True(bench.Safe());
    }

    [Fact]
    public void A_shadow_trip_would_have_tripped_only_when_its_cause_came_and_nothing_kept_it()
    {
        var bench = new TripBench(Trip() with { Armed = false });
        bench.Set(0, 0);
        bench.Wait(20);
        Assert.Equal(TripState.NotReset, bench.State());
        Assert.Equal((0, Quality.Good), Shown(bench));
        bench.Set(0, 1);
        Assert.Equal((1, Quality.Good), Shown(bench));
        bench.Set(0, 0);
        bench.Wait(5);
        bench.Ask(TripAsk.Reset);
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Set(0, 1);
        Assert.Equal((0, Quality.Good), Shown(bench));
    }

    [Fact]
    public void At_a_start_an_armed_trip_is_told_to_stand_once_it_is_known_that_no_reset_was_kept()
    {
        var bench = new TripBench(Trip());
        bench.Set(0, 0);
        Assert.Equal(Quality.Bad(Reason.NotYetRead), Shown(bench).Item2);
        bench.Wait(3.9);
        Assert.Equal(Quality.Bad(Reason.NotYetRead), Shown(bench).Item2);
        Assert.Equal(TimeSpan.FromSeconds(5), bench.Station.Deadline());
        bench.Wait(0.1);
        Assert.Equal((1, Quality.Good), Shown(bench));
    }

    [Fact]
    public void A_kept_reset_that_resumes_is_not_told_as_a_trip_unless_its_cause_comes()
    {
        var bench = new TripBench(Trip() with { Settle = TimeSpan.FromSeconds(30) });
        bench.Set(0, 0);
        bench.Ask(TripAsk.Keep);
        bench.Wait(10);
        Assert.Equal(TripState.Resuming, bench.State());
        Assert.True(bench.Safe());
        Assert.Equal((0, Quality.Good), Shown(bench));
        bench.Set(0, 1);
        Assert.Equal((1, Quality.Good), Shown(bench));
    }

    private static (double, Quality) Shown(TripBench bench) =>
        bench.Station.Last(bench.Site.Trips[0].Points.Tripped) is var last ? (last.Value, last.Quality) : default;

    [Fact]
    public void A_test_that_ends_while_the_cause_stands_trips_at_once_and_not_before_an_inhibit_has_ended_too()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Test, 60);
        bench.Ask(TripAsk.Inhibit, 90);
        bench.Set(0, 1);
        bench.Wait(60);
        Assert.False(bench.Safe());
        bench.Wait(29);
        Assert.True(bench.Safe());
        Assert.Equal("test-begun, inhibited, tripped (Test), test-ended (Inhibit), inhibit-ended, tripped", bench.Tell());
    }

    [Fact]
    public void Both_are_told_by_the_point_inhibited()
    {
        var bench = new TripBench(Trip()).Ready();
        var point = bench.Site.Trips[0].Points.Inhibited;
        bench.Ask(TripAsk.Inhibit, 30);
        Assert.Equal(1, bench.Station.Last(point).Value);
        bench.Ask(TripAsk.Test, 60);
        bench.Wait(45);
        Assert.Equal(1, bench.Station.Last(point).Value);
        bench.Wait(15);
        Assert.Equal(0, bench.Station.Last(point).Value);
    }

    [Fact]
    public void What_cannot_be_granted_says_why()
    {
        var bench = new TripBench(Trip(), Trip() with { InhibitAtMost = TimeSpan.Zero }).Ready();
        Assert.Equal(TripOutcome.TooLong, bench.Ask(TripAsk.Inhibit, 3601).Outcome);
        Assert.Equal(TripOutcome.NoTime, bench.Ask(TripAsk.Inhibit, 0).Outcome);
        Assert.Equal(TripOutcome.TooLong, bench.Ask(TripAsk.Test, 601).Outcome);
        Assert.Equal(TripOutcome.NotInhibited, bench.Ask(TripAsk.EndInhibit).Outcome);
        Assert.Equal(TripOutcome.NotInTest, bench.Ask(TripAsk.EndTest).Outcome);
        Assert.Equal(TripOutcome.NotAllowed, bench.Ask(TripAsk.Inhibit, trip: 1).Outcome);
        Assert.Equal(TripOutcome.NoSuchTrip, bench.Ask(TripAsk.Inhibit, trip: 2).Outcome);
        Assert.Equal(TripOutcome.NoSuchTrip, bench.Ask(TripAsk.Inhibit, trip: -1).Outcome);
        bench.Set(0, 1);
        Assert.Equal(TripOutcome.Stands, bench.Ask(TripAsk.Test).Outcome);
        Assert.Equal("tripped, tripped", bench.Tell());
    }

    [Fact]
    public void Another_one_moves_the_end_of_the_first()
    {
        var bench = new TripBench(Trip()).Ready();
        bench.Ask(TripAsk.Inhibit, 30);
        bench.Wait(20);
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Wait(59);
        Assert.True(bench.Station.Trips[0].Facts.IsInhibited);
        bench.Ask(TripAsk.Inhibit, 5);
        bench.Wait(5);
        Assert.False(bench.Station.Trips[0].Facts.IsInhibited);
    }
}
