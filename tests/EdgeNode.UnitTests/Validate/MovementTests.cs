using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.CoreLaws;
using static EdgeNode.UnitTests.Validate.Rig;

namespace EdgeNode.UnitTests.Validate;

/// <summary>Too fast, and not at all.</summary>
public sealed class MovementTests
{
    private static readonly PointChecks TwoASecond = PointChecks.None with { RatePerSecond = 2 };

    private static PointChecks Stuck(double after, double within = 0) => PointChecks.None with { Stuck = new StuckOptions(TimeSpan.FromSeconds(after), within) };

    [Theory]
    [InlineData(7, "good 7")]
    [InlineData(3, "good 3")]
    [InlineData(7.01, "uncertain:rate-of-change 7.01")]
    [InlineData(2.99, "uncertain:rate-of-change 2.99")]
    public void A_change_up_to_the_rate_is_good_and_a_faster_one_is_in_doubt_and_keeps_its_value(double next, string expected)
    {
        var rig = new Rig(Checked(TwoASecond));
        Assert.Equal(["good 5"], rig.Take(1, 5));
        Assert.Equal([expected], rig.Take(2, next));
        Assert.Equal([FormattableString.Invariant($"good {next}")], rig.Take(3, next));
    }

    [Fact]
    public void After_an_outage_the_rate_is_the_mean_over_it()
    {
        var rig = new Rig(Checked(TwoASecond));
        rig.Take(1, 0);
        rig.Take(2, 0, Quality.Bad(Reason.Timeout));
        Assert.Equal(["bad:timeout 0", "good 20"], rig.Take(11, 20));
        rig.Take(12, 0, Quality.Bad(Reason.Timeout));
        Assert.Equal(["uncertain:rate-of-change 25"], rig.Take(13, 25));
    }

    [Fact]
    public void Two_samples_of_the_same_moment_have_no_rate()
    {
        var rig = new Rig(Checked(TwoASecond));
        rig.Take(1, 0);
        Assert.Equal(["good 9"], rig.Take(1, 9));
    }

    [Fact]
    public void A_raw_value_that_does_not_change_at_all_is_in_doubt_after_its_time_until_it_changes_by_one_digit()
    {
        var rig = new Rig(Checked(Stuck(5)) with { Scale = 0.1 });
        for (var second = 0; second < 5; second++)
            Assert.Equal(["good 5"], rig.Take(second, 50));
        Assert.Equal(["uncertain:stuck 5"], rig.Take(5, 50));
        Assert.Equal(["uncertain:stuck 5"], rig.Take(6, 50));
        Assert.Equal(["good 5.1"], rig.Take(7, 51));
        Assert.Equal(["good 5.1"], rig.Take(11.9, 51)[1..]);
        Assert.Equal(["good 5"], rig.Take(12, 50));
    }

    [Fact]
    public void A_quantised_sensor_that_changes_between_two_digits_now_and_then_is_not_stuck()
    {
        var rig = new Rig(Checked(Stuck(5)));
        for (var second = 0; second < 40; second++)
            Assert.StartsWith("good", Assert.Single(rig.Take(second, second % 8 < 4 ? 7 : 8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_noisy_converter_the_noise_is_no_movement()
    {
        var rig = new Rig(Checked(Stuck(5, within: 0.1)));
        for (var second = 0; second < 5; second++)
            Assert.StartsWith("good", Assert.Single(rig.Take(second, 5 + (0.1 * (second % 2)))), StringComparison.Ordinal);
        Assert.Equal(["uncertain:stuck 4.95"], rig.Take(5, 4.95));
        Assert.Equal(["good 5.11"], rig.Take(6, 5.11));
    }

    [Fact]
    public void A_slow_drift_is_movement()
    {
        var rig = new Rig(Checked(Stuck(5, within: 0.1)));
        for (var second = 0; second < 60; second++)
            Assert.StartsWith("good", Assert.Single(rig.Take(second, second * 0.03)), StringComparison.Ordinal);
    }

    [Fact]
    public void After_an_outage_the_time_without_movement_begins_anew()
    {
        var rig = new Rig(Checked(Stuck(5)));
        rig.Take(1, 5);
        rig.Take(2, 0, Quality.Bad(Reason.Timeout));
        Assert.Equal(["bad:timeout 0", "good 5"], rig.Take(7, 5));
        for (var second = 8; second < 12; second++)
            Assert.Equal(["good 5"], rig.Take(second, 5));
        Assert.Equal(["uncertain:stuck 5"], rig.Take(12, 5));
    }

    [Fact]
    public void The_first_doubt_in_order_is_told()
    {
        var checks = TwoASecond with { Stuck = new StuckOptions(TimeSpan.FromSeconds(1), 100) };
        var rig = new Rig(Checked(checks, new ValueRange(0, 10)));
        rig.Take(1, 5);
        Assert.Equal(["uncertain:over-range 11"], rig.Take(2, 11));
        Assert.Equal(["uncertain:rounded 5"], rig.Take(3, 5, Quality.Uncertain(Reason.Rounded)));
        Assert.Equal(["uncertain:rate-of-change 9"], rig.Take(4, 9));
        Assert.Equal(["uncertain:stuck 9"], rig.Take(5, 9));
    }

    [Theory]
    [InlineData(-1, "good 5")] // the due day itself is good to its end
    [InlineData(0, "uncertain:calibration-expired 5")]
    public void A_calibration_is_in_doubt_from_the_end_of_its_due_day(int microseconds, string expected) =>
        Assert.Equal([expected], Due().Take(Wall(1, EndOfDay + microseconds), 5));

    [Fact]
    public void A_clock_that_was_never_synchronised_says_nothing_of_a_due_date()
    {
        var rig = Due();
        foreach (var quality in new[] { ClockQuality.Unsynchronised, ClockQuality.Provisional })
            Assert.Equal(["good 5"], rig.Take(Wall(1, EndOfDay + 1_000_000_000, quality), 5));
    }

    [Fact]
    public void A_due_date_that_is_known_comes_also_when_the_clock_has_lost_its_synchronisation_and_jumps()
    {
        var rig = Due();
        Assert.Equal(["good 5"], rig.Take(Wall(1, EndOfDay - 1_500_000), 5));
        Assert.Equal(["good 5"], rig.Take(Wall(2, 0, ClockQuality.Unsynchronised), 5));
        Assert.Equal(["uncertain:calibration-expired 5"], rig.Take(Wall(3, 0, ClockQuality.Unsynchronised), 5));

        // A time server that was wrong, and is put right.
        Assert.Equal(["good 5"], rig.Take(Wall(4, EndOfDay - 60_000_000), 5));
    }

    private static readonly long EndOfDay = new DateTimeOffset(2027, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;

    private static Rig Due() => new(TestSite.Point() with
    {
        Calibration = new CalibrationOptions(UnitTable.Get("bar"), null, 1, 0, null) { Due = new DateOnly(2027, 3, 1) },
    });

    private static ClockReading Wall(double seconds, long microseconds, ClockQuality quality = ClockQuality.Synchronised) =>
        new(TimeSpan.FromSeconds(seconds), new SourceTime(microseconds, quality));
}
