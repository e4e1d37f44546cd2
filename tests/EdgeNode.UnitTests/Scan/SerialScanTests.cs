using EdgeNode.Hardware.Scan;

namespace EdgeNode.UnitTests.Scan;

/// <summary>Serial ports from a tree of files and links as sysfs and udev make it.</summary>
public sealed class SerialScanTests : IDisposable
{
    private const string Soc = "sys/devices/platform/soc";
    private const string Hub = Soc + "/fe980000.usb/usb1/1-1";

    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-scan-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Ports_are_named_by_their_sockets_with_driver_and_adapter()
    {
        Usb("ttyUSB0", "1-1.2", "00", "ftdi_sio", "0403", "6001", "FTDI", "FT232R USB UART", "A10ABCDE", latency: "1");
        Link("dev/serial/by-path/platform-fe980000.usb-usb-0:1.2:1.0-port0", "../../ttyUSB0");
        Link("dev/serial/by-path/platform-fe980000.usb-usbv2-0:1.2:1.0-port0", "../../ttyUSB0");
        Link("dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10ABCDE-if00-port0", "../../ttyUSB0");
        Board("ttyAMA0", "fe201000.serial", type: "32");
        Board("ttyS3", "serial8250", type: "0"); // a name without a chip
        Directory.CreateDirectory(Path.Combine(_root, "sys/class/tty/console"));

        var report = new SerialScan(_root).Run();

        Assert.Equal(
            [
                new FoundPort("/dev/ttyAMA0", null, null, "uart-pl011", null, null),
                new FoundPort(
                    "/dev/ttyUSB0", "/dev/serial/by-path/platform-fe980000.usb-usb-0:1.2:1.0-port0", "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10ABCDE-if00-port0", "ftdi_sio",
                    new UsbIdentity("0403", "6001", "FTDI", "FT232R USB UART", "A10ABCDE", "if00-port0"), 1),
            ],
            report.Ports);
        Assert.Empty(report.Warnings);
        Assert.Equal("/dev/ttyAMA0", report.Ports[0].Stable);
    }

