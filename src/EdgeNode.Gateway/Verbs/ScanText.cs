using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What scans found, in words: the same in tables and in drafts.</summary>
internal static class ScanText
{
    /// <summary>As the site file writes them.</summary>
    public static readonly IReadOnlyList<(string Word, SerialFormat Format)> Formats =
        [("8N1", SerialFormat.NoParity), ("8E1", SerialFormat.Even), ("8O1", SerialFormat.Odd), ("8N2", SerialFormat.TwoStopBits)];

    public static string Format(SerialFormat format) => Formats.First(f => f.Format == format).Word;

    /// <summary>Rate and format of a line; empty for a connection.</summary>
    public static string Setting(BusOptions line) => line switch
    {
        ModbusRtuBusOptions rtu => string.Create(CultureInfo.InvariantCulture, $"{rtu.Baud} {Format(rtu.Format)}"),
        ModbusRtuOverTcpBusOptions rtu => string.Create(CultureInfo.InvariantCulture, $"{rtu.Baud}"),
        _ => "",
    };

    /// <summary>Port or address, as a site file writes it.</summary>
    public static string Peer(BusOptions line) => line switch
    {
        ModbusTcpBusOptions tcp => Address(tcp.Host, tcp.Port),
        ModbusRtuOverTcpBusOptions rtu => Address(rtu.Host, rtu.Port),
        ModbusRtuBusOptions rtu => rtu.Port,
        _ => line.Id,
    };

    /// <summary>Who a unit is, as far as it says.</summary>
    public static string Introduction(FoundUnit unit)
    {
        var said = Said(unit);
        var known = unit.Profiles.IsEmpty ? "answers, not recognised" : $"{(unit.Profiles.Length == 1 ? "recognised" : "several profiles fit")} by {unit.By}";
        return said.Length > 0 ? $"{said}; {known}" : known;
    }

    /// <summary>Maker and product by its own words; else how it answered.</summary>
    public static string Said(FoundUnit unit)
    {
        var name = string.Join(' ', ((int[])[0, 1, 5, 2]).Select(unit.Object).Where(t => t.Length > 0).Distinct());
        return PlainText.Of(name.Length > 0 ? name : unit.ServerId);
    }

    /// <summary>What it answered to the first question.</summary>
    public static string Answer(FoundUnit unit) => unit.Answer.IsGood ? "a value" : "exception " + unit.Answer.ToString()["bad:".Length..];

    public static string Chip(FoundChip chip) => chip switch
    {
        { Kernel: { } kernel } => $"the kernel's driver of {PlainText.Of(kernel)} has it, and it was not touched",
        { Driver: { } driver, IsSure: true } => $"recognised as {Shown(driver)}",
        { Driver: { } driver } => $"may be {Shown(driver)}; such a chip does not say who it is",
        _ => "answers, not recognised",
    };

    public static string Port(FoundPort port) => string.Join(", ", ((string[])
    [
        port.Device,
        port.Usb is { } usb ? PlainText.Of($"{usb.Maker} {usb.Name}".Trim()) : "on the board",
        port.Driver.Length > 0 ? $"driver {port.Driver}" : "",
    ]).Where(t => t.Length > 0));

    public static string Shown(string driver) => driver == "ads1115-4-20ma" ? "ads1115" : driver;

    private static string Address(string host, int port) => host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
