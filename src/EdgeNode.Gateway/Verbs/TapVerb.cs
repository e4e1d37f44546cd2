using System.CommandLine;
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
        var certificate = new Option<string?>("--certificate") { Description = "PEM client certificate, for a broker that asks for one; with --key.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "Its private key, PEM and not encrypted.", HelpName = "FILE" };
        var start = new Option<bool>("--from-start") { Description = "The tap was there before the node's first message: what is missing before the first one seen counts too." };
        var duration = Options.For("How long to listen; until Ctrl-C when absent.");
        var json = Options.Json();
        var verb = new Command("tap", "Follows a node as the platform sees it and says what is missing. Exit code 0 when everything up to the newest record is here or named in a gap; "
            + "1 when something is missing, still late, out of order, malformed or contradicts itself, or nothing was heard; 69 when the broker cannot be reached.")
        {
            broker, topic, user, password, ca, certificate, key, start, duration, json,
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
        verb.Validators.Add(result =>
        {
            if (result.GetResult(certificate) is null != result.GetResult(key) is null)
            {
                result.AddError("--certificate and --key go together: one is of no use without the other.");
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
                CertificateFile = parsed.GetValue(certificate),
                KeyFile = parsed.GetValue(key),
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
        TapReport Look()
        {
            var seen = tap.Report();
            subscribed |= seen.Subscribed;
            return seen;
        }

        if (!json && AnsiConsole.Profile.Capabilities.Interactive)
        {
            await AnsiConsole.Live(TapText.Table(tap.Report())).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
            {
                while (!over.IsCancellationRequested)
                {
                    live.UpdateTarget(TapText.Table(Look()));
                    await Task.Delay(Refresh, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }).ConfigureAwait(false);
        }
        else
        {
            while (!over.IsCancellationRequested)
            {
                Look();
                await Task.Delay(Refresh, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Look();
        await run.ConfigureAwait(false);
        var report = tap.Report();
        if (json)
        {
            JsonOutput.Write(writer => TapText.Write(writer, report));
        }
        else
        {
            if (!AnsiConsole.Profile.Capabilities.Interactive)
            {
                AnsiConsole.Write(TapText.Table(report));
            }

            Console.WriteLine(TapText.Verdict(options, report, subscribed));
        }

        var heard = report.Messages + report.Events > 0 || report.NodeOnline is not null;
        if (subscribed && !heard)
        {
            await Console.Error.WriteLineAsync($"Nothing was heard of {options.Topic}. Is the topic right? It ends with the node's id, without /telemetry.").ConfigureAwait(false);
        }

        return !subscribed ? Exit.Unreachable : report.Sound && heard ? Exit.Done : Exit.Failed;
    }
}
