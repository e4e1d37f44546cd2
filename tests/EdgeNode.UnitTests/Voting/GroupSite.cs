using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.CoreLaws;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Voting;

/// <summary>A site of one group of pressures P-101 with the alarm PAHH-101 (index 0), and the alarms that the group has of its own.</summary>
internal static class GroupSite
{
    public const int Setpoint = 0;
    public const int Degraded = 1;
    public const int Overdue = 2;
    public const int AllLost = 3;
    public const int Deviates = 4;

    public static Site Of(GroupOptions group, double on = 1, double off = 0, AlarmKind kind = AlarmKind.High, double setpoint = Bars.High)
    {
        var members = group.Members.Length;
        group = group with { Points = new GroupPoints(members, members + 1, members + 2), Deviation = new DeviationOptions(0.2, TimeSpan.FromSeconds(10)) };
        var site = TestSite.Of(
            [
                .. Enumerable.Range(0, members).Select(i => Point($"PT-101{(char)('A' + i)}.pressure", range: new ValueRange(0, 10))),
                Point("P-101.value", PointOptions.Computed), Point("P-101.spread", PointOptions.Computed),
                Point("P-101.voting", PointOptions.Computed) with { Unit = UnitTable.Get("count") },
            ],
            [
                Alarm(kind, setpoint, 0.1, on, off, members) with { Id = "PAHH-101", Group = 0 },
                Own("degraded", GroupFault.Degraded, 4), Own("repair-overdue", GroupFault.RepairOverdue, 3600),
                Own("all-bad", GroupFault.AllBad, 0), Own("deviation", GroupFault.Deviation, 10),
            ]);
        return site with { Groups = [group] };

        AlarmOptions Own(string word, GroupFault fault, double delay) =>
            Alarm(AlarmKind.Low, members - 1, 0, delay, 0, fault == GroupFault.Deviation ? members + 1 : members + 2) with { Id = "P-101." + word, Group = 0, Fault = fault };
    }

    public static Station Make(string vote = "2oo3", string[]? degrade = null, AllBad allBad = AllBad.AlarmOnly, double on = 1) =>
        new(Of(Bars.Group(vote.Length > 3 && char.IsDigit(vote[0]) ? vote[3] - '0' : 3, vote, degrade, allBad), on), TimeSpan.Zero);

    /// <summary>A sample of each member; NaN for one that does not answer.</summary>
    public static RawSample[] Samples(double seconds, params double[] values) =>
        [.. values.Select((v, i) => Sample(seconds, double.IsNaN(v) ? 0 : v, double.IsNaN(v) ? Quality.Bad(Reason.Timeout) : default, i))];

    /// <summary>Steps once with a value of each member.</summary>
    public static StepResult Scan(this Station station, double seconds, params double[] values) => station.Step(At(seconds), Samples(seconds, values));

    public static Reading Computed(this StepResult result, int point) => result.Readings.Last(r => r.Point == point);
}
