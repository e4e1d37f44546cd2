using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Vote;

namespace EdgeNode.Gateway.Hands;

/// <summary>All voting groups as they are: value, spread, the vote in force, and how each member stands.</summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
internal sealed class GroupHands(Site site, IStationState state)
{
    /// <summary>Answers <c>{"do":"groups.list"}</c>.</summary>
    public Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        return Task.FromResult(what == "groups.list" ? HandsServer.Line(Write) : HandsServer.Error($"'{what}' is not something to do here; expected groups.list"));
    }

    /// <summary>What a member does, or why it has no vote.</summary>
    public static string Word(MemberState member) => member switch
    {
        MemberState.Good or MemberState.Uncertain => "votes",
        MemberState.NotYetRead => "not-yet-read",
        MemberState.Bad => "bad",
        MemberState.Bypassed => "bypassed",
        _ => "substituted",
    };

    private void Write(Utf8JsonWriter json)
    {
        var present = state.Groups;
        var alarms = new AlarmStatus[site.Alarms.Length];
        state.CopyAlarms(alarms);
        var readings = new Reading[site.Points.Length];
        state.CopyReadings(readings);
        json.WriteBoolean("ok", true);
        json.WriteStartArray("groups");
        foreach (var (index, group) in site.Groups.Index())
        {
            var own = site.Alarms.Zip(alarms).Where(a => a.First.Group == index).ToList();
            json.WriteStartObject();
            WriteGroup(json, group, present[index], own, readings);
            json.WriteStartArray("members");
            foreach (var (member, point) in group.Members.Index())
            {
                json.WriteStartObject();
                WriteMember(json, group, readings[point], present[index].Members[member]);
                WriteByHand(json, index, member, present[index].Members[member]);
                WriteVotes(json, own, member);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteGroup(Utf8JsonWriter json, GroupOptions group, in GroupStatus status, List<(AlarmOptions Alarm, AlarmStatus Status)> own, Reading[] readings)
    {
        var inForce = group.InForce(status.Lost);
        json.WriteString("id", group.Id);
        json.WriteString("vote", group.Vote.ToString());
        json.WriteString("inForce", inForce?.ToString() ?? "all-bad");
        if (status.RepairLeft is { } left)
        {
            json.WriteNumber("repairLeft", Math.Round(left.TotalSeconds, 3));
        }

        var (value, spread) = (readings[group.Points.Value], readings[group.Points.Spread]);
        if (!value.Quality.IsBad)
        {
            json.WriteNumber("value", value.Value);
        }

        json.WriteString("unit", group.Unit.Symbol);
        json.WriteString("quality", value.Quality.ToString());
        EventBody.Simulated(json, site.Points[group.Points.Value].Simulated);
        if (!spread.Quality.IsBad)
        {
            json.WriteNumber("spread", spread.Value);
            json.WriteString("spreadUnit", site.Points[group.Points.Spread].Unit.Symbol);
        }

        json.WriteStartArray("setpoints");
        foreach (var (alarm, at) in own.Where(a => a.Alarm.Fault is null))
        {
            json.WriteStartObject();
            json.WriteString("id", alarm.Id);
            json.WriteString("kind", alarm.Kind.Text());
            json.WriteNumber("setpoint", alarm.Setpoint);
            json.WriteNumber("past", at.Votes.About.Count);
            if (inForce is { Kind: VoteKind.Count } rule)
            {
                json.WriteNumber("needs", rule.Needs);
            }

            json.WriteString("state", at.State.Text());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Its reading in the group's unit, so that the members can be compared.</summary>
    private void WriteMember(Utf8JsonWriter json, GroupOptions group, in Reading reading, MemberState standing)
    {
        var point = site.Points[reading.Point];
        json.WriteString("id", point.Name);
        if (!reading.Quality.IsBad)
        {
            json.WriteNumber("value", point.Unit.To(group.Unit, reading.Value));
        }

        json.WriteString("quality", reading.Quality.ToString());
        EventBody.Simulated(json, point.Simulated);
        json.WriteString("standing", Word(standing));
    }

    /// <summary>Until when a person keeps it from voting, who, and why.</summary>
    private void WriteByHand(Utf8JsonWriter json, int group, int member, MemberState standing)
    {
        var point = site.Groups[group].Members[member];
        var terms = standing switch
        {
            MemberState.Bypassed => state.Bypasses.Where(b => b.Group == group && b.Member == member).Select(b => (b.Until, b.Left, b.By, b.Why)),
            MemberState.Substituted => state.Substitutes.Where(s => s.Point == point).Select(s => (s.Until, s.Left, s.By, s.Why)),
            _ => [],
        };
        foreach (var (until, left, by, why) in terms)
        {
            json.WriteNumber("until", until.UnixMicroseconds / 1_000_000m);
            json.WriteNumber("left", Math.Round(Math.Max(0, left.TotalSeconds), 3));
            json.WriteString("by", by);
            json.WriteString("why", why);
        }
    }

    /// <summary>The setpoints that it is past with its vote, and whether it lies too far from the others.</summary>
    private static void WriteVotes(Utf8JsonWriter json, List<(AlarmOptions Alarm, AlarmStatus Status)> own, int member)
    {
        json.WriteBoolean("deviates", own.Exists(a => a.Alarm.Fault == GroupFault.Deviation && a.Status.Votes.About.Has(member)));
        json.WriteStartArray("past");
        foreach (var (alarm, _) in own.Where(a => a.Alarm.Fault is null && a.Status.Votes.About.Has(member)))
        {
            json.WriteStringValue(alarm.Id);
        }

        json.WriteEndArray();
    }
}
