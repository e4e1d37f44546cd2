using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.UnitTests.Voting;

/// <summary>The example whose transmitters vote, from the file to what operator and platform get of it.</summary>
public class VotedSiteTests
{
    private static readonly Site Voted = SiteFile.Load(Path.Combine(TestFiles.Examples, "voted-header.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;

    [Fact]
    public void A_group_comes_as_it_is_written()
    {
        var group = Assert.Single(Voted.Groups);
        Assert.Equal(("P-101", "bar", "2oo3", AllBad.Trip), (group.Id, group.Unit.Symbol, group.Vote.ToString(), group.AllBad));
        Assert.Equal(["PT-101A.pressure", "PT-101B.pressure", "PT-101C.pressure"], group.Members.Select(m => Voted.Points[m].Name));
        Assert.Equal(["1oo2", "1oo1"], group.Degrade.Select(d => d.ToString()));
        Assert.Equal(new DeviationOptions(0.2, TimeSpan.FromSeconds(10)), group.Deviation);
        Assert.Equal((TimeSpan.FromHours(72), TimeSpan.FromSeconds(4), new BypassOptions(1, TimeSpan.FromHours(8))), (group.RepairWithin, group.FailureDelay, group.Bypass));
    }

    [Fact]
    public void What_a_group_computes_are_points_behind_those_of_devices()
    {
        var points = Voted.Groups[0].Points;
        var count = Voted.Points.Length;
        Assert.Equal(new GroupPoints(count - 3, count - 2, count - 1), points);
        Assert.Equal(["P-101.value", "P-101.spread", "P-101.voting"], Voted.Points[^3..].Select(p => p.Name));
        Assert.Equal(["bar", "bar", "count"], Voted.Points[^3..].Select(p => p.Unit.Symbol));
        Assert.Equal((new ValueRange(0, 10), TimeSpan.FromSeconds(3)), (Voted.Points[points.Value].Range!.Value, Voted.Points[points.Value].Stale));
        Assert.Equal(TimeSpan.FromSeconds(1), Voted.EveryOf(points.Value));
        Assert.Contains(RecordedGroups.Most(Voted), g => g.Every == TimeSpan.FromSeconds(1) && g.Points.SequenceEqual([points.Value, points.Spread, points.Voting]));
        Assert.Contains(RecordedGroups.Least(Voted), g => g.Every == TimeSpan.FromSeconds(60) && g.Points.Contains(points.Value));
    }

    [Fact]
    public void What_a_group_watches_of_itself_are_alarms_behind_those_of_the_file()
    {
        Assert.Equal(
            ["PAHH-101", "PAL-101", "FAL-101", "P-101.degraded", "P-101.repair-overdue", "P-101.deviation", "P-101.all-bad"], Voted.Alarms.Select(a => a.Id));
        Assert.Equal([0, 0, null, 0, 0, 0, 0], Voted.Alarms.Select(a => a.Group));
        Assert.Equal(
            [null, null, null, GroupFault.Degraded, GroupFault.RepairOverdue, GroupFault.Deviation, GroupFault.AllBad], Voted.Alarms.Select(a => a.Fault));
        Assert.Equal([4.0, 72 * 3600, 10, 4], Voted.Alarms[3..].Select(a => a.OnDelay.TotalSeconds));
        Assert.Equal([2.0, 2, 0.2, 0], Voted.Alarms[3..].Select(a => a.Setpoint));
        Assert.All(Voted.Alarms[3..], a => Assert.All((string[])[a.Text.En, a.Text.ZhHant, a.Text.ZhHans], t => Assert.StartsWith("P-101", t, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_group_without_more_words_has_the_safe_degradation_and_the_stated_defaults()
    {
        var text = TestFiles.Small.Replace("alarms:\n", "groups: [ { id: P-1, members: [ PT-101.pressure ], vote: 1oo1 } ]\nalarms:\n", StringComparison.Ordinal);
        var group = Assert.Single(TestFiles.Load(text).Groups);
        Assert.Equal((AllBad.AlarmOnly, 0, TimeSpan.FromHours(72), TimeSpan.FromHours(8)), (group.AllBad, group.Bypass.AtMost, group.RepairWithin, group.Bypass.Longest));
        Assert.Empty(group.Degrade);
        Assert.Equal(["1oo2", "1oo1"], VoteRule.DefaultDegrade(VoteRule.Count(2, 3), 3).Select(r => r.ToString()));
        Assert.Equal(["2oo3", "1oo2", "1oo1"], VoteRule.DefaultDegrade(VoteRule.Count(3, 4), 4).Select(r => r.ToString()));
        Assert.Equal(["median", "median"], VoteRule.DefaultDegrade(VoteRule.Median, 3).Select(r => r.ToString()));
    }

    [Fact]
    public void Meta_tells_the_platform_who_votes_and_how()
    {
        using var encoder = new SiteEncoder(Voted);
        var buffer = new PayloadBuffer();
        encoder.EncodeMeta(buffer);
        var meta = JsonDocument.Parse(buffer.Written).RootElement;
        Assert.Equal(
            """{"id":"P-101","members":["PT-101A.pressure","PT-101B.pressure","PT-101C.pressure"],"vote":"2oo3","degrade":["1oo2","1oo1"],"allBad":"trip","deviation":0.2,"unit":"bar"}""",
            meta.GetProperty("groups")[0].GetRawText());
        var value = meta.GetProperty("points").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "P-101.value");
        Assert.Equal("P-101", value.GetProperty("group").GetString());
        Assert.False(value.TryGetProperty("device", out _));
        Assert.Equal("P-101", meta.GetProperty("alarms")[0].GetProperty("group").GetString());
    }

    [Fact]
    public void An_alarm_of_a_group_names_who_it_is_about()
    {
        using var encoder = new SiteEncoder(Voted);
        var buffer = new PayloadBuffer();
        var status = new AlarmStatus(true, default, 6.7, Quality.Good) { Votes = new GroupVotes(new MemberSet(0b101), new MemberSet(0b010)) };
        encoder.EncodeAlarm(Voted.Alarms[0], status, buffer);
        var alarm = JsonDocument.Parse(buffer.Written).RootElement;
        Assert.Equal("""["PT-101A.pressure","PT-101C.pressure"]""", alarm.GetProperty("members").GetRawText());
        Assert.Equal("""["PT-101B.pressure"]""", alarm.GetProperty("lost").GetRawText());
        Assert.Equal(("P-101", "1oo2", "P-101.value"), (alarm.GetProperty("group").GetString(), alarm.GetProperty("vote").GetString(), alarm.GetProperty("of").GetString()));
    }
}
