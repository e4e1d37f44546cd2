using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// What people at the gateway ask of trips. A command goes to the step as an input and is entered into the audit trail with what became of it, refused ones too.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">What is shown.</param>
/// <param name="desk">The way of commands.</param>
internal sealed class TripHands(Site site, IStationState state, HandsDesk desk)
{
    private static readonly TripAsk[] Asked = [TripAsk.Reset, TripAsk.Inhibit, TripAsk.EndInhibit, TripAsk.Trip, TripAsk.Test, TripAsk.EndTest];

    private readonly Dictionary<string, int> _trips = site.Trips.Select((t, i) => (t.Id, i)).ToDictionary(t => t.Id, t => t.i, StringComparer.Ordinal);

    /// <summary>Answers <c>{"do":"trips.list"}</c>, <c>{"do":"trips.reset","ids":["close-inlet"]}</c>, and so on.</summary>
    public async Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do");
        if (what == "trips.list")
        {
            return HandsServer.Line(json => TripListing.Write(json, site, state));
        }

        foreach (var ask in Asked)
        {
            if (what == "trips." + ask.Text())
            {
                return await CommandAsync(ask, request, peer).ConfigureAwait(false);
            }
        }

        return HandsServer.Error($"'{what}' is not something to do here; expected trips.list, {string.Join(", ", Asked.Select(a => "trips." + a.Text()))}");
    }

    private async Task<byte[]> CommandAsync(TripAsk ask, JsonElement request, HandsPeer peer)
    {
        if (Ids(request, ask) is not { } ids)
        {
            return HandsServer.Error($"'ids' is missing; expected a list of trips, at most {HandsLimits.Alarms}");
        }

        if (HandsRequest.Terms(request, out var span, out var why) is { } wrong)
        {
            return HandsServer.Error(wrong);
        }

        if (ask is TripAsk.Inhibit or TripAsk.Test or TripAsk.Trip && why.Length == 0)
        {
            return HandsServer.Error($"'why' is missing; {(ask == TripAsk.Trip ? "a trip by hand" : ask == TripAsk.Test ? "a test" : "an inhibit")} needs a reason, for the audit trail");
        }

        if (ids.Count == 0)
        {
            desk.AuditNothing(peer, AuditKind.Trip + ask.Text(), why);
        }

        var results = new List<HandsResult>(ids.Count);
        foreach (var id in ids)
        {
            var (result, answer) = await AskAsync(id, new TripCommand(-1, ask, peer.Name) { Time = span, Why = why, OfAll = IsOfAll(request, ask) }).ConfigureAwait(false);
            Audit(ask, result, answer, span, why, peer);
            results.Add(result with { More = json => WriteAnswer(json, answer) });
        }

        return HandsResult.Line(results);
    }

    private async Task<(HandsResult Result, TripAnswer? Answer)> AskAsync(string id, TripCommand command)
    {
        if (!_trips.TryGetValue(id, out var trip))
        {
            return (new HandsResult(id, "refused", NoTrip(id)), null);
        }

        var (failed, answer) = await desk.AskAsync(id, c => c.Post(command with { Trip = trip }), "trips list shows").ConfigureAwait(false);
        return failed is not null ? (failed, null)
            : (new HandsResult(id, answer.Outcome.IsRefusal() ? "refused" : answer.Outcome.Text(), Said(trip, command.Ask, answer)), answer);
    }

    private string NoTrip(string id)
    {
        if (site.Alarms.FirstOrDefault(a => a.Id == id) is not null)
        {
            return $"it is an alarm; alarms reset {id} releases its latch, and trips list shows the trips";
        }

        if (site.Outputs.FirstOrDefault(o => o.Id == id) is null)
        {
            return site.Trips.IsEmpty ? "the site has no trips" : "there is no such trip; trips list shows them";
        }

        var trips = string.Join(", ", site.Trips.Where(t => t.Effect.Any(o => site.Outputs[o].Id == id)).Select(t => t.Id));
        return $"it is an output; outputs reset {id} ends a hold of its own{(trips.Length > 0 ? $", and what trips it is reset by name: {trips}" : "")}";
    }

    private string Said(int trip, TripAsk ask, in TripAnswer answer)
    {
        var options = site.Trips[trip];
        var most = ask == TripAsk.Test ? options.TestAtMost : options.InhibitAtMost;
        var key = ask == TripAsk.Test ? "test-at-most" : "inhibit-at-most";
        return answer.Outcome switch
        {
            TripOutcome.Done => Done(options, ask, answer),
            TripOutcome.Nothing => ask == TripAsk.Reset ? "there is nothing to reset" : $"it is {answer.State.Text()} already",
            TripOutcome.CauseStands => $"its cause stands: {Leaves(trip, false)}",
            TripOutcome.CauseUnknown => $"nobody can tell whether its cause stands: {Leaves(trip, null)}",
            TripOutcome.CausePending => $"its cause may be coming: {Pending(trip)}",
            TripOutcome.NotSettled => string.Create(CultureInfo.InvariantCulture, $"its cause has gone, and must have been gone for {options.Settle.TotalSeconds:0.###} s; {Math.Ceiling(answer.Left.TotalSeconds):0} s more"),
            TripOutcome.NotPermitted => $"its permissive is not true, or about to go: {string.Join(", ", options.Permissive!.Leaves.Distinct().Select(l => TripListing.Name(site, l)))}",
            TripOutcome.NotAllowed => $"the site file allows {(ask == TripAsk.Test ? "no test" : "no inhibit")} of it ({key})",
            TripOutcome.TooLong => $"the site file allows {SpanWords.Of(most)} at most ({key})",
            TripOutcome.NotInhibited => "it is not inhibited",
            TripOutcome.NotInTest => "it is not in test",
            TripOutcome.Stands => $"it is {answer.State.Text()}, and a test begins with a trip that is ready; reset it first",
            _ => answer.Outcome.Text(),
        };
    }

    private string Done(TripOptions trip, TripAsk ask, in TripAnswer answer)
    {
        var effect = string.Join(", ", trip.Effect.Select(o => site.Outputs[o].Id));
        return ask switch
        {
            TripAsk.Reset when answer.UnderInhibit => $"it is released while it is inhibited; when that ends before its cause has been gone for the settle time it trips at once",
            TripAsk.Reset => "it is ready",
            TripAsk.Trip => $"{(trip.Armed ? "it is tripped; it stands until it is reset" : $"it is {answer.State.Text()}, in shadow mode: {effect} is left alone")}{(answer.EndedTest ? "; its test is over" : "")}",
            TripAsk.EndInhibit or TripAsk.EndTest => $"it is armed again, and {answer.State.Text()}",
            _ => $"it {(ask == TripAsk.Test ? "is in test and leaves " + effect + " alone" : "is inhibited and does not protect")} until {answer.Until!.Value.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}",
        };
    }

    /// <summary>Those that keep it from its reset; all of them, where that cannot be told from the leaves alone.</summary>
    private string Leaves(int trip, bool? isNot)
    {
        var present = new TripStatus[site.Trips.Length];
        state.CopyTrips(present);
        var leaves = site.Trips[trip].Cause.Leaves.Zip(present[trip].Leaves).Distinct().ToList();
        var telling = leaves.Where(l => isNot is null ? l.Second is null : l.Second != isNot).ToList();
        return string.Join(", ", (telling.Count > 0 ? telling : leaves).Select(l => $"{TripListing.Name(site, l.First)} is {TripListing.Word(l.Second)}"));
    }

    /// <summary>Those whose delay runs towards the cause; else it is an <c>after</c> that counts, and those for which it does.</summary>
    private string Pending(int trip)
    {
        var present = new TripStatus[site.Trips.Length];
        state.CopyTrips(present);
        var pending = site.Trips[trip].Cause.Leaves.Where((_, n) => present[trip].Pending[n]).Distinct().Select(l => TripListing.Name(site, l)).ToList();
        return pending.Count > 0 ? $"a delay of {string.Join(", ", pending)} runs" : $"an after counts: {Leaves(trip, false)}";
    }

    /// <summary>Those that are named; or, to reset, all that stand.</summary>
    private List<string>? Ids(JsonElement request, TripAsk ask)
    {
        if (IsOfAll(request, ask))
        {
            var present = new TripStatus[site.Trips.Length];
            state.CopyTrips(present);
            return [.. site.Trips.Where((_, i) => present[i].State != TripState.Ready).Select(t => t.Id)];
        }

        return HandsRequest.Ids(request);
    }

    private static bool IsOfAll(JsonElement request, TripAsk ask) => ask == TripAsk.Reset && request.TryGetProperty("all", out var all) && all.ValueKind == JsonValueKind.True;

    private static void WriteAnswer(Utf8JsonWriter json, TripAnswer? given)
    {
        if (given is not { } answer)
        {
            return;
        }

        json.WriteString("state", answer.State.Text());
        if (answer.Outcome.IsRefusal())
        {
            json.WriteString("reason", answer.Outcome.Text());
        }

        if (answer.UnderInhibit)
        {
            json.WriteBoolean("underInhibit", true);
        }

        if (answer.Until is { } until)
        {
            json.WriteNumber("until", until.UnixMicroseconds / 1_000_000m);
        }
    }

    private void Audit(TripAsk ask, HandsResult result, TripAnswer? answer, TimeSpan? span, string why, HandsPeer peer) =>
        desk.Audit(peer, AuditKind.Trip + ask.Text(), why, json =>
        {
            json.WriteString("trip", result.Id);
            json.WriteString("outcome", result.Outcome);
            WriteAnswer(json, answer);
            if (span is { } asked)
            {
                json.WriteNumber("seconds", asked.TotalSeconds);
            }
        });
}
