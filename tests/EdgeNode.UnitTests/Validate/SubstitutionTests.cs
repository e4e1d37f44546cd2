using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Voting;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Validate;

/// <summary>Values put by hand in place of readings: seen by everybody, and no alarm and no vote goes by them.</summary>
public class SubstitutionTests
{
    private static readonly Quality ByHand = Quality.Uncertain(Reason.Substituted);

    [Fact]
    public void The_readings_come_when_they_would_with_their_own_stamps_and_the_value_by_hand()
    {
        var station = One();
        station.Step(At(1), [Sample(1, 5)]);
        Assert.Equal([new Reading(0, 3, ByHand, At(2).Wall)], Ask(station, 2, 3, 100).Readings);
        Assert.Equal([new Reading(0, 3, ByHand, At(3).Wall)], station.Step(At(3.5), [Sample(3, 5)]).Readings);
        Assert.Equal([new Reading(0, 3, ByHand, At(4).Wall)], station.Step(At(4), [Sample(4, 0, Quality.Bad(Reason.Timeout))]).Readings);
        Assert.Equal(ByHand, station.Last(0).Quality);
        Assert.Equal(TimeSpan.FromSeconds(6), station.Deadline()); // what is measured behind it goes stale
    }

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    public void No_alarm_goes_up_and_none_comes_down_by_a_value_by_hand(double byHand)
    {
        var station = One();
        station.Step(At(1), [Sample(1, byHand > 5 ? 5 : 7)]);
        var active = station.Alarm(0).Active;
        Assert.Empty(Ask(station, 2, byHand, 100).Alarms);
        for (var second = 3; second < 90; second++)
        {
            Assert.Empty(station.Step(At(second), [Sample(second, byHand)]).Alarms);
        }

        Assert.Equal(active, station.Alarm(0).Active);
        Assert.Equal(ByHand, station.Alarm(0).Quality);
    }

