namespace EdgeNode.Provisioning;

/// <summary>Everything in a site file that has a bound. Beyond it stands a fault, never a slow start or a full memory.</summary>
public static class SiteLimits
{
    /// <summary>Most bytes of a site file: 1 MiB.</summary>
    public const int FileBytes = 1 << 20;

    /// <summary>Most lists and mappings inside each other.</summary>
    public const int Depth = 32;

    /// <summary>Most faults that are reported of one file; the last line says how many more there are.</summary>
    public const int Faults = 500;

    /// <summary>Most characters of an id.</summary>
    public const int IdLength = 64;

    /// <summary>Most characters of a text, a file name or a topic.</summary>
    public const int TextLength = 256;

    /// <summary>Most brokers.</summary>
    public const int Brokers = 8;

    /// <summary>Most buses.</summary>
    public const int Buses = 64;

    /// <summary>Most devices.</summary>
    public const int Devices = 256;

    /// <summary>Most points, over all devices.</summary>
    public const int Points = 4096;

    /// <summary>Most alarms.</summary>
    public const int Alarms = 1024;

    /// <summary>Most groups.</summary>
    public const int Groups = 256;

    /// <summary>Most points and groups of the emergency mode.</summary>
    public const int EmergencyPoints = 256;

    /// <summary>Most inputs.</summary>
    public const int Inputs = 256;

    /// <summary>Most outputs.</summary>
    public const int Outputs = 64;

    /// <summary>Most lamps and sirens.</summary>
    public const int Annunciators = 64;

    /// <summary>Most trips.</summary>
    public const int Trips = 64;

    /// <summary>Most names in the cause of a trip, and in its permissive.</summary>
    public const int CauseNames = 64;

    /// <summary>Most faults of a scenario.</summary>
    public const int ScenarioFaults = 1024;

    /// <summary>Most items of <c>invalid</c> or <c>never-read</c> of one register or device.</summary>
    public const int ListItems = 64;

    /// <summary>Most registers of one request, by the Modbus application protocol 1.1b3, section 6.3.</summary>
    public const int RegistersPerRead = 125;

    /// <summary>Most requests of one scan that may be open at once on a connection.</summary>
    public const int Pipeline = 16;

    /// <summary>Least size of the spool: 16 MiB.</summary>
    public const long SpoolLeast = 16L << 20;

    /// <summary>Largest size of the spool: 6 GiB. Each of its segments of 8 MiB is an open file, and a service may have 1,024 as a rule.</summary>
    public const long SpoolMost = 6L << 30;

    /// <summary>Scan period.</summary>
    internal static readonly Span Every = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24));

    /// <summary>Commit interval of the spool.</summary>
    internal static readonly Span Commit = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));

    /// <summary>Upper age of what waits in the spool: up to ten years.</summary>
    internal static readonly Span SpoolAge = new(TimeSpan.FromHours(1), TimeSpan.FromDays(3650));

    /// <summary>Deadline of a request.</summary>
    internal static readonly Span Timeout = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60));

    /// <summary>Pauses on a bus.</summary>
    internal static readonly Span Pause = new(TimeSpan.Zero, TimeSpan.FromSeconds(10));

    /// <summary>Shortest change of a line that counts.</summary>
    internal static readonly Span Debounce = new(TimeSpan.Zero, TimeSpan.FromSeconds(10));

    /// <summary>Silence after which a pulse meter's rate is 0.</summary>
    internal static readonly Span ZeroAfter = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <summary>Age after which a value is stale: seven days, for a meter that is read once a day.</summary>
    internal static readonly Span Stale = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(168));

    /// <summary>How long a current must be a failure signal before the sensor has failed.</summary>
    internal static readonly Span FailureAfter = new(TimeSpan.Zero, TimeSpan.FromSeconds(60));

    /// <summary>Time without movement after which a value is in doubt.</summary>
    internal static readonly Span Stuck = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(168));

    /// <summary>Delays of an alarm.</summary>
    internal static readonly Span Delay = new(TimeSpan.Zero, TimeSpan.FromHours(24));

    /// <summary>Time after which an acknowledged alarm is announced anew.</summary>
    internal static readonly Span ReAlarm = new(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24));

    /// <summary>Longest shelf: up to a week.</summary>
    internal static readonly Span Shelf = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(168));

    /// <summary>Stretch over which a rate is taken.</summary>
    internal static readonly Span RateOver = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24));

    /// <summary>How long a group may be degraded: up to a year.</summary>
    internal static readonly Span RepairWithin = new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));

    /// <summary>Longest bypass of a member: up to seven days.</summary>
    internal static readonly Span BypassFor = new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));

    /// <summary>How long the emergency mode lasts: up to a day, so that it always ends.</summary>
    internal static readonly Span EmergencyFor = new(TimeSpan.FromSeconds(10), Core.Model.EmergencyOptions.Longest);

    /// <summary>Sign of life of a report by exception.</summary>
    internal static readonly Span AtLeastEvery = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24));

    /// <summary>After so long without a request a Modbus device makes its output safe.</summary>
    internal static readonly Span DeviceWatchdog = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>Travel of a final element.</summary>
    internal static readonly Span Travel = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>How long a relay and its contact may differ.</summary>
    internal static readonly Span ReadBackWithin = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));

    /// <summary>Least time between two starts of a motor.</summary>
    internal static readonly Span MinimumSafe = new(TimeSpan.Zero, TimeSpan.FromHours(24));

    /// <summary>How long a line may hold its level through a planned restart.</summary>
    internal static readonly Span HoldThroughRestart = new(TimeSpan.Zero, TimeSpan.FromMinutes(10));

    /// <summary>Time between two changes of the heartbeat line.</summary>
    internal static readonly Span Heartbeat = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));

    /// <summary>Longest maintenance: up to a week.</summary>
    internal static readonly Span Maintenance = new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));

    /// <summary>From the first dangerous moment to harm.</summary>
    internal static readonly Span ProcessSafetyTime = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(24));

    /// <summary>Longest inhibit of a trip, 0 for none, and longest test of one.</summary>
    internal static readonly Span Inhibit = new(TimeSpan.Zero, TimeSpan.FromDays(7));

    /// <summary>When a fault of a scenario begins, since the start.</summary>
    internal static readonly Span ScenarioAt = new(TimeSpan.Zero, TimeSpan.FromDays(30));

    /// <summary>How long a fault of a scenario holds.</summary>
    internal static readonly Span ScenarioFor = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(30));

    /// <summary>How late a reply of a scenario comes.</summary>
    internal static readonly Span ScenarioDelay = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));

    /// <summary>Both ends included.</summary>
    internal readonly record struct Span(TimeSpan Least, TimeSpan Most);
}
