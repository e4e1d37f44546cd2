using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Engine;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// The values that people at the gateway put in place of readings. A command goes to the step as an input and is entered into the audit trail with what became of it,
/// refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class SubstituteHands(Site site, IStationState state, HandsDesk desk)
{
    private readonly Dictionary<string, int> _points = site.Points.Select((p, i) => (p.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);

    /// <summary>Answers <c>{"do":"substitute.list"}</c>, <c>{"do":"substitute.set","point":"LT-201.level","value":"2.5 m","seconds":3600,"why":"..."}</c>, and <c>substitute.end</c>.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        switch (what)
        {
            case "substitute.list":
                return HandsServer.Line(Write);
            case "substitute.set" or "substitute.end":
                var begins = what == "substitute.set";
                var wrong = HandsRequest.Terms(request, out var span, out var why);
                var (point, value) = (HandsRequest.Text(request, "point"), HandsRequest.Text(request, "value"));
                return wrong is not null ? HandsServer.Error(wrong)
                    : point is null ? HandsServer.Error("'point' is missing; expected the name of a point")
                    : begins && value is null ? HandsServer.Error("'value' is missing; expected a number with its unit, as a text")
                    : begins && why.Length == 0 ? HandsServer.Error("'why' is missing; a substitution needs a reason, for the audit trail")
                    : await CommandAsync(point, begins ? value : null, span, why, peer).ConfigureAwait(false);
            default:
                return HandsServer.Error($"'{what}' is not something to do here; expected substitute.list, substitute.set, substitute.end");
        }
    }

    private async Task<byte[]> CommandAsync(string name, string? value, TimeSpan? span, string why, HandsPeer peer)
    {
        var asked = value is null ? (TimeSpan?)null : span ?? Substitutions.Default;
        var (result, reply) = await AskAsync(name, value, asked, why, peer).ConfigureAwait(false);
        Audit(value, result, reply, asked, why, peer);
        return HandsResult.Line([result with { More = json => HandsRequest.WriteTerms(json, null, null, reply?.Until) }]);
    }

    private async Task<(HandsResult Result, SubstituteReply? Reply)> AskAsync(string name, string? written, TimeSpan? asked, string why, HandsPeer peer)
    {
        if (!_points.TryGetValue(name, out var index))
        {
            return (new HandsResult(name, "refused", "there is no such point; edgenode read --site FILE shows them"), null);
        }

        var point = site.Points[index];
        var value = 0.0;
        if (point.IsComputed)
        {
            return (new HandsResult(name, "refused", "a voting group computes it; a value can be put in place of its members"), null);
        }

        if (written is not null && Amount.Read(written, name, point.Unit, out value) is { } fault)
        {
            return (new HandsResult(name, "refused", fault), null);
        }

        var (failed, reply) = await desk.AskAsync(name, c => c.Post(new SubstituteRequest(index, value, asked, peer.Name, why)), "substitute list shows").ConfigureAwait(false);
        return failed is not null ? (failed, null) : reply.Outcome switch
        {
            SubstituteOutcome.Granted => (new HandsResult(name, "done", string.Create(
                CultureInfo.InvariantCulture, $"it is {value:G6} {point.Unit.Symbol} by hand until {reply.Until!.Value.ToDateTimeOffset():u}; no alarm, vote or trip goes by it meanwhile")), reply),
            SubstituteOutcome.Ended => (new HandsResult(name, "done", "its readings are those of its device again"), reply),
            _ => (new HandsResult(name, "refused", Why(reply.Outcome, point)), reply),
        };
    }

    private static string Why(SubstituteOutcome outcome, PointOptions point) => outcome switch
    {
        SubstituteOutcome.TooLong => $"a value by hand stands for {SpanWords.Of(Substitutions.Longest)} at most; it can be put in again",
        SubstituteOutcome.OutOfRange when point.Range is { } range =>
            string.Create(CultureInfo.InvariantCulture, $"it is outside of the point's range, {range.Low:G6}..{range.High:G6} {point.Unit.Symbol}"),
        SubstituteOutcome.OutOfRange => "it is too large for a number",
        SubstituteOutcome.NobodyLeft => "it is the last member with a vote of a voting group, and a value by hand has none; groups list shows why the others have none",
        SubstituteOutcome.TooMany => "a voting group of it allows no further member without a vote (bypass: at-most, in the site file); bypass list and substitute list show those that have none",
        SubstituteOutcome.NotSubstituted => "its readings are those of its device already",
        _ => outcome.Text(),
    };

    private void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("ok", true);
        json.WriteStartArray("substitutes");
        foreach (var one in state.Substitutes)
        {
            json.WriteStartObject();
            json.WriteString("point", site.Points[one.Point].Name);
            json.WriteNumber("value", one.Value);
            json.WriteString("unit", site.Points[one.Point].Unit.Symbol);
            json.WriteNumber("until", Seconds(one.Until));
            json.WriteNumber("left", Math.Round(Math.Max(0, one.Left.TotalSeconds), 3));
            json.WriteString("by", one.By);
            json.WriteString("why", one.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Audit(string? value, HandsResult result, SubstituteReply? reply, TimeSpan? asked, string why, HandsPeer peer) =>
        desk.Audit(peer, AuditKind.Substitute + (value is not null ? "set" : "end"), why, json =>
        {
            json.WriteString("point", result.Id);
            if (value is not null)
            {
                json.WriteString("value", value);
            }

            json.WriteString("outcome", result.Outcome);
            HandsRequest.WriteTerms(json, result.Outcome == "refused" ? reply?.Outcome.Text() : null, asked, reply?.Until);
        });

    private static decimal Seconds(SourceTime time) => time.UnixMicroseconds / 1_000_000m;
}
