using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// A planned restart, asked for by a person or an updater: the outputs that the site file grants a hold are handed to the process that asks, and then the gateway ends. Every
/// other end of a gateway drives all outputs safe.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="data">The data directory.</param>
/// <param name="state">How the outputs stand.</param>
/// <param name="ports">What the site drives.</param>
/// <param name="audit">The trail.</param>
/// <param name="carried">What this run took over from the restart before; null: it took over nothing.</param>
internal sealed class RestartHands(Site site, string data, IStationState state, DrivenPorts ports, IAudit audit, CarriedOutputs? carried = null)
{
    private int _busy;

    /// <summary>Ends the gateway; these outputs stay as they are, unless the link says otherwise. Null: this gateway does not end for anybody here.</summary>
    public Action<IReadOnlyList<int>, HoldLink>? End { get; set; }

    /// <summary>Answers <c>{"do":"restart.offer","why":"..."}</c>: what is held and what goes safe. The outputs come by the socket that it names, to the process that asked.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        if (HandsRequest.Text(request, "do") is var what && what != "restart.offer")
        {
            return HandsServer.Error($"'{what}' is not something to do here; expected restart.offer");
        }

        if (HandsRequest.Terms(request, out _, out var why) is { } wrong)
        {
            return HandsServer.Error(wrong);
        }

        if (why.Length == 0)
        {
            return HandsServer.Error("'why' is missing; it stands in the audit trail");
        }

        if (End is null)
        {
            return HandsServer.Error("this gateway is none that restarts: it was not started by edgenode run");
        }

        if (Interlocked.Exchange(ref _busy, 1) == 1)
        {
            return HandsServer.Error(string.Create(CultureInfo.InvariantCulture, $"a restart is being prepared already; try again in {2 * HoldWire.Patience.TotalSeconds} s"));
        }

        if (await WhyNotYetAsync().ConfigureAwait(false) is { } not)
        {
            Volatile.Write(ref _busy, 0);
            return HandsServer.Error(not + " Nothing has changed; systemctl restart makes all outputs safe and waits for nothing");
        }

        var offer = new HoldOffer(Path.Combine(data, HoldWire.FileName));
        List<(int Output, HeldOutput? Held, string Said)> judged = [];
        try
        {
            offer.Open();
            judged = Judge();
            if (judged.Exists(j => j.Held is not null) && !(await SlowDisk.ReadAsync(() => HeldSite.Keep(data)).ConfigureAwait(false)).Answered)
            {
                throw new IOException("its disk hangs");
            }
        }
        catch (IOException e)
        {
            offer.Dispose();
            judged.ForEach(j => j.Held?.Line?.Dispose());
            Volatile.Write(ref _busy, 0);
            return HandsServer.Error($"{data} does not take what a planned restart needs ({HoldWire.FileName}, {HeldSite.FileName}): {e.Message}. Nothing has changed; systemctl restart makes all outputs safe and needs neither");
        }

