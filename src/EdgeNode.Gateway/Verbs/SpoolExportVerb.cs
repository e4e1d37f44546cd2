using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Export;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>spool export</c>: readings or events as CSV or JSON lines, from a spool alone, also from a copy of one.</summary>
internal static class SpoolExportVerb
{
    private const int MostDamagesShown = 50;
    private static readonly TimeSpan FirstShown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public static Command Make()
    {
        var data = Options.Data();
        var format = new Option<string>("--format") { Description = "csv (RFC 4180) or jsonl (one JSON object a line).", HelpName = "csv|jsonl", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "jsonl");
        var from = Moment("--from", "Leave out what is earlier, such as 2026-11-22 or 2026-11-22T08:00:00Z; UTC unless it says otherwise.");
        var to = Moment("--to", "Leave out this moment and what is later.");
        var point = new Option<string[]>("--point") { Description = "Readings of this point only; may be given again for more.", HelpName = "P", DefaultValueFactory = _ => [] };
        var events = new Option<bool>("--events") { Description = "Events in place of readings." };
        var output = new Option<string?>("--output") { Description = "Write to this file; to standard output when absent.", HelpName = "FILE" };
        var verb = new Command(
            "export",
            "Writes the readings of a spool, or its events, as CSV or JSON lines: what waits, and what was delivered and is not yet written over. "
            + "Needs no site file and works on a copied directory. Exit code 1 when something could not be read; it is named on standard error.")
        {
            data, format, from, to, point, events, output,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(events) && result.GetValue(point) is { Length: > 0 })
            {
                result.AddError("--point chooses readings and --events exports none: use one of them.");
            }
        });
        verb.SetAction(parsed =>
        {
            if (SpoolVerb.Find(parsed.GetRequiredValue(data)) is not { } directory)
            {
                return Exit.Failed;
            }

            var options = new ExportOptions(
                parsed.GetValue(events) ? StreamKind.Event : StreamKind.Telemetry, parsed.GetValue(format) == "csv" ? ExportFormat.Csv : ExportFormat.JsonLines,
                parsed.GetValue(from), parsed.GetValue(to), (parsed.GetValue(point) ?? []).ToHashSet(StringComparer.Ordinal));
            return Run(directory, options, parsed.GetValue(output));
        });
        return verb;
    }

    private static int Run(string directory, ExportOptions options, string? path)
    {
        try
        {
            using Stream stream = path is null ? new StandardOutput() : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            var result = SpoolExport.Run(directory, new LinuxDisk(), options, stream, Progress(path is not null));
            return Tell(options, result);
        }
        catch (Exception e) when (e is IOException and not OutputException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{path ?? "standard output"} cannot be written: {e.Message}");
            return Exit.Failed;
        }
    }

    private static int Tell(ExportOptions options, ExportResult result)
    {
        foreach (var damage in result.Damages.Take(MostDamagesShown))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{damage.File}: at {damage.Offset}, {damage.Bytes} bytes: {damage.What}"));
        }

        var what = options.Stream == StreamKind.Event ? "events" : "readings";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Written:N0} of {result.Read:N0} {what} written."));
        if (result.Released > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Released:N0} more were delivered and written over meanwhile by the running gateway."));
        }

        if (!result.Whole)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Not everything could be read: {result.Damages.Count} damaged places, {result.Missing + result.Unreadable:N0} records are missing. What was written is sound."));
        }

        return result.Whole ? Exit.Done : Exit.Failed;
    }

    // Rows on a terminal are progress enough.
    private static Action<long, long>? Progress(bool toFile)
    {
        if (Console.IsErrorRedirected || (!toFile && !Console.IsOutputRedirected))
        {
            return null;
        }

        var started = TimeProvider.System.GetTimestamp();
        var next = FirstShown;
        return (read, all) =>
        {
            if (TimeProvider.System.GetElapsedTime(started) is var elapsed && elapsed >= next)
            {
                next = elapsed + Refresh;
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{read:N0} of {all:N0} records, {100.0 * read / all:0} %  \r"));
            }
        };
    }

    private static Option<long?> Moment(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ISO",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 1 && DateTimeOffset.TryParse(
                result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                return (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            }

            result.AddError($"{name} takes a date or a moment as in ISO 8601, such as 2026-11-22 or 2026-11-22T08:00:00Z.");
            return null;
        },
    };
}
