using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>A small site with one device, two points and two alarms.</summary>
internal static class Stations
{
    public const string Topic = "city/water/pudong-pump-03/en-0042";

    public static Site Site(params ImmutableArray<BrokerOptions> brokers) => new(
        new NodeOptions("en-0042", "pudong-pump-03", "CIM:SH-PD-WS-0311", new Location(31.2304, 121.4737, "WGS84")),
        new UplinkOptions(brokers.IsEmpty ? [new BrokerOptions("broker-a", 1883, false)] : brokers, Topic, null, null, null),
        new SpoolOptions(TimeSpan.FromSeconds(1), 4L << 30),
        [new ModbusTcpBusOptions("field", "192.168.10.20", 502, default, default, false)],
        [new ModbusDeviceOptions("PT-101A", 0, TimeSpan.FromSeconds(1), 1, TimeSpan.FromSeconds(1), 125, 8, [], false, [])],
        [
            new PointOptions("PT-101A.pressure", 0, UnitTable.Get("bar"), 1, 0, new ValueRange(0, 10), TimeSpan.FromSeconds(3), null),
            new PointOptions("PT-101A.temperature", 0, UnitTable.Get("degC"), 0.1, -40, null, TimeSpan.FromMilliseconds(1500), new ReportOptions(0.5, TimeSpan.FromSeconds(60))) { Simulated = true },
        ],
        [
            new AlarmOptions("PAHH-101", 0, AlarmKind.High, 6.5, 0.1, TimeSpan.FromSeconds(1), default, AlarmPriority.Critical, new LocalText("Header pressure very high", "總管壓力過高", "总管压力过高")),
            new AlarmOptions("TAL-101", 1, AlarmKind.Low, 5, 1, default, TimeSpan.FromSeconds(2), AlarmPriority.Medium, new LocalText("Cold", "", "")),
        ])
    {
        Revision = "0123456789ab",
    };
}

/// <summary>What the station knows, set by the test.</summary>
internal sealed class StationBoard(Site site) : IStationState
{
    private readonly AlarmStatus[] _alarms = [.. site.Alarms.Select(_ => new AlarmStatus(false, Readings.Moment, 1.5, Quality.Good))];

    private readonly NodeAlarmStatus[] _nodeAlarms = new NodeAlarmStatus[NodeAlarmIds.Count];

    public event Action? AlarmsChanged;

    public Site Site => site;

    public IReadOnlyList<GroupStatus> Groups => [];

    public IReadOnlyList<BypassStatus> Bypasses => [];

    public MaintenanceStatus? Maintenance { get; set; }

    /// <summary>How the outputs stand; the default of each that is not named.</summary>
    public OutputStatus[] Outputs { get; set; } = [];

    public void CopyOutputs(Span<OutputStatus> into)
    {
        into.Clear();
        Outputs.CopyTo(into);
    }

    public IReadOnlyList<SubstituteStatus> Substitutes => [];

    public long AlarmVersion { get; private set; }

    public StationCounters Counters => default;

    public EmergencyStatus Emergency { get; set; }

    public void Set(int alarm, AlarmStatus status)
    {
        lock (_alarms)
        {
            _alarms[alarm] = status;
            AlarmVersion++;
        }

        AlarmsChanged?.Invoke();
    }

    public void Set(NodeAlarm alarm, NodeAlarmStatus status)
    {
        lock (_alarms)
        {
            _nodeAlarms[(int)alarm] = status;
            AlarmVersion++;
        }

        AlarmsChanged?.Invoke();
    }

    public void CopyNodeAlarms(Span<NodeAlarmStatus> into)
    {
        lock (_alarms)
        {
            _nodeAlarms.CopyTo(into);
        }
    }

    public void CopyTrips(Span<TripStatus> into) => into.Clear();

    public void CopyReadings(Span<Reading> into) => into.Clear();

    public void CopyAlarms(Span<AlarmStatus> into)
    {
        lock (_alarms)
        {
            _alarms.CopyTo(into);
        }
    }
}

/// <summary>The node's alarms as they were told.</summary>
internal sealed class AlarmBoard : INodeAlarms
{
    private readonly Lock _lock = new();
    private readonly List<(NodeAlarm Alarm, bool Active, string Detail)> _told = [];

    public IReadOnlyList<(NodeAlarm Alarm, bool Active, string Detail)> Told
    {
        get
        {
            lock (_lock)
            {
                return [.. _told];
            }
        }
    }

    public bool IsActive(NodeAlarm alarm) => Told.LastOrDefault(t => t.Alarm == alarm).Active;

    public void Set(NodeAlarm alarm, bool active, string detail = "")
    {
        lock (_lock)
        {
            _told.Add((alarm, active, detail));
        }
    }
}

/// <summary>A clock that the test turns.</summary>
internal sealed class StationClock(TimeProvider time) : IStationClock
{
    public ClockQuality Quality { get; set; } = ClockQuality.Synchronised;

    public Guid BootId { get; } = new("6f1c1f5e-0000-4000-8000-000000000001");

    public ClockReading Read() => new(
        time.Monotonic(), new SourceTime((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, Quality));
}
