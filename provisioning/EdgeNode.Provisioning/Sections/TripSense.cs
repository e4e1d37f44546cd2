using System.Collections.Immutable;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Contradictions of a trip: with its outputs, within its cause, and with time.</summary>
internal static class TripSense
{
    public static void Check(TripDraft trip, CauseFacts facts, SiteDraft draft)
    {
        if (trip.Options is { Armed: true } armed)
        {
            foreach (var output in armed.Effect)
            {
                Backstop(trip, draft.Outputs[output], draft.Faults);
                Hold(armed, draft.Outputs[output], draft.Faults);
            }
        }

        var sense = new CauseSense(facts, draft.Faults);
        if (trip.Cause is not { } cause || sense.Check(cause) || IsHeldUp(trip, cause, sense, draft))
            return;
        if (trip.Permissive is { } permissive && !sense.Check(permissive) && !sense.CanStandWithout(permissive, cause))
        {
            draft.Faults.Add(
                permissive.At, "this is only true while the cause stands, and then a reset is refused: the trip could never be reset", "what is true when the plant is ready again");
        }
    }

    /// <summary>A trip that is kept up, or kept from its reset, or brought to reset itself, by where it has driven its own outputs: directly, or through trips that come because of it.</summary>
    private static bool IsHeldUp(TripDraft trip, CauseDraft cause, CauseSense sense, SiteDraft draft)
    {
        var levels = new Dictionary<int, bool>();
        Drive(trip, levels, draft);
        if (levels.Count == 0)
            return false;
        const string Itself = "where the trip itself has driven its outputs";
        return IsHeldUp(trip, cause, levels, Itself, sense, draft.Faults)
            || (Follow(trip, levels, sense, draft) is { Count: > 0 } others
                && IsHeldUp(trip, cause, levels, $"{Itself}, and {string.Join(", ", others.Select(Words.Quoted))} others because of it", sense, draft.Faults));
    }

    private static bool IsHeldUp(TripDraft trip, CauseDraft cause, Dictionary<int, bool> levels, string where, CauseSense sense, FaultList faults)
    {
        var held = sense.WhenSafe(cause, levels);
        if (held == true)
        {
            faults.Add(
                cause.At, $"this is true {where}: once tripped it could never be reset",
                "what the process does; or all of the contact and of something that ends");
            return true;
        }

        // A permissive decides when it resets itself. Where there is none, or the cause is true again wherever the outputs return, nothing does.
        if (held == false && trip.Options is { ManualReset: false } && (trip.Permissive is null || sense.WhenSafe(cause, levels.ToDictionary(l => l.Key, l => !l.Value)) == true))
        {
            faults.Add(cause.At, $"this is false {where}, and it resets itself: it would trip and reset itself for ever", "what the process does; or reset: manual");
            return true;
        }

        if (trip.Permissive is not { } permissive || sense.WhenSafe(permissive, levels) != false)
            return false;
        faults.Add(
            permissive.At, $"this is never true {where}: once tripped it could never be reset", "what is true when the plant is ready again");
        return true;
    }

    /// <summary>Adds the contacts of the outputs of armed trips that come by those which are known, and gives their names.</summary>
    private static List<string> Follow(TripDraft trip, Dictionary<int, bool> levels, CauseSense sense, SiteDraft draft)
    {
        var others = new List<string>();
        var open = draft.Trips.Where(t => t != trip && t is { Options.Armed: true, Cause: not null }).ToList();
        while (open.Find(t => sense.WhenSafe(t.Cause!, levels) == true) is { } next)
        {
            open.Remove(next);
            var before = levels.Count;
            Drive(next, levels, draft);
            if (levels.Count > before)
                others.Add(next.Id);
        }

        return others;
    }

    /// <summary>The contacts of a trip's outputs as they are when these are safe.</summary>
    private static void Drive(TripDraft trip, Dictionary<int, bool> levels, SiteDraft draft)
    {
        foreach (var output in (trip.Options?.Effect ?? []).Select(o => draft.Outputs[o].Options).OfType<OutputOptions>())
        {
            if (output.Proof is { } proof)
                (levels[proof.EnergisedPoint], levels[proof.DeEnergisedPoint]) = (output.SafeEnergised, !output.SafeEnergised);
            if (output.ReadBack is { } contact)
                levels[contact] = output.SafeEnergised;
        }
    }

    /// <summary>Only for a site without faults: the whole chain in time (IEC 61511 asks that it fits into the process safety time; half of it is our margin).</summary>
    public static void CheckChains(Site site, ImmutableArray<DeviceTimes> times, SiteDraft draft)
    {
        foreach (var (options, trip) in site.Trips.Zip(draft.Trips))
        {
            var seen = TripChain.Seen(site, times, options);
            var blind = TripChain.Blind(site, times, options);
            var dead = options.Armed ? TripChain.Dead(site, options) : null;
            if (TooSlow(seen, "from the process to the safe state it takes", trip, options, draft.Faults)
                || TooSlow(blind, "with its sensors silent it takes", trip, options, draft.Faults))
                continue; // the parts are nearly the same
            TooSlow(dead, "with the node dead it takes", trip, options, draft.Faults);
        }
    }

    private static bool TooSlow(TripChain? chain, string what, TripDraft trip, TripOptions options, FaultList faults)
    {
        if (chain is null || chain.Total <= TripChain.Limit(options))
            return false;
        faults.Add(
            trip.Section.PlaceOf("process-safety-time"),
            $"{what} up to {Words.Seconds(chain.Total)}: {string.Join(", ", chain.Parts.Select(p => $"{p.What} {Words.Seconds(p.Time)}"))}",
            $"at most {Words.Seconds(TripChain.Limit(options))}, half of the process safety time");
        return true;
    }

    /// <summary>After a planned restart the trip's reset counts again only once its cause has been good for the settle time.</summary>
    private static void Hold(TripOptions trip, OutputDraft output, FaultList faults)
    {
        if (output.Options is not { HoldThroughRestart: var hold } || hold == TimeSpan.Zero || hold > trip.Settle)
            return;
        faults.Add(
            output.Section.PlaceOf("hold-through-restart"),
            $"the hold of {Words.Seconds(hold)} is over before the trip {Words.Quoted(trip.Id)} has seen its cause good for its settle time of {Words.Seconds(trip.Settle)}: the output would go safe at each restart",
            $"more than {Words.Seconds(trip.Settle)} and the time of the restart itself; or a shorter 'settle', or no 'hold-through-restart'");
    }

    private static void Backstop(TripDraft trip, OutputDraft output, FaultList faults)
    {
        if (output.Options is not { } options)
            return;
        var at = trip.Section.PlaceOf("effect");
        if (options.Backstops.IsEmpty)
        {
            faults.Add(
                at, $"the trip is armed, and its output {Words.Quoted(output.Id)} has no backstop: nothing makes it safe when the software cannot",
                $"'backstop' at {Words.Quoted(output.Id)}: released-line, watchdog-relay, device-watchdog or hard-wired; or mode: shadow");
        }
        else if (options.Place is RegisterOutput { DeviceWatchdog: null })
        {
            faults.Add(
                at, $"the trip is armed, and its output {Words.Quoted(output.Id)} hangs on a Modbus device that says of no watchdog: with the line broken it would stay as it is",
                $"'device-watchdog' at {Words.Quoted(output.Id)}, as it is set in the device; or mode: shadow");
        }
    }
}