    [Fact]
    public void A_slow_FTDI_adapter_is_named_with_its_remedy()
    {
        Usb("ttyUSB3", "1-1.4", "00", "ftdi_sio", "0403", "6001", "FTDI", "FT232R USB UART", "A1", latency: "16");
        var warning = Assert.Single(new SerialScan(_root).Run().Warnings);
        Assert.StartsWith("/dev/ttyUSB3: the FTDI adapter keeps received bytes for up to 16 ms (latency_timer)", warning, StringComparison.Ordinal);
        Assert.Contains("echo 1 | sudo tee /sys/bus/usb-serial/devices/ttyUSB3/latency_timer", warning, StringComparison.Ordinal);
        Assert.Contains("ATTR{latency_timer}=\"1\"", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001")]
    public void Two_adapters_with_one_serial_number_are_a_warning(string serial)
    {
        Usb("ttyUSB0", "1-1.1", "00", "ch341", "1a86", "7523", "", "USB Serial", serial);
        Usb("ttyUSB1", "1-1.2", "00", "ch341", "1a86", "7523", "", "USB Serial", serial);
        Usb("ttyUSB2", "1-1.3", "00", "cp210x", "10c4", "ea60", "Silicon Labs", "CP2102N", serial);
        var warning = Assert.Single(new SerialScan(_root).Run().Warnings);
        Assert.StartsWith("/dev/ttyUSB0 and /dev/ttyUSB1 cannot be told apart by their serial number", warning, StringComparison.Ordinal);
        Assert.Contains("/dev/serial/by-path", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ports_of_one_adapter_are_told_apart_by_their_interface()
    {
        Usb("ttyUSB0", "1-1.1", "00", "ftdi_sio", "0403", "6010", "FTDI", "Dual RS232", "FT1", latency: "1");
        Usb("ttyUSB1", "1-1.1", "01", "ftdi_sio", "0403", "6010", "FTDI", "Dual RS232", "FT1", latency: "1");
        var report = new SerialScan(_root).Run();
        Assert.Equal(["if00-port0", "if01-port0"], report.Ports.Select(p => p.Usb!.Port));
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void The_layers_of_the_serial_core_are_no_driver()
    {
        var port = Soc + "/fe201000.serial/fe201000.serial:0/fe201000.serial:0.0";
        Folder(port + "/tty/ttyAMA0");
        File.WriteAllText(Path.Combine(_root, port, "tty/ttyAMA0/type"), "32\n");
        Link(port + "/tty/ttyAMA0/device", "../../../fe201000.serial:0.0");
        Link("sys/class/tty/ttyAMA0", "../../../" + port + "/tty/ttyAMA0");
        Driver(port, "serial-base", "port");
        Driver(Soc + "/fe201000.serial/fe201000.serial:0", "serial-base", "ctrl");
        Driver(Soc + "/fe201000.serial", "amba", "uart-pl011");
        Assert.Equal("uart-pl011", Assert.Single(new SerialScan(_root).Run().Ports).Driver);
    }

    [Fact]
    public void A_port_by_any_of_its_names_gets_the_one_that_stays()
    {
        Usb("ttyUSB0", "1-1.2", "00", "ch341", "1a86", "7523", "", "USB Serial", "");
        Link("dev/serial/by-path/socket-2", "../../ttyUSB0");
        Link("dev/rs485", "ttyUSB0");
        File.WriteAllText(Path.Combine(_root, "dev/ttyUSB0"), "");
        var scan = new SerialScan(_root);
        Assert.Equal("/dev/serial/by-path/socket-2", scan.Stable(Path.Combine(_root, "dev/rs485")));
        Assert.Equal("/dev/serial/by-path/socket-2", scan.Stable(Path.Combine(_root, "dev/ttyUSB0")));
        Assert.Equal("/dev/pts/7", scan.Stable("/dev/pts/7"));
    }

    [Fact]
    public void Without_any_port_there_is_an_empty_list() => Assert.Empty(new SerialScan(_root).Run().Ports);

    private void Usb(
        string tty, string socket, string number, string driver, string vendor, string product, string maker, string name, string serial, string? latency = null)
    {
        var device = $"{Hub}/{socket}";
        var port = $"{device}/{socket}:1.{int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)}/{tty}";
        Folder(port + "/tty/" + tty);
        Link(port + "/tty/" + tty + "/device", $"../../../{tty}");
        Link("sys/class/tty/" + tty, $"../../../{port}/tty/{tty}");
        Driver(port, "usb-serial", driver);
        foreach (var (file, text) in ((string, string)[])[("idVendor", vendor), ("idProduct", product), ("manufacturer", maker), ("product", name), ("serial", serial)])
        {
            if (text.Length > 0)
                File.WriteAllText(Path.Combine(_root, device, file), text + "\n");
        }

        File.WriteAllText(Path.Combine(_root, Path.GetDirectoryName(port)!, "bInterfaceNumber"), number + "\n");
        File.WriteAllText(Path.Combine(_root, port, "port_number"), "0\n");
        if (latency is not null)
            File.WriteAllText(Path.Combine(_root, port, "latency_timer"), latency + "\n");
    }

    private void Board(string tty, string device, string type)
    {
        var folder = $"{Soc}/{device}";
        Folder($"{folder}/tty/{tty}");
        File.WriteAllText(Path.Combine(_root, folder, "tty", tty, "type"), type + "\n");
        Link($"{folder}/tty/{tty}/device", $"../../../{device}");
        Link($"sys/class/tty/{tty}", $"../../../{folder}/tty/{tty}");
        Driver(folder, "amba", "uart-pl011");
    }

    private void Driver(string device, string bus, string name)
    {
        var driver = Folder($"sys/bus/{bus}/drivers/{name}");
        File.CreateSymbolicLink(Path.Combine(_root, device, "driver"), driver);
    }

    private string Folder(string path) => Directory.CreateDirectory(Path.Combine(_root, path)).FullName;

    private void Link(string path, string target)
    {
        Folder(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(Path.Combine(_root, path), target);
    }
}
