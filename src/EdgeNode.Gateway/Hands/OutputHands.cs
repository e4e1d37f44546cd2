using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of outputs: to their safe state until a reset, and that reset. A command goes to the step as an input and is
/// entered into the audit trail with what became of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class OutputHands(Site site, IStationState state, HandsDesk desk)
{
    /// <summary>How long an answer waits for the line or the device: a Modbus write that waits for its turn and is tried again.</summary>
    private static readonly TimeSpan DriveWait = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Answers <c>{"do":"outputs.list"}</c>, <c>{"do":"outputs.safe","ids":["XV-101"],"why":"..."}</c> (without <c>ids</c>: all), and <c>outputs.reset</c>.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        if (what == "outputs.list")
        {
            return HandsServer.Line(json => OutputListing.Write(json, site, state));
        }

        if (what is not ("outputs.safe" or "outputs.reset"))
        {
            return HandsServer.Error($"'{what}' is not something to do here; expected outputs.list, outputs.safe, outputs.reset");
        }

        var hold = what == "outputs.safe";
        if (HandsRequest.Terms(request, out _, out var why) is { } wrong)
        {
            return HandsServer.Error(wrong);
        }

        if (hold && why.Length == 0)
        {
            return HandsServer.Error("'why' is missing; it stands in the audit trail");
        }

        if (Ids(request, hold) is not { } ids)
        {
            return HandsServer.Error($"'ids' is no list of outputs; expected at most {HandsLimits.Alarms}{(hold ? ", or none for all" : "")}");
        }

        if (ids.Count == 0)
        {
            desk.AuditNothing(peer, AuditKind.Output + "safe", why);
        }

        var results = await Task.WhenAll(ids.Select(id => CommandAsync(id, hold, why, peer))).ConfigureAwait(false);
        return HandsResult.Line(results);
    }

    private async Task<HandsResult> CommandAsync(string id, bool hold, string why, HandsPeer peer)
    {
        var result = await AskAsync(id, hold, peer).ConfigureAwait(false);
        desk.Audit(peer, AuditKind.Output + (hold ? "safe" : "reset"), why, json =>
        {
            json.WriteString("id", id);
            json.WriteString("outcome", result.Outcome);
        });
        return result;
    }

    private async Task<HandsResult> AskAsync(string id, bool hold, HandsPeer peer)
    {
        var output = site.Outputs.Select(o => o.Id).ToList().IndexOf(id);
        if (output < 0)
        {
            return new HandsResult(id, "refused", site.Outputs.IsEmpty ? "the site has no outputs" : $"there is no such output; expected {string.Join(", ", site.Outputs.Select(o => o.Id))}");
        }

        var at = desk.Time.Monotonic();
        var (failed, answer) = await desk.AskAsync(id, c => c.Post(new OutputAsk(output, hold, peer.Name)), "outputs list tells").ConfigureAwait(false);
        if (failed is not null)
        {
            return failed;
        }

        var status = await DrivenAsync(output, at, hold).ConfigureAwait(false);
        var heard = !hold || status.HeardAt >= at;
        var now = $"{site.Outputs[output].Word(status.Energised)} is asked for ({OutputListing.State(status, OutputListing.TripsOf(output, site, state))}); {(heard ? Became(status) : NotHeard(status))}";
        return new HandsResult(id, hold && (!heard || status.Driven != true || (status.Faults & (OutputFaults.ReadsBackOther | OutputFaults.Contact)) != 0) ? "unknown" : answer == OutputAnswer.Done ? "done" : "nothing", now);
    }

    private static string Became(in OutputStatus status) => status.Faults != OutputFaults.None ? status.Detail
        : status.Driven switch
        {
            true => "the line or the device has taken it",
            false => "the line or the device has not taken it",
            null => "nothing was heard yet of the line or the device",
        };

    /// <summary>What was heard before the command says nothing of now.</summary>
    private static string NotHeard(in OutputStatus status) =>
        string.Create(CultureInfo.InvariantCulture, $"not confirmed: nothing was heard of the line or the device within {DriveWait.TotalSeconds:0} s")
        + (status.Faults != OutputFaults.None ? "; before that: " + status.Detail : "");

    /// <summary>The state once it is known whether the line or the device took it, or at the end of the patience.</summary>
    /// <param name="output">Which.</param>
    /// <param name="asked">When it was asked.</param>
    /// <param name="anew">What was heard before that does not count.</param>
    private async Task<OutputStatus> DrivenAsync(int output, TimeSpan asked, bool anew)
    {
        var present = new OutputStatus[site.Outputs.Length];
        var until = desk.Time.Monotonic() + DriveWait;
        while (true)
        {
            state.CopyOutputs(present);
            if ((present[output].Driven is not null && (!anew || present[output].HeardAt >= asked)) || desk.Time.Monotonic() >= until)
            {
                return present[output];
            }

            await Task.Delay(Look, desk.Time).ConfigureAwait(false);
        }
    }

    private List<string>? Ids(JsonElement request, bool all) => all && !request.TryGetProperty("ids", out _) ? [.. site.Outputs.Select(o => o.Id)] : HandsRequest.Ids(request);
}
