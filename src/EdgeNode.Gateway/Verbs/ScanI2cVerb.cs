using System.CommandLine;
using System.Globalization;
using EdgeNode.Hardware.Scan;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>scan i2c</c>: which chips sit on the I2C buses.</summary>
internal static class ScanI2cVerb
{
    private const int AddressesOfBus = I2cScan.Last - I2cScan.First + 1;

    public static Command Make()
    {
        var bus = new Option<int?>("--bus")
        {
            Description = "N of /dev/i2c-N; all buses when absent.",
            HelpName = "N",
            CustomParser = result =>
            {
                if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }

                result.AddError("--bus takes the number of a bus, such as 1 for /dev/i2c-1.");
                return null;
            },
        };
        var write = ScanOptions.WriteSite();
        var json = Options.Json();
        var verb = new Command(
            "i2c",
            "Reads one byte at each address from 0x08 to 0x77, leaves alone what a driver of the kernel has, and recognises the chips that edgenode reads by their "
            + "identity registers. A chip without one is named as what it may be. Ctrl-C ends it with what was found.")
        {
            bus, write, json,
        };
        verb.SetAction(parsed => Run(parsed.GetValue(bus), parsed.GetValue(write), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(int? bus, string? path, bool json)
    {
        if (ScanSite.Obstacle(path) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return Exit.Failed;
        }

        var scan = new I2cScan("/");
        var adapters = scan.Adapters().Where(a => bus is null || a.Number == bus).ToList();
        if (adapters.Count == 0)
        {
            Console.Error.WriteLine(
                $"There is no {(bus is null ? "I2C bus (/dev/i2c-N)" : string.Create(CultureInfo.InvariantCulture, $"/dev/i2c-{bus}"))}. "
                + "On a Raspberry Pi: dtparam=i2c_arm=on in /boot/firmware/config.txt, and the module i2c-dev (modprobe i2c-dev).");
        }

        using var termination = new Termination();
        var reports = ScanProgress.Run(AddressesOfBus * adapters.Count, progress => adapters.Select((adapter, i) =>
        {
            using var probe = new DeviceI2cProbe(adapter.Number);
            return scan.Run(adapter, probe, done => progress((i * AddressesOfBus) + done, $"/dev/i2c-{adapter.Number}"), termination.Token);
        }).ToList());
        if (json)
        {
            WriteJson(reports);
        }
        else
        {
            Show(reports);
        }

        var isFound = reports.Any(r => !r.Chips.IsEmpty);
        var isWritten = path is null || (isFound ? ScanDraft.Of(reports).Write(path) : Nothing(path));
        return !isFound || reports.Any(r => r.Fault is not null && bus is not null) ? Exit.Unreachable : isWritten ? Exit.Done : Exit.Failed;
    }

    /// <summary>There is nothing to draft.</summary>
    internal static bool Nothing(string path)
    {
        Console.Error.WriteLine($"Nothing was found, so {path} was not written.");
        return true;
    }

    private static IEnumerable<string> Notes(I2cScanReport report)
    {
        var bus = string.Create(CultureInfo.InvariantCulture, $"/dev/i2c-{report.Adapter.Number}");
        if (report.Fault is { } fault)
        {
            yield return $"{bus}: {fault}.{(fault == "Permission denied" ? " Run it with sudo, or as a user of the group i2c." : "")}";
        }
        else if (!report.Complete)
        {
            yield return $"{bus}: ended early, not every address was looked at.";
        }
        else if (report.Chips.IsEmpty && !report.HidesSilence)
        {
            yield return $"{bus}: no chip answers.";
        }

        if (report.HidesSilence)
        {
            yield return $"{bus}: the adapter reports silence as an answer, so only chips that say who they are can be shown.";
        }
    }

    private static void Show(IReadOnlyList<I2cScanReport> reports)
    {
        if (reports.Any(r => !r.Chips.IsEmpty))
        {
            var table = new Table().RoundedBorder().AddColumns("Bus", "Address", "Chip");
            foreach (var report in reports)
            {
                foreach (var chip in report.Chips)
                {
                    table.AddRow(
                        Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{report.Adapter.Number} {PlainText.Of(report.Adapter.Name)}")),
                        $"0x{chip.Address:X2}", Markup.Escape(ScanText.Chip(chip)));
                }
            }

            AnsiConsole.Write(table);
        }

        foreach (var note in reports.SelectMany(Notes))
        {
            Console.WriteLine(note);
        }
    }

    private static void WriteJson(IReadOnlyList<I2cScanReport> reports) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("buses");
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteNumber("bus", report.Adapter.Number);
            json.WriteString("adapter", report.Adapter.Name);
            json.WriteBoolean("complete", report.Complete);
            json.WriteStartArray("chips");
            foreach (var chip in report.Chips)
            {
                json.WriteStartObject();
                json.WriteNumber("address", chip.Address);
                json.WriteString("driver", chip.Driver);
                json.WriteBoolean("sure", chip.IsSure);
                json.WriteString("kernel", chip.Kernel);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("fault", report.Fault);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in reports.SelectMany(Notes))
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    });
}
