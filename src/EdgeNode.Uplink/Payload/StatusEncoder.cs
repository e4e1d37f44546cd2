using System.Collections.Immutable;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Uplink.Payload;

/// <summary>What <c>status</c> says.</summary>
/// <param name="Online">False in the will and at an orderly stop.</param>
/// <param name="Reason">Why it is offline: <c>lost</c> (the will) or <c>stopped</c>.</param>
internal sealed record StationStatus(
    bool Online,
    string? Reason,
    SourceTime At,
    string Version,
    string Revision,
    Epoch Epoch,
    long WaitingReadings,
    long WaitingEvents,
    SpoolFill Spool,
    StationCounters Station,
    bool NobodyListens,
    ImmutableArray<BrokerStatus> Brokers)
{
    /// <summary>The maintenance that goes on; null: there is none.</summary>
    public MaintenanceStatus? Maintenance { get; init; }

    /// <summary>The boot of the machine.</summary>
    public Guid Boot { get; init; }

    /// <summary>The emergency mode is on.</summary>
    public bool Emergency { get; init; }

    /// <summary>Names this run of the process among all that use the node's identifier.</summary>
    public string Run { get; init; } = "";
}

/// <summary>How one broker stands, in a word that a program can match.</summary>
internal readonly record struct BrokerStatus(string Broker, string State);

/// <summary>The retained <c>status</c> message and the will.</summary>
internal sealed class StatusEncoder : IDisposable
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, Json.Options);

    /// <summary>Encodes the status.</summary>
    public void Encode(StationStatus status, PayloadBuffer into)
    {
        into.Clear();
        _json.Reset(into);
        _json.WriteStartObject();
        _json.WriteBoolean("online"u8, status.Online);
        if (status.Reason is { } reason)
        {
            _json.WriteString("reason"u8, reason);
        }

        _json.WriteTime(Names.Time, status.At);
        _json.WriteClockDoubt(status.At);
        _json.WriteString("clock"u8, status.At.Clock == ClockQuality.Synchronised ? "synchronised"u8 : "unsynchronised"u8);
        _json.WriteString("version"u8, status.Version);
        _json.WriteString("revision"u8, status.Revision);
        _json.WriteString(Names.Epoch, status.Epoch.ToString());
        _json.WriteString("boot"u8, status.Boot);
        _json.WriteString("run"u8, status.Run);
        WriteSpool(status);
        WriteStation(status.Station);
        _json.WriteBoolean("emergency"u8, status.Emergency);
        if (status.Maintenance is { } maintenance)
        {
            _json.WriteStartObject("maintenance"u8);
            _json.WriteTime(Names.Until, maintenance.Until);
            _json.WriteString("by"u8, maintenance.By);
            _json.WriteString("why"u8, maintenance.Why);
            _json.WriteEndObject();
        }

        _json.WriteBoolean("nobodyListens"u8, status.NobodyListens);
        _json.WriteStartArray("brokers"u8);
        foreach (var broker in status.Brokers)
        {
            _json.WriteStartObject();
            _json.WriteString("broker"u8, broker.Broker);
            _json.WriteString("state"u8, broker.State);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteSpool(StationStatus status)
    {
        _json.WriteStartObject("spool"u8);
        _json.WriteNumber("readings"u8, status.WaitingReadings);
        _json.WriteNumber("events"u8, status.WaitingEvents);
        _json.WriteNumber("bytes"u8, status.Spool.UsedBytes);
        _json.WriteNumber("limit"u8, status.Spool.LimitBytes);
        _json.WriteNumber("dropped"u8, status.Spool.Dropped);
        _json.WriteString("disk"u8, status.Spool.Disk switch
        {
            AppendOutcome.Kept => "ok"u8,
            AppendOutcome.DiskFull => "full"u8,
            _ => "failed"u8,
        });
        _json.WriteEndObject();
    }

    /// <summary>What tells an overloaded station: bus periods skipped, samples and records dropped before the spool.</summary>
    private void WriteStation(in StationCounters station)
    {
        _json.WriteStartObject("station"u8);
        _json.WriteNumber("scans"u8, station.Scans);
        _json.WriteNumber("skipped"u8, station.Skipped);
        _json.WriteNumber("samplesDropped"u8, station.SamplesDropped);
        _json.WriteNumber("recordsDropped"u8, station.RecorderLost);
        _json.WriteEndObject();
    }
}
