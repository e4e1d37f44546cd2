using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>Who must reset a trip although it resets itself.</summary>
public enum TripOwes : byte
{
    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>A person: no reset is known since the start.</summary>
    SinceStart,

    /// <summary>A person: it was tripped by hand, or did not come to rest.</summary>
    ByHand,
}

/// <summary>All that a trip knows beside its cause.</summary>
/// <param name="State">Present state.</param>
/// <param name="Suppressed">It stands and leaves its outputs alone: it came up in an inhibit or a test, or was released under an inhibit.</param>
/// <param name="Owes">Who must reset it although it resets itself.</param>
/// <param name="InhibitedUntil">Monotonic end of the inhibit; null when it is not inhibited.</param>
/// <param name="TestUntil">Monotonic end of the test; null when it is not in test.</param>
public readonly record struct TripFacts(TripState State, bool Suppressed, TripOwes Owes, TimeSpan? InhibitedUntil, TimeSpan? TestUntil)
{
    /// <summary>As each run begins: safe, until a reset counts.</summary>
    public static TripFacts AtStart => new(TripState.NotReset, false, TripOwes.SinceStart, null, null);

    /// <summary>It had acted, and was released under an inhibit: that holds as long as the inhibit, and beyond it only where the cause has been gone for the settle time.</summary>
    public bool Released { get; init; }

    /// <summary>It is not ready: it has tripped, or waits for its reset since the start.</summary>
    public bool Stands => State != TripState.Ready;

    /// <summary>A person has disarmed it, for a limited time.</summary>
    public bool IsInhibited => InhibitedUntil is not null;

    /// <summary>It works and leaves its outputs alone, for a limited time.</summary>
    public bool IsInTest => TestUntil is not null;
}

/// <summary>A trip's states by <see cref="TripTable"/>, and what inhibit, test and a person's reset have to do with them. A pure function.</summary>
public static class TripMachine
{
    /// <summary>What an input makes of a trip.</summary>
    /// <param name="facts">As it is.</param>
    /// <param name="input">What happens.</param>
    /// <param name="cause">The cause: true, false, or null for unknown.</param>
    public static TripFacts Next(in TripFacts facts, TripInput input, bool? cause)
    {
        var to = TripTable.Move(facts.State, input) switch
        {
            TripMove.Stay or TripMove.Refuse => facts.State,
            TripMove.Stand => cause == false ? TripState.Settling : TripState.Tripped,
            var move => (TripState)move,
        };
        if (to == TripState.Ready)
        {
            return facts with { State = to, Suppressed = false, Released = false, Owes = TripOwes.Nobody };
        }

        var comesUp = !facts.Stands;
        var next = facts with { State = to };
        return input switch
        {
            // Whoever trips by hand wants the outputs safe: that goes before an inhibit, which is against the cause, and ends a test.
            TripInput.Trip => next with { Suppressed = false, Released = false, Owes = TripOwes.ByHand, TestUntil = null },
            TripInput.CauseTrue or TripInput.UnknownTooLong when comesUp => next with { Suppressed = facts.IsInhibited || facts.IsInTest },
            TripInput.Release => next with { Suppressed = true, Released = facts.Released || !facts.Suppressed, Owes = TripOwes.Nobody },
            TripInput.Kept when facts.Owes == TripOwes.SinceStart => next with { Owes = TripOwes.Nobody },
            TripInput.Unsuppress or TripInput.ReleaseEnds => next with { Suppressed = false, Released = false },
            _ => next,
        };
    }
}
