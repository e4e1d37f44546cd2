using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of alarms. A command goes to the step as an input and is entered into the audit trail with what became
/// of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="commands">Where commands go.</param>
/// <param name="audit">The trail.</param>
/// <param name="time">The clock.</param>
internal sealed class AlarmHands(Site site, IStationState state, CommandMailbox commands, IAudit audit, TimeProvider time)
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

        var oneShot = request.TryGetProperty("oneShot", out var shot) && shot.ValueKind == JsonValueKind.True;
        var results = new List<(string Id, string Outcome, string? State, string Said)>(ids.Count);
        foreach (var id in ids)
        {
            var result = await AskAsync(id, input, span, oneShot, peer).ConfigureAwait(false);
            Audit(input, result.Outcome, result.State, id, span, oneShot, why, peer);
            results.Add((id, result.Outcome, result.State, result.Said));
        }

        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", results.TrueForAll(r => r.Outcome is "done" or "nothing"));
            json.WriteStartArray("results");
            foreach (var (id, outcome, now, said) in results)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("outcome", outcome);
                json.WriteString("state", now);
                json.WriteString("said", said);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<(string Outcome, string? State, string Said)> AskAsync(string id, AlarmInput input, TimeSpan? span, bool oneShot, HandsPeer peer)
    {
        if (!_alarms.TryGetValue(id, out var alarm))
        {
            return ("refused", null, id.StartsWith(NodeAlarmIds.Prefix, StringComparison.Ordinal)
                ? "this is a fault of the node itself; it goes when its cause has gone"
                : "there is no such alarm; alarms list --all shows them");
        }

        if (commands.Post(new AlarmCommand(alarm, input, peer.Name) { Time = span, OneShot = oneShot }) is not { } posted)
        {
            return ("refused", null, "too many commands wait; try again");
        }

        try
        {
            var reply = await posted.WaitAsync(HandsLimits.Step, time).ConfigureAwait(false);
            var now = reply.State.Text();
            return reply.Answer switch
            {
                AlarmAnswer.Done => ("done", now, $"it is {now} now"),
                AlarmAnswer.Nothing => ("nothing", now, $"it is {now} already"),
                _ => ("refused", now, $"it is {now}: {Why(input, reply.State)}"),
            };
        }
        catch (TimeoutException)
        {
            return ("unknown", null, "the station did not take it within " + HandsLimits.Step.TotalSeconds.ToString(CultureInfo.InvariantCulture) + " s; alarms list shows whether it did since");
        }
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

        return request.TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() is > 0 and <= HandsLimits.Alarms
            && ids.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String)
            ? [.. ids.EnumerateArray().Select(i => i.GetString()!)]
            : null;
    }

    private void Audit(AlarmInput input, string outcome, string? now, string id, TimeSpan? span, bool oneShot, string why, HandsPeer peer)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("outcome", outcome);
            json.WriteString("state", now);
            if (input == AlarmInput.Shelve)
            {
                json.WriteNumber("seconds", Shelved(id, span).TotalSeconds);
                json.WriteBoolean("oneShot", oneShot);
            }

            if (why.Length > 0)
            {
                json.WriteString("why", why);
            }

            json.WriteNumber("uid", peer.Uid);
            json.WriteNumber("pid", peer.Pid);
            json.WriteEndObject();
        }

        audit.Add(peer.Name, AuditKind.Alarm + input.Text(), body.WrittenMemory);
    }

    /// <summary>What is asked for is bounded by the site file.</summary>
    private TimeSpan Shelved(string id, TimeSpan? asked)
    {
        var most = _alarms.TryGetValue(id, out var alarm) ? site.Alarms[alarm].ShelveAtMost : TimeSpan.MaxValue;
        return asked is { } span && span < most ? span : most;
    }
}