    [Theory]
    [InlineData(AlarmKind.Bad)]
    [InlineData(AlarmKind.Stale)]
    [InlineData(AlarmKind.Active)]
    [InlineData(AlarmKind.Inactive)]
    [InlineData(AlarmKind.Rate)]
    [InlineData(AlarmKind.Deviation)]
    [InlineData(AlarmKind.Low)]
    public void Nor_by_an_alarm_of_any_other_kind(AlarmKind kind)
    {
        var alarm = Alarm(kind, setpoint: 0.5, on: 0) with { RateOver = TimeSpan.FromSeconds(5), Reference = 5 };
        var station = new Station(TestSite.Of([Point(stale: 10)], [alarm]), TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 5)]);
        station.Step(At(2), [Sample(2, 5)]);
        var active = station.Alarm(0).Active;
        Assert.Empty(Ask(station, 3, active ? 0 : 9, 100).Alarms);
        for (var second = 4; second < 50; second++)
        {
            Assert.Empty(station.Step(At(second), [Sample(second, second % 2 * 9, second % 3 == 0 ? Quality.Bad(Reason.Stale) : default)]).Alarms);
        }
    }

    [Fact]
    public void A_value_by_hand_suppresses_nothing()
    {
        var site = TestSite.Of([Point(stale: 1e6), Point("XS-1.state", stale: 1e6)], [Alarm(on: 0) with { Priority = AlarmPriority.High, SuppressWhen = new AlarmCause(false, 1) }]);
        var station = new Station(site, TimeSpan.Zero);
        Ask(station, 1, 1, 100, point: 1);
        station.Step(At(2), [Sample(2, 7), Sample(2, 0, default, 1)]);
        Assert.Equal(AlarmState.Unacknowledged, station.Alarm(0).State);
    }

    [Fact]
    public void A_member_has_no_vote_meanwhile_and_takes_nothing_back()
    {
        var station = GroupSite.Make("2oo3", ["2oo2", "1oo1"], on: 0);
        station.Scan(1, 7, 7, 5);
        Assert.True(station.Alarm(GroupSite.Setpoint).Active);
        Ask(station, 2, 1, 100);
        Assert.Equal((MemberState.Substituted, Standing.Lost), (station.Members(0).State(0), station.Members(0).Standing(0)));
        station.Scan(3, 1, 7, 5);
        Assert.True(station.Alarm(GroupSite.Setpoint).Active); // 2oo2 of those left says no, and what A measured last stands
        Assert.Equal(2, station.Last(5).Value);
        station.Scan(4, 1, 5, 5);
        Assert.False(station.Alarm(GroupSite.Setpoint).Active);
    }

    [Fact]
    public void The_last_member_with_a_vote_is_not_substituted_and_one_without_is()
    {
        var station = GroupSite.Make("1oo2");
        station.Scan(1, 5, double.NaN);
        Assert.Equal(SubstituteOutcome.NobodyLeft, Outcome(Ask(station, 2, 3, 100)));
        Assert.Equal(SubstituteOutcome.Granted, Outcome(Ask(station, 2, 3, 100, point: 1)));
        Assert.Equal(BypassOutcome.TooMany, Bypass(station, 3, 0));
        station.Scan(4, double.NaN, 5);
        Assert.Equal("bad:timeout", station.Last(2).Quality.ToString());
    }

    [Fact]
    public void A_member_with_a_value_by_hand_counts_as_a_bypassed_one()
    {
        var station = GroupSite.Make("2oo4");
        station.Scan(1, 5, 5, 5, 5);
        Assert.Equal(SubstituteOutcome.Granted, Outcome(Ask(station, 2, 3, 100)));
        Assert.Equal(BypassOutcome.Granted, Bypass(station, 2, 1));
        Assert.Equal(BypassOutcome.Granted, Bypass(station, 2, 0)); // both at once, and one member
        Assert.Equal(SubstituteOutcome.Granted, Outcome(Ask(station, 2, 3, 100, point: 2)));
        Assert.Equal(BypassOutcome.TooMany, Bypass(station, 2, 3)); // three of four
        Assert.Equal(SubstituteOutcome.TooMany, Outcome(Ask(station, 2, 3, 100, point: 3)));
        Assert.Equal(SubstituteOutcome.Granted, Outcome(Ask(station, 2, 4, 200))); // it is one of them already
        Assert.Equal(SubstituteOutcome.Ended, Outcome(Ask(station, 2, 0, null, point: 2)));
        Assert.Equal(SubstituteOutcome.NobodyLeft, Outcome(Ask(station, 2, 3, 100, point: 3))); // it would be allowed, and the other has no vote before it is read again
        station.Scan(2.5, 5, 5, 5, 5);
        Assert.Equal(SubstituteOutcome.Granted, Outcome(Ask(station, 2.5, 3, 100, point: 3)));
    }

    [Fact]
    public void Where_no_bypass_is_allowed_no_member_gets_a_value_by_hand_and_one_that_was_kept_is_over()
    {
        var station = new Station(GroupSite.Of(Bars.Group(3, "2oo3") with { Bypass = new BypassOptions(0, TimeSpan.FromHours(8)) }), TimeSpan.Zero);
        station.Scan(1, 5, 5, double.NaN);
        Assert.Equal(SubstituteOutcome.TooMany, Outcome(Ask(station, 2, 3, 100)));
        Assert.Equal(SubstituteOutcome.TooMany, Outcome(Ask(station, 2, 3, 100, point: 2))); // a dead one too: it would stay out when it is back
        Assert.False(station.Groups.AllowsByHand(0));
        Assert.False(station.Substitutions.Restore(new SubstituteCommand(0, 3, TimeSpan.FromSeconds(100)), TimeSpan.FromSeconds(3), station.Groups.AllowsByHand(0)));
        Assert.True(station.Groups.AllowsByHand(3)); // of no group
    }

    [Fact]
    public void Bypasses_that_were_kept_count_values_by_hand_that_were_kept()
    {
        var station = new Station(GroupSite.Of(Bars.Group(3, "2oo3") with { Bypass = new BypassOptions(1, TimeSpan.FromHours(8)) }), TimeSpan.Zero);
        Assert.True(station.Substitutions.Restore(new SubstituteCommand(0, 3, TimeSpan.FromSeconds(100)), TimeSpan.Zero, station.Groups.AllowsByHand(0)));
        Assert.False(station.Groups.RestoreBypass(0, 1, TimeSpan.FromSeconds(100), TimeSpan.Zero));
        Assert.True(station.Groups.RestoreBypass(0, 0, TimeSpan.FromSeconds(100), TimeSpan.Zero));
    }

    [Theory]
    [InlineData(3, 5.0, SubstituteOutcome.NotInFuture)]
    [InlineData(3, 6 + (8 * 3600.0), SubstituteOutcome.TooLong)]
    [InlineData(10.1, 100.0, SubstituteOutcome.OutOfRange)]
    [InlineData(-0.1, 100.0, SubstituteOutcome.OutOfRange)]
    [InlineData(double.NaN, 100.0, SubstituteOutcome.OutOfRange)]
    [InlineData(3, null, SubstituteOutcome.NotSubstituted)]
    [InlineData(10, 100.0, SubstituteOutcome.Granted)]
    public void What_is_asked_wrongly_is_refused_with_its_reason(double value, double? until, SubstituteOutcome outcome)
    {
        var station = One();
        Assert.Equal(outcome, Outcome(Ask(station, 5, value, until)));
        Assert.Equal(SubstituteOutcome.NoSuchPoint, Outcome(Ask(station, 6, 1, 100, point: 1)));
        Assert.Equal(SubstituteOutcome.NoSuchPoint, Outcome(Ask(GroupSite.Make(), 6, 1, 100, point: 3)));
    }

    [Fact]
    public void When_its_time_is_over_a_dead_point_says_so_at_once_and_a_good_one_is_read_again()
    {
        var station = One();
        station.Step(At(1), [Sample(1, 0, Quality.Bad(Reason.Timeout))]);
        Ask(station, 2, 3, 10);
        var result = station.Step(At(12), []);
        Assert.Equal([new Reading(0, 3, ByHand, At(3).Wall), new Reading(0, 0, Quality.Bad(Reason.Timeout), At(10).Wall)], result.Readings);
        Assert.Equal((SubstituteOutcome.Expired, TimeSpan.FromSeconds(10)), (Assert.Single(result.Substitutions).Outcome, result.Substitutions[0].At));

        station.Step(At(12.2), [Sample(12.2, 5), Sample(12.5, 0, Quality.Bad(Reason.Timeout))]);
        Ask(station, 13, 3, 30);
        Assert.Equal([new Reading(0, 0, Quality.Bad(Reason.Timeout), At(13.5).Wall)], Ask(station, 13.5, 0, null).Readings);
        Ask(station, 13.6, 3, 30);
        station.Step(At(14), [Sample(14, 7)]);
        Assert.Empty(Ask(station, 15, 0, null).Readings);
        Assert.Equal(new Reading(0, 7, Quality.Good, At(14).Wall), station.Last(0));
        Assert.Equal("bad:stale", Assert.Single(station.Step(At(18), []).Readings).Quality.ToString());
    }

    [Law(MaxTest = 500)]
    public void No_good_reading_comes_of_a_substituted_point_and_each_substitution_ends((byte What, byte A)[] steps)
    {
        var station = One();
        var (now, until) = (1.0, 0.0);
        foreach (var (what, a) in steps)
        {
            now += 1 + (a % 3);
            var result = (what % 4) switch
            {
                0 => Ask(station, now, a % 12, now + 1 + (a % 60)),
                1 when a % 4 == 0 => Ask(station, now, 0, null),
                _ => station.Step(At(now), [Sample(now - 0.5, a % 12, a % 5 == 0 ? Quality.Bad(Reason.Checksum) : default)]),
            };
            foreach (var e in result.Substitutions)
            {
                until = e.Outcome switch { SubstituteOutcome.Granted => e.Command.Until!.Value.TotalSeconds, SubstituteOutcome.Ended or SubstituteOutcome.Expired => 0, _ => until };
            }

            Assert.True(until == 0 || until > now, "it stands beyond its time");
            Assert.True(until == 0 || station.Last(0).Quality == ByHand);
            Assert.Equal(until == 0, station.Substitutions.Deadline is null);
        }
    }

    private static Station One() => new(TestSite.Of([Point(range: new ValueRange(0, 10))], [Alarm(on: 0)]), TimeSpan.Zero);

    private static StepResult Ask(Station station, double now, double value, double? until, int point = 0) =>
        station.Step(At(now), [], substitutes: [new SubstituteCommand(point, value, until is { } u ? TimeSpan.FromSeconds(u) : null)]);

    private static SubstituteOutcome Outcome(StepResult result) => Assert.Single(result.Substitutions).Outcome;

    private static BypassOutcome Bypass(Station station, double now, int member) =>
        Assert.Single(station.Step(At(now), [], [new BypassCommand(0, member, TimeSpan.FromSeconds(50))]).Bypasses).Outcome;
}
