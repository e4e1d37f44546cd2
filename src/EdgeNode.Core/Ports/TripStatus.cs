using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>Present state of one trip.</summary>
/// <param name="State">Its state.</param>
/// <param name="Since">Since when; the start when it has not changed.</param>
public readonly record struct TripStatus(TripState State, SourceTime Since)
{
    /// <summary>Its outputs are in their safe state by it.</summary>
    public bool Acts { get; init; }

    /// <summary>It stands and leaves its outputs alone, by an inhibit or a test.</summary>
    public bool Suppressed { get; init; }

    /// <summary>The cause: true, false, or null for unknown.</summary>
    public bool? Cause { get; init; }

    /// <summary>Since when the cause is so.</summary>
    public SourceTime CauseSince { get; init; }

    /// <summary>What each leaf of the cause is, in the order of <see cref="Cause.Leaves"/>.</summary>
    public ImmutableArray<bool?> Leaves { get; init; }

    /// <summary>Which leaves do not speak for the cause and are about to, because a delay runs; in the same order.</summary>
    public ImmutableArray<bool> Pending { get; init; }

    /// <summary>The cause is false, and a delay or an <c>after</c> runs that may bring it: it does not settle.</summary>
    public bool IsPending { get; init; }

    /// <summary>While it settles: when it may be reset, or resets itself.</summary>
    public SourceTime? SettledAt { get; init; }

    /// <summary>End of the inhibit; null when it is not inhibited.</summary>
    public SourceTime? InhibitedUntil { get; init; }

    /// <summary>End of the test; null when it is not in test.</summary>
    public SourceTime? TestUntil { get; init; }

    /// <summary>Its proof test is overdue.</summary>
    public bool ProofTestDue { get; init; }

    /// <summary>Who changed it last; null when no person did.</summary>
    public string? ChangedBy { get; init; }
}
