using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What is no device and has points all the same: how a bus does, and what the node's own board knows of its cabinet.</summary>
internal sealed class HealthDevices(BuiltInDevices devices, FaultList faults)
{
    public DeviceOptions BusHealth(BuiltInHome home, Driver driver)
    {
        // Without its bus nobody knows which quantities it has, and none of them is complained of.
        var options = home.Bus?.Options;
        home.Device.IsUnclear |= options is null;
        var known = options is null ? [.. driver.Quantities.Select(q => q.Name)] : BusQuantities.Of(options);
        var on = options is null ? "" : $" on {Kind(options)}";
        return new BusHealthOptions(home.Id, home.BusIndex, home.Period, Points(home, driver, known, on, []));
    }

    public DeviceOptions Cabinet(BuiltInHome home, Driver driver) =>
        new CabinetOptions(home.Id, home.BusIndex, home.Period, Points(home, driver, [.. driver.Quantities.Select(q => q.Name)], "", driver.OnRequest));

    private ImmutableArray<QuantityPoint> Points(BuiltInHome home, Driver driver, ImmutableArray<string> known, string on, ImmutableArray<string> onRequest)
    {
        var named = QuantityChoice.Read(home.Section["quantities"], Words.Quoted(driver.Name) + on, known, faults);
        bool IsRead(string name) => named?.Contains(name) ?? !onRequest.Contains(name);
        home.Device.Unread = [.. known.Where(n => !IsRead(n))];
        return
        [
            .. driver.Quantities.Where(q => known.Contains(q.Name) && IsRead(q.Name))
                .Select(q => new QuantityPoint(q.Name, devices.Point(home, q.Name, UnitTable.Get(q.Unit)))),
        ];
    }

    private static string Kind(BusOptions bus) => bus switch
    {
        ModbusTcpBusOptions => "a Modbus TCP bus",
        I2cBusOptions => "an I2C bus",
        GpioBusOptions => "a GPIO chip",
        SysfsBusOptions => "a sysfs bus",
        _ => "a Modbus RTU bus",
    };
}
