using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of the front panel: silence and maintenance. A command goes to the step as an input, as a button's does, and is entered
/// into the audit trail with what became of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class PanelHands(Site site, IStationState state, HandsDesk desk)
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

    private async Task<byte[]> SilenceAsync(JsonElement request, HandsPeer peer)
    {
        var all = !request.TryGetProperty("ids", out _);
        if (!all && HandsRequest.Ids(request) is null)
        {
            return HandsServer.Error($"'ids' is no list of annunciators; expected their ids, at most {HandsLimits.Alarms}, or no 'ids' for all that sound");
        }

        var results = new List<HandsResult>();
        foreach (var id in all ? [null!] : HandsRequest.Ids(request)!)
        {
            results.AddRange(await SilenceAsync(id, peer).ConfigureAwait(false));
        }

        return HandsResult.Line(results, results.TrueForAll(r => r.Ok) || (all && results.Exists(r => r.Outcome == "done")));
    }

    /// <param name="id">Which; null: all that sound.</param>
    /// <param name="peer">Who asks.</param>
    private async Task<List<HandsResult>> SilenceAsync(string? id, HandsPeer peer)
    {
        int? annunciator = id is null ? null : site.Annunciators.ToList().FindIndex(a => a.Id == id);
        if (annunciator < 0)
        {
            desk.Audit(peer, AuditKind.Silence, "", json =>
            {
                json.WriteString("outcome", "refused");
                json.WriteString("annunciator", id);
            });
            return [new HandsResult(id!, "refused", site.Annunciators.IsEmpty
                ? "the site has no annunciators" : $"there is no such annunciator; expected {string.Join(", ", site.Annunciators.Select(a => a.Id))}")];
        }

        var (failed, told) = await desk.AskAsync(id ?? "silence", c => c.Post(new SilenceCommand(annunciator, peer.Name)), "the siren itself tells").ConfigureAwait(false);
        desk.Audit(peer, AuditKind.Silence, "", json =>
        {
            json.WriteString("outcome", failed?.Outcome ?? told.Outcome.Text());
            Names(json, "annunciators", failed is null ? told.Silenced.Stilled : []);
            Names(json, "refused", failed is null ? told.Silenced.Refused : []);
        });
        if (failed is not null)
        {
            return [failed];
        }

        var minutes = AnnunciatorPatterns.LongestSilence.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        List<HandsResult> results =
        [
            .. told.Silenced.Stilled.Select(a => new HandsResult(
                site.Annunciators[a].Id, "done", $"it is still until the next alarm, and for {minutes} min at most; alarms ack stills it for good")),
            .. told.Silenced.Refused.Select(a => new HandsResult(site.Annunciators[a].Id, "refused", site.Annunciators[a].IsLamp
                ? "a lamp is not silenced; it goes by its alarms" : "it may not be silenced (silence: allowed, in the site file); alarms ack stills it")),
        ];
        return results.Count == 0 && id is not null ? [new HandsResult(id, "nothing", "it does not sound")] : results;
    }

    private async Task<byte[]> MaintainAsync(PanelCommand command, TimeSpan? span, string why, HandsPeer peer)
    {
        var on = command is MaintenanceOnCommand;
        var (failed, told) = await desk.AskAsync("maintenance", c => c.Post(command), "maintenance status shows").ConfigureAwait(false);
        var others = failed is null && !on && state.Maintenance is { } left
            ? $"that of {left.By} goes on until {left.Until.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}" : null;
        var (outcome, said) = failed is not null ? (failed.Outcome, failed.Said) : told.Outcome switch
        {
            PanelOutcome.TooLong => ("refused", $"the site allows {SpanWords.Of(site.Maintenance.Longest)} at most (maintenance: for, in the site file)"),
            PanelOutcome.Done when on => ("done", $"what is measured is marked until {told.Until!.Value.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}; alarms and trips work on"),
            PanelOutcome.Done => ("done", others is null ? "it has ended" : "it has ended; " + others),
            _ => ("nothing", others is null ? "there is none" : "there is none that this command began; " + others),
        };
        var until = failed is null ? told.Until : null;
        desk.Audit(peer, AuditKind.Maintenance + (on ? "on" : "off"), why, json =>
        {
            json.WriteString("outcome", outcome);
            HandsRequest.WriteTerms(
                json, failed is null && outcome == "refused" ? told.Outcome.Text() : null, on ? span ?? site.Maintenance.Longest : null, until);
        });
        return HandsResult.Line([new HandsResult("maintenance", outcome, said) { More = json => HandsRequest.WriteTerms(json, null, null, until) }]);
    }

    private static decimal Seconds(SourceTime stamp) => stamp.UnixMicroseconds / 1_000_000m;

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
}
