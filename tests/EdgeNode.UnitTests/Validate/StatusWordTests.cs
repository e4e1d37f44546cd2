using EdgeNode.Core;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Validate.Rig;

namespace EdgeNode.UnitTests.Validate;

/// <summary>What a device says of itself, beside what its values are held against.</summary>
public sealed class StatusWordTests
{
    private static readonly Quality Check = Quality.Uncertain(Reason.FunctionCheck);
    private static readonly Quality Outside = Quality.Uncertain(Reason.OutOfSpecification);
    private static readonly Quality Maintain = Quality.Uncertain(Reason.MaintenanceRequired);
    private static readonly Quality Failed = Quality.Bad(Reason.SensorFailure);
    private static readonly Quality Rounded = Quality.Uncertain(Reason.Rounded);

    [Fact]
    public void The_worse_of_two_by_NE_107_is_told_and_of_two_alike_the_values_own()
    {
        Assert.Equal(Quality.Good, StatusWord.Worse(Quality.Good, Quality.Good));
        Assert.Equal(Maintain, StatusWord.Worse(Quality.Good, Maintain));
        Assert.Equal(Rounded, StatusWord.Worse(Rounded, Maintain));
        Assert.Equal(Rounded, StatusWord.Worse(Rounded, Outside));
        Assert.Equal(Check, StatusWord.Worse(Rounded, Check));
        Assert.Equal(Failed, StatusWord.Worse(Check, Failed));
        Assert.Equal(Quality.Bad(Reason.Timeout), StatusWord.Worse(Quality.Bad(Reason.Timeout), Failed));
        Assert.Equal(Quality.Bad(Reason.DeviceBusy), StatusWord.Worse(Quality.Bad(Reason.DeviceBusy), Check)); // no value is no value, C too
    }

    [Fact]
    public void Without_its_word_a_value_is_in_doubt_bad_when_the_word_was_never_read_and_failed_when_it_said_so_last()
    {
        Assert.Equal(Quality.Bad(Reason.StatusUnknown), StatusWord.Unread(null));
        Assert.Equal(Quality.Uncertain(Reason.StatusUnknown), StatusWord.Unread(Quality.Good));
        Assert.Equal(Check, StatusWord.Unread(Check));
        Assert.Equal(Failed, StatusWord.Unread(Failed));
        Assert.Equal(("F", "S"), (Quality.Bad(Reason.StatusUnknown).Status().Letter(), Quality.Uncertain(Reason.StatusUnknown).Status().Letter()));
    }

    [Fact]
    public void What_the_device_says_comes_behind_range_and_before_rate_and_a_mark_for_maintenance_behind_both()
    {
        var rig = new Rig(Checked(PointChecks.None with { RatePerSecond = 2 }, new ValueRange(0, 10)));
        Assert.Equal(["uncertain:maintenance-required 5"], rig.Take(1, 5, Maintain));
        Assert.Equal(["uncertain:rate-of-change 9"], rig.Take(2, 9, Maintain));
        Assert.Equal(["uncertain:function-check 5"], rig.Take(3, 5, Check));
        Assert.Equal(["uncertain:function-check 11"], rig.Take(4, 11, Check)); // not the process's, whatever it says: it takes nothing back
        Assert.Equal(["bad:sensor-failure 0"], rig.Take(5, 0, Failed));
    }

    [Fact]
    public void A_temperature_that_is_marked_for_maintenance_still_compensates()
    {
        var options = Checked(PointChecks.None) with { Calibration = new CalibrationOptions(UnitTable.Get("bar"), null, 1, 0, new TemperatureOptions(1, 20, 0.01)) };
        var points = new ValidatedPoints(Of([options, Point() with { Unit = UnitTable.Get("Cel") }], []), TimeSpan.Zero);
        points.Accept(Sample(1, 30, Maintain, point: 1), At(1));
        Assert.Equal(Quality.Good, points.Accept(Sample(1.1, 5), At(1.1))[0].Quality);
        points.Accept(Sample(2, 30, Outside, point: 1), At(2));
        Assert.Equal(Quality.Uncertain(Reason.Uncompensated), points.Accept(Sample(2.1, 5), At(2.1))[0].Quality);
    }

    [Fact]
    public void A_button_behind_a_device_that_asks_for_maintenance_works_and_one_behind_a_failed_device_does_nothing()
    {
        var inputs = new SiteInputs(Of([Point()], []) with { Inputs = [new InputOptions("HS-101", 0, InputMeaning.Acknowledge)] });
        Assert.Empty(Press(Check, 1));
        Assert.Empty(Press(Failed, 10));
        Assert.Equal([ContactAct.Press], Press(Maintain, 20));

        List<ContactAct> Press(Quality quality, double at)
        {
            inputs.Observe(new Reading(0, 0, quality, default), TimeSpan.FromSeconds(at));
            inputs.Observe(new Reading(0, 1, quality, default), TimeSpan.FromSeconds(at + 1));
            List<ContactAct> acts = [.. inputs.Changes.Select(c => c.Act)];
            inputs.Changes.Clear();
            return acts;
        }
    }

    [Fact]
    public void A_device_that_is_being_worked_on_can_raise_an_alarm_and_takes_none_back()
    {
        var station = new Station(Of([Point()], [Alarm(AlarmKind.High, on: 0), Alarm(AlarmKind.Active, on: 0)]), TimeSpan.Zero);
        Assert.Equal(2, station.Step(At(1), [Sample(1, 8)]).Alarms.Count(a => a.Active)); // 8 bar, and not 0
        Assert.Empty(station.Step(At(2), [Sample(2, 0, Check)]).Alarms); // its simulation says 0 bar
        Assert.Equal(2, station.Step(At(3), [Sample(3, 0)]).Alarms.Count(a => !a.Active));
        Assert.Equal(0, Assert.Single(station.Step(At(4), [Sample(4, 8, Check)]).Alarms).Alarm); // the limit, and not the contact: nobody can tell what that is
    }

    [Theory]
    [InlineData(AlarmKind.High, 8, -0.02)]
    [InlineData(AlarmKind.Low, 1, 10.02)]
    public void A_simulation_beyond_the_range_takes_back_nothing_of_the_other_side(AlarmKind kind, double process, double simulated)
    {
        var station = new Station(Of([Point(range: new ValueRange(0, 10))], [Alarm(kind, kind == AlarmKind.High ? 6.5 : 2, 0.1, 0, 0, 0)]), TimeSpan.Zero);
        Assert.True(Assert.Single(station.Step(At(1), [Sample(1, process)]).Alarms).Active);
        Assert.Empty(station.Step(At(2), [Sample(2, simulated, Check)]).Alarms);
        Assert.Empty(station.Step(At(3), [Sample(3, simulated, StatusWord.Unread(Check))]).Alarms);
        Assert.False(Assert.Single(station.Step(At(4), [Sample(4, 5)]).Alarms).Active);
    }

    [Fact]
    public void A_device_that_fails_by_its_own_word_raises_the_alarm_of_a_bad_point_and_clears_it_with_a_clear_word()
    {
        var station = new Station(Of([Point()], [Alarm(AlarmKind.Bad, on: 0)]), TimeSpan.Zero);
        Assert.Empty(station.Step(At(1), [Sample(1, 5, Outside)]).Alarms);
        Assert.True(Assert.Single(station.Step(At(2), [Sample(2, 0, Failed)]).Alarms).Active);
        Assert.False(Assert.Single(station.Step(At(3), [Sample(3, 5, Maintain)]).Alarms).Active);
    }
}
