using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>What an alarm of a site file becomes.</summary>
public sealed class AlarmSectionTests
{
    private const string Point = "      - { name: pressure, function: 3, register: 0, type: float32, unit: bar }\n";

    private static readonly Site Everything = SiteFile.Load(Path.Combine(TestFiles.Good, "everything.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;

    [Fact]
    public void A_rate_is_in_the_points_unit_a_second()
    {
        var rate = Of("PAR-101");
        Assert.Equal(AlarmKind.Rate, rate.Kind);
        Assert.Equal(0.6 / 60, rate.Setpoint, 12);
        Assert.Equal(0.1 / 60, rate.Deadband, 12);
        Assert.Equal(TimeSpan.FromSeconds(30), rate.RateOver);
    }

    [Theory]
    [InlineData("0.5 bar/min", 0.5 / 60)]
    [InlineData("50 kPa/s", 0.5)]
    [InlineData("3.6bar / h", 0.001)]
    [InlineData("86.4 bar/d", 0.001)]
    public void A_rate_may_be_by_any_time(string written, double perSecond)
    {
        var alarm = Assert.Single(TestFiles.Load(Small($"rate: {written}")).Alarms);
        Assert.Equal(perSecond, alarm.Setpoint, 9);
        Assert.Equal(TimeSpan.FromMinutes(1), alarm.RateOver);
    }

    [Theory]
    [InlineData("l/min", "5 l/min/min", 5.0 / 60)]
    [InlineData("m", "0.1 m/s", 0.1)]
    public void A_rate_of_a_unit_with_a_stroke_and_one_that_looks_like_another_unit_are_rates(string unit, string rate, double perSecond)
    {
        var text = Small($"rate: {rate}").Replace("unit: bar", "unit: " + unit, StringComparison.Ordinal).Replace("0..10 bar", "0..10 " + unit, StringComparison.Ordinal);
        Assert.Equal(perSecond, Assert.Single(TestFiles.Load(text).Alarms).Setpoint, 9);
    }

    [Fact]
    public void A_deviation_is_from_a_value_or_from_a_point_whose_unit_is_converted()
    {
        var fixedValue = Of("PAD-101");
        Assert.Equal((AlarmKind.Deviation, 0.2, 5d), (fixedValue.Kind, Math.Round(fixedValue.Setpoint, 12), fixedValue.Reference));
        Assert.Null(fixedValue.ReferencePoint);

        var text = Small("deviation: 0.2 bar, from: PT-101.inlet").Replace(
            Point, Point + "      - { name: inlet, function: 3, register: 2, type: float32, unit: kPa }\n", StringComparison.Ordinal);
        var alarm = Assert.Single(TestFiles.Load(text).Alarms);
        Assert.Equal(1, alarm.ReferencePoint);
        Assert.Equal((0.01, 0d), (Math.Round(alarm.ReferenceFactor, 12), alarm.ReferenceOffset));
    }

    [Fact]
    public void The_four_setpoints_and_the_four_states_are_kinds_of_their_own() => Assert.Equal(
        [AlarmKind.High, AlarmKind.HighHigh, AlarmKind.Low, AlarmKind.LowLow, AlarmKind.Bad, AlarmKind.Stale, AlarmKind.Active, AlarmKind.Inactive],
        new[] { "PAHH-101", "PAHH-102", "LAL-201", "LALL-201", "PAB-101", "PAS-101", "LSH-301", "LSL-301" }.Select(id => Of(id).Kind));

    [Fact]
    public void What_it_does_beside_coming_up_is_as_it_is_written()
    {
        var alarm = Of("PAHH-102");
        Assert.Equal((true, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), "PUMP-1"), (alarm.Latch, alarm.ReAlarm, alarm.ShelveAtMost, alarm.FirstOut));
        var plain = Of("PAB-101");
        Assert.Equal((false, null, TimeSpan.FromHours(8), null, null), (plain.Latch, plain.ReAlarm, plain.ShelveAtMost, plain.FirstOut, plain.SuppressWhen));
    }

    [Fact]
    public void It_is_suppressed_by_a_switch_or_by_another_alarm()
    {
        Assert.Equal(new AlarmCause(true, Index("LAL-201")), Of("LALL-201").SuppressWhen);
        var cause = Of("LSL-301").SuppressWhen!.Value;
        Assert.Equal((false, "LS-301.state"), (cause.IsAlarm, Everything.Points[cause.Index].Name));
    }

    [Fact]
    public void An_alarm_that_comes_later_in_the_file_may_suppress_it()
    {
        var text = Small("high: 6 bar, suppress-when: PAHH-101") + "  - { id: PAHH-101, of: PT-101.pressure, high-high: 8 bar, priority: critical }\n";
        Assert.Equal(new AlarmCause(true, 1), TestFiles.Load(text).Alarms[0].SuppressWhen);
    }

    [Theory]
    [InlineData("rate: 1 bar/min", "rate")]
    [InlineData("deviation: 1 bar, from: 5 bar", "deviation")]
    [InlineData("when: bad", "when")]
    public void A_group_votes_on_setpoints_and_for_all_else_its_value_is_a_point(string keys, string named)
    {
        var group = "groups: [ { id: P-101, members: [ PT-101.pressure ], vote: 1oo1 } ]\n";
        var text = Small(keys).Replace("of: PT-101.pressure", "of: P-101", StringComparison.Ordinal) + group;
        Assert.EndsWith($"a group votes on setpoints, not on '{named}'; expected of: P-101.value, the group's value", TestFiles.OnlyFault(text), StringComparison.Ordinal);
        Assert.Equal("A-1", TestFiles.Load(text.Replace("of: P-101", "of: P-101.value", StringComparison.Ordinal).Replace("PAH-101", "A-1", StringComparison.Ordinal)).Alarms[0].Id);
    }

    [Fact]
    public void A_group_may_have_the_second_step_too()
    {
        var text = Small("high-high: 8 bar").Replace("of: PT-101.pressure", "of: P-101", StringComparison.Ordinal) + "groups: [ { id: P-101, members: [ PT-101.pressure ], vote: 1oo1 } ]\n";
        var alarm = TestFiles.Load(text).Alarms.Single(a => a.Id == "PAH-101");
        Assert.Equal((AlarmKind.HighHigh, 0), (alarm.Kind, alarm.Group));
    }

    private static AlarmOptions Of(string id) => Everything.Alarms[Index(id)];

    private static int Index(string id) => Everything.Alarms.Select(a => a.Id).ToList().IndexOf(id);

    private static string Small(string keys) =>
        TestFiles.Small.Replace("high: 6.5 bar, deadband: 0.1 bar", keys, StringComparison.Ordinal).TrimEnd('\n') + "\n";
}
