using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>What a tap has seen of a node so far.</summary>
/// <param name="Subscribed">The broker has granted the subscriptions; what is published from then on arrives.</param>
/// <param name="State">How the tap's connection stands, in words.</param>
/// <param name="NodeOnline">What the node's status says; null before it arrived.</param>
/// <param name="Messages">Telemetry messages.</param>
/// <param name="Readings">Readings with distinct keys.</param>
/// <param name="Live">Of these, first seen in the live lane.</param>
/// <param name="Backlog">Of these, first seen in the backlog lane.</param>
/// <param name="Redelivered">Readings that came again with the same key and content: allowed.</param>
/// <param name="Conflicts">Readings that came again with the same key and other content: an error.</param>
/// <param name="OutOfOrder">Readings that came, first of all, after a later one of their lane: an error.</param>
/// <param name="Missing">Sequence numbers of telemetry and events that have not arrived, are named in no gap and are not late.</param>
/// <param name="MissingRanges">The first of them, as ranges.</param>
/// <param name="Lost">Readings and events that closed gaps name, as the gaps count them.</param>
/// <param name="Gaps">The gaps, the last ones where there are many.</param>
/// <param name="Events">Events with distinct keys, gaps included.</param>
/// <param name="Malformed">Messages that break the contract: an error.</param>
/// <param name="Findings">The first errors, in words.</param>
public sealed record TapReport(
    bool Subscribed,
    string State,
    bool? NodeOnline,
    long Messages,
    long Readings,
    long Live,
    long Backlog,
    long Redelivered,
    long Conflicts,
    long OutOfOrder,
    long Missing,
    ImmutableArray<MissingRange> MissingRanges,
    long Lost,
    ImmutableArray<GapNotice> Gaps,
    long Events,
    long Malformed,
    ImmutableArray<string> Findings)
{
    /// <summary>
    /// Readings that have not arrived and that the node still holds: they stand behind all that its backlog lane has brought, and its last
    /// status told of at least so many that wait.
    /// </summary>
    public long Late { get; init; }

    /// <summary>Numbers that have not arrived and that gaps name. Received, these, <see cref="Late"/> and <see cref="Missing"/> are all that are known to exist.</summary>
    public long Explained { get; init; }

    /// <summary>Readings that waited in the node's spool at its last status; null before there was one.</summary>
    public long? Waiting { get; init; }

    /// <summary>The node's newest run that was heard of; null before there was one.</summary>
    public Epoch? Epoch { get; init; }

    /// <summary>Starts of the node since the first run that was heard of.</summary>
    public long Restarts { get; init; }

    /// <summary>How often the node came with another spool: its data directory, or its card, was replaced.</summary>
    public long NewSpools { get; init; }

    /// <summary>Readings whose clock was not synchronised.</summary>
    public long Unsynchronised { get; init; }

    /// <summary>Events that correct the stamps of such readings.</summary>
    public long Corrections { get; init; }

    /// <summary>The last of them.</summary>
    public TimeCorrectionNotice? LastCorrection { get; init; }

    /// <summary>
    /// Complete: nothing is missing or late, twice different, out of order or malformed. Lost readings that a gap names are sound:
    /// they were not lost silently.
    /// </summary>
    public bool Sound => Late == 0 && Missing == 0 && !Wrong;

    /// <summary>Something contradicts the contract, whatever is still to come.</summary>
    public bool Wrong => Conflicts > 0 || OutOfOrder > 0 || Malformed > 0;
}

/// <summary>Sequence numbers that have not arrived, both ends included.</summary>
/// <param name="Count">How many of them: fewer than the range holds where a gap explains some and does not say which.</param>
public readonly record struct MissingRange(StreamKind Stream, Epoch Epoch, ulong From, ulong To, ulong Count);

/// <summary>A gap that the node named. An open one has no end: after an unclean stop the node does not know what was published last.</summary>
/// <param name="To">Last number; null when open.</param>
/// <param name="Count">Numbers that will never come: all of a closed gap, or so many of them where the node thinned its backlog; at most so many in an open one.</param>
public readonly record struct GapNotice(StreamKind Stream, Epoch Epoch, ulong From, ulong? To, ulong Count, string Reason)
{
    /// <summary>Of an open gap: the highest number of the epoch that arrived, which is where it ends for this tap; null when none from its beginning on did.</summary>
    public ulong? ClosedBy { get; init; }

    /// <summary>Of an open gap that is closed by what arrived: the numbers in it that did not.</summary>
    public ulong Absent { get; init; }
}

/// <summary>What the node says of stamps that it sent before its clock was synchronised.</summary>
/// <param name="Boot">The boot that they are of.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Offset">Seconds to be added to them.</param>
public sealed record TimeCorrectionNotice(string Boot, ImmutableArray<Epoch> Epochs, decimal Offset)
{
    /// <inheritdoc/>
    public bool Equals(TimeCorrectionNotice? other) => other is not null && Boot == other.Boot && Offset == other.Offset && Epochs.SequenceEqual(other.Epochs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Boot, Offset);
}
