using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.Voting;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Validate.Rig;

namespace EdgeNode.UnitTests.Validate;

/// <summary>A broken wire, or a last word before a sensor dies, may raise an alarm. It is no proof that the process is well again.</summary>
public sealed class DoubtTests
{
    private static readonly ValueRange Span = new(0, 10);

    [Fact]
    public void A_wire_that_breaks_takes_no_active_alarm_back_neither_before_its_failure_is_declared_nor_after()
    {
        var station = Loop(Alarm(setpoint: 6.5, on: 0));
        Assert.True(Assert.Single(station.Step(At(1), [Sample(1, 16)]).Alarms).Active);
        for (var t = 2; t <= 9; t++)
            Assert.Empty(station.Step(At(t), [Sample(t, 0)]).Alarms);
        Assert.Equal("bad:sensor-failure", station.Last(0).Quality.ToString());
        Assert.True(station.Alarm(0).Active);
        Assert.False(Assert.Single(station.Step(At(10), [Sample(10, 12)]).Alarms).Active);
    }

    [Fact]
    public void A_loop_that_shorts_takes_no_active_low_alarm_back()
    {
        var station = Loop(Alarm(AlarmKind.Low, 2, on: 0));
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Empty(station.Step(At(2), [Sample(2, 24)]).Alarms);
        Assert.True(station.Alarm(0).Active);
    }

    [Theory]
    [InlineData(0, "-2.5")]
    [InlineData(24, "12.5")]
    public void A_failure_signal_is_called_one_though_its_value_is_out_of_range_too(double milliamperes, string value)
    {
        var (scale, offset) = CurrentLoop.Map(FourSeconds, Span);
        var rig = new Rig(Checked(PointChecks.None with { Loop = FourSeconds }, Span) with { Scale = scale, Offset = offset });
        Assert.Equal(["uncertain:sensor-failure " + value], rig.Take(1, milliamperes));
    }

    [Fact]
    public void A_failing_current_still_raises_the_alarm_on_its_side()
    {
        var station = Loop(Alarm(setpoint: 6.5, on: 0));
        station.Step(At(1), [Sample(1, 12)]);
        Assert.True(Assert.Single(station.Step(At(2), [Sample(2, 22)]).Alarms).Active);
    }

    [Fact]
    public void A_sensor_that_drops_and_dies_takes_no_active_alarm_back()
    {
        var point = Checked(PointChecks.None with { Spike = 0.5 });
        var station = new Station(Of([point], [Alarm(setpoint: 6.5, on: 0)]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 8)]);
        station.Step(At(2), [Sample(2, 0)]);
        var result = station.Step(At(3), [Sample(3, 0, Quality.Bad(Reason.Timeout))]);
        Assert.Equal(["uncertain:spike", "bad:timeout"], result.Readings.Select(r => r.Quality.ToString()));
        Assert.Empty(result.Alarms);
        Assert.True(station.Alarm(0).Active);
    }

    [Theory]
    [InlineData("2oo3")]
    [InlineData("median")]
    [InlineData("average")]
    public void A_member_whose_wire_breaks_takes_nothing_back_of_its_group(string vote)
    {
        var site = GroupSite.Of(Bars.Group(3, vote), on: 0);
        var (scale, offset) = CurrentLoop.Map(FourSeconds, Span);
        site = site with { Points = [.. site.Points.Select(p => p.IsComputed ? p : p with { Scale = scale, Offset = offset, Checks = PointChecks.None with { Loop = FourSeconds } })] };
        var station = new Station(site, TimeSpan.Zero);
        Scan(1, 16, 16);
        Assert.True(station.Alarm(GroupSite.Setpoint).Active);
        for (var t = 2; t <= 8; t++)
        {
            Scan(t, 16, 0);
            Assert.True(station.Alarm(GroupSite.Setpoint).Active);
        }

        Scan(9, 10, 0);
        Scan(10, 10, 10);
        Assert.False(station.Alarm(GroupSite.Setpoint).Active);

        void Scan(double t, double b, double c) => station.Step(At(t), [Sample(t, 12, point: 0), Sample(t, b, point: 1), Sample(t, c, point: 2)]);
    }

    private static CurrentLoopOptions FourSeconds => new(1, 0, TimeSpan.FromSeconds(4));

    private static Station Loop(AlarmOptions alarm)
    {
        var (scale, offset) = CurrentLoop.Map(FourSeconds, Span);
        var point = Checked(PointChecks.None with { Loop = FourSeconds }, Span) with { Scale = scale, Offset = offset };
        return new Station(Of([point], [alarm]), TimeSpan.Zero);
    }
}
