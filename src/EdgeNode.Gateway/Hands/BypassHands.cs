using System.Buffers;
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
/// <param name="commands">Where commands go.</param>
/// <param name="audit">The trail.</param>
/// <param name="time">The clock.</param>
internal sealed class BypassHands(Site site, IStationState state, CommandMailbox commands, IAudit audit, TimeProvider time)
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
        var (outcome, reply, said) = await AskAsync(groupId, name, group, member, asked, why, peer).ConfigureAwait(false);
        Audit(begins, groupId, name, outcome, reply, asked, why, peer);
        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", outcome == "done");
            json.WriteStartArray("results");
            json.WriteStartObject();
            json.WriteString("id", name);
            json.WriteString("group", groupId);
            json.WriteString("outcome", outcome);
            if (reply?.Until is { } until)
            {
                json.WriteNumber("until", Seconds(until));
            }

            json.WriteString("said", said);
            json.WriteEndObject();
            json.WriteEndArray();
        });
    }

    private async Task<(string Outcome, BypassReply? Reply, string Said)> AskAsync(
        string groupId, string name, int group, int member, TimeSpan? asked, string why, HandsPeer peer)
    {
        if (group < 0)
        {
            return ("refused", null, site.Groups.IsEmpty ? "the site has no voting groups" : $"there is no group {groupId}; expected {string.Join(", ", site.Groups.Select(g => g.Id))}");
        }

        var options = site.Groups[group];
        if (member < 0)
        {
            return ("refused", null, $"it is no member of {groupId}; expected {string.Join(", ", options.Members.Select(p => site.Points[p].Name))}");
        }

        if (commands.Post(new BypassRequest(group, member, asked, peer.Name, why)) is not { } posted)
        {
            return ("refused", null, "too many commands wait; try again");
        }

        try
        {
            var reply = await posted.WaitAsync(HandsLimits.Step, time).ConfigureAwait(false);
            return reply.Outcome switch
            {
                BypassOutcome.Granted => ("done", reply, $"it has no vote in {groupId} until {reply.Until!.Value.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}"),
                BypassOutcome.Ended => ("done", reply, $"its bypass in {groupId} has ended"),
                _ => ("refused", reply, Why(reply.Outcome, options, name)),
            };
        }
        catch (TimeoutException)
        {
            return ("unknown", null, string.Create(CultureInfo.InvariantCulture, $"the station did not take it within {HandsLimits.Step.TotalSeconds} s; bypass list shows whether it did since"));
        }
    }

    private string Why(BypassOutcome outcome, GroupOptions group, string name)
    {
        var present = state.Bypasses.Where(b => site.Groups[b.Group].Id == group.Id).Select(b => group.Members[b.Member])
            .Concat(state.Substitutes.Select(s => s.Point).Where(p => group.Members.Contains(p))).Distinct().Select(p => site.Points[p].Name).Where(n => n != name).ToList();
        return outcome switch
        {
            BypassOutcome.TooLong => string.Create(CultureInfo.InvariantCulture, $"{group.Id} allows {group.Bypass.Longest.TotalHours:0.##} h at most (bypass: for, in the site file)"),
            BypassOutcome.TooMany when group.Bypass.AtMost == 0 => $"{group.Id} allows no bypass (bypass: at-most, in the site file)",
            BypassOutcome.TooMany => $"{group.Id} allows {group.Bypass.AtMost} at a time (bypass: at-most, in the site file), and {string.Join(", ", present)} {(present.Count == 1 ? "is" : "are")} bypassed or {(present.Count == 1 ? "has" : "have")} a value by hand; end one first",
            BypassOutcome.NobodyLeft => $"no member of {group.Id} with a vote would be left; the others are bad or bypassed",
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

    private void Audit(bool begins, string group, string member, string outcome, BypassReply? reply, TimeSpan? asked, string why, HandsPeer peer)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("group", group);
            json.WriteString("member", member);
            json.WriteString("outcome", outcome);
            if (outcome == "refused" && reply is { } refused)
            {
                json.WriteString("reason", refused.Outcome.Text());
            }

            if (asked is { } span)
            {
                json.WriteNumber("seconds", span.TotalSeconds);
            }

            if (reply?.Until is { } until)
            {
                json.WriteNumber("until", Seconds(until));
            }

            if (why.Length > 0)
            {
                json.WriteString("why", why);
            }

            json.WriteNumber("uid", peer.Uid);
            json.WriteNumber("pid", peer.Pid);
            json.WriteEndObject();
        }

        audit.Add(peer.Name, AuditKind.Bypass + (begins ? "set" : "end"), body.WrittenMemory);
    }

    private static decimal Seconds(SourceTime time) => time.UnixMicroseconds / 1_000_000m;

    private static int IndexOf(IEnumerable<string> names, string name) => names.ToList().IndexOf(name);
}
