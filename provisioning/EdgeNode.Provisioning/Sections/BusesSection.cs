using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>buses</c>: what devices hang on, by id.</summary>
internal static class BusesSection
{
    private const int ModbusPort = 502;
    private const string ModbusTcp = "modbus-tcp";
    private const string ModbusRtu = "modbus-rtu";
    private const string ModbusRtuOverTcp = "modbus-rtu-over-tcp";
    private const string I2c = "i2c";
    private const string Gpio = "gpio";
    private const string Sysfs = "sysfs";
    private const string TtyForm = "the full path of a serial port, such as /dev/ttyUSB0 or one of /dev/serial/by-path";
    private const string FormWithPort = "an address with its port, such as \"192.168.10.21:4001\"";
    private const string Form = "an address such as \"192.168.10.20:502\" or \"[fe80::1]:502\"";

    private static readonly ImmutableArray<BusKind> Kinds =
    [
        new(ModbusTcp, [], ["pipeline", "pause-after-connect", "pause-between", "close-after-read"]),
        new(ModbusRtu, ["baud", "format"], ["echo", "rs485", "pause-between"]),
        new(ModbusRtuOverTcp, ["baud"], ["echo", "pause-after-connect", "pause-between"]),
        new(I2c, [], []),
        new(Gpio, [], []),
        new(Sysfs, [], []),
    ];

    public static void Read(YamlNode? node, SiteDraft draft)
    {
        if (node is not YamlMapping buses || buses.Entries.IsEmpty)
        {
            draft.BusesAreUnclear = true;
            if (node is not null)
                draft.Faults.Add(node.At, "'buses' has no bus", "ids and buses, such as field: { modbus-tcp: \"192.168.10.20:502\" }");
            return;
        }

        var addresses = new Dictionary<string, (string Id, int Line)>(StringComparer.Ordinal);
        foreach (var (key, value) in buses.Entries)
        {
            if (draft.BusById.Count == SiteLimits.Buses)
            {
                draft.Faults.Add(key.At, $"there are more than {SiteLimits.Buses} buses", $"at most {SiteLimits.Buses}");
                draft.BusesAreUnclear = true;
                return;
            }

            if (Scalars.Id(key, draft.Faults) is null)
                draft.BusesAreUnclear = true;
            var bus = Bus(key.Text, draft.Buses.Count, value, addresses, draft.Faults) with { At = key.At };
            if (!draft.BusById.TryAdd(key.Text, bus))
                draft.Faults.Add(key.At, $"there is already a bus {Words.Quoted(key.Text)}", "an id of its own");
            draft.Buses.Add(bus);
        }
    }

    private static BusDraft Bus(string id, int index, YamlNode node, Dictionary<string, (string Id, int Line)> addresses, FaultList faults)
    {
        if (SectionReader.Open(node, SiteGrammar.Bus, faults) is not { } section)
            return new BusDraft(id, index, IsNotYet: false, null);
        if (section.IsNotYet)
            return new BusDraft(id, index, IsNotYet: true, null);

        var kind = Kind(section, faults);
        var afterConnect = Sizes.Duration(section["pause-after-connect"], SiteLimits.Pause, faults) ?? TimeSpan.Zero;
        var between = Sizes.Duration(section["pause-between"], SiteLimits.Pause, faults) ?? TimeSpan.Zero;
        var close = Scalars.Flag(section["close-after-read"], faults) ?? false;
        var echo = Scalars.Flag(section["echo"], faults) ?? false;
        var rs485 = Scalars.Flag(section["rs485"], faults) ?? false;
        var pipeline = Numbers.Whole(section["pipeline"], "a number of open requests", 1, SiteLimits.Pipeline, faults) ?? 1;
        var baud = Scalars.Choice(section["baud"], SiteGrammar.Baud, faults) is { } rate ? int.Parse(rate, CultureInfo.InvariantCulture) : 0;
        var format = Format(Scalars.Choice(section["format"], SiteGrammar.Format, faults));
        BusOptions? options = null;
        if (kind?.Name == ModbusTcp && Address(section[ModbusTcp], ModbusPort, Form, id, addresses, faults) is var (host, port))
            options = new ModbusTcpBusOptions(id, host, port, afterConnect, between, close) { Pipeline = pipeline };
        else if (kind?.Name == ModbusRtu && FullPath(section[ModbusRtu], TtyForm, id, addresses, faults) is { } tty)
            options = new ModbusRtuBusOptions(id, tty, baud, format, between, echo) { Rs485 = rs485 };
        else if (kind?.Name == ModbusRtuOverTcp && Address(section[ModbusRtuOverTcp], null, FormWithPort, id, addresses, faults) is var (server, serverPort))
            options = new ModbusRtuOverTcpBusOptions(id, server, serverPort, baud, afterConnect, between, echo);
        else if (kind?.Name == I2c && Number(section[I2c], id, addresses, faults) is { } number)
            options = new I2cBusOptions(id, number);
        else if (kind?.Name == Gpio && FullPath(section[Gpio], "the full path of a GPIO chip, such as /dev/gpiochip0", id, addresses, faults) is { } chip)
            options = new GpioBusOptions(id, chip);
        else if (kind?.Name == Sysfs && FullPath(section[Sysfs], "where sysfs is mounted, as a rule /sys", id, null, faults) is { } root)
            options = new SysfsBusOptions(id, root);
        return new BusDraft(id, index, IsNotYet: false, options) { Drivers = DriversOf(kind?.Name) };
    }

