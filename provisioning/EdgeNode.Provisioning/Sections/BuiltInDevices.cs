using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Values;

namespace EdgeNode.Provisioning.Sections;

/// <summary>A device that a built-in driver reads: on a GPIO chip, on an I2C bus, or in sysfs.</summary>
internal sealed class BuiltInDevices(SiteDraft draft)
{
    private FaultList Faults => draft.Faults;

    public void Read(SectionReader section, string? id, BusDraft? bus, DriverBus kind)
    {
        var every = Sizes.Duration(section["every"], SiteLimits.Every, Faults);
        var device = new DeviceDraft(id ?? "");
        if (id is not null)
            draft.DeviceById.TryAdd(id, device);
        var home = new BuiltInHome(section, device, draft.Devices.Count, bus, every);
        DeviceOptions? options = null;
        if (Driver(section, bus, kind) is { } driver)
        {
            DeviceKeys.Check(section, Words.Quoted(driver.Name), [.. driver.Required, "profile"], driver.Optional, Faults);
            if (every < driver.LeastEvery)
                Faults.Add(section["every"]!.At, $"one measurement of {Words.Quoted(driver.Name)} takes longer than {Words.Duration(every.Value)}", $"at least {Words.Duration(driver.LeastEvery)}");
            options = driver.Bus switch
            {
                DriverBus.Gpio => new LineDevices(this, Faults).Read(home, driver),
                DriverBus.I2c => new ChipDevices(this, Faults).Read(home, driver),
                DriverBus.Any => new HealthDevices(this, Faults).BusHealth(home, driver),
                _ when driver.Name == "cabinet" => new HealthDevices(this, Faults).Cabinet(home, driver),
                _ => new SysfsDevices(this, draft).Read(home, driver),
            };
        }

        // A hole keeps the indexes of the devices behind it right; the site is refused anyway.
        device.IsUnclear |= options is null;
        draft.Devices.Add(options ?? new SysfsDeviceOptions(id ?? "", bus?.Index ?? -1, every ?? TimeSpan.Zero, SysfsClass.File, null, null, []));
    }

    /// <summary>The device's point, known from now on to the sections that follow.</summary>
    public int Point(BuiltInHome home, string quantity, Unit? unit, double scale = 1, double offset = 0, CurrentLoopOptions? loop = null)
    {
        var index = draft.Points.Count;
        if (index == SiteLimits.Points)
            Faults.Add(home.Section.At, $"there are more than {SiteLimits.Points} points", $"at most {SiteLimits.Points}");
        var point = new PointDraft($"{home.Device.Id}.{quantity}", index, home.Index, home.Every) { Unit = unit, Scale = scale, Offset = offset, Checks = PointChecks.None with { Loop = loop } };
        draft.Points.Add(point);
        draft.PointByName.TryAdd(point.Name, point);
        return index;
    }

    /// <summary>The points of a driver that has always the same.</summary>
    public ImmutableArray<int> Points(BuiltInHome home, Driver driver) =>
        [.. driver.Quantities.Select(q => Point(home, q.Name, UnitTable.Get(q.Unit)))];

    /// <summary>What only one device can have: a line, an input of a chip.</summary>
    /// <param name="home">The device.</param>
    /// <param name="at">The key that says so.</param>
    /// <param name="what">In a sentence: "line 17".</param>
    public void Claim(BuiltInHome home, Place at, string what) => draft.Claim(home.Bus, what, home.Device.Id, at);

    public bool IsClaimed(BuiltInHome home, string what) => draft.IsClaimed(home.Bus, what);

    private Driver? Driver(SectionReader section, BusDraft? bus, DriverBus kind)
    {
        var names = DriverTable.All.Where(d => d.Bus == kind || d.Bus == DriverBus.Any).Select(d => d.Name).ToList();
        if (section["profile"] is not { } node)
        {
            if (!section.HasUnknown)
                Faults.Add(section.At, "the key 'profile' is missing", $"on {Name(kind)}: {Words.Or(names)}");
            return null;
        }

        if (Scalars.Read(node, Words.Or(names), Faults) is not { } scalar)
            return null;
        var driver = DriverTable.Find(scalar.Text);
        if (driver?.Bus == kind)
            return driver;
        if (driver is not null)
            Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is a profile of {Name(driver.Bus)}, and {Words.Quoted(bus?.Id ?? "")} is {Name(kind)}", Words.Or(names));
        else if (draft.Profiles.Names.Contains(scalar.Text))
            Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is a profile of a Modbus bus, and {Words.Quoted(bus?.Id ?? "")} is {Name(kind)}", Words.Or(names));
        else
            Faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a profile of {Name(kind)}", Words.Or(names), Suggest.Nearest(scalar.Text, names));
        return null;
    }

    public static string Name(DriverBus kind) => kind switch
    {
        DriverBus.Gpio => "a GPIO chip",
        DriverBus.I2c => "an I2C bus",
        DriverBus.Any => "any bus",
        _ => "a sysfs bus",
    };
}

/// <summary>What the readers of devices need to know of one.</summary>
/// <param name="Section">Its keys.</param>
/// <param name="Device">Its id, and whether all of its quantities are known.</param>
/// <param name="Index">Position in the site.</param>
/// <param name="Bus">Null when unknown.</param>
/// <param name="Every">Null when faulty.</param>
internal sealed record BuiltInHome(SectionReader Section, DeviceDraft Device, int Index, BusDraft? Bus, TimeSpan? Every)
{
    public string Id => Device.Id;

    public int BusIndex => Bus?.Index ?? -1;

    public TimeSpan Period => Every ?? TimeSpan.Zero;
}
