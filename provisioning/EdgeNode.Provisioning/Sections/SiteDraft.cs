using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Values;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// What is known of the site while its sections are read, one after the other. A section that is faulty leaves holes here, and marks them,
/// so that a later section does not complain of what is only missing because of an earlier fault.
/// </summary>
internal sealed class SiteDraft(ProfileCatalog profiles, FaultList faults)
{
    private readonly Dictionary<string, (string What, int Line)> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Bus, string What), (string Owner, int Line)> _claims = [];

    public FaultList Faults { get; } = faults;

    /// <summary>What a Modbus device may name as its profile.</summary>
    public ProfileCatalog Profiles { get; } = profiles;

    public List<BusDraft> Buses { get; } = [];

    public Dictionary<string, BusDraft> BusById { get; } = new(StringComparer.Ordinal);

    /// <summary>Some bus could not be read, so an unknown bus may be that one.</summary>
    public bool BusesAreUnclear { get; set; }

    public List<DeviceOptions> Devices { get; } = [];

    public Dictionary<string, DeviceDraft> DeviceById { get; } = new(StringComparer.Ordinal);

    /// <summary>Some device could not be read, so an unknown device may be that one.</summary>
    public bool DevicesAreUnclear { get; set; }

    public List<PointDraft> Points { get; } = [];

    public Dictionary<string, PointDraft> PointByName { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids of all groups, known before they are read: a group where a point is due is answered as such and not as a misspelt point.</summary>
    public HashSet<string> GroupIds { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids of all inputs, known before they are read: what names a faulty one is not answered as a misspelt alarm.</summary>
    public HashSet<string> InputIds { get; } = new(StringComparer.Ordinal);

    public List<InputOptions> Inputs { get; } = [];

    /// <summary>Where each of <see cref="Inputs"/> says what it is of.</summary>
    public List<Place> InputPlaces { get; } = [];

    /// <summary>The point of each input by the input's id.</summary>
    public Dictionary<string, PointDraft> InputById { get; } = new(StringComparer.Ordinal);

    public List<OutputDraft> Outputs { get; } = [];

    public Dictionary<string, OutputDraft> OutputById { get; } = new(StringComparer.Ordinal);

    /// <summary>Some output could not be read, so an unknown output may be that one.</summary>
    public bool OutputsAreUnclear { get; set; }

    public List<AnnunciatorOptions> Annunciators { get; } = [];

    public HeartbeatOptions? Heartbeat { get; set; }

    public List<TripDraft> Trips { get; } = [];

    public List<GroupDraft> Groups { get; } = [];

    public Dictionary<string, GroupDraft> GroupById { get; } = new(StringComparer.Ordinal);

    public List<AlarmOptions> Alarms { get; } = [];

    /// <summary>Some alarm could not be read, so an unknown alarm may be that one.</summary>
    public bool AlarmsAreUnclear { get; set; }

    /// <summary>Those of the site file, and behind them the groups' own.</summary>
    public IEnumerable<AlarmOptions> WatchedAlarms => Alarms.Concat(Groups.Where(g => g.Options is not null).SelectMany(GroupPointsDraft.Alarms));

    /// <summary>All alarms in the order of the site. Those of faulty trips and outputs are missing: without faults none is.</summary>
    public IEnumerable<AlarmOptions> AllAlarms =>
        WatchedAlarms.Concat(Trips.Where(t => t.Options is not null).SelectMany(ProtectionPoints.Alarms))
            .Concat(Outputs.Where(o => o.Options is not null).Select(ProtectionPoints.Alarm)).Concat(ContactAlarms.Of(this));

    /// <summary>What only one can have: a line of a chip, an input of a converter, a coil.</summary>
    /// <param name="bus">Where; nothing is claimed on a bus that is not known.</param>
    /// <param name="what">In a sentence: "line 17".</param>
    /// <param name="owner">Whose it is from now on.</param>
    /// <param name="at">The key that says so.</param>
    public void Claim(BusDraft? bus, string what, string owner, Place at)
    {
        if (bus is null || _claims.TryAdd((bus.Index, what), (owner, at.Line)))
            return;
        var (other, line) = _claims[(bus.Index, what)];
        Faults.Add(at, $"{what} of bus {Words.Quoted(bus.Id)} is already that of {Words.Quoted(other)} in line {line}", "one device for each");
    }

    public bool IsClaimed(BusDraft? bus, string what) => bus is not null && _claims.ContainsKey((bus.Index, what));

    /// <summary>A point that is a device's; null, with a fault, when the site has as many as it may.</summary>
    public PointDraft? AddPoint(PointDraft point, Place at)
    {
        if (Points.Count == SiteLimits.Points)
        {
            Faults.Add(at, $"there are more than {SiteLimits.Points} points", $"at most {SiteLimits.Points}");
            return null;
        }

        Points.Add(point);
        PointByName.TryAdd(point.Name, point);
        return point;
    }

    /// <summary>Tag names are unique over the plant: a device and an alarm do not share one.</summary>
    public void ClaimTag(string id, string what, Place at)
    {
        if (id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal))
            Faults.Add(at, $"{Words.Quoted(id)} begins like the node's own alarms", $"another beginning than {NodeAlarmIds.Prefix}");
        else if (!_tags.TryAdd(id, (what, at.Line)))
            Faults.Add(at, $"{Words.Quoted(id)} is already {_tags[id].What} in line {_tags[id].Line}", "an id of its own");
    }
}

