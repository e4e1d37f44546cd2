using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Site files of what scans found.</summary>
internal static class ScanDraft
{
    /// <summary>Of a Modbus line. It has one rate: units at another one are shown, and left for the technician to set.</summary>
    /// <param name="found">Units, at least one.</param>
    /// <param name="port">The name of the serial port that stays; null for a connection.</param>
    /// <param name="isAlike">One device answers to every address: it is written once.</param>
    public static ScanSite Of(IReadOnlyList<FoundUnit> found, string? port, bool isAlike)
    {
        var site = new ScanSite("scan modbus");
        var line = found.GroupBy(u => u.Line).MaxBy(g => g.Count())!.Key;
        var bus = line is ModbusTcpBusOptions ? "field" : "rs485";
        site.Bus(bus, Keys(line, port));
        foreach (var unit in isAlike ? found.Take(1) : found)
        {
            if (unit.Line != line)
            {
                site.Note($"Unit {unit.Address} answers at {ScanText.Setting(unit.Line)}: set it to {ScanText.Setting(line)} first; a line has one rate and format.");
                continue;
            }

            site.Note($"Unit {unit.Address}: {ScanText.Introduction(unit)}. {(unit.Profiles.Length == 1 ? "" : $"Write a profile's name, or 'registers' in its place{(unit.Profiles.IsEmpty ? "" : ": it may be " + string.Join(" or ", unit.Profiles))}.")}".TrimEnd());
            site.Device(
                string.Create(CultureInfo.InvariantCulture, $"D-{unit.Address:000}"), bus,
                string.Create(CultureInfo.InvariantCulture, $"address: {unit.Address}, every: 1s, profile: {(unit.Profiles.Length == 1 ? unit.Profiles[0] : ScanSite.Mark)}"));
        }

        return site;
    }

    /// <summary>Of I2C buses.</summary>
    public static ScanSite Of(IEnumerable<I2cScanReport> reports)
    {
        var site = new ScanSite("scan i2c");
        foreach (var (adapter, chips) in reports.Where(r => !r.Chips.IsEmpty).Select(r => (r.Adapter, r.Chips)))
        {
            var bus = string.Create(CultureInfo.InvariantCulture, $"i2c{adapter.Number}");
            site.Bus(bus, string.Create(CultureInfo.InvariantCulture, $"i2c: {adapter.Number}"));
            foreach (var chip in chips)
            {
                site.Note(string.Create(CultureInfo.InvariantCulture, $"0x{chip.Address:X2}: {ScanText.Chip(chip)}. {Needs(chip.Driver)}").TrimEnd());
                if (chip.Driver is not null)
                {
                    site.Device(
                        string.Create(CultureInfo.InvariantCulture, $"C{adapter.Number}-{chip.Address:X2}"), bus,
                        string.Create(CultureInfo.InvariantCulture, $"address: 0x{chip.Address:X2}, every: 1s, profile: {chip.Driver}{Open(chip.Driver)}"));
                }
            }
        }

        return site;

        static string Needs(string? driver) => driver switch
        {
            "ina219" or "ina226" => "Write its shunt, such as 2 mOhm.",
            "ads1115-4-20ma" => "Write the shunt of the input, such as 100 Ohm, and the span of the transmitter, such as 0..10 bar; one device for each input that is wired, channel 0 to 3.",
            "nau7802" => "Its signal is mV/V: the point's calibration with 'low' and 'high' makes a load of it.",
            _ => "",
        };

        static string Open(string driver) => driver switch
        {
            "ina219" or "ina226" => $", shunt: {ScanSite.Mark}",
            "ads1115-4-20ma" => $", channel: 0, shunt: {ScanSite.Mark}, span: {ScanSite.Mark}",
            _ => "",
        };
    }

    /// <summary>Of GPIO chips. What is wired to a line nobody can see: the free ones are named, and one device stands as a model.</summary>
    public static ScanSite Of(IReadOnlyList<GpioScanReport> chips)
    {
        var site = new ScanSite("scan gpio");
        foreach (var (chip, number) in chips.Where(c => !c.Lines.IsEmpty).Select((c, i) => (c, i)))
        {
            var bus = string.Create(CultureInfo.InvariantCulture, $"gpio{number}");
            site.Bus(bus, $"gpio: {ScanSite.Quoted(chip.Path)}");
            site.Note($"{chip.Label}, free lines: {string.Join(", ", chip.Lines.Where(l => !l.IsUsed).Select(l => l.Name.Length > 0 ? $"{l.Number} {l.Name}" : $"{l.Number}"))}.");
            site.Note("Write the line's number or name, and what hangs on it: switch for a contact, pulse-meter (with its pulse, such as 10 l) for a meter. A device for each.");
            site.Device($"G{number}-1", bus, $"line: {ScanSite.Mark}, every: 1s, profile: {ScanSite.Mark}");
        }

        return site;
    }

    /// <summary>Of serial ports. What hangs on them is not known yet.</summary>
    public static ScanSite Of(SerialScanReport report)
    {
        var site = new ScanSite("scan serial");
        foreach (var (port, number) in report.Ports.Select((p, i) => (p, i + 1)))
        {
            var bus = string.Create(CultureInfo.InvariantCulture, $"serial{number}");
            site.Bus(bus, $"modbus-rtu: {ScanSite.Quoted(port.Stable)}, baud: 9600, format: 8N1");
            site.Note($"{ScanText.Port(port)}. Who hangs on it: edgenode scan modbus --port {port.Stable}. Take the bus out when it is not used.");
            site.Device($"S{number}-1", bus, $"address: {ScanSite.Mark}, every: 1s, profile: {ScanSite.Mark}");
        }

        return site;
    }

    private static string Keys(BusOptions line, string? port) => line switch
    {
        ModbusRtuBusOptions rtu => string.Create(
            CultureInfo.InvariantCulture,
            $"modbus-rtu: {ScanSite.Quoted(port ?? rtu.Port)}, baud: {rtu.Baud}, format: {ScanText.Format(rtu.Format)}{(rtu.Rs485 ? ", rs485: true" : "")}{(rtu.Echo ? ", echo: true" : "")}"),
        ModbusRtuOverTcpBusOptions rtu => string.Create(
            CultureInfo.InvariantCulture, $"modbus-rtu-over-tcp: {ScanSite.Quoted(ScanText.Peer(rtu))}, baud: {rtu.Baud}{(rtu.Echo ? ", echo: true" : "")}"),
        _ => $"modbus-tcp: {ScanSite.Quoted(ScanText.Peer(line))}",
    };
}
