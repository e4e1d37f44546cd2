using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>A trip: a cause, and the outputs that it takes to their safe state. Trips cannot fight, since there is no other effect.</summary>
/// <param name="Id">Tag name, unique.</param>
/// <param name="Cause">What trips it.</param>
/// <param name="Effect">Indexes into <see cref="Site.Outputs"/>; at least one.</param>
/// <param name="OnBad">What an unknown cause does.</param>
/// <param name="ProcessSafetyTime">From the first dangerous moment to harm.</param>
public sealed record TripOptions(string Id, Cause Cause, ImmutableArray<int> Effect, OnBad OnBad, TimeSpan ProcessSafetyTime)
{
    /// <summary>A person must reset it; else it resets itself once its cause has been false for the settle time.</summary>
    public bool ManualReset { get; init; } = true;

    /// <summary>How long the cause must have been false before a reset is taken, and before a start trusts the reset that was kept. Default 10 s, an assumption.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After a stop that was not an orderly one a reset that was kept still counts. As a rule a person resets then.</summary>
    public bool ResumeAfterCrash { get; init; }

    /// <summary>It acts on its outputs; else it only tells what it would have done.</summary>
    public bool Armed { get; init; } = true;

    /// <summary>What must be true for a reset to be taken; null: nothing more than the cause's end.</summary>
    public Cause? Permissive { get; init; }

    /// <summary>Longest inhibit; default 8 h, one shift, an assumption. 0: it cannot be inhibited.</summary>
    public TimeSpan InhibitAtMost { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Longest test, in which the trip works and leaves its outputs alone; default 1 h, an assumption.</summary>
    public TimeSpan TestAtMost { get; init; } = TimeSpan.FromHours(1);

    /// <summary>When the next proof test is due; null: nobody watches it.</summary>
    public DateOnly? ProofTestDue { get; init; }

    /// <summary>What the operator reads.</summary>
    public LocalText Text { get; init; } = new("", "", "");

    /// <summary>Where its own points stand among <see cref="Site.Points"/>.</summary>
    public TripPoints Points { get; init; } = new(-1, -1);
}

/// <summary>Points that the node computes of a trip; all are 0 or 1, and alarms of the same names watch them.</summary>
/// <param name="Tripped">TRIP.tripped: it stands, and is not about to resume by itself after a start (it is not while its permissive keeps it from that); in shadow mode: it would have tripped.</param>
/// <param name="Inhibited">TRIP.inhibited: it is inhibited, or in test.</param>
/// <param name="Blind">TRIP.blind: its cause is unknown. Below 0 where the site has no such point.</param>
public readonly record struct TripPoints(int Tripped, int Inhibited, int Blind = -1);

/// <summary>What an unknown cause does.</summary>
/// <param name="Kind">What.</param>
/// <param name="After">For <see cref="OnBadKind.TripAfter"/>: how long it must be unknown.</param>
public readonly record struct OnBad(OnBadKind Kind, TimeSpan After);

/// <summary>What an unknown cause does.</summary>
public enum OnBadKind : byte
{
    /// <summary>It trips once it has been unknown for so long.</summary>
    TripAfter,

    /// <summary>The trip stays as it is; what was tripped cannot be reset.</summary>
    Hold,

    /// <summary>The trip stays as it is; an alarm of its own says that it is blind.</summary>
    AlarmOnly,
}

/// <summary>A cause: a tree of conditions in three-valued logic (Kleene's): any is true when one is, whatever the unknown ones are.</summary>
public abstract record Cause
{
    /// <summary>What it names, in the order of the site file; one that is named twice comes twice.</summary>
    public IEnumerable<AlarmCause> Leaves => this switch
    {
        CauseOf of => [of.What],
        CauseAny any => any.Of.SelectMany(c => c.Leaves),
        CauseAll all => all.Of.SelectMany(c => c.Leaves),
        CauseVote vote => vote.Of.SelectMany(c => c.Leaves),
        CauseNot not => not.Of.Leaves,
        CauseAfter after => after.Of.Leaves,
        _ => [],
    };
}

/// <summary>The condition of an alarm behind its delays, whatever people have made of the alarm; or of a digital point.</summary>
/// <param name="What">An alarm, or a point that is not 0.</param>
public sealed record CauseOf(AlarmCause What) : Cause;

/// <summary>One of them: true when one is true, false when all are false.</summary>
public sealed record CauseAny(ImmutableArray<Cause> Of) : Cause;

/// <summary>All of them: false when one is false, true when all are true.</summary>
public sealed record CauseAll(ImmutableArray<Cause> Of) : Cause;

/// <summary>The opposite; unknown stays unknown.</summary>
public sealed record CauseNot(Cause Of) : Cause;

/// <summary>So many of them: true when so many are true, false when so many cannot be true any more.</summary>
/// <param name="Needs">1 to the number of causes.</param>
/// <param name="Of">The causes.</param>
public sealed record CauseVote(int Needs, ImmutableArray<Cause> Of) : Cause;

/// <summary>True once it has been true for so long without a break; an unknown one neither counts on nor begins anew: it stands still.</summary>
public sealed record CauseAfter(TimeSpan Delay, Cause Of) : Cause;
