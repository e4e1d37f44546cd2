using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Texts;

namespace EdgeNode.Uplink.Payload;

/// <summary>
/// The retained messages that describe the site: <c>meta</c> (points, units, ranges, place) and <c>alarm/{id}</c> (present state).
/// Their numbers are in the site file's engineering units; <c>factor</c> and <c>offset</c> of a point lead to telemetry's SenML unit.
/// </summary>
internal sealed class SiteEncoder(Site site) : IDisposable
{
    /// <summary>Version of the contract; it grows when a receiver must change.</summary>
    internal const int ContractVersion = 1;

    private readonly Utf8JsonWriter _json = new(Stream.Null, Json.Options);

    /// <summary>Encodes <c>meta</c>.</summary>
    public void EncodeMeta(PayloadBuffer into)
    {
        Begin(into);
        _json.WriteNumber("version"u8, ContractVersion);
        _json.WriteString("node"u8, site.Node.Id);
        _json.WriteString("site"u8, site.Node.SiteName);
        if (site.Node.Asset is { } asset)
        {
            _json.WriteString("asset"u8, asset);
        }

        if (site.Node.Location is { } place)
        {
            _json.WriteStartObject("location"u8);
            _json.WriteNumber("lat"u8, place.Latitude);
            _json.WriteNumber("lon"u8, place.Longitude);
            _json.WriteString("datum"u8, place.Datum);
            _json.WriteEndObject();
        }

        _json.WriteString("revision"u8, site.Revision);
        _json.WriteStartArray("points"u8);
        for (var i = 0; i < site.Points.Length; i++)
        {
            WritePoint(i);
        }

        _json.WriteEndArray();
        if (site.Groups.Length > 0)
        {
            _json.WriteStartArray("groups"u8);
            foreach (var group in site.Groups)
            {
                WriteGroup(group);
            }

            _json.WriteEndArray();
        }

        _json.WriteStartArray("alarms"u8);
        foreach (var alarm in site.Alarms)
        {
            WriteAlarmDefinition(alarm);
        }

        _json.WriteEndArray();
        ProtectionMeta.Write(_json, site);
        End();
    }

    /// <summary>Encodes the present state of one alarm.</summary>
    public void EncodeAlarm(AlarmOptions alarm, in AlarmStatus status, PayloadBuffer into)
    {
        Begin(into);
        _json.WriteBoolean("active"u8, status.Active);
        _json.WriteString("state"u8, status.State.Text());
        WritePresence(status);
        _json.WriteTime(Since, status.Since);
        _json.WriteClockDoubt(status.Since);
        _json.WriteString("of"u8, site.Points[alarm.Point].Name);
        _json.WriteString("kind"u8, alarm.Kind.Text());
        _json.WriteString("priority"u8, PriorityOf(alarm.Priority));
        WriteSetpoint(alarm);
        if (double.IsFinite(status.Value) && status.Quality.IsMeasured && !alarm.Kind.IsOfQuality())
        {
            _json.WriteNumber("value"u8, status.Value);
        }

        _json.WriteString("unit"u8, site.Points[alarm.Point].Unit.Symbol);
        _json.WriteString("quality"u8, status.Quality.ToString());
        EventBody.Simulated(_json, Evidence.IsSimulated(site, alarm));
        if (alarm.Group is { } group)
        {
            EventBody.Group(_json, site, site.Groups[group], status.Votes);
        }

        WriteText(alarm.Text);
        End();
    }

