using System.Buffers;
using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Record;

/// <summary>Makes the JSON bodies of the events that the station itself reports. Values are in the registered SenML unit.</summary>
public static partial class EventBody
{
    /// <summary>
    /// Something has changed with an alarm. <c>state</c> is of the condition alone, <c>alarmState</c> is the state by ISA-18.2, <c>change</c> what happened.
    /// </summary>
    public static EventRecord Alarm(Site site, in AlarmTransition transition)
    {
        var t = transition;
        var alarm = site.Alarms[t.Alarm];
        var point = site.Points[alarm.Point];
        return Make("alarm", t.Time, json =>
        {
            json.WriteString("id", alarm.Id);
            json.WriteString("state", t.Active ? "raised" : "cleared");
            json.WriteString("alarmState", t.State.Text());
            json.WriteString("change", t.Input.Past());
            if (t.By is { } by)
            {
                json.WriteString("by", by);
            }

            if (t.Until is { } until)
            {
                json.WriteNumber("until", Seconds(until.UnixMicroseconds));
            }

            json.WriteString("kind", alarm.Kind.Text());
            json.WriteString("priority", PriorityText(alarm.Priority));
            json.WriteString("point", point.Name);
            WriteValues(json, alarm, point.Unit, t.Value, t.Quality);
            json.WriteString("q", t.Quality.ToString());
            Simulated(json, Record.Evidence.IsSimulated(site, alarm));
            if (t.FirstOut)
            {
                json.WriteString("firstOut", alarm.FirstOut);
            }

            if (t.Chattering)
            {
                json.WriteBoolean("chattering", true);
            }

            if (alarm.Group is { } group)
            {
                Group(json, site, site.Groups[group], t.Votes);
            }

            if (t.Before is { } before)
            {
                Evidence(json, "before", site, before);
            }
        });
    }

    /// <summary>What the points of an alarm or a trip said after it came up. Its time is that of the alarm's or trip's own event.</summary>
    public static EventRecord Snapshot(Site site, LateSnapshot late) => Make("snapshot", late.Time, json =>
    {
        json.WriteString("of", late.Of);
        Evidence(json, "after", site, late.After);
    });

    /// <summary>The emergency mode has begun, or is over.</summary>
    public static EventRecord Emergency(Site site, EmergencyChange change) => Make("emergency", change.Time, json =>
    {
        var (_, _, until, why) = change;
        json.WriteString("mode", change.On ? "on" : "off");
        json.WriteString("why", why.Alarm is not null ? "alarm" : why.By is not null ? "command" : "time");
        if (why.Alarm is { } alarm)
        {
            json.WriteString("alarm", site.Alarms[alarm].Id);
        }

        if (why.By is { } by)
        {
            json.WriteString("by", by);
        }

        if (!string.IsNullOrEmpty(why.Text))
        {
            json.WriteString("text", why.Text);
        }

        if (change.On)
        {
            json.WriteNumber("until", Seconds(until.UnixMicroseconds));
        }
    });

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

    /// <summary>A bypass of a member was granted, refused, or is over.</summary>
    /// <param name="site">The site.</param>
    /// <param name="told">What became of it.</param>
    /// <param name="time">When.</param>
    public static EventRecord Bypass(Site site, BypassNotice told, SourceTime time)
    {
        ArgumentNullException.ThrowIfNull(told);
        return Make("bypass", time, json => WriteBypass(json, site, told));
    }

