using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Texts;

namespace EdgeNode.Gateway.Hands;

/// <summary>All alarms as they are, in the site file's units.</summary>
internal static class AlarmListing
{
    public static void Write(Utf8JsonWriter json, Site site, IStationState state)
    {
        var alarms = new AlarmStatus[site.Alarms.Length];
        var node = new NodeAlarmStatus[NodeAlarmIds.Count];
        state.CopyAlarms(alarms);
        state.CopyNodeAlarms(node);
        var readings = new Reading[site.Points.Length];
        state.CopyReadings(readings);
        json.WriteBoolean("ok", true);
        json.WriteBoolean("flood", node[(int)NodeAlarm.AlarmFlood].Active);
        json.WriteStartArray("alarms");
        for (var i = 0; i < alarms.Length; i++)
        {
            WriteAlarm(json, site, site.Alarms[i], alarms[i], readings);
        }

        json.WriteEndArray();
        json.WriteStartArray("node");
        for (var i = 0; i < node.Length; i++)
        {
            if (node[i].Active)
            {
                WriteNode(json, (NodeAlarm)i, node[i]);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteAlarm(Utf8JsonWriter json, Site site, AlarmOptions alarm, in AlarmStatus status, Reading[] readings)
    {
        var point = site.Points[alarm.Point];
        json.WriteStartObject();
        json.WriteString("id", alarm.Id);
        json.WriteString("state", status.State.Text());
        json.WriteBoolean("active", status.Active);
        json.WriteBoolean("announced", status.Announced);
        json.WriteBoolean("chattering", status.Chattering);
        json.WriteBoolean("firstOut", status.FirstOut);
        WriteTime(json, "since", status.Since);
        if (status.ShelvedUntil is { } until)
        {
            WriteTime(json, "shelvedUntil", until);
        }

        if (status.ChangedBy is { } by)
        {
            json.WriteString("by", by);
        }

        json.WriteString("priority", EventBody.PriorityText(alarm.Priority));
        json.WriteString("of", point.Name);
        json.WriteString("kind", alarm.Kind.Text());
        if (alarm.Kind.HasSetpoint())
        {
            json.WriteNumber("setpoint", alarm.Setpoint);
        }

        // A value by hand decides nothing: the last measured one is none of that quality.
        if (status.Quality.IsMeasured)
        {
            json.WriteNumber("value", status.Value);
        }

        if (alarm.Group is { } group)
        {
            EventBody.Group(json, site, site.Groups[group], status.Votes);
            WriteMembers(json, site, site.Groups[group], status.Votes, readings);
        }

        json.WriteString("unit", point.Unit.Symbol);
        json.WriteString("quality", status.Quality.ToString());
        EventBody.Simulated(json, Evidence.IsSimulated(site, alarm));
        WriteText(json, alarm.Text);
        json.WriteEndObject();
    }

    /// <summary>What those measure whom the alarm is about, in the group's unit: the group's own value may lie on the other side of the setpoint.</summary>
    private static void WriteMembers(Utf8JsonWriter json, Site site, GroupOptions group, GroupVotes votes, Reading[] readings)
    {
        json.WriteStartArray("memberValues");
        foreach (var (i, point) in group.Members.Index())
        {
            if (!votes.About.Has(i))
            {
                continue;
            }

            if (readings[point].Quality.IsMeasured)
            {
                json.WriteNumberValue(group.Unit.FromSenml(site.Points[point].Unit.ToSenml(readings[point].Value)));
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, NodeAlarm alarm, in NodeAlarmStatus status)
    {
        json.WriteStartObject();
        json.WriteString("id", alarm.Id());
        WriteTime(json, "since", status.Since);
        json.WriteString("priority", EventBody.PriorityText(alarm.Priority()));
        json.WriteString("detail", status.Detail);
        WriteText(json, alarm.Text());
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, SourceTime time) => json.WriteNumber(name, time.UnixMicroseconds / 1_000_000m);

    public static void WriteText(Utf8JsonWriter json, LocalText text)
    {
        json.WriteStartObject("text");
        foreach (var (language, words) in new[] { ("en", text.En), ("zh-Hant", text.ZhHant), ("zh-Hans", text.ZhHans) })
        {
            if (words.Length > 0)
            {
                json.WriteString(language, words);
            }
        }

        json.WriteEndObject();
    }
}