    private static DriverBus? DriversOf(string? kind) => kind switch
    {
        I2c => DriverBus.I2c,
        Gpio => DriverBus.Gpio,
        Sysfs => DriverBus.Sysfs,
        _ => null,
    };

    /// <summary>N of /dev/i2c-N.</summary>
    private static int? Number(YamlNode? node, string id, Dictionary<string, (string Id, int Line)> addresses, FaultList faults)
    {
        if (Numbers.Whole(node, "the number of an I2C bus, N of /dev/i2c-N", 0, 255, faults) is not { } number)
            return null;
        Claim($"i2c {number}", (YamlScalar)node!, id, addresses, faults);
        return number;
    }

    /// <summary>The one kind of the bus, with the keys that it must have and no others.</summary>
    private static BusKind? Kind(SectionReader section, FaultList faults)
    {
        var written = Kinds.Where(k => section[k.Name] is not null).ToList();
        if (written.Count == 0)
        {
            if (!section.HasUnknown)
                faults.Add(section.At, "the bus is of no kind", Words.Or([.. Kinds.Select(k => k.Name)]));
            return null;
        }

        var kind = written[0];
        if (written.Count > 1)
        {
            faults.Add(section.PlaceOf(written[1].Name), $"the bus is both {Words.Quoted(kind.Name)} and {Words.Quoted(written[1].Name)}", "one of them; make two buses");
            return null;
        }

        foreach (var key in kind.Required.Where(k => section[k] is null && !section.HasUnknown))
            faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", $"with {Words.Quoted(kind.Name)}: {string.Join(", ", kind.Required)}");
        foreach (var key in SiteGrammar.Bus.Supported.Where(k => k != kind.Name && section[k] is not null && !kind.Required.Contains(k) && !kind.Optional.Contains(k)))
        {
            var others = Kinds.Where(k => k.Required.Contains(key) || k.Optional.Contains(key)).Select(k => k.Name);
            faults.Add(section.PlaceOf(key), $"{Words.Quoted(key)} means nothing with {Words.Quoted(kind.Name)}", $"{Words.Quoted(key)} only with {Words.Or([.. others])}");
        }

        return kind;
    }

    private static (string Host, int Port)? Address(
        YamlNode? node, int? defaultPort, string form, string id, Dictionary<string, (string Id, int Line)> addresses, FaultList faults)
    {
        if (Scalars.Read(node, form, faults) is not { } address)
            return null;

        var wrong = Addresses.Parse(address.Text, defaultPort ?? 0, out var host, out var port);
        if (wrong is null && port == 0)
            wrong = "has no port";
        if (wrong is not null)
        {
            faults.Add(address.At, $"{Words.Quoted(address.Text)} {wrong}", form);
            return null;
        }

        // Many devices serve one connection only, and two buses to one address would fight for it.
        Claim($"{host.ToLowerInvariant()}:{port}", address, id, addresses, faults);
        return (host, port);
    }

    private static string? FullPath(YamlNode? node, string form, string id, Dictionary<string, (string Id, int Line)>? addresses, FaultList faults)
    {
        if (Scalars.Read(node, form, faults) is not { } scalar || Scalars.Text(node, faults) is not { } path)
            return null;
        if (!path.StartsWith('/') || path.EndsWith('/'))
        {
            faults.Add(scalar.At, $"{Words.Quoted(path)} is not a full path", form);
            return null;
        }

        // Two buses on sysfs are two threads, and that is allowed.
        if (addresses is not null)
            Claim(path, scalar, id, addresses, faults);
        return path;
    }

    private static void Claim(string address, YamlScalar scalar, string id, Dictionary<string, (string Id, int Line)> addresses, FaultList faults)
    {
        if (addresses.TryAdd(address, (id, scalar.At.Line)))
            return;
        var (other, line) = addresses[address];
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is already the address of bus {Words.Quoted(other)} in line {line}", "one bus for one address");
    }

    public static SerialFormat Format(string? format) => format switch
    {
        "8E1" => SerialFormat.Even,
        "8O1" => SerialFormat.Odd,
        "8N2" => SerialFormat.TwoStopBits,
        _ => SerialFormat.NoParity,
    };

    /// <summary>A kind of bus: its own key, and which others go with it.</summary>
    private sealed record BusKind(string Name, ImmutableArray<string> Required, ImmutableArray<string> Optional);
}
