using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Which fault makes sense where: what can really happen on that kind of wire, and no more.</summary>
internal static class ScenarioSense
{
    /// <summary>Null when it makes sense; else what is wrong, and what was expected.</summary>
    public static (string Wrong, string Expected)? WhyNot(Site site, int bus, int? device, ScenarioFault fault)
    {
        if (site.Buses[bus] is SysfsBusOptions)
            return ($"{Words.Quoted(site.Buses[bus].Id)} is what the kernel measures, and that is not simulated", "a device of another bus");
        if (device is not { } its)
            return fault is UnplugFault ? null : ("a bus can only be unplugged", "'fault: unplug', or a 'device' in place of the bus");

        var (id, name) = (Words.Quoted(site.Devices[its].Id), Name(fault));
        if (fault is UnplugFault)
            return ("what is unplugged is a bus", "a 'bus' in place of the device, or 'fault: silence'");
        return site.Devices[its] switch
        {
            BusHealthOptions => ($"{id} is what the node counts itself: it shows the faults of others", "the device or the bus that fails"),
            ModbusDeviceOptions => null,
            ChipOptions when fault is DelayFault or WrongUnitFault or ExceptionFault =>
                ($"{id} is a chip on an I2C bus, which knows no {name}", "silence (the chip is pulled out), noise (transfers break off), stuck or drift"),
            SwitchOptions or PulseMeterOptions when fault is not (StuckFault or NoiseFault) =>
                ($"{id} is a contact on a GPIO line, which knows no {name}", "stuck (a cut or shorted wire) or noise (the contact bounces)"),
            _ => null,
        };
    }

    private static string Name(ScenarioFault fault) => fault switch
    {
        DelayFault => "delay",
        SilenceFault => "silence",
        WrongUnitFault => "unit",
        ExceptionFault => "exception",
        DriftFault => "drift",
        _ => "such fault",
    };
}