    /// <summary>The members of the event, which the audit trail's entries have too.</summary>
    public static void WriteBypass(Utf8JsonWriter json, Site site, BypassNotice told)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(told);
        var group = site.Groups[told.Group];
        json.WriteString("group", group.Id);
        json.WriteString("member", site.Points[group.Members[told.Member]].Name);
        json.WriteString("change", told.Outcome.IsRefusal() ? "refused" : told.Outcome.Text());
        WriteHand(json, told.Outcome.IsRefusal() ? told.Outcome.Text() : null, told.By, told.GrantedBy, told.Why, told.Until);
    }

    /// <summary>A value in place of a point's readings was granted, refused, or is over.</summary>
    /// <param name="site">The site.</param>
    /// <param name="told">What became of it.</param>
    /// <param name="time">When.</param>
    public static EventRecord Substitution(Site site, SubstituteNotice told, SourceTime time)
    {
        ArgumentNullException.ThrowIfNull(told);
        return Make("substitution", time, json => WriteSubstitution(json, site, told));
    }

    /// <summary>The members of the event, which the audit trail's entries have too.</summary>
    public static void WriteSubstitution(Utf8JsonWriter json, Site site, SubstituteNotice told)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(told);
        var point = site.Points[told.Point];
        json.WriteString("point", point.Name);
        json.WriteString("change", told.Outcome.IsRefusal() ? "refused" : told.Outcome.Text());
        json.WriteString("u", point.Unit.Senml);
        if (told.Value is { } value && double.IsFinite(point.Unit.ToSenml(value)))
        {
            json.WriteNumber("v", point.Unit.ToSenml(value));
        }

        WriteHand(json, told.Outcome.IsRefusal() ? told.Outcome.Text() : null, told.By, told.GrantedBy, told.Why, told.Until);
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
    });

    /// <summary>The word for a priority in messages and on the screen.</summary>
    public static string PriorityText(AlarmPriority priority) => priority switch
    {
        AlarmPriority.Critical => "critical",
        AlarmPriority.High => "high",
        AlarmPriority.Medium => "medium",
        _ => "low",
    };

    private static void WriteValues(Utf8JsonWriter json, AlarmOptions alarm, Unit unit, double value, Quality quality)
    {
        json.WriteString("u", unit.Senml);
        // A value by hand is not judged: the last one that was has been measured, and is not of that quality.
        if (!alarm.Kind.IsOfQuality() && quality.Reason != Reason.Substituted)
        {
            json.WriteNumber("v", unit.ToSenml(value));
        }

        if (alarm.Kind.HasSetpoint())
        {
            // A rate and a deviation are differences: the factor without the offset.
            json.WriteNumber("setpoint", alarm.Kind is AlarmKind.Rate or AlarmKind.Deviation ? alarm.Setpoint * unit.ToSenmlFactor : unit.ToSenml(alarm.Setpoint));
        }
    }

    /// <summary>The mark of what comes from a simulated device, or is computed of it; nothing where it does not.</summary>
    public static void Simulated(Utf8JsonWriter json, bool simulated)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (simulated)
        {
            json.WriteBoolean("sim", true);
        }
    }

    private static void Evidence(Utf8JsonWriter json, string key, Site site, Snapshot snapshot)
    {
        json.WriteStartArray(key);
        foreach (var evidence in snapshot.Points)
        {
            var point = site.Points[evidence.Point];
            json.WriteStartObject();
            json.WriteString("point", point.Name);
            json.WriteString("u", point.Unit.Senml);
            Simulated(json, point.Simulated);
            json.WriteStartArray("readings");
            foreach (var reading in evidence.Readings)
            {
                json.WriteStartObject();
                json.WriteNumber("dt", Seconds(reading.After.Ticks / TimeSpan.TicksPerMicrosecond));
                if (!reading.Quality.IsBad)
                {
                    json.WriteNumber("v", point.Unit.ToSenml(reading.Value));
                }

                json.WriteString("q", reading.Quality.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (snapshot.Omitted > 0)
        {
            json.WriteNumber("omitted", snapshot.Omitted);
        }
    }

    private static void WriteHand(Utf8JsonWriter json, string? refusal, string? by, string? grantedBy, string why, SourceTime? until)
    {
        if (refusal is not null)
        {
            json.WriteString("reason", refusal);
        }

        if (by is not null)
        {
            json.WriteString("by", by);
        }

        if (grantedBy is not null)
        {
            json.WriteString("grantedBy", grantedBy);
        }

        if (why.Length > 0)
        {
            json.WriteString("why", why);
        }

        if (until is { } end)
        {
            json.WriteNumber("until", Seconds(end.UnixMicroseconds));
        }
    }

    private static decimal Seconds(long microseconds) => microseconds / 1_000_000m;

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