        _ = HandOverAsync(offer, judged, peer, why);
        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", true);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteBoolean("supervised", Environment.GetEnvironmentVariable("INVOCATION_ID") is { Length: > 0 });
            json.WriteString("unit", UnitStop.OwnUnit());
            json.WriteString("revision", site.Revision);
            json.WriteStartArray("outputs");
            foreach (var (output, held, said) in judged)
            {
                json.WriteStartObject();
                json.WriteString("id", site.Outputs[output].Id);
                json.WriteString("where", Where(site.Outputs[output].Place));
                json.WriteString("normal", site.Outputs[output].Word(site.Outputs[output].NormalEnergised));
                json.WriteString("safe", site.Outputs[output].Word(site.Outputs[output].SafeEnergised));
                json.WriteBoolean("held", held is not null);
                json.WriteString("said", said);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>What is not accounted for of the restart before would be forgotten by another one, and who keeps it cut off.</summary>
    private async Task<string?> WhyNotYetAsync()
    {
        var (answered, before) = await SlowDisk.ReadAsync(() => (
            Kept: HoldClient.IsKeptAsync(data).GetAwaiter().GetResult(),
            Open: HeldSite.Load(data) is { } held ? HeldSite.NotIn(held, site) : [])).ConfigureAwait(false);
        return !answered ? $"{data} cannot be read within {SlowDisk.Wait.TotalSeconds} s: its disk hangs."
            : before.Kept || carried is { IsOver: false }
                ? "the restart before is not over: its edgenode restart still keeps outputs. Let that one come to its end, which says what it waits for, or end it with Ctrl-C; then ask again."
            : before.Open.Count > 0
                ? $"the restart before ended before {string.Join(' ', before.Open)} was known to be safe, and this site file does not drive it. Make it safe by hand, run edgenode outputs safe {string.Join(' ', before.Open)} --site FILE --data {data} "
                + $"once its device answers, and ask again; {HeldSite.FileName} in {data} is the only note of it, deleted only when it is safe."
            : null;
    }

    private string Where(OutputPlace place) => place switch
    {
        LineOutput line => $"line {line.Line.Shown} of {site.Buses[line.Bus].Id}",
        RegisterOutput register => string.Create(CultureInfo.InvariantCulture, $"device {site.Devices[register.Device].Id} on {site.Buses[register.Bus].Id}, {(register.Function == 5 ? "coil" : "register")} {register.Register}"),
        _ => site.Buses[place.Bus].Id,
    };

    private List<(int Output, HeldOutput? Held, string Said)> Judge()
    {
        var present = new OutputStatus[site.Outputs.Length];
        state.CopyOutputs(present);
        return [.. present.Select((status, i) => Judge(i, status))];
    }

    private (int Output, HeldOutput? Held, string Said) Judge(int i, in OutputStatus status)
    {
        var output = site.Outputs[i];
        var safe = output.Word(output.SafeEnergised);
        if (status.Safe)
        {
            return (i, null, $"is {safe}, its safe state, and stays so");
        }

        var why = output.HoldThroughRestart == TimeSpan.Zero ? "the site file grants no hold-through-restart"
            : status.IsCarried ? "it is still held from the restart before"
            : status.Faults != OutputFaults.None ? status.Detail
            : status.Driven != true ? "the line or the device has not taken its last command"
            : null;
        if (why is null && output.Place is LineOutput && ports.Outputs[i] is GpioOutput gpio)
        {
            var line = gpio.Share();
            return line is null ? (i, null, $"goes {safe}: its line cannot be handed over") : Hold(i, line);
        }

        return why is null ? Hold(i, null) : (i, null, $"goes {safe}: {why}");
    }

    private (int Output, HeldOutput? Held, string Said) Hold(int i, IOutputLine? line)
    {
        var output = site.Outputs[i];
        return (
            i, new HeldOutput(output.Id, SafeDrive.Place(site, output.Place), output.SafeEnergised, output.HoldThroughRestart, line),
            string.Create(CultureInfo.InvariantCulture, $"stays {output.Word(output.NormalEnergised)} for at most {output.HoldThroughRestart.TotalSeconds:0.###} s"));
    }

    private async Task HandOverAsync(HoldOffer offer, List<(int Output, HeldOutput? Held, string Said)> judged, HandsPeer peer, string why)
    {
        HoldLink? link;
        string? fault;
        using (offer)
        {
            (link, fault) = await offer.HandOverAsync([.. judged.Select(j => j.Held).OfType<HeldOutput>()], peer.Pid).ConfigureAwait(false);
        }

        foreach (var (_, held, _) in judged)
        {
            held?.Line?.Dispose();
        }

        Enter(judged, peer, why, fault);
        if (link is not null)
        {
            End!([.. judged.Where(j => j.Held is not null).Select(j => j.Output)], link);
        }
        else
        {
            if (judged.Exists(j => j.Held is not null))
            {
                HeldSite.Forget(data);
            }

            Volatile.Write(ref _busy, 0);
        }
    }

    private void Enter(List<(int Output, HeldOutput? Held, string Said)> judged, HandsPeer peer, string why, string? fault) => audit.Add(peer.Name, AuditKind.Restart, json =>
    {
        json.WriteString("outcome", fault is null ? "done" : "refused");
        if (fault is not null)
        {
            json.WriteString("said", fault);
        }

        json.WriteStartObject("held");
        foreach (var held in judged.Select(j => j.Held).OfType<HeldOutput>())
        {
            json.WriteNumber(held.Id, held.Left.TotalSeconds);
        }

        json.WriteEndObject();
        json.WriteString("why", why);
        json.WriteNumber("pid", peer.Pid);
    });
}
