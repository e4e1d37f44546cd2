using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of the emergency mode. Like a command for an alarm it goes to the step as an input, and into the audit trail with
/// what became of it.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class EmergencyHands(Site site, IStationState state, HandsDesk desk)
{
    /// <summary>Answers <c>{"do":"emergency.on","seconds":900,"why":"pump test"}</c>, <c>emergency.off</c> and <c>emergency.status</c>.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        if (what == "emergency.status")
        {
            return HandsServer.Line(json =>
            {
                json.WriteBoolean("ok", true);
                Write(json, state.Emergency);
            });
        }

        if (what is not ("emergency.on" or "emergency.off"))
        {
            return HandsServer.Error($"'{what}' is not something to do here; expected emergency.on, emergency.off, emergency.status");
        }

        if (HandsRequest.Terms(request, out var span, out var why) is { } wrong)
        {
            return HandsServer.Error(wrong);
        }

        return await CommandAsync(new EmergencyCommand(what == "emergency.on", peer.Name) { Time = span, Why = why }, peer).ConfigureAwait(false);
    }

    private async Task<byte[]> CommandAsync(EmergencyCommand command, HandsPeer peer)
    {
        var (outcome, status, said) = await AskAsync(command).ConfigureAwait(false);
        Audit(command, outcome, status, peer);
        return HandsServer.Line(json =>
        {
            json.WriteBoolean("ok", outcome is "done" or "nothing");
            json.WriteString("outcome", outcome);
            json.WriteString("said", said);
            Write(json, status);
        });
    }

    private async Task<(string Outcome, EmergencyStatus Status, string Said)> AskAsync(EmergencyCommand command)
    {
        if (IsTooLong(command))
        {
            return ("refused", state.Emergency, string.Create(CultureInfo.InvariantCulture, $"the emergency mode is on for {SpanWords.Of(EmergencyOptions.Longest)} at most; it can be prolonged"));
        }

        var (failed, reply) = await desk.AskAsync("emergency", c => c.Post(command), "emergency status shows").ConfigureAwait(false);
        if (failed is not null)
        {
            return (failed.Outcome, state.Emergency, failed.Said);
        }

        var (answer, status) = reply;
        return answer switch
        {
            EmergencyAnswer.NotInSite => ("refused", status, "the site file has no 'emergency', which says what is to be measured more often"),
            EmergencyAnswer.Nothing => ("nothing", status, status.On ? "it is on for as long already" : "it is off already"),
            _ => ("done", status, status.On ? "it is on now" : "it is off now"),
        };
    }

    private static bool IsTooLong(EmergencyCommand command) => command.Time > EmergencyOptions.Longest;

    private void Write(Utf8JsonWriter json, in EmergencyStatus status)
    {
        json.WriteBoolean("inSite", site.Emergency is not null);
        json.WriteBoolean("on", status.On);
        if (!status.On)
        {
            return;
        }

        json.WriteNumber("since", status.Since.UnixMicroseconds / 1_000_000m);
        json.WriteNumber("until", status.Until.UnixMicroseconds / 1_000_000m);
        if (status.Why.Alarm is { } alarm)
        {
            json.WriteString("alarm", site.Alarms[alarm].Id);
        }

        if (status.Why.By is { } by)
        {
            json.WriteString("by", by);
        }

        if (!string.IsNullOrEmpty(status.Why.Text))
        {
            json.WriteString("why", status.Why.Text);
        }
    }

    private void Audit(EmergencyCommand command, string outcome, EmergencyStatus status, HandsPeer peer) =>
        desk.Audit(peer, AuditKind.Emergency + (command.On ? "on" : "off"), command.Why ?? "", json =>
        {
            json.WriteString("outcome", outcome);
            HandsRequest.WriteTerms(json, IsTooLong(command) ? "too-long" : null, command.On ? command.Time ?? site.Emergency?.For ?? TimeSpan.Zero : null, status.On ? status.Until : null);
        });
}
