using System.Buffers;
using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>Makes the JSON bodies of the events that the station itself reports. Values are in the registered SenML unit.</summary>
public static class EventBody
{
    /// <summary>An alarm was raised or has cleared.</summary>
    public static EventRecord Alarm(Site site, in AlarmTransition transition)
    {
        var alarm = site.Alarms[transition.Alarm];
        var point = site.Points[alarm.Point];
        var value = point.Unit.ToSenml(transition.Value);
        var active = transition.Active;
        var quality = transition.Quality;
        var votes = transition.Votes;
        return Make("alarm", transition.Time, json =>
        {
            json.WriteString("id", alarm.Id);
            json.WriteString("state", active ? "raised" : "cleared");
            json.WriteString("kind", alarm.Kind == AlarmKind.High ? "high" : "low");
            json.WriteString("priority", PriorityText(alarm.Priority));
            json.WriteString("point", point.Name);
            json.WriteString("u", point.Unit.Senml);
            json.WriteNumber("v", value);
            json.WriteNumber("setpoint", point.Unit.ToSenml(alarm.Setpoint));
            json.WriteString("q", quality.ToString());
            if (alarm.Group is { } group)
            {
                Group(json, site, site.Groups[group], votes);
            }
        });
    }

    /// <summary>Who an alarm of a group is about: those past the setpoint, lost or deviating; and how the group votes with those it has.</summary>
    public static void Group(Utf8JsonWriter json, Site site, GroupOptions group, GroupVotes votes)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(group);
        json.WriteString("group", group.Id);
        Names("members", votes.About);
        Names("lost", votes.Lost);
        json.WriteString("vote", group.InForce(votes.Lost.Count)?.ToString() ?? "all-bad");

        void Names(string key, MemberSet set)
        {
            json.WriteStartArray(key);
            foreach (var name in group.Names(site, set))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>The node itself has a fault, or is rid of it.</summary>
    public static EventRecord NodeAlarm(NodeAlarm alarm, in NodeAlarmStatus status)
    {
        var (active, detail) = (status.Active, status.Detail);
        return Make("alarm", status.Since, json =>
        {
            json.WriteString("id", alarm.Id());
            json.WriteString("state", active ? "raised" : "cleared");
            json.WriteString("kind", "node");
            json.WriteString("priority", PriorityText(alarm.Priority()));
            if (!string.IsNullOrEmpty(detail))
            {
                json.WriteString("detail", detail);
            }
        });
    }

    /// <summary>The configuration that the node runs with since its start.</summary>
    /// <param name="boot">The boot that the run is of; null when it is not known.</param>
    /// <param name="starts">How often the node has started, this time included; null when it is not known.</param>
    /// <param name="changed">The run before had another revision.</param>
    public static EventRecord Configuration(
        Site site, SourceTime time, string version, Guid? boot = null, long? starts = null, bool changed = false) => Make("configuration", time, json =>
    {
        json.WriteString("revision", site.Revision);
        json.WriteString("version", version);
        json.WriteString("reason", changed ? "changed" : "start");
        if (boot is { } id)
        {
            json.WriteString("boot", id);
        }

        if (starts is { } count)
        {
            json.WriteNumber("starts", count);
        }
    });

    /// <summary>What is to be added to stamps of a boot that were sent unsynchronised.</summary>
    /// <param name="time">Now, synchronised.</param>
    /// <param name="boot">The boot.</param>
    /// <param name="epochs">The epochs of this boot.</param>
    /// <param name="correction">Which stamps, and what.</param>
    public static EventRecord TimeCorrection(SourceTime time, Guid boot, IEnumerable<Epoch> epochs, TimeCorrection correction) => Make("time-correction", time, json =>
    {
        json.WriteString("boot", boot);
        json.WriteStartArray("epochs");
        foreach (var epoch in epochs)
        {
            json.WriteStringValue(epoch.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("from", Seconds(correction.From));
        json.WriteNumber("to", Seconds(correction.To));
        json.WriteNumber("offset", Seconds(correction.Offset));
        json.WriteBoolean("gradual", correction.Gradual);

        static decimal Seconds(long microseconds) => microseconds / 1_000_000m;
    });

    /// <summary>The word for a priority in messages and on the screen.</summary>
    public static string PriorityText(AlarmPriority priority) => priority switch
    {
        AlarmPriority.Critical => "critical",
        AlarmPriority.High => "high",
        AlarmPriority.Medium => "medium",
        _ => "low",
    };

    private static EventRecord Make(string kind, SourceTime time, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return new EventRecord(kind, time, buffer.WrittenMemory);
    }
}
