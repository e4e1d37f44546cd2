using System.CommandLine;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>scan serial</c>: the serial ports by the names that stay.</summary>
internal static class ScanSerialVerb
{
    public static Command Make()
    {
        var write = ScanOptions.WriteSite();
        var json = Options.Json();
        var verb = new Command(
            "serial",
            "Lists the serial ports by the sockets that they are plugged into, with driver and adapter, and warns of what makes them slow or easy to mix up. No port is opened.")
        {
            write, json,
        };
        verb.SetAction(parsed => Run(parsed.GetValue(write), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(string? path, bool json)
    {
        if (ScanSite.Obstacle(path) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return Exit.Failed;
        }

        var report = new SerialScan("/").Run();
        if (json)
        {
            WriteJson(report);
        }
        else
        {
            Show(report);
        }

        if (report.Ports.IsEmpty)
        {
            Console.Error.WriteLine("There is no serial port on this machine. Is the adapter plugged in? On a Raspberry Pi its own port needs enable_uart=1 in /boot/firmware/config.txt.");
        }

        var isWritten = path is null || (report.Ports.IsEmpty ? ScanI2cVerb.Nothing(path) : ScanDraft.Of(report).Write(path));
        return report.Ports.IsEmpty ? Exit.Unreachable : isWritten ? Exit.Done : Exit.Failed;
    }

    private static void Show(SerialScanReport report)
    {
        foreach (var port in report.Ports)
        {
            // A name by path does not fit into a column of a terminal of 80, and is what gets copied into the site file.
            Console.WriteLine(port.Stable);
            Console.WriteLine($"  {ScanText.Port(port)}{(port.Usb is { } usb ? PlainText.Of($", {usb.Vendor}:{usb.Product}{(usb.Serial.Length > 0 ? ", serial number " + usb.Serial : "")}") : "")}");
        }

        foreach (var warning in report.Warnings)
        {
            Console.WriteLine("warning: " + PlainText.Of(warning));
        }
    }

    private static void WriteJson(SerialScanReport report) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("ports");
        foreach (var port in report.Ports)
        {
            json.WriteStartObject();
            json.WriteString("device", port.Device);
            json.WriteString("byPath", port.ByPath);
            json.WriteString("byId", port.ById);
            json.WriteString("driver", port.Driver);
            if (port.Usb is { } usb)
            {
                json.WriteStartObject("usb");
                json.WriteString("vendor", usb.Vendor);
                json.WriteString("product", usb.Product);
                json.WriteString("maker", usb.Maker);
                json.WriteString("name", usb.Name);
                json.WriteString("serial", usb.Serial);
                json.WriteString("port", usb.Port);
                json.WriteEndObject();
            }

            if (port.LatencyMs is { } latency)
            {
                json.WriteNumber("latencyMs", latency);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (var warning in report.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    });
}
