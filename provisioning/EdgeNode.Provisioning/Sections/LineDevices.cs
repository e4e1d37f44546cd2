using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Devices on lines of a GPIO chip: pulse meters and switches.</summary>
internal sealed class LineDevices(BuiltInDevices devices, FaultList faults)
{
    private static readonly TimeSpan DefaultZeroAfter = TimeSpan.FromMinutes(5);

    public DeviceOptions? Read(BuiltInHome home, Driver driver)
    {
        var section = home.Section;
        var known = LineKeys.Read(section, "line", TimeSpan.Zero, faults);
        if (known is not null)
            devices.Claim(home, section["line"]!.At, $"line {known.Shown}");
        if (driver.Name == "pulse-meter")
            return PulseMeter(home, known);

        var point = devices.Points(home, driver)[0];
        return known is null ? null : new SwitchOptions(home.Id, home.BusIndex, home.Period, known, point);
    }

    /// <summary>The size of a pulse decides what is measured: a volume, an energy, or the pulses themselves.</summary>
    private PulseMeterOptions? PulseMeter(BuiltInHome home, LineOptions? line)
    {
        var section = home.Section;
        var zeroAfter = Sizes.Duration(section["zero-after"], SiteLimits.ZeroAfter, faults) ?? DefaultZeroAfter;
        var pulse = Amounts.WithUnit(section["pulse"], faults);
        (string Rate, string RateUnit, string TotalUnit)? kind = pulse?.Unit.Quantity switch
        {
            null => null,
            Quantity.Volume => ("flow", "l/min", "m3"),
            Quantity.Energy => ("power", "kW", "kWh"),
            Quantity.Count => ("rate", "Hz", "count"),
            _ => null,
        };
        if (pulse is null || kind is not var (rate, rateUnit, totalUnit))
        {
            if (pulse is { } other)
                faults.Add(section["pulse"]!.At, $"a pulse of the quantity {Amounts.Name(other.Unit.Quantity)} cannot be counted up", "a volume such as 10 l, an energy such as 1 Wh, or 1 count");
            return null;
        }

        var size = pulse.Value.Unit.ToSenml(pulse.Value.Value);
        if (size <= 0)
        {
            faults.Add(section["pulse"]!.At, $"the pulse is {Words.Number(pulse.Value.Value)} {pulse.Value.Unit.Symbol}", "more than 0");
            return null;
        }

        var total = UnitTable.Get(totalUnit);
        var rollOver = RollOver(section["roll-over"], total, total.FromSenml(size));
        var ratePoint = devices.Point(home, rate, UnitTable.Get(rateUnit), UnitTable.Get(rateUnit).FromSenml(size));
        var totalPoint = devices.Point(home, "total", total, total.FromSenml(size));
        return line is null ? null : new PulseMeterOptions(home.Id, home.BusIndex, home.Period, line, ratePoint, totalPoint, zeroAfter, rollOver);
    }

    /// <summary>In pulses; 0 for never.</summary>
    private long RollOver(YamlNode? node, Unit total, double size)
    {
        const double exact = 1e-6;
        if (Amounts.Setpoint(node, new PointUnit("the total", total), faults) is not { } amount)
            return 0;
        var pulses = Math.Round(amount / size);
        if (pulses is >= 2 and < 9e15 && Math.Abs((amount / size) - pulses) <= exact * pulses)
            return (long)pulses;
        faults.Add(node!.At, $"{Words.Quoted(((YamlScalar)node).Text)} is no whole number of pulses", $"a multiple of {Words.Number(size)} {total.Symbol}, at least two pulses");
        return 0;
    }
}