/// <summary>A bus by its id.</summary>
/// <param name="Id">As written.</param>
/// <param name="Index">Position in the site, or where it would be.</param>
/// <param name="IsNotYet">Of a kind that is not supported yet: what hangs on it is not looked at.</param>
/// <param name="Options">Null when faulty.</param>
internal sealed record BusDraft(string Id, int Index, bool IsNotYet, BusOptions? Options)
{
    /// <summary>Which drivers its devices have; null for a Modbus bus, or one of no kind.</summary>
    public DriverBus? Drivers { get; init; }

    /// <summary>Where its id stands.</summary>
    public Place At { get; init; }
}

/// <summary>A device by its id.</summary>
internal sealed class DeviceDraft(string id)
{
    public string Id { get; } = id;

    /// <summary>It may have quantities that could not be read.</summary>
    public bool IsUnclear { get; set; }

    /// <summary>Quantities of its profile that the site file does not read.</summary>
    public IReadOnlyCollection<string> Unread { get; set; } = [];
}

/// <summary>A point while its parts come together from the device's registers and from <c>points</c>.</summary>
internal sealed class PointDraft(string name, int index, int device, TimeSpan? every)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    public TimeSpan? Every { get; } = every;

    /// <summary>Index of its device; <see cref="PointOptions.Computed"/> for a computed one.</summary>
    public int Device => device;

    /// <summary>A group, a trip or an output computes it.</summary>
    public bool IsComputed => device == PointOptions.Computed;

    /// <summary>Of a group's point: what it is computed of.</summary>
    public IReadOnlyList<PointDraft> Members { get; init; } = [];

    /// <summary>The device's, and after its calibration the calibration's.</summary>
    public Unit? Unit { get; set; }

    public CalibrationOptions? Calibration { get; set; }

    public double Scale { get; set; }

    public double Offset { get; set; }

    public PointChecks Checks { get; set; } = PointChecks.None;

    public ValueRange? Range { get; set; }

    public TimeSpan? Stale { get; set; }

    public ReportOptions? Report { get; set; }

    public WhenFull WhenFull { get; set; }

    /// <summary>Line in which <c>points</c> speaks of it; 0 when it does not.</summary>
    public int Line { get; set; }

    public PointUnit? Due => Unit is null ? null : new PointUnit(Name, Unit);

    /// <summary>Only for a site without faults.</summary>
    /// <param name="devices">All devices of the site.</param>
    public PointOptions Finish(IReadOnlyList<DeviceOptions> devices) =>
        new(Name, device, Unit!, Scale, Offset, Range, StaleTime(devices), Report) 
        {
            WhenFull = WhenFull, Calibration = Calibration, Checks = Checks, Simulated = IsSimulated(devices),
        };

    private bool IsSimulated(IReadOnlyList<DeviceOptions> devices) => IsComputed ? Members.Any(m => m.IsSimulated(devices)) : devices[device].Simulated;

    /// <summary>What is computed is as old as the slowest of what it is computed of.</summary>
    private TimeSpan StaleTime(IReadOnlyList<DeviceOptions> devices) =>
        IsComputed ? Members.Count == 0 ? 3 * Site.StateEvery : Members.Max(m => m.StaleTime(devices)) : Stale ?? DefaultStale(devices);

    /// <summary>
    /// Three periods; but a dead device may hold its bus for one timeout, and its healthy neighbours must not turn stale by that:
    /// at least two periods and the longest timeout on the bus (decision 8).
    /// </summary>
    private TimeSpan DefaultStale(IReadOnlyList<DeviceOptions> devices)
    {
        var every = Every!.Value;
        var held = devices.Where(d => d.Bus == devices[device].Bus).OfType<ModbusDeviceOptions>().Max(d => (TimeSpan?)d.Timeout) ?? TimeSpan.Zero;
        return new TimeSpan(Math.Max((3 * every).Ticks, ((2 * every) + held).Ticks));
    }
}
