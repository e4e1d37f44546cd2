using EdgeNode.Core.Model;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Profiles;

/// <summary>What a device of the site file gets from its profile, and what it may say otherwise.</summary>
public sealed class ProfileDeviceTests
{
    [Fact]
    public void The_profile_gives_all_that_is_not_optional()
    {
        var site = With("profile: keller-series30");
        Assert.Equal(["PT-1.pressure", "PT-1.temperature"], site.Points.Select(p => p.Name));
        Assert.Equal("keller-series30", Device(site).Profile);
    }

    [Fact]
    public void Named_quantities_are_read_and_no_others() =>
        Assert.Equal(["PT-1.pressure", "PT-1.serial-number"], With("profile: keller-series30, quantities: [ serial-number, pressure ]").Points.Select(p => p.Name));

    [Fact]
    public void Own_registers_come_besides_and_one_of_the_same_name_takes_the_place_of_the_profiles()
    {
        var site = With("profile: keller-series30, registers: [ { name: level, function: 4, register: 9, type: uint16, unit: m }, { name: pressure, function: 3, register: 2, type: float32, order: CDAB, unit: mbar } ]");

        Assert.Equal(["PT-1.temperature Cel", "PT-1.level m", "PT-1.pressure mbar"], site.Points.Select(p => $"{p.Name} {p.Unit.Symbol}"));
        Assert.Equal([0x102, 9, 2], Device(site).Registers.Select(r => r.Register));
        Assert.Equal([0, 1, 2], Device(site).Registers.Select(r => r.Point));
    }

    [Fact]
    public void The_profiles_limits_hold_unless_the_device_says_otherwise()
    {
        var plain = Device(With("profile: wenkon-vtn4xx"));
        Assert.Equal((TimeSpan.FromSeconds(10), 0, 125), (plain.Timeout, plain.MaxGap, plain.MaxRegisters));

        var other = Device(With("profile: wenkon-vtn4xx, timeout: 20s, max-gap: 3, max-registers: 64"));
        Assert.Equal((TimeSpan.FromSeconds(20), 3, 64), (other.Timeout, other.MaxGap, other.MaxRegisters));
    }

    [Fact]
    public void What_must_never_be_read_is_what_either_of_them_says()
    {
        var profile = RequestLimits.None with { NeverRead = [new RegisterRange(1, 2)] };
        var device = RequestLimits.None with { NeverRead = [new RegisterRange(7, 8)], AnyUnitEcho = false };
        var both = device.Over(profile with { AnyUnitEcho = true });
        Assert.Equal([new RegisterRange(7, 8), new RegisterRange(1, 2)], both.NeverRead);
        Assert.False(both.AnyUnitEcho);
    }

    [Fact]
    public void The_notes_of_a_profile_are_shown_once_however_many_devices_have_it()
    {
        var site = TestFiles.Load(Site("profile: tuf-2000m") + "  - { id: PT-2, bus: field, address: 2, every: 30s, profile: tuf-2000m }\n");
        var hints = SiteHints.Of(site, TestFiles.Profiles);
        Assert.Equal(3, hints.Length);
        Assert.StartsWith("tuf-2000m: To verify on the device: ", hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_raw_value_becomes_an_engineering_value_by_the_points_calibration()
    {
        var site = TestFiles.Load(
            Site("profile: novus-np785") + "points:\n  - { id: PT-1.pressure-raw, range: 0..1000 Pa, calibration: { low: [ 0 count, 0 Pa ], high: [ 1000 count, 1 kPa ] } }\n");
        Assert.Equal(Quantity.Pressure, site.Points[0].Unit.Quantity);
    }

    private static Site With(string keys) => TestFiles.Load(Site(keys));

    private static ModbusDeviceOptions Device(Site site) => (ModbusDeviceOptions)site.Devices[0];

    private static string Site(string keys) => $$"""
        node: { id: en-1, site: station-1 }
        buses:
          field: { modbus-tcp: "192.168.10.20:502" }
        devices:
          - { id: PT-1, bus: field, address: 1, every: 30s, {{keys}} }

        """;
}
