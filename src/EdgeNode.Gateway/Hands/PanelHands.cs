using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of the front panel: silence and maintenance. A command goes to the step as an input, as a button's does, and is entered
/// into the audit trail with what became of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="commands">Where commands go.</param>
/// <param name="audit">The trail.</param>
/// <param name="time">The clock.</param>
internal sealed class PanelHands(Site site, IStationState state, CommandMailbox commands, IAudit audit, TimeProvider time)
{
    /// <summary>
    /// Answers <c>{"do":"panel.list"}</c>, <c>{"do":"panel.silence","ids":["SIREN"]}</c>, <c>{"do":"panel.maintenance-on","seconds":7200,"why":"..."}</c>
    /// and <c>panel.maintenance-off</c>.
    /// </summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        var wrong = HandsRequest.Terms(request, out var span, out var why);
        switch (what)
        {
            case "panel.list":
                return HandsServer.Line(Write);
            case "panel.silence":
                return await SilenceAsync(request, peer).ConfigureAwait(false);
            case "panel.maintenance-on":
                return wrong is not null ? HandsServer.Error(wrong)
                    : why.Length == 0 ? HandsServer.Error("'why' is missing; a maintenance needs a reason, for the audit trail")
                    : await MaintainAsync(new MaintenanceOnCommand(span, peer.Name, why), span, why, peer).ConfigureAwait(false);
            case "panel.maintenance-off":
                return wrong is not null ? HandsServer.Error(wrong)
                    : await MaintainAsync(new MaintenanceOffCommand(peer.Name), null, why, peer).ConfigureAwait(false);
            default:
                return HandsServer.Error($"'{what}' is not something to do here; expected panel.list, panel.silence, panel.maintenance-on, panel.maintenance-off");
        }
    }

    private static string Late { get; } = string.Create(CultureInfo.InvariantCulture, $"the station did not take it within {HandsLimits.Step.TotalSeconds} s");

    private async Task<byte[]> SilenceAsync(JsonElement request, HandsPeer peer)
    {
        List<string>? named = null;
        if (request.TryGetProperty("ids", out var ids))
        {
            if (ids.ValueKind != JsonValueKind.Array || ids.GetArrayLength() is 0 or > HandsLimits.Alarms || !ids.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String))
            {
                return HandsServer.Error($"'ids' is no list of annunciators; expected their ids, at most {HandsLimits.Alarms}, or no 'ids' for all that sound");
            }

            named = [.. ids.EnumerateArray().Select(i => i.GetString()!)];
        }

        var results = new List<(string Id, string Outcome, string Said)>();
        foreach (var id in named ?? [null!])
        {
            results.AddRange(await SilenceAsync(id, peer).ConfigureAwait(false));
        }

        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", results.TrueForAll(r => r.Outcome is "done" or "nothing") || (named is null && results.Exists(r => r.Outcome == "done")));
            json.WriteStartArray("results");
            foreach (var (id, outcome, said) in results)
            {
                Result(json, id, outcome, null, said);
            }

            json.WriteEndArray();
        });
    }

    /// <param name="id">Which; null: all that sound.</param>
    /// <param name="peer">Who asks.</param>
    private async Task<List<(string Id, string Outcome, string Said)>> SilenceAsync(string? id, HandsPeer peer)
    {
        int? annunciator = id is null ? null : site.Annunciators.ToList().FindIndex(a => a.Id == id);
        if (annunciator < 0)
        {
            Audit(AuditKind.Silence, "refused", peer, json => json.WriteString("annunciator", id));
            return [(id!, "refused", site.Annunciators.IsEmpty ? "the site has no annunciators" : $"there is no such annunciator; expected {string.Join(", ", site.Annunciators.Select(a => a.Id))}")];
        }

        var (told, refused) = await AskAsync(new SilenceCommand(annunciator, peer.Name)).ConfigureAwait(false);
        Audit(AuditKind.Silence, told?.Outcome.Text() ?? (refused ? "refused" : "unknown"), peer, json =>
        {
            Names(json, "annunciators", told?.Silenced.Stilled ?? []);
            Names(json, "refused", told?.Silenced.Refused ?? []);
        });
        if (told is null)
        {
            return [(id ?? "silence", refused ? "refused" : "unknown", refused ? "too many commands wait; try again" : Late)];
        }

        var minutes = AnnunciatorPatterns.LongestSilence.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        List<(string, string, string)> results =
        [
            .. told.Silenced.Stilled.Select(a => (site.Annunciators[a].Id, "done", $"it is still until the next alarm, and for {minutes} min at most; alarms ack stills it for good")),
            .. told.Silenced.Refused.Select(a => (site.Annunciators[a].Id, "refused", site.Annunciators[a].IsLamp
                ? "a lamp is not silenced; it goes by its alarms" : "it may not be silenced (silence: allowed, in the site file); alarms ack stills it")),
        ];
        return results.Count == 0 && id is not null ? [(id, "nothing", "it does not sound")] : results;
    }

    private async Task<byte[]> MaintainAsync(PanelCommand command, TimeSpan? span, string why, HandsPeer peer)
    {
        var on = command is MaintenanceOnCommand;
        var (told, busy) = await AskAsync(command).ConfigureAwait(false);
        var (outcome, said) = told switch
        {
            null => busy ? ("refused", "too many commands wait; try again") : ("unknown", Late + "; maintenance status shows whether it did since"),
            { Outcome: PanelOutcome.TooLong } =>
                ("refused", string.Create(CultureInfo.InvariantCulture, $"the site allows {site.Maintenance.Longest.TotalHours:0.##} h at most (maintenance: for, in the site file)")),
            { Outcome: PanelOutcome.Done } when on => ("done", $"what is measured is marked until {told.Until!.Value.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}; alarms and trips work on"),
            { Outcome: PanelOutcome.Done } => ("done", "it has ended"),
            _ => ("nothing", "there is none"),
        };
        Audit(AuditKind.Maintenance + (on ? "on" : "off"), outcome, peer, json =>
        {
            if (told is { Outcome: not (PanelOutcome.Done or PanelOutcome.Nothing) })
            {
                json.WriteString("reason", told.Outcome.Text());
            }

            if (on)
            {
                json.WriteNumber("seconds", (span ?? site.Maintenance.Longest).TotalSeconds);
            }

            if (told?.Until is { } until)
            {
                json.WriteNumber("until", Seconds(until));
            }

            if (why.Length > 0)
            {
                json.WriteString("why", why);
            }
        });
        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", outcome is "done" or "nothing");
            json.WriteStartArray("results");
            Result(json, "maintenance", outcome, told?.Until, said);
            json.WriteEndArray();
        });
    }

    /// <returns>What became of it; null when nobody knows, or when too many commands wait.</returns>
    private async Task<(PanelEvent? Told, bool Busy)> AskAsync(PanelCommand command)
    {
        if (commands.Post(command) is not { } posted)
        {
            return (null, true);
        }

        try
        {
            return (await posted.WaitAsync(HandsLimits.Step, time).ConfigureAwait(false), false);
        }
        catch (TimeoutException)
        {
            return (null, false);
        }
    }

    private static decimal Seconds(SourceTime stamp) => stamp.UnixMicroseconds / 1_000_000m;

    private static void Result(Utf8JsonWriter json, string id, string outcome, SourceTime? until, string said)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("outcome", outcome);
        if (until is { } end)
        {
            json.WriteNumber("until", Seconds(end));
        }

        json.WriteString("said", said);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("ok", true);
        if (state.Maintenance is { } maintenance)
        {
            json.WriteStartObject("maintenance");
            json.WriteNumber("until", Seconds(maintenance.Until));
            json.WriteNumber("left", Math.Round(Math.Max(0, maintenance.Left.TotalSeconds), 3));
            json.WriteString("by", maintenance.By);
            json.WriteString("why", maintenance.Why);
            json.WriteEndObject();
        }

        json.WriteNumber("longest", site.Maintenance.Longest.TotalSeconds);
        json.WriteStartArray("annunciators");
        foreach (var annunciator in site.Annunciators)
        {
            json.WriteStartObject();
            json.WriteString("id", annunciator.Id);
            json.WriteString("kind", annunciator.IsLamp ? "lamp" : "siren");
            json.WriteBoolean("silence", annunciator.SilenceAllowed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Names(Utf8JsonWriter json, string name, IEnumerable<int> annunciators)
    {
        json.WriteStartArray(name);
        foreach (var annunciator in annunciators)
        {
            json.WriteStringValue(site.Annunciators[annunciator].Id);
        }

        json.WriteEndArray();
    }

    private void Audit(string what, string outcome, HandsPeer peer, Action<Utf8JsonWriter> members)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("outcome", outcome);
            members(json);
            json.WriteNumber("uid", peer.Uid);
            json.WriteNumber("pid", peer.Pid);
            json.WriteEndObject();
        }

        audit.Add(peer.Name, what, body.WrittenMemory);
    }
}
