using System.CommandLine;
using System.Globalization;
using EdgeNode.Hardware.Scan;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>scan gpio</c>: chips, and their lines with names, directions and users.</summary>
internal static class ScanGpioVerb
{
    public static Command Make()
    {
        var write = ScanOptions.WriteSite();
        var json = Options.Json();
        var verb = new Command("gpio", "Lists the GPIO chips and their lines: number, name, direction, resistor, and who has it. No line is taken.") { write, json };
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

        var chips = new GpioScan("/").Run();
        if (json)
        {
            WriteJson(chips);
        }
        else
        {
            foreach (var chip in chips.Where(c => !c.Lines.IsEmpty))
            {
                Show(chip);
            }
        }

        foreach (var chip in chips.Where(c => c.Fault is not null))
        {
            Console.Error.WriteLine($"{chip.Path}: {chip.Fault}.{(chip.Fault == "Permission denied" ? " Run it with sudo, or as a user of the group gpio." : "")}");
        }

        if (chips.IsEmpty)
        {
            Console.Error.WriteLine("There is no GPIO chip (/dev/gpiochipN) on this machine.");
        }

        var isFound = chips.Any(c => !c.Lines.IsEmpty);
        var isWritten = path is null || (isFound ? ScanDraft.Of(chips).Write(path) : ScanI2cVerb.Nothing(path));
        return !isFound ? Exit.Unreachable : isWritten ? Exit.Done : Exit.Failed;
    }

    private static void Show(GpioScanReport chip)
    {
        var table = new Table().RoundedBorder().Title(Markup.Escape(PlainText.Of($"{chip.Path} {chip.Name} {chip.Label}"))).AddColumns("Line", "Name", "Direction", "Pull", "Used by");
        foreach (var line in chip.Lines)
        {
            table.AddRow(
                line.Number.ToString(CultureInfo.InvariantCulture), Markup.Escape(PlainText.Of(line.Name)),
                $"{(line.IsOutput ? "output" : "input")}{(line.IsActiveLow ? ", active low" : "")}", line.Pull, Markup.Escape(User(line)));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{chip.Path}: {chip.Lines.Length} lines, {chip.Lines.Count(l => !l.IsUsed)} free."));
    }

    private static string User(LineInfo line) => !line.IsUsed ? "" : line.Consumer.Length > 0 ? PlainText.Of(line.Consumer) : "the kernel";

    private static void WriteJson(IReadOnlyList<GpioScanReport> chips) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("chips");
        foreach (var chip in chips)
        {
            json.WriteStartObject();
            json.WriteString("path", chip.Path);
            json.WriteString("name", chip.Name);
            json.WriteString("label", chip.Label);
            json.WriteStartArray("lines");
            foreach (var line in chip.Lines)
            {
                json.WriteStartObject();
                json.WriteNumber("line", line.Number);
                json.WriteString("name", line.Name);
                json.WriteString("direction", line.IsOutput ? "output" : "input");
                json.WriteBoolean("activeLow", line.IsActiveLow);
                json.WriteString("pull", line.Pull);
                json.WriteBoolean("used", line.IsUsed);
                json.WriteString("consumer", line.Consumer);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("fault", chip.Fault);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
