using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using static EdgeNode.UnitTests.Validate.Rig;

namespace EdgeNode.UnitTests.Validate;

/// <summary>NAMUR NE 43, band by band. 0 to 10 bar as 4 to 20 mA, so 1.6 mA are 1 bar.</summary>
public sealed class CurrentLoopTests
{
    private static Rig Loop(double failureAfter = 4, PointChecks? checks = null)
    {
        var loop = new CurrentLoopOptions(1, 0, TimeSpan.FromSeconds(failureAfter));
        var (scale, offset) = CurrentLoop.Map(loop, new ValueRange(0, 10));
        return new Rig(Checked((checks ?? PointChecks.None) with { Loop = loop }) with { Scale = scale, Offset = offset });
    }

    [Theory]
    [InlineData(3.8, "good -0.125")]
    [InlineData(4, "good 0")]
    [InlineData(12, "good 5")]
    [InlineData(20, "good 10")]
    [InlineData(20.5, "good 10.3125")]
    [InlineData(3.79, "uncertain:under-range -0.13125")]
    [InlineData(3.61, "uncertain:under-range -0.24375")]
    [InlineData(20.51, "uncertain:over-range 10.31875")]
    [InlineData(20.99, "uncertain:over-range 10.61875")]
    [InlineData(3.6, "uncertain:sensor-failure -0.25")]
    [InlineData(0, "uncertain:sensor-failure -2.5")]
    [InlineData(21, "uncertain:sensor-failure 10.625")]
    [InlineData(24, "uncertain:sensor-failure 12.5")]
    public void A_current_is_judged_by_its_band(double milliamperes, string expected) => Assert.Equal([expected], Loop(failureAfter: 0).Take(1, milliamperes));

    [Theory]
    [InlineData(3.5, "-0.3125")]
    [InlineData(21.6, "11")]
    public void A_failure_signal_stands_in_doubt_until_it_has_lasted_and_counts_on_its_side_so_long(double milliamperes, string value)
    {
        var rig = Loop();
        Assert.Equal(["good 5"], rig.Take(0, 12));
        Assert.Equal(["uncertain:sensor-failure " + value], rig.Take(1, milliamperes));
        Assert.Equal(["uncertain:sensor-failure " + value], rig.Take(4.9, milliamperes)[1..]); // the stale time of 3 s ran out in between
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(5, milliamperes));
        Assert.Equal(["good 5"], rig.Take(6, 12));
    }

    [Fact]
    public void A_measurement_in_between_ends_the_failure_that_was_about_to_be_declared()
    {
        var rig = Loop();
        rig.Take(1, 0);
        Assert.Equal(["good 5"], rig.Take(3, 12));
        Assert.Equal(["uncertain:sensor-failure -2.5"], rig.Take(5, 0));
        Assert.Equal(["uncertain:sensor-failure -2.5"], rig.Take(7, 0));
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(9, 0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(22)]
    public void The_first_sample_of_a_failure_is_heard_and_with_no_time_at_all_the_second_declares_it(double milliamperes)
    {
        var rig = Loop(failureAfter: 0);
        Assert.StartsWith("uncertain:sensor-failure", Assert.Single(rig.Take(1, milliamperes)), StringComparison.Ordinal);
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(2, milliamperes));
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(3, milliamperes));
    }

    [Theory]
    [InlineData(2, 3.7)]
    [InlineData(22, 20.7)]
    public void Between_the_bands_a_failure_of_that_end_goes_on_and_a_measurement_goes_on_in_doubt(double failing, double milliamperes)
    {
        var failed = Loop(failureAfter: 0);
        failed.Take(1, failing);
        failed.Take(1.5, failing);
        Assert.Equal(["bad:sensor-failure 0"], failed.Take(2, milliamperes));
        Assert.Equal(["good 5"], failed.Take(3, 12));
        Assert.StartsWith(milliamperes < 4 ? "uncertain:under-range" : "uncertain:over-range", Assert.Single(failed.Take(4, milliamperes)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3.4, 20.8, "uncertain:over-range 10.5")]
    [InlineData(3.4, 22, "uncertain:sensor-failure 11.25")]
    [InlineData(22, 3.7, "uncertain:under-range -0.1875")]
    [InlineData(22, 3.4, "uncertain:sensor-failure -0.375")]
    public void A_failure_of_one_end_ends_at_the_other_which_has_a_time_of_its_own(double failing, double other, string expected)
    {
        var rig = Loop();
        for (var t = 1; t <= 7; t++)
            rig.Take(t, failing);
        Assert.Equal("bad:sensor-failure", rig.Last.Quality.ToString());
        Assert.Equal([expected], rig.Take(8, other));
        Assert.Equal([expected], rig.Take(10, other));
        Assert.Equal(expected.Contains("failure", StringComparison.Ordinal) ? "bad:sensor-failure 0" : expected, rig.Take(12, other)[^1]);
    }

    [Fact]
    public void Between_the_bands_nothing_is_declared_but_the_time_of_the_failure_runs_on()
    {
        var rig = Loop();
        rig.Take(1, 3.5);
        Assert.Equal(["uncertain:under-range -0.1875"], rig.Take(3, 3.7));
        Assert.Equal(["uncertain:under-range -0.1875"], rig.Take(5.5, 3.7));
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(6, 3.5));
    }

    [Fact]
    public void What_the_bus_could_not_read_says_nothing_of_the_current()
    {
        var rig = Loop();
        rig.Take(1, 2);
        Assert.Equal(["bad:timeout 0"], rig.Take(2, 0, Quality.Bad(Reason.Timeout)));
        Assert.Equal(["uncertain:sensor-failure -1.25"], rig.Take(3, 2));
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(5, 2));
    }

    [Fact]
    public void A_current_that_is_not_a_number_is_no_failure_of_the_sensor()
    {
        var rig = Loop(failureAfter: 0);
        rig.Take(0.5, 12);
        Assert.Equal(["bad:not-a-number 0"], rig.Take(1, double.NaN));
        Assert.Equal(["bad:not-a-number 0"], rig.Take(2, double.NegativeInfinity));
        Assert.Equal(["uncertain:under-range -0.1875"], rig.Take(3, 3.7));
    }

    [Fact]
    public void The_current_is_the_raw_value_by_its_own_scale_whatever_the_calibration_makes_of_it()
    {
        var loop = new CurrentLoopOptions(0.001, 0, TimeSpan.Zero); // microampere
        var (scale, offset) = CurrentLoop.Map(loop, new ValueRange(0, 10));
        var calibration = new CalibrationOptions(UnitTable.Get("bar"), null, 2, -1, null);
        var rig = new Rig(Checked(PointChecks.None with { Loop = loop }) with { Scale = scale, Offset = offset, Calibration = calibration });
        Assert.Equal(["good 9"], rig.Take(1, 12_000));
        Assert.Equal(["uncertain:sensor-failure -1.5"], rig.Take(2, 3_600));
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(3, 3_600));
        Assert.Equal(["uncertain:sensor-failure 20.25"], rig.Take(4, 21_000));
    }
}
