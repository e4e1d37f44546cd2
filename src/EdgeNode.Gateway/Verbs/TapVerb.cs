using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Tapping;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>tap</c>: the platform's side, follows one node and checks order, duplicates and holes.</summary>
internal static class TapVerb
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    public static Command Make()
    {
        var broker = new Option<string>("--broker") { Description = "mqtt://HOST[:PORT] or mqtts://HOST[:PORT].", HelpName = "URL", Required = true };
        var topic = new Option<string>("--topic") { Description = "The node's root topic, such as city/water/pump-03/en-0042.", HelpName = "T", Required = true };
        var user = new Option<string?>("--user") { Description = "User name at the broker.", HelpName = "NAME" };
        var password = new Option<string?>("--password-file") { Description = "File with the password.", HelpName = "FILE" };
        var ca = new Option<string?>("--ca") { Description = "PEM certificates that sign the broker's; the system's own when absent.", HelpName = "FILE" };
        var start = new Option<bool>("--from-start") { Description = "The tap was there before the node's first message: what is missing before the first one seen counts too." };
        var duration = Options.For("How long to listen; until Ctrl-C when absent.");
        var json = Options.Json();
        var verb = new Command("tap", "Follows a node as the platform sees it and says what is missing. Exit code 1 when something is missing, out of order or contradicts itself; 69 when the broker cannot be reached.")
        {
            broker, topic, user, password, ca, start, duration, json,
        };
        broker.Validators.Add(result =>
        {
            if (!TapOptions.TryParseBroker(result.GetValueOrDefault<string>() ?? "", out _, out var fault))
            {
                result.AddError(fault! + ".");
            }
        });
        topic.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 } text || text.Contains('+', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
            {
                result.AddError("--topic takes one node's root topic, without + and #: a tap follows one node.");
            }
        });
        verb.SetAction((parsed, stop) =>
        {
            if (!TapOptions.TryParseBroker(parsed.GetRequiredValue(broker), out var options, out var _))
            {
                return Task.FromResult(Exit.Usage); // the validator has said why
            }

            var tap = new TapOptions(options!, parsed.GetRequiredValue(topic).TrimEnd('/'), parsed.GetValue(user), parsed.GetValue(password), parsed.GetValue(ca))
            {
                FromStart = parsed.GetValue(start),
            };
            return RunAsync(tap, parsed.GetValue(duration), parsed.GetValue(json));
        });
        return verb;
    }

    private static async Task<int> RunAsync(TapOptions options, TimeSpan? duration, bool json)
    {
        using var termination = new Termination();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(termination.Token);
        if (duration is { } d)
        {
            over.CancelAfter(d);
        }

        using var logs = Logs.Make(LogLevel.Warning);
        var subscribed = false;
        var tap = new Tap(options, TimeProvider.System, logs.CreateLogger<Tap>());
        var run = tap.RunAsync(over.Token);
        if (!json && AnsiConsole.Profile.Capabilities.Interactive)
        {
            await AnsiConsole.Live(Draw(tap.Report())).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
            {
                while (!over.IsCancellationRequested)
                {
                    subscribed |= tap.Report().Subscribed;
                    live.UpdateTarget(Draw(tap.Report()));
                    await Task.Delay(Refresh, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }).ConfigureAwait(false);
        }
        else
        {
            while (!over.IsCancellationRequested)
            {
                subscribed |= tap.Report().Subscribed;
                await Task.Delay(Refresh, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        subscribed |= tap.Report().Subscribed;
        await run.ConfigureAwait(false);
        var report = tap.Report();
        if (json)
        {
            JsonOutput.Write(writer => WriteJson(writer, report));
        }
        else
        {
            if (!AnsiConsole.Profile.Capabilities.Interactive)
            {
                AnsiConsole.Write(Draw(report));
            }

            Console.WriteLine(Verdict(options, report, subscribed));
        }

        var heard = report.Messages + report.Events > 0 || report.NodeOnline is not null;
        if (subscribed && !heard)
        {
            await Console.Error.WriteLineAsync($"Nothing was heard of {options.Topic}. Is the topic right? It ends with the node's id, without /telemetry.").ConfigureAwait(false);
        }

        return !subscribed ? Exit.Unreachable : report.Sound && heard ? Exit.Done : Exit.Failed;
    }

    private static string Verdict(TapOptions options, TapReport r, bool subscribed) =>
        !subscribed ? $"{options.Broker.Host}:{options.Broker.Port} could not be reached: {r.State}."
        : r.Sound ? "Nothing is missing."
        : r.Missing > 0 ? $"{Number(r.Missing)} records are not here. A backlog that is still draining is missing until it has arrived."
        : "What was received is not sound; see the findings.";

    private static Table Draw(TapReport r)
    {
        var table = new Table().RoundedBorder().HideHeaders().AddColumns("What", "Figure");
        Row("Connection", Markup.Escape(r.State));
        Row("Node", r.NodeOnline switch { null => "not heard of", true => "[green]online[/]", false => "[red]offline[/]" });
        Row("Readings", Number(r.Readings) + $" (live {Number(r.Live)}, backlog {Number(r.Backlog)}) in {Number(r.Messages)} messages");
        Row("Events", Number(r.Events));
        Row("Redelivered", Number(r.Redelivered));
        Row("Missing so far", r.Missing == 0 ? "0" : $"[red]{Number(r.Missing)}[/]");
        Row("Lost, named in gaps", Number(r.Lost));
        Row("Out of order", r.OutOfOrder == 0 ? "0" : $"[red]{Number(r.OutOfOrder)}[/]");
        Row("One key, two contents", r.Conflicts == 0 ? "0" : $"[red]{Number(r.Conflicts)}[/]");
        Row("Malformed", r.Malformed == 0 ? "0" : $"[red]{Number(r.Malformed)}[/]");
        foreach (var m in r.MissingRanges)
        {
            Row("missing", Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{StreamText(m.Stream)} {m.Epoch} {m.From}..{m.To}")));
        }

        foreach (var g in r.Gaps)
        {
            Row("gap", Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{StreamText(g.Stream)} {g.Epoch} {g.From}..{g.To?.ToString(CultureInfo.InvariantCulture) ?? "open"}: {g.Reason}")));
        }

        foreach (var finding in r.Findings)
        {
            Row("finding", Markup.Escape(finding));
        }

        return table;

        void Row(string what, string figure) => table.AddRow(what, figure);
    }

    private static void WriteJson(Utf8JsonWriter json, TapReport r)
    {
        json.WriteString("state", r.State);
        json.WriteNumber("messages", r.Messages);
        json.WriteNumber("readings", r.Readings);
        json.WriteNumber("live", r.Live);
        json.WriteNumber("backlog", r.Backlog);
        json.WriteNumber("events", r.Events);
        json.WriteNumber("redelivered", r.Redelivered);
        json.WriteNumber("missing", r.Missing);
        json.WriteNumber("lost", r.Lost);
        json.WriteNumber("outOfOrder", r.OutOfOrder);
        json.WriteNumber("conflicts", r.Conflicts);
        json.WriteNumber("malformed", r.Malformed);
        json.WriteStartArray("missingRanges");
        foreach (var m in r.MissingRanges)
        {
            json.WriteStartObject();
            json.WriteString("stream", StreamText(m.Stream));
            json.WriteString("epoch", m.Epoch.ToString());
            json.WriteNumber("from", m.From);
            json.WriteNumber("to", m.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps");
        foreach (var g in r.Gaps)
        {
            json.WriteStartObject();
            json.WriteString("stream", StreamText(g.Stream));
            json.WriteString("epoch", g.Epoch.ToString());
            json.WriteNumber("from", g.From);
            if (g.To is { } to)
            {
                json.WriteNumber("to", to);
            }
            else
            {
                json.WriteNull("to");
            }

            json.WriteNumber("count", g.Count);
            json.WriteString("reason", g.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in r.Findings)
        {
            json.WriteStringValue(finding);
        }

        json.WriteEndArray();
        json.WriteBoolean("sound", r.Sound);
    }

    private static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string StreamText(StreamKind stream) => stream == StreamKind.Event ? "event" : "telemetry";
}
