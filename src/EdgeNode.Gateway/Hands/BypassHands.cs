using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Vote;
using EdgeNode.Engine;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of members of voting groups. A command goes to the step as an input and is entered into the audit trail with what became of it,
/// refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class BypassHands(Site site, IStationState state, HandsDesk desk)
{
    /// <summary>Answers <c>{"do":"bypass.list"}</c>, <c>{"do":"bypass.set","group":"P-101","member":"PT-101A.pressure","seconds":7200,"why":"..."}</c>, and <c>bypass.end</c>.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        switch (what)
        {
            case "bypass.list":
                return HandsServer.Line(Write);
            case "bypass.set" or "bypass.end":
                var begins = what == "bypass.set";
                var wrong = HandsRequest.Terms(request, out var span, out var why);
                var (groupId, name) = (HandsRequest.Text(request, "group"), HandsRequest.Text(request, "member"));
                return wrong is not null ? HandsServer.Error(wrong)
                    : groupId is null || name is null ? HandsServer.Error("'group' or 'member' is missing; expected the ids of a group and of the point that is its member")
                    : begins && why.Length == 0 ? HandsServer.Error("'why' is missing; a bypass needs a reason, for the audit trail")
                    : await CommandAsync(groupId, name, begins, span, why, peer).ConfigureAwait(false);
            default:
                return HandsServer.Error($"'{what}' is not something to do here; expected bypass.list, bypass.set, bypass.end");
        }
    }

    private async Task<byte[]> CommandAsync(string groupId, string name, bool begins, TimeSpan? span, string why, HandsPeer peer)
    {
        var group = IndexOf(site.Groups.Select(g => g.Id), groupId);
        var member = group < 0 ? -1 : IndexOf(site.Groups[group].Members.Select(p => site.Points[p].Name), name);
        var asked = group < 0 ? null : begins ? span ?? site.Groups[group].Bypass.Longest : (TimeSpan?)null;
        var (result, reply) = await AskAsync(groupId, name, group, member, asked, why, peer).ConfigureAwait(false);
        Audit(begins, groupId, result, reply, asked, why, peer);
        return HandsResult.Line([result with
        {
            More = json =>
            {
                json.WriteString("group", groupId);
                HandsRequest.WriteTerms(json, null, null, reply?.Until);
            },
        }]);
    }

    private async Task<(HandsResult Result, BypassReply? Reply)> AskAsync(string groupId, string name, int group, int member, TimeSpan? asked, string why, HandsPeer peer)
    {
        if (group < 0)
        {
            return (new HandsResult(name, "refused", site.Groups.IsEmpty
                ? "the site has no voting groups" : $"there is no group {groupId}; expected {string.Join(", ", site.Groups.Select(g => g.Id))}"), null);
        }

        var options = site.Groups[group];
        if (member < 0)
        {
            return (new HandsResult(name, "refused", $"it is no member of {groupId}; expected {string.Join(", ", options.Members.Select(p => site.Points[p].Name))}"), null);
        }

        var (failed, reply) = await desk.AskAsync(name, c => c.Post(new BypassRequest(group, member, asked, peer.Name, why)), "bypass list shows").ConfigureAwait(false);
        return failed is not null ? (failed, null) : reply.Outcome switch
        {
            BypassOutcome.Granted => (new HandsResult(name, "done", $"it has no vote in {groupId} until {reply.Until!.Value.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}"), reply),
            BypassOutcome.Ended => (new HandsResult(name, "done", $"its bypass in {groupId} has ended"), reply),
            _ => (new HandsResult(name, "refused", Why(reply.Outcome, options, name)), reply),
        };
    }

    private string Why(BypassOutcome outcome, GroupOptions group, string name)
    {
        var present = group.Members.Where(p => site.Points[p].Name != name).Select(p =>
            state.Bypasses.Any(b => site.Groups[b.Group].Id == group.Id && group.Members[b.Member] == p) ? site.Points[p].Name + " is bypassed"
            : state.Substitutes.Any(s => s.Point == p) ? site.Points[p].Name + " has a value by hand" : null).OfType<string>();
        return outcome switch
        {
            BypassOutcome.TooLong => $"{group.Id} allows {SpanWords.Of(group.Bypass.Longest)} at most (bypass: for, in the site file)",
            BypassOutcome.TooMany when group.Bypass.AtMost == 0 => $"{group.Id} allows no bypass (bypass: at-most, in the site file)",
            BypassOutcome.TooMany => $"{group.Id} allows {group.Bypass.AtMost} at a time (bypass: at-most, in the site file), and {string.Join(" and ", present)}; end one first",
            BypassOutcome.NobodyLeft => $"no member of {group.Id} with a vote would be left; the others are bad, bypassed or have a value by hand, as groups list shows",
            BypassOutcome.NotBypassed => "it is not bypassed",
            _ => outcome.Text(),
        };
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("ok", true);
        json.WriteStartArray("bypasses");
        foreach (var bypass in state.Bypasses)
        {
            var group = site.Groups[bypass.Group];
            json.WriteStartObject();
            json.WriteString("group", group.Id);
            json.WriteString("member", site.Points[group.Members[bypass.Member]].Name);
            json.WriteNumber("until", Seconds(bypass.Until));
            json.WriteNumber("left", Math.Round(Math.Max(0, bypass.Left.TotalSeconds), 3));
            json.WriteString("by", bypass.By);
            json.WriteString("why", bypass.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Audit(bool begins, string group, HandsResult result, BypassReply? reply, TimeSpan? asked, string why, HandsPeer peer) =>
        desk.Audit(peer, AuditKind.Bypass + (begins ? "set" : "end"), why, json =>
        {
            json.WriteString("group", group);
            json.WriteString("member", result.Id);
            json.WriteString("outcome", result.Outcome);
            HandsRequest.WriteTerms(json, result.Outcome == "refused" ? reply?.Outcome.Text() : null, asked, reply?.Until);
        });

    private static decimal Seconds(SourceTime time) => time.UnixMicroseconds / 1_000_000m;

    private static int IndexOf(IEnumerable<string> names, string name) => names.ToList().IndexOf(name);
}