    /// <summary>The retained state of a fault of the node itself.</summary>
    public void EncodeNodeAlarm(NodeAlarm alarm, in NodeAlarmStatus status, PayloadBuffer into)
    {
        Begin(into);
        _json.WriteBoolean("active"u8, status.Active);
        _json.WriteTime(Since, status.Since);
        _json.WriteClockDoubt(status.Since);
        _json.WriteString("kind"u8, "node"u8);
        _json.WriteString("priority"u8, PriorityOf(alarm.Priority()));
        if (!string.IsNullOrEmpty(status.Detail))
        {
            _json.WriteString("detail"u8, status.Detail);
        }

        WriteText(alarm.Text());
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static readonly JsonEncodedText Since = JsonEncodedText.Encode("since");

    private static readonly JsonEncodedText ShelvedUntil = JsonEncodedText.Encode("shelvedUntil");

    private static ReadOnlySpan<byte> PriorityOf(AlarmPriority priority) => priority switch
    {
        AlarmPriority.Low => "low"u8,
        AlarmPriority.Medium => "medium"u8,
        AlarmPriority.High => "high"u8,
        _ => "critical"u8,
    };

    private void Begin(PayloadBuffer into)
    {
        into.Clear();
        _json.Reset(into);
        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WritePoint(int index)
    {
        var point = site.Points[index];
        _json.WriteStartObject();
        _json.WriteString(Names.Name, site.Node.Id + ":" + point.Name);
        _json.WriteString("name"u8, point.Name);
        if (site.GroupOf(index) is { } computing)
        {
            _json.WriteString("group"u8, site.Groups[computing].Id);
        }
        else if (point.IsComputed)
        {
            ProtectionMeta.WriteOwner(_json, site, index);
        }
        else
        {
            _json.WriteString("device"u8, site.Devices[point.Device].Id);
        }

        _json.WriteString("unit"u8, point.Unit.Symbol);
        _json.WriteString(Names.Unit, point.Unit.Senml);
        _json.WriteNumber("factor"u8, point.Unit.ToSenmlFactor);
        _json.WriteNumber("offset"u8, point.Unit.ToSenmlOffset);
        if (point.Range is { } range)
        {
            _json.WriteStartObject("range"u8);
            _json.WriteNumber("low"u8, range.Low);
            _json.WriteNumber("high"u8, range.High);
            _json.WriteEndObject();
        }

        _json.WriteSeconds("stale"u8, point.Stale);
        if (point.Report is { } report)
        {
            _json.WriteStartObject("report"u8);
            _json.WriteNumber("change"u8, report.Change);
            _json.WriteSeconds("atLeastEvery"u8, report.AtLeastEvery);
            _json.WriteEndObject();
        }

        if (point.Simulated)
        {
            _json.WriteBoolean(Names.Simulated, true);
        }

        _json.WriteEndObject();
    }

    private void WriteGroup(GroupOptions group)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, group.Id);
        _json.WriteStartArray("members"u8);
        foreach (var member in group.Members)
        {
            _json.WriteStringValue(site.Points[member].Name);
        }

        _json.WriteEndArray();
        _json.WriteString("vote"u8, group.Vote.ToString());
        _json.WriteStartArray("degrade"u8);
        foreach (var rule in group.Degrade)
        {
            _json.WriteStringValue(rule.ToString());
        }

        _json.WriteEndArray();
        _json.WriteString("allBad"u8, group.AllBad switch { AllBad.Trip => "trip"u8, AllBad.Hold => "hold"u8, _ => "alarm-only"u8 });
        if (group.Deviation is { } deviation)
        {
            _json.WriteNumber("deviation"u8, deviation.Limit);
        }

        _json.WriteString("unit"u8, group.Unit.Symbol);
        _json.WriteEndObject();
    }

    private void WriteAlarmDefinition(AlarmOptions alarm)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, alarm.Id);
        _json.WriteString("of"u8, site.Points[alarm.Point].Name);
        if (alarm.Group is { } group)
        {
            _json.WriteString("group"u8, site.Groups[group].Id);
        }

        _json.WriteString("kind"u8, alarm.Kind.Text());
        _json.WriteString("priority"u8, PriorityOf(alarm.Priority));
        WriteSetpoint(alarm);
        if (alarm.Kind.HasSetpoint())
        {
            _json.WriteNumber("deadband"u8, alarm.Deadband);
        }

        if (alarm.Kind == AlarmKind.Rate)
        {
            _json.WriteSeconds("over"u8, alarm.RateOver);
        }
        else if (alarm.ReferencePoint is { } reference)
        {
            _json.WriteString("from"u8, site.Points[reference].Name);
        }
        else if (alarm.Kind == AlarmKind.Deviation)
        {
            _json.WriteNumber("from"u8, alarm.Reference);
        }

        _json.WriteString("unit"u8, site.Points[alarm.Point].Unit.Symbol);
        _json.WriteSeconds("onDelay"u8, alarm.OnDelay);
        _json.WriteSeconds("offDelay"u8, alarm.OffDelay);
        WriteReaction(alarm);
        WriteText(alarm.Text);
        _json.WriteEndObject();
    }

    private void WritePresence(in AlarmStatus status)
    {
        if (status.Announced)
        {
            _json.WriteBoolean("announced"u8, true);
        }

        if (status.Chattering)
        {
            _json.WriteBoolean("chattering"u8, true);
        }

        if (status.FirstOut)
        {
            _json.WriteBoolean("firstOut"u8, true);
        }

        if (status.ShelvedUntil is { } until)
        {
            _json.WriteTime(ShelvedUntil, until);
        }

        if (status.ChangedBy is { } by)
        {
            _json.WriteString("by"u8, by);
        }
    }

    private void WriteSetpoint(AlarmOptions alarm)
    {
        if (alarm.Kind.HasSetpoint())
        {
            _json.WriteNumber("setpoint"u8, alarm.Setpoint);
        }
    }

    private void WriteReaction(AlarmOptions alarm)
    {
        if (alarm.Latch)
        {
            _json.WriteBoolean("latch"u8, true);
        }

        if (alarm.ReAlarm is { } again)
        {
            _json.WriteSeconds("reAlarm"u8, again);
        }

        _json.WriteSeconds("shelveAtMost"u8, alarm.ShelveAtMost);
        if (alarm.SuppressWhen is { } cause)
        {
            _json.WriteString("suppressWhen"u8, cause.IsAlarm ? site.Alarms[cause.Index].Id : site.Points[cause.Index].Name);
        }

        if (alarm.FirstOut is { } group)
        {
            _json.WriteString("firstOut"u8, group);
        }
    }

    private void WriteText(LocalText text)
    {
        _json.WriteStartObject("text"u8);
        WriteLanguage("en"u8, text.En);
        WriteLanguage("zh-Hant"u8, text.ZhHant);
        WriteLanguage("zh-Hans"u8, text.ZhHans);
        _json.WriteEndObject();
    }

    private void WriteLanguage(ReadOnlySpan<byte> language, string text)
    {
        if (text.Length > 0)
        {
            _json.WriteString(language, text);
        }
    }
}
