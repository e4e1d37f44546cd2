using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>restart</c>: a planned restart. The verb itself keeps the outputs that may stay as they are, and makes them safe when no new run looks after them in time.</summary>
internal static class RestartVerb
{
    /// <summary>How long the new run is waited for.</summary>
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static Command Make()
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var verb = new Command(
            "restart",
            "Ends the running gateway so that systemd starts it anew. Outputs with hold-through-restart stay in their normal state for that time at most, and go safe by then unless the new run knows their causes to be good; all others go safe. "
            + "This verb keeps them: when it is ended, or the new run fails, they go safe at once. systemctl stop and restart, a kill and a crash always drive all outputs safe. "
            + "Exit code 0 when the new run has taken over all that was held in its normal state, 1 when something went safe or no new run came.")
        {
            why, data, json,
        };
        verb.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(why), parsed.GetValue(json), stop));
        return verb;
    }

    private static async Task<int> RunAsync(string data, string why, bool json, CancellationToken stop)
    {
        // A session that ends must not leave the lines to whatever the kernel does with them.
        using var termination = new Termination();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, End);

        // Nor must one that is put aside stand still with them.
        using var stopped = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, static context => context.Cancel = true);
        using var reads = PosixSignalRegistration.Create(PosixSignal.SIGTTIN, static context => context.Cancel = true);
        using var writes = PosixSignalRegistration.Create(PosixSignal.SIGTTOU, static context => context.Cancel = true);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, termination.Token);
        var (answer, exit) = await HandsClient.AskAsync(data, j =>
        {
            j.WriteString("do", "restart.offer");
            j.WriteString("why", why);
        }).ConfigureAwait(false);
        if (answer is not { } offer)
        {
            return exit;
        }

        var named = offer.GetProperty("outputs").EnumerateArray().Select(o => new Named(o)).ToList();
        var ran = LastSite.Load(data); // now: the new run writes its own there
        var keeper = new HoldKeeper(TimeProvider.System, ids => DriveSafeAsync(ran, ids));
        try
        {
            await HoldAsync(data, ran, offer, keeper, named, json, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"The gateway did not hand over its outputs: {PlainText.Of(e.Message)}. It goes on, and nothing has changed.").ConfigureAwait(false);
            return Exit.Failed;
        }

        var supervised = offer.GetProperty("supervised").GetBoolean();
        var runs = supervised && await RunsAgainAsync(data, offer.GetProperty("pid").GetInt32(), either.Token).ConfigureAwait(false);
        return Print(keeper, named, supervised, runs, json);

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            termination.Stop();
        }
    }

    private static async Task HoldAsync(string data, Site? ran, JsonElement offer, HoldKeeper keeper, List<Named> named, bool json, CancellationToken giveUp)
    {
        using var gateway = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await gateway.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(data, HoldWire.FileName)), CancellationToken.None).ConfigureAwait(false);
        var uid = HandsPeer.Of(gateway).Uid;
        var held = HoldWire.Receive(gateway, withFirst: true, out var file);
        var listener = new Socket(new SafeSocketHandle(file, ownsHandle: true));

        // What has no line is made safe by the site file that the gateway runs with: without that nobody could.
        if (held.Any(o => o.Line is null) && ran?.Revision != offer.GetProperty("revision").GetString())
        {
            listener.Dispose();
            foreach (var output in held)
            {
                output.Line?.Dispose();
            }

            throw new IOException($"{Path.Combine(data, LastSite.FileName)}, by which its Modbus outputs would be made safe, cannot be read or is another than it runs with");
        }

        if (!json)
        {
            named.ForEach(n => Console.WriteLine(PlainText.Of($"{n.Id} {n.Said}.")));
        }

        keeper.Begin(held);
        await HandsLines.WriteAsync(gateway, "held\n"u8.ToArray(), CancellationToken.None).ConfigureAwait(false);
        await new HoldService(listener, keeper, uid).RunAsync(giveUp).ConfigureAwait(false);
    }

    /// <summary>Outputs of Modbus devices, as <c>outputs safe</c> does it.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> DriveSafeAsync(Site? ran, IReadOnlyList<string> ids)
    {
        var outcomes = await SafeDrive.DriveAsync(SafeDrive.Plans(ran, null, [.. ids]), CancellationToken.None).ConfigureAwait(false);
        var ends = outcomes.ToDictionary(o => o.Id, o => o.Result);
        return ids.Where(id => !ends.TryGetValue(id, out var end) || !end.Done).ToDictionary(id => id, id => ends.TryGetValue(id, out var end) ? end.Fault : "the site file that ran is not known");
    }

    /// <summary>Another process answers than the one that was asked to end.</summary>
    private static async Task<bool> RunsAgainAsync(string data, int before, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(StartWait);
        while (!patience.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(data, HandsLimits.FileName)), patience.Token).ConfigureAwait(false);
                if (HandsPeer.Of(socket).Pid != before)
                {
                    return true;
                }

                await Task.Delay(Look, patience.Token).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                await Task.WhenAny(Task.Delay(Look, patience.Token)).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return false;
    }

    private static int Print(HoldKeeper keeper, List<Named> named, bool supervised, bool runs, bool json)
    {
        var ends = keeper.Outputs.Select(o => (o, Name: named.Find(n => n.Id == o.Output.Id)!, After: o.EndedAt - keeper.Since)).ToList();
        if (json)
        {
            JsonOutput.Write(j =>
            {
                j.WriteBoolean("runs", runs);
                j.WriteStartArray("outputs");
                foreach (var n in named)
                {
                    var (o, _, after) = ends.Find(e => e.Name == n);
                    j.WriteStartObject();
                    j.WriteString("id", n.Id);
                    j.WriteBoolean("held", o is not null);
                    if (o is not null)
                    {
                        j.WriteString("end", Word(o.End));
                        j.WriteNumber("after", Math.Round(after.TotalSeconds, 3));
                    }

                    j.WriteEndObject();
                }

                j.WriteEndArray();
            });
        }
        else
        {
            foreach (var (o, name, after) in ends)
            {
                Console.WriteLine(PlainText.Of(string.Create(CultureInfo.InvariantCulture, $"{o.Output.Id}: {Sentence(o, name)}, after {after.TotalSeconds:0.0} s.")));
            }

            Console.WriteLine(runs ? "The gateway runs again."
                : supervised ? string.Create(CultureInfo.InvariantCulture, $"The gateway did not come again within {StartWait.TotalSeconds} s: systemctl status edgenode, journalctl -u edgenode.")
                : "The gateway was not started by systemd: whoever started it must start it again.");
        }

        return ends.TrueForAll(e => e.o.End == HoldEnd.Normal) && (runs || !supervised) ? Exit.Done : Exit.Failed;
    }

    private static string Word(HoldEnd end) => end switch
    {
        HoldEnd.Normal => "normal",
        HoldEnd.SafeByRun => "safe-by-new-run",
        HoldEnd.Failed => "not-safe",
        _ => "safe",
    };

    private static string Sentence(KeptOutput output, Named name) => output.End switch
    {
        HoldEnd.Normal => $"{name.Normal}; the new run has found its causes good",
        HoldEnd.SafeByRun => $"{name.Safe}; the new run has made it safe (edgenode outputs show, edgenode trips list)",
        HoldEnd.Failed => $"could not be made safe: {output.Fault}",
        _ => $"{name.Safe}; no new run looked after it in time, or it ended, and this verb has made it safe",
    };

    /// <summary>What the gateway says of an output.</summary>
    private sealed class Named(JsonElement output)
    {
        public string Id { get; } = output.GetProperty("id").GetString() ?? "";

        public string Normal { get; } = output.GetProperty("normal").GetString() ?? "";

        public string Safe { get; } = output.GetProperty("safe").GetString() ?? "";

        public string Said { get; } = output.GetProperty("said").GetString() ?? "";
    }
}
