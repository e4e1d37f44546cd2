using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Gateway.Demo;

/// <summary>The acts. Each looks at the running product and at the simulated wires; none sets what it looks at.</summary>
internal static class StoryScript
{
    private static readonly TimeSpan Press = TimeSpan.FromSeconds(3);

    public static ImmutableArray<StoryAct> Acts { get; } =
    [
        new("start", "The station starts for the first time. Nobody has reset its trip yet, so the inlet valve XV-101 is closed.", s =>
            s is { Trip.State: not TripState.Ready, Valve: { Safe: true, Proof: ProofState.Proved }, Coil: false } ? $"close-inlet is {s.Trip.State.Text()}, XV-101 is proved closed" : null),
        new("start-up", "The demo does what the operator does: acknowledges, and resets the trip once its cause has been gone for 20 s.", async s =>
            s.IsSettled && (await s.Hands.AcknowledgeAsync().ConfigureAwait(false)).Taken && await s.Hands.ResetAsync().ConfigureAwait(false) is { Outcome: "done" or "nothing" } reset ? reset.Said : null)
        {
            Every = Press,
        },
        new("normal", "The inlet opens. Three transmitters measure the header pressure, and agree.", s =>
            s is { Valve: { Safe: false, Proof: ProofState.Proved }, Coil: true } && Good(s, "P-101.value") is > 4 and < 5.5 ? $"XV-101 is proved open, {Travel(s)}; P-101 is {Bar(s, "P-101.value")}" : null),
        new("drift", "PT-101B drifts away from the other two. They outvote it, and the group says that it deviates.", s =>
            s.Alarm("P-101.deviation") is { Active: true } alarm && alarm.Votes.About.Has(1)
            && Good(s, "PT-101B.pressure") - Good(s, "P-101.value") > 0.3 && s is { Trip.State: TripState.Ready, Coil: true }
                ? $"PT-101B says {Bar(s, "PT-101B.pressure")}, P-101 is {Bar(s, "P-101.value")}; the inlet stays open" : null),
        new("degraded", "PT-101B drifts on until, a minute after the start, it says nothing more. The group then goes on with two: from 2oo3 to 1oo2.", s =>
            s.Alarm("P-101.degraded") is { Active: true } alarm && alarm.Votes.Lost.Has(1)
            && Good(s, "PT-101B.pressure") is null && Good(s, "P-101.value") is not null && s is { Trip.State: TripState.Ready, Coil: true }
                ? $"PT-101B has no vote; P-101 is {Bar(s, "P-101.value")}; the inlet stays open" : null),
        new("rise", "Somebody shuts the valve behind the pumps. The header pressure rises.", s =>
        {
            s.ShutOutlet(true);
            return Good(s, "P-101.value") > 5.5 ? $"P-101 is {Bar(s, "P-101.value")}" : null;
        }),
        new("alarm", "It passes 6.5 bar: PAHH-101.", s => s.Alarm("PAHH-101").Active ? $"P-101 is {Bar(s, "P-101.value")}" : null),
        new("trip", "The trip close-inlet takes the energy from the inlet valve.", s =>
            s is { Trip: { State: TripState.Tripped or TripState.Settling, Acts: true }, Valve.Safe: true, Coil: false } ? "line 22 is without energy" : null),
        new("siren", "The siren calls.", s => s.Siren ? "line 27 has energy" : null),
        new("closed", "The spring closes the valve, and its limit switches prove it.", s =>
            s.Valve is { Safe: true, Proof: ProofState.Proved } ? $"XV-101 is proved closed, {Travel(s)}" : null),
        new("acknowledge", "The operator acknowledges. The siren stops.", async s =>
            await s.Hands.AcknowledgeAsync().ConfigureAwait(false) is { Taken: true } && !s.Siren ? "line 27 is without energy" : null)
        {
            Every = TimeSpan.FromSeconds(1),
        },
        new("too-early", "The operator tries to reset, too early.", async s =>
            await s.Hands.ResetAsync().ConfigureAwait(false) is { Outcome: "refused" } reset && !s.Coil ? reset.Said : null)
        {
            Every = Press,
        },
        new("falls", "The valve behind the pumps is opened again. The pressure has fallen.", s =>
        {
            s.ShutOutlet(false);
            return !s.Alarm("PAHH-101").Active && Good(s, "P-101.value") < 4 && s is { Trip.Cause: false, Coil: false } ? $"P-101 is {Bar(s, "P-101.value")}; the inlet stays closed" : null;
        }),
        new("reset", "The cause must have been gone for 20 s. Then the operator resets.", async s =>
            s.IsSettled && await s.Hands.ResetAsync().ConfigureAwait(false) is { Outcome: "done" } reset ? reset.Said : null)
        {
            Every = Press,
        },
        new("open", "The valve opens, and its limit switches prove it.", s =>
            s is { Trip.State: TripState.Ready, Valve: { Safe: false, Proof: ProofState.Proved }, Coil: true } ? $"XV-101 is proved open, {Travel(s)}" : null),
    ];

    /// <summary>Null while it is bad.</summary>
    private static double? Good(StoryStage stage, string point) => stage.Reading(point) is { Quality.IsBad: false } reading ? reading.Value : null;

    private static string Bar(StoryStage stage, string point) => string.Create(CultureInfo.InvariantCulture, $"{Good(stage, point):0.00} bar");

    private static string Travel(StoryStage stage) =>
        stage.Valve.LastTravel is { } travel ? string.Create(CultureInfo.InvariantCulture, $"after {travel.TotalSeconds:0.0} s") : "its travel was not measured";
}
