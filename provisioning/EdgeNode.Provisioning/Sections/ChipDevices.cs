using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Chips on an I2C bus.</summary>
internal sealed class ChipDevices(BuiltInDevices devices, FaultList faults)
{
    /// <summary>What a current input must still be able to show: the failure signal of NAMUR NE 43, A.</summary>
    private const double FailureSignal = CurrentLoop.FailHigh / 1000;

    private const double DefaultSupply = 3.3;
    private const double BridgeFullScale = 0.256;

    /// <summary>Of the ADS1115, V.</summary>
    private static readonly double[] FullScales = [0.256, 0.512, 1.024, 2.048, 4.096, 6.144];

    private static readonly Unit Volt = UnitTable.Get("V");
    private static readonly Unit Ohm = UnitTable.Get("Ohm");

    public DeviceOptions? Read(BuiltInHome home, Driver driver)
    {
        var section = home.Section;
        var address = Address(section["address"], driver);
        var ads = driver.Name.StartsWith("ads1115", StringComparison.Ordinal);
        var most = driver.Name == "ads1115-4-20ma" ? 3 : 1;
        var channel = Numbers.Whole(section["channel"], "an input of the chip", 0, most, faults);
        if (address is not null)
            Claim(home, driver, address.Value, ads ? channel : null, ads);

        var shunt = Positive(section["shunt"], "the shunt", Ohm, 1e-4, 1e4);
        var settings = driver.Name switch
        {
            "ads1115-4-20ma" => new ChipSettings(channel ?? 0, shunt ?? 1, CurrentInput(section, shunt)),
            "ads1115-bridge" => new ChipSettings(
                channel ?? 0, FullScale: FullScale(section["full-scale"]) ?? BridgeFullScale, Excitation: Positive(section["excitation"], "the excitation", Volt, 0.1, 50) ?? 1),
            "nau7802" => new ChipSettings(
                channel ?? 0, Gain: Scalars.Choice(section["gain"], SiteGrammar.Gain, faults) is { } gain ? int.Parse(gain, CultureInfo.InvariantCulture) : 128),
            _ => new ChipSettings(ShuntOhms: shunt ?? 1),
        };
        var points = driver.Name == "ads1115-4-20ma" ? Span(home) : devices.Points(home, driver);
        return address is null || points.IsEmpty ? null : new ChipOptions(home.Id, home.BusIndex, home.Period, driver.Name, address.Value, points, settings);
    }

    private int? Address(YamlNode? node, Driver driver)
    {
        var expected = driver.FirstAddress == driver.LastAddress ? $"0x{driver.FirstAddress:X2}" : $"an address from 0x{driver.FirstAddress:X2} to 0x{driver.LastAddress:X2}";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        if (Numbers.TryWhole(scalar.Text, out var address) && address >= driver.FirstAddress && address <= driver.LastAddress)
            return (int)address;

        // 48 for 0x48 is the usual slip.
        var meant = Numbers.TryWhole("0x" + scalar.Text, out var hex) && hex >= driver.FirstAddress && hex <= driver.LastAddress ? "0x" + scalar.Text : null;
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is no address of {Words.Quoted(driver.Name)}", expected, meant);
        return null;
    }

    /// <summary>A chip belongs to one device, but for the inputs of a converter.</summary>
    private void Claim(BuiltInHome home, Driver driver, int address, int? channel, bool ads)
    {
        var at = home.Section["address"]!.At;
        var chip = $"address 0x{address:X2}";
        var shared = chip + " as a converter";
        if (!ads)
        {
            if (devices.IsClaimed(home, shared))
                faults.Add(at, $"{chip} is already that of an ads1115", "an address of its own for each chip");
            else
                devices.Claim(home, at, chip);
            return;
        }

        if (devices.IsClaimed(home, chip))
            faults.Add(at, $"{chip} is already that of another chip", "an address of its own for each chip");
        else if (!devices.IsClaimed(home, shared))
            devices.Claim(home, at, shared);
        if (channel is not { } input)
            return;

        // A bridge takes a pair of inputs: 0 and 1, or 2 and 3.
        int[] inputs = driver.Name == "ads1115-bridge" ? [2 * input, (2 * input) + 1] : [input];
        foreach (var i in inputs)
            devices.Claim(home, home.Section["channel"]!.At, $"input {i} of {chip}");
    }

    /// <summary>Full scale, V; refused when the input ends below the failure signal.</summary>
    private double CurrentInput(SectionReader section, double? shunt)
    {
        var written = FullScale(section["full-scale"]);
        var supply = Positive(section["supply"], "the supply", Volt, 2, 5.5) ?? DefaultSupply;
        if (shunt is not { } ohms)
            return written ?? FullScales[^1];

        var volts = FailureSignal * ohms;
        var through = $"21 mA through {Words.Number(ohms)} Ohm are {Words.Number(volts)} V";
        var at = (section["full-scale"] ?? section["shunt"])!.At;
        if (volts > supply)
            faults.Add(section["shunt"]!.At, $"{through}, and the input ends at the chip's supply of {Words.Number(supply)} V", Smaller(supply) + (supply < 5 && volts <= 5 ? ", or 'supply: 5 V' where the chip has that" : ""));
        else if (volts >= (written ?? FullScales[^1]))
            faults.Add(at, $"{through}, and the input ends at {Words.Number(written ?? FullScales[^1])} V", $"{Larger(volts)}{Smaller(written ?? FullScales[^1])}");
        return written ?? FullScales.FirstOrDefault(f => f > volts, FullScales[^1]);
    }

    private static string Smaller(double volts) => $"a shunt of at most {Words.Number(Math.Floor(volts / FailureSignal))} Ohm";

    private static string Larger(double volts) =>
        FullScales.FirstOrDefault(f => f > volts) is > 0 and var enough ? $"'full-scale: {Words.Number(enough)} V' or " : "";

    private double? FullScale(YamlNode? node)
    {
        if (Amounts.Setpoint(node, new PointUnit("the full scale", Volt, "is a"), faults) is not { } value)
            return null;
        foreach (var scale in FullScales)
        {
            if (Math.Abs(value - scale) < 1e-9)
                return scale;
        }

        faults.Add(node!.At, $"{Words.Number(value)} V is no full scale of the chip", Words.Or([.. FullScales.Select(f => Words.Number(f) + " V")]));
        return null;
    }

    private double? Positive(YamlNode? node, string what, Unit unit, double least, double most)
    {
        if (Amounts.Setpoint(node, new PointUnit(what, unit, "is a"), faults) is not { } value)
            return null;
        if (value >= least && value <= most)
            return value;
        faults.Add(node!.At, $"{what} is {Words.Number(value)} {unit.Symbol}", $"from {Words.Number(least)} to {Words.Number(most)} {unit.Symbol}");
        return null;
    }

    /// <summary>The quantity has the name of what it measures.</summary>
    private ImmutableArray<int> Span(BuiltInHome home)
    {
        if (Amounts.Range(home.Section["span"], null, faults, out var unit) is not { } span)
            return [];
        var name = unit!.Quantity == Quantity.Length ? "level" : Amounts.Name(unit.Quantity).Replace(' ', '-');
        var loop = new CurrentLoopOptions(1, 0, CurrentLoopOptions.DefaultFailureAfter);
        var (scale, offset) = CurrentLoop.Map(loop, span);
        return [devices.Point(home, name, unit, scale, offset, loop)];
    }
}
