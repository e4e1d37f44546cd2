using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>restart</c>: a planned restart. The verb itself keeps the outputs that may stay as they are, and makes them safe when no new run looks after them in time.</summary>
internal static class RestartVerb
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static Command Make()
    {
        var (data, json, why) = (Options.Data(), Options.Json(), HandCommand.Why(required: true));
        var verb = new Command(
            "restart",
            "Ends the running gateway so that systemd starts it anew. Outputs with hold-through-restart stay in their normal state for that time at most, and go safe by then unless the new run knows their causes to be good; all others go safe. "
            + "This verb keeps them, so let it run to its end: it says what became of each. Ctrl-C, SIGTERM or the end of the session makes them safe at once; so does a new run that fails, systemctl stop in the middle (within 3 s), and edgenode outputs safe. "
            + "Never stop it with SIGSTOP, a debugger or a frozen container: a process that stands still keeps its lines as they are. An output that may not wait for that hangs on a watchdog relay, and is granted no hold. "
            + "A device that does not take its safe state is tried every 5 s until it does; the verb says on standard error which output, where and since when. A second Ctrl-C ends it all the same. "
            + "Exit code 0 when the new run has taken over all that was held in its normal state; 1 when something that was held went safe, no new run came, or nothing was done; "
            + "69 when an output is not known to be safe, or no gateway answers: then make it safe by hand on the spot, and run edgenode outputs safe --site FILE once the device answers again.")
        {
            why, data, json,
        };
        verb.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(why), parsed.GetValue(json)));
        return verb;
    }

    private static async Task<int> RunAsync(string data, string why, bool json)
    {
        var (answer, exit) = await HandsClient.AskAsync(data, j =>
        {
            j.WriteString("do", "restart.offer");
            j.WriteString("why", why);
        }).ConfigureAwait(false);
        if (answer is not { } offer)
        {
            return exit;
        }

        var voice = new PatientVoice();
        try
        {
            return await KeepAsync(data, offer, voice, json).ConfigureAwait(false);
        }
        finally
        {
            voice.End();
        }
    }

    private static async Task<int> KeepAsync(string data, JsonElement offer, PatientVoice voice, bool json)
    {
        // Until all is held a signal ends the verb as it ends any other: the gateway goes on.
        var report = new RestartReport(offer, voice);
        var ran = LastSite.Load(data); // now: the new run writes its own there
        var written = HeldSite.Written(data);
        var keeper = new HoldKeeper(TimeProvider.System, ids => DriveSafeAsync(ran, ids)) { Stands = report.Stands };
        using var signals = new HoldSignals();
        using var given = signals.GiveUp.Register(report.GivesUp);
        try
        {
            await HoldAsync(data, ran, offer, keeper, report, signals, json).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"The gateway did not hand over its outputs: {PlainText.Of(e.Message)}. It goes on, and nothing has changed.").ConfigureAwait(false);
            return Exit.Failed;
        }

        if (keeper.IsWithdrawn)
        {
            var driven = string.Join(", ", keeper.Outputs.Where(o => o.Attempts > 0).Select(o => o.Output.Id));
            await Console.Error.WriteLineAsync(PlainText.Of(
                $"The gateway has withdrawn: it did not hear within {HoldWire.Patience.TotalSeconds} s that this verb holds its outputs. It goes on and drives them itself. "
                + (driven.Length > 0 ? $"This verb drove {driven} safe beside it: edgenode outputs list says how they stand." : "This verb has let go of them as they are. Ask again."))).ConfigureAwait(false);
            return Exit.Failed;
        }

        if (keeper.Outputs.Count > 0 && keeper.Outputs.All(o => o.End != HoldEnd.Failed) && HeldSite.Written(data) == written) // else it is the next restart's
        {
            HeldSite.Forget(data);
        }

        var supervised = offer.GetProperty("supervised").GetBoolean();
        var runs = supervised && await RunsAgainAsync(data, offer.GetProperty("pid").GetInt32(), signals.GiveUp).ConfigureAwait(false);
        return report.Print(keeper, supervised, runs, json);
    }

    private static async Task HoldAsync(string data, Site? ran, JsonElement offer, HoldKeeper keeper, RestartReport report, HoldSignals signals, bool json)
    {
        var name = offer.GetProperty("unit").GetString() ?? "";
        var unit = name.Length > 0 && UnitStop.Of(name) is var its && await its.RunsAsync(CancellationToken.None).ConfigureAwait(false) ? its : null;
        using var gateway = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await gateway.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(data, HoldWire.FileName)), CancellationToken.None).ConfigureAwait(false);
        var uid = HandsPeer.Of(gateway).Uid;
        var held = HoldWire.Receive(gateway, withFirst: true, out var file);
        var listener = new Socket(new SafeSocketHandle(file, ownsHandle: true));

        // What has no line is made safe by the site file that the gateway runs with: without that nobody could.
        var unknown = held.Any(o => o.Line is null) && ran?.Revision != offer.GetProperty("revision").GetString();
        if (unknown || signals.GiveUp.IsCancellationRequested)
        {
            listener.Dispose();
            foreach (var output in held)
            {
                output.Line?.Dispose();
            }

            throw new IOException(unknown
                ? $"{Path.Combine(data, LastSite.FileName)}, by which its Modbus outputs would be made safe, cannot be read or is another than it runs with"
                : "this verb was told to end");
        }

        // From here on there is no way back: a gateway that is gone before it hears it has died with its outputs as they were.
        var speaker = HoldService.Speaker(gateway);
        keeper.Begin(held, speaker);
        speaker("held");
        if (!json)
        {
            report.Begins(); // the gateway waits for that word, and for no terminal
        }

        using var over = new CancellationTokenSource();
        var watch = Task.CompletedTask;
        await new HoldService(listener, keeper, uid, gateway, () => watch = WatchAsync(unit, name, keeper, report, over.Token)).RunAsync(signals.GiveUp, signals.End).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
    }

    /// <summary>A unit that is stopped between two runs will not be started: nobody waits for the end of the time.</summary>
    private static async Task WatchAsync(UnitStop? unit, string name, HoldKeeper keeper, RestartReport report, CancellationToken over)
    {
        if (unit is not null && await unit.WaitAsync(over).ConfigureAwait(false))
        {
            keeper.Ended(planned: false);
            report.Stopped(name);
        }
    }

    /// <summary>Outputs of Modbus devices, as <c>outputs safe</c> does it.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> DriveSafeAsync(Site? ran, IReadOnlyList<string> ids)
    {
        var outcomes = await SafeDrive.DriveAsync(SafeDrive.Plans([ran], [.. ids]), CancellationToken.None).ConfigureAwait(false);
        var ends = outcomes.ToDictionary(o => o.Id, o => o.Result);
        return ids.Where(id => !ends.TryGetValue(id, out var end) || !end.Done).ToDictionary(id => id, id => ends.TryGetValue(id, out var end) ? end.Fault : "the site file that ran is not known");
    }

    /// <summary>Another process answers than the one that was asked to end.</summary>
    private static async Task<bool> RunsAgainAsync(string data, int before, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(RestartReport.StartWait);
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
}
