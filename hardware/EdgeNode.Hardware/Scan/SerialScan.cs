using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Scan;

/// <summary>A serial port.</summary>
/// <param name="Device">Its name of today, such as /dev/ttyUSB0; with another order of plugging in it is another one.</param>
/// <param name="ByPath">The name by the socket that it is plugged into; null for a port of the board, whose device name does not change.</param>
/// <param name="ById">The name by maker, product and serial number; null when it has none.</param>
/// <param name="Driver">The kernel's driver; empty when unknown.</param>
/// <param name="Usb">What the adapter says of itself; null for a port of the board.</param>
/// <param name="LatencyMs">How long an FTDI adapter collects bytes, in ms; null for other adapters.</param>
public sealed record FoundPort(string Device, string? ByPath, string? ById, string Driver, UsbIdentity? Usb, int? LatencyMs)
{
    /// <summary>What a site file should name it by.</summary>
    public string Stable => ByPath ?? Device;
}

/// <summary>What a USB adapter says of itself.</summary>
/// <param name="Vendor">Four hexadecimal digits.</param>
/// <param name="Product">Four hexadecimal digits.</param>
/// <param name="Maker">In words; empty when it does not say.</param>
/// <param name="Name">In words; empty when it does not say.</param>
/// <param name="Serial">Empty when it has none.</param>
/// <param name="Port">Which interface and port of the adapter it is.</param>
public sealed record UsbIdentity(string Vendor, string Product, string Maker, string Name, string Serial, string Port);

/// <summary>The serial ports, and what is wrong with them.</summary>
/// <param name="Ports">By their device names.</param>
/// <param name="Warnings">Each a sentence with its remedy.</param>
public sealed record SerialScanReport(ImmutableArray<FoundPort> Ports, ImmutableArray<string> Warnings);

/// <summary>The serial ports of this node, from sysfs and udev's links; no port is opened.</summary>
/// <param name="root">Where /dev and /sys are found; the root folder on a node.</param>
public sealed class SerialScan(string root)
{
    /// <summary>The first bytes of a reply wait in an FTDI adapter for this long, and the silences of Modbus are judged behind it.</summary>
    private const int LongestLatencyMs = 1;

    /// <summary>A port without a chip behind it: the kernel keeps names for those that a board might have.</summary>
    private const string NoChip = "0";

    /// <summary>Finds them.</summary>
    public SerialScanReport Run()
    {
        var byPath = Links("dev/serial/by-path");
        var byId = Links("dev/serial/by-id");
        var list = Path.Combine(root, "sys/class/tty");
        var ports = (Directory.Exists(list) ? Directory.EnumerateDirectories(list) : [])
            .Where(d => Directory.Exists(Path.Combine(d, "device")) && Text(d, "type") != NoChip)
            .Select(d => Port(d, byPath, byId))
            .OrderBy(p => p.Device.Length).ThenBy(p => p.Device, StringComparer.Ordinal)
            .ToImmutableArray();
        return new SerialScanReport(ports, [.. Slow(ports), .. Doubled(ports)]);
    }

    /// <summary>The name that stays, for a port under any of its names; the given one when it is not known.</summary>
    public string Stable(string port)
    {
        var device = Path.GetFileName(Real(port));
        foreach (var found in Run().Ports)
        {
            if (Path.GetFileName(found.Device) == device)
                return found.Stable;
        }

        return port;
    }

    private static IEnumerable<string> Slow(ImmutableArray<FoundPort> ports) => ports.Where(p => p.LatencyMs > LongestLatencyMs).Select(p =>
    {
        var name = Path.GetFileName(p.Device);
        return string.Create(CultureInfo.InvariantCulture, $"{p.Device}: the FTDI adapter keeps received bytes for up to {p.LatencyMs} ms (latency_timer), so that each request takes that much longer.")
            + $" Now: echo 1 | sudo tee /sys/bus/usb-serial/devices/{name}/latency_timer."
            + " For good, in /etc/udev/rules.d/99-ftdi.rules: ACTION==\"add\", SUBSYSTEM==\"usb-serial\", DRIVER==\"ftdi_sio\", ATTR{latency_timer}=\"1\"";
    });

    private static IEnumerable<string> Doubled(ImmutableArray<FoundPort> ports) =>
        ports.Where(p => p.Usb is not null).GroupBy(p => (p.Usb!.Vendor, p.Usb.Product, p.Usb.Serial, p.Usb.Port)).Where(g => g.Count() > 1).Select(g =>
            $"{string.Join(" and ", g.Select(p => p.Device))} cannot be told apart by their serial number ({(g.Key.Serial.Length > 0 ? g.Key.Serial : "none")}): "
            + "they share one name in /dev/serial/by-id, which means now the one and now the other. Use the names in /dev/serial/by-path, and leave each in its socket.");

    private static FoundPort Port(string folder, Dictionary<string, string> byPath, Dictionary<string, string> byId)
    {
        var name = Path.GetFileName(folder);
        var device = Real(Path.Combine(Real(folder), "device")); // in two steps: the second link counts from where the first one leads
        return new FoundPort(
            $"/dev/{name}", byPath.GetValueOrDefault(name), byId.GetValueOrDefault(name), Driver(device), Usb(device),
            int.TryParse(Text(device, "latency_timer"), NumberStyles.None, CultureInfo.InvariantCulture, out var latency) ? latency : null);
    }

    /// <summary>The nearest driver above the port. Since Linux 6.5 two layers of the serial core stand between them, which are none.</summary>
    private static string Driver(string device)
    {
        foreach (var folder in Upwards(device))
        {
            if (Directory.Exists(Path.Combine(folder, "driver")) && Real(Path.Combine(folder, "driver")) is var driver && !driver.Contains("/serial-base/", StringComparison.Ordinal))
                return Path.GetFileName(driver);
        }

        return "";
    }

    private static UsbIdentity? Usb(string device)
    {
        var port = Text(device, "port_number");
        foreach (var folder in Upwards(device))
        {
            if (Text(folder, "bInterfaceNumber") is { Length: > 0 } number)
                port = $"if{number}-port{(port.Length > 0 ? port : "0")}";
            if (Text(folder, "idVendor") is { Length: > 0 } vendor)
                return new UsbIdentity(vendor, Text(folder, "idProduct"), Text(folder, "manufacturer"), Text(folder, "product"), Text(folder, "serial"), port);
        }

        return null;
    }

    private static IEnumerable<string> Upwards(string folder)
    {
        for (var at = folder; at is not null && Path.GetFileName(at) is not ("devices" or ""); at = Path.GetDirectoryName(at))
            yield return at;
    }

    /// <summary>Device names, and the link to each; of several links the shortest, since newer ones name the speed of the USB as well.</summary>
    private Dictionary<string, string> Links(string folder)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(Path.Combine(root, folder)))
            return links;
        foreach (var link in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos().OrderBy(f => f.Name.Length).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            if (link.LinkTarget is { } target)
                links.TryAdd(Path.GetFileName(target), $"/{folder}/{link.Name}");
        }

        return links;
    }

    private static string Real(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static string Text(string folder, string file) => SysfsNumber.TryReadText(Path.Combine(folder, file), out var text, out _) ? text : "";
}
