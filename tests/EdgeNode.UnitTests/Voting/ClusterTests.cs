using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;
using EdgeNode.UnitTests.Trips;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Voting;

/// <summary>
/// What trips hang on: the points and alarms that their causes name, and all that decides with them. Points: 3 to 5 are the members of two groups that share point 4,
/// 6 is the only member of a third, 10 to 18 are what the groups compute; the others stand alone.
/// </summary>
public class ClusterTests
{
    private const int Value = 10;

    [Fact]
    public void A_site_without_trips_has_nothing_that_trips_hang_on() => Assert.Null(Protecting([]));

    [Fact]
    public void A_contact_that_a_trip_or_its_permissive_names_is_among_them_and_another_is_not()
    {
        Assert.Equal("points 9; groups ; alarms ", Seen(Protecting([Trip(Point(9))])));
        Assert.Equal("points 1 2; groups ; alarms ", Seen(Protecting([Trip(Point(2)) with { Permissive = Point(1) }])));
        Assert.Equal("points 1 2; groups ; alarms ", Seen(Protecting([Trip(Point(2)), Trip(Point(1)) with { Permissive = Point(2) }])));
    }

    [Fact]
    public void An_alarm_brings_its_point_and_the_one_it_is_measured_from()
    {
        AlarmOptions[] alarms = [Alarm(point: 2), Alarm(AlarmKind.Deviation, 1, point: 2) with { ReferencePoint = 0 }];
        Assert.Equal("points 2; groups ; alarms 0", Seen(Protecting([Trip(Of(0))], alarms)));
        Assert.Equal("points 0 2; groups ; alarms 1", Seen(Protecting([Trip(Of(1))], alarms)));
    }

    [Fact]
    public void A_group_brings_its_members_and_the_groups_that_share_one_with_it()
    {
        Assert.Equal("points 3 4 5; groups 0 1; alarms ", Seen(Protecting([Trip(Point(3))])));
        Assert.Equal("points 3 4 5; groups 0 1; alarms 0", Seen(Protecting([Trip(Of(0))], Alarm(point: Value + 3) with { Group = 1 })));
        Assert.Equal("points 6; groups 2; alarms ", Seen(Protecting([Trip(Point(6))])));
    }

    [Fact]
    public void What_a_group_computes_hangs_on_its_members()
    {
        // A deviation from the group's value, which is no vote of it.
        var alarm = Alarm(AlarmKind.Deviation, 1, point: 0) with { ReferencePoint = Value + 6 };
        Assert.Equal("points 0 6; groups 2; alarms 0", Seen(Protecting([Trip(Of(0))], alarm)));
    }

    [Fact]
    public void The_alarms_are_named_in_their_order_whatever_the_order_of_the_causes()
    {
        AlarmOptions[] alarms = [Alarm(point: 0), Alarm(point: 1), Alarm(point: 2)];
        Assert.Equal([0, 2], Protecting([Trip(new CauseAny([Of(2), Of(0)]))], alarms)!.Alarms);
    }

    private static string Seen(Cluster? cluster) =>
        $"points {string.Join(' ', cluster!.Points.Order())}; groups {string.Join(' ', cluster.Groups.Order())}; alarms {string.Join(' ', cluster.Alarms)}";

    private static CauseOf Point(int point) => new(new AlarmCause(false, point));

    private static CauseOf Of(int alarm) => new(new AlarmCause(true, alarm));

    private static TripOptions Trip(Cause cause) => TripBench.Trip(cause);

    private static Cluster? Protecting(TripOptions[] trips, params AlarmOptions[] alarms)
    {
        var site = CoreLaws.TestSite.Of(
            [
                .. Enumerable.Range(0, Value).Select(n => CoreLaws.TestSite.Point($"P-{n}.value")),
                .. Enumerable.Range(Value, 9).Select(n => CoreLaws.TestSite.Point($"G-{n}.value", PointOptions.Computed)),
            ], alarms) with
        {
            Groups = [Group(Value, 3, 4), Group(Value + 3, 4, 5), Group(Value + 6, 6)],
            Trips = [.. trips],
        };
        return new SiteGroups(site).Protecting;
    }

    private static GroupOptions Group(int value, params int[] members) =>
        new($"G-{value}", [.. members], UnitTable.Get("bar"), VoteRule.Count(1, members.Length), VoteRule.DefaultDegrade(VoteRule.Count(1, members.Length), members.Length))
        {
            Points = new GroupPoints(value, value + 1, value + 2),
        };
}
