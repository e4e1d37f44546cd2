using EdgeNode.Core;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Validate.Rig;

namespace EdgeNode.UnitTests.Validate;

public sealed class SpikeTests
{
    private static readonly PointChecks Half = PointChecks.None with { Spike = 0.5 };

    private static Rig Make(PointChecks? checks = null, ValueRange? range = null) => new(Checked(checks ?? Half, range));

    [Fact]
    public void What_moves_within_the_limit_passes_at_once()
    {
        var rig = Make();
        Assert.Equal(["good 5"], rig.Take(1, 5));
        Assert.Equal(["good 5.5"], rig.Take(2, 5.5));
        Assert.Equal(["good 5"], rig.Take(3, 5));
    }

    [Theory]
    [InlineData(9, 5.2, "uncertain:spike 5.2")]
    [InlineData(1, 5.2, "uncertain:spike 5")]
    [InlineData(9, 4.9, "uncertain:spike 5")]
    public void A_jump_that_comes_back_is_replaced_by_the_nearer_neighbour_and_says_so(double jump, double back, string expected)
    {
        var rig = Make();
        rig.Take(1, 5);
        Assert.Empty(rig.Take(2, jump));
        Assert.Equal([expected, FormattableString.Invariant($"good {back}")], rig.Take(3, back));
    }

    [Fact]
    public void A_step_passes_as_it_is_one_sample_late_and_with_its_own_stamp()
    {
        var station = new Station(Of([Checked(Half)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Empty(station.Step(At(2), [Sample(2, 8)]).Readings);
        Assert.Equal(
            [new Reading(0, 8, Quality.Good, At(2).Wall), new Reading(0, 8.1, Quality.Good, At(3).Wall)],
            station.Step(At(3), [Sample(3, 8.1)]).Readings);
    }

    [Theory]
    [InlineData(9, 8.6, "good 9", "good 8.6")]
    [InlineData(1, 1.4, "good 1", "good 1.4")]
    public void A_step_that_overshoots_by_less_than_the_limit_is_none_the_less_a_step(double step, double after, params string[] expected)
    {
        var rig = Make();
        rig.Take(1, 5);
        Assert.Empty(rig.Take(2, step));
        Assert.Equal(expected, rig.Take(3, after));
    }

    [Fact]
    public void A_steep_ramp_is_no_spike_and_each_of_its_samples_waits_for_the_next()
    {
        var rig = Make();
        rig.Take(1, 5);
        Assert.Empty(rig.Take(2, 6));
        Assert.Equal(["good 6"], rig.Take(3, 7));
        Assert.Equal(["good 7"], rig.Take(4, 8));
        Assert.Equal(["good 8", "good 8"], rig.Take(5, 8));
    }

    [Fact]
    public void A_jump_that_comes_half_of_the_way_back_was_a_spike_on_a_step()
    {
        var rig = Make();
        rig.Take(1, 5);
        rig.Take(2, 9);
        Assert.Equal(["uncertain:spike 7"], rig.Take(3, 7)); // and 7 itself waits
        Assert.Equal(["good 7", "good 7.1"], rig.Take(3.5, 7.1));
    }

    [Fact]
    public void Without_a_next_sample_a_jump_passes_unconfirmed_when_the_one_before_it_turns_stale_and_goes_stale_by_its_own_stamp()
    {
        var rig = Make();
        rig.Take(1, 5);
        rig.Take(2, 9);
        Assert.Equal(TimeSpan.FromSeconds(4), rig.Deadline);
        Assert.Empty(rig.Wait(3.999));
        Assert.Equal(["uncertain:spike 9 at 4", "bad:stale 0 at 5"], rig.Wait(60));
        Assert.Null(rig.Deadline);
    }

    [Fact]
    public void A_sensor_that_jumps_and_dies_still_raises_its_alarm()
    {
        var station = new Station(Of([Checked(Half)], [Alarm(setpoint: 6.5, on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Empty(station.Step(At(2), [Sample(2, 9)]).Alarms);
        var result = station.Step(At(3), [Sample(3, 0, Quality.Bad(Reason.Timeout))]);
        Assert.Equal(["uncertain:spike", "bad:timeout"], result.Readings.Select(r => r.Quality.ToString()));
        Assert.True(Assert.Single(result.Alarms).Active);
    }

    [Fact]
    public void A_single_spike_raises_no_alarm_even_without_a_delay()
    {
        var station = new Station(Of([Checked(Half)], [Alarm(setpoint: 6.5, on: 0)]), TimeSpan.Zero);
        foreach (var (second, value) in new[] { (1, 5.0), (2, 9), (3, 5), (4, 5) })
            Assert.Empty(station.Step(At(second), [Sample(second, value)]).Alarms);
    }

    [Fact]
    public void The_delay_of_an_alarm_runs_from_the_moment_at_which_a_held_value_passes()
    {
        var station = new Station(Of([Checked(Half)], [Alarm(setpoint: 6.5, on: 2)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        station.Step(At(2), [Sample(2, 8)]);
        station.Step(At(3), [Sample(3, 8)]);
        Assert.Equal(TimeSpan.FromSeconds(5), station.Deadline());
        Assert.Equal(At(5).Wall, Assert.Single(station.Step(At(5), [Sample(5, 8)]).Alarms).Time);
    }

    [Fact]
    public void A_jump_from_nothing_passes_at_the_start_and_after_an_outage()
    {
        var rig = Make();
        Assert.Equal(["good 5"], rig.Take(1, 5));
        rig.Take(2, 0, Quality.Bad(Reason.Timeout));
        Assert.Empty(rig.Take(3, 9)); // 5 is not stale yet
        Assert.Equal(["good 9", "good 9"], rig.Take(3.9, 9));
        rig.Take(5, 0, Quality.Bad(Reason.Timeout));
        Assert.Equal(["bad:timeout 0", "good 2"], rig.Take(6.9, 2));
    }

    [Fact]
    public void Noise_that_jumps_at_each_sample_is_never_good_and_does_not_freeze_the_point()
    {
        var rig = Make();
        rig.Take(1, 5);
        var told = Enumerable.Range(2, 20).SelectMany(s => rig.Take(s, s % 2 == 0 ? 50 : -50)).ToList();
        Assert.DoesNotContain("good 5", told);
        Assert.InRange(told.TakeWhile(t => t == "uncertain:spike 5").Count(), 1, 3); // no longer than the stale time of what went before
    }

    [Fact]
    public void A_spike_is_neither_a_rate_of_change_nor_a_movement_of_a_stuck_sensor()
    {
        var rig = Make(Half with { RatePerSecond = 1, Stuck = new StuckOptions(TimeSpan.FromSeconds(3), 0) });
        rig.Take(1, 5);
        rig.Take(2, 9);
        Assert.Equal(["uncertain:spike 5", "good 5"], rig.Take(3, 5));
        Assert.Equal(["uncertain:stuck 5"], rig.Take(4, 5));
    }

    [Fact]
    public void An_over_range_is_confirmed_like_any_other_value()
    {
        var rig = Make(range: new ValueRange(0, 10));
        rig.Take(1, 9);
        Assert.Empty(rig.Take(2, 12));
        Assert.Equal(["uncertain:over-range 12", "uncertain:over-range 12"], rig.Take(3, 12));
    }
}
