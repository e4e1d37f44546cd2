using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of alarms. A command goes to the step as an input and is entered into the audit trail with what became
/// of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class AlarmHands(Site site, IStationState state, HandsDesk desk)
{
    private static readonly AlarmInput[] Asked =
    [
        AlarmInput.Acknowledge, AlarmInput.Reset, AlarmInput.Shelve, AlarmInput.Unshelve, AlarmInput.RemoveFromService, AlarmInput.ReturnToService,
    ];

    private readonly Dictionary<string, int> _alarms = site.Alarms.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i, StringComparer.Ordinal);

    /// <summary>Answers <c>{"do":"alarms.list"}</c>, <c>{"do":"alarms.acknowledge","ids":["PAH-101"]}</c>, and so on.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        if (what == "alarms.list")
        {
            return HandsServer.Line(json => AlarmListing.Write(json, site, state));
        }

        foreach (var input in Asked)
        {
            if (what == "alarms." + input.Text())
            {
                return await CommandAsync(input, request, peer).ConfigureAwait(false);
            }
        }

        return HandsServer.Error($"'{what}' is not something to do here; expected alarms.list, {string.Join(", ", Asked.Select(a => "alarms." + a.Text()))}");
    }

    private async Task<byte[]> CommandAsync(AlarmInput input, JsonElement request, HandsPeer peer)
    {
        if (Ids(request, input) is not { } ids)
        {
            return HandsServer.Error($"'ids' is missing; expected a list of alarms, at most {HandsLimits.Alarms}");
        }

        if (HandsRequest.Terms(request, out var span, out var why) is { } wrong)
        {
            return HandsServer.Error(wrong);
        }

        if (ids.Count == 0)
        {
            desk.AuditNothing(peer, AuditKind.Alarm + input.Text(), why);
        }

        var oneShot = request.TryGetProperty("oneShot", out var shot) && shot.ValueKind == JsonValueKind.True;
        var results = new List<HandsResult>(ids.Count);
        foreach (var id in ids)
        {
            var (result, now) = await AskAsync(id, input, span, oneShot, peer).ConfigureAwait(false);
            Audit(input, result, now, span, oneShot, why, peer);
            results.Add(result with { More = json => json.WriteString("state", now) });
        }

        return HandsResult.Line(results);
    }

    private async Task<(HandsResult Result, string? State)> AskAsync(string id, AlarmInput input, TimeSpan? span, bool oneShot, HandsPeer peer)
    {
        if (!_alarms.TryGetValue(id, out var alarm))
        {
            return (new HandsResult(id, "refused", id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal)
                ? "this is a fault of the node itself; it goes when its cause has gone"
                : "there is no such alarm; alarms list --all shows them"), null);
        }

        var (failed, reply) = await desk.AskAsync(id, c => c.Post(new AlarmCommand(alarm, input, peer.Name) { Time = span, OneShot = oneShot }), "alarms list shows").ConfigureAwait(false);
        var now = reply.State.Text();
        return failed is not null ? (failed, null) : reply.Answer switch
        {
            AlarmAnswer.Done when input == AlarmInput.Shelve => (new HandsResult(id, "done", OnTheShelf(id, span, oneShot)), now),
            AlarmAnswer.Done => (new HandsResult(id, "done", $"it is {now} now"), now),
            AlarmAnswer.Nothing => (new HandsResult(id, "nothing", $"it is {now} already"), now),
            _ => (new HandsResult(id, "refused", $"it is {now}: {Why(input, reply.State)}"), now),
        };
    }

    private static string Why(AlarmInput input, AlarmState state) => input switch
    {
        AlarmInput.Acknowledge => "there is nothing to acknowledge",
        AlarmInput.Reset when state is AlarmState.Unacknowledged or AlarmState.Acknowledged => "its condition stands, and a latch is reset once that has gone",
        AlarmInput.Reset => "there is no latch to reset",
        AlarmInput.Shelve => "what is out of service needs no shelf",
        AlarmInput.Unshelve => "it is on no shelf",
        _ => "it is in service",
    };

    /// <summary>Those that are named; or, to acknowledge, all that wait for it.</summary>
    private List<string>? Ids(JsonElement request, AlarmInput input)
    {
        if (input == AlarmInput.Acknowledge && request.TryGetProperty("all", out var all) && all.ValueKind == JsonValueKind.True)
        {
            var present = new AlarmStatus[site.Alarms.Length];
            state.CopyAlarms(present);
            return [.. site.Alarms.Where((_, i) => present[i].State.NeedsAcknowledge()).Select(a => a.Id)];
        }

        return HandsRequest.Ids(request);
    }

    private void Audit(AlarmInput input, HandsResult result, string? now, TimeSpan? span, bool oneShot, string why, HandsPeer peer) =>
        desk.Audit(peer, AuditKind.Alarm + input.Text(), why, json =>
        {
            json.WriteString("id", result.Id);
            json.WriteString("outcome", result.Outcome);
            json.WriteString("state", now);
            if (input == AlarmInput.Shelve)
            {
                json.WriteNumber("seconds", Shelved(result.Id, span).TotalSeconds);
                json.WriteBoolean("oneShot", oneShot);
            }
        });

    private string OnTheShelf(string id, TimeSpan? asked, bool oneShot)
    {
        var shelved = Shelved(id, asked);
        return $"it is shelved for {SpanWords.Of(shelved)}{(asked > shelved ? ", as long as its shelve-at-most allows" : "")}{(oneShot ? ", or until it clears" : "")}";
    }

    /// <summary>What is asked for is bounded by the site file.</summary>
    private TimeSpan Shelved(string id, TimeSpan? asked)
    {
        var most = _alarms.TryGetValue(id, out var alarm) ? site.Alarms[alarm].ShelveAtMost : TimeSpan.MaxValue;
        return asked is { } span && span < most ? span : most;
    }
}
