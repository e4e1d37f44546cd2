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
/// <param name="Missing">Sequence numbers of telemetry and events that have not arrived and are named in no gap; a draining backlog is missing until it is there.</param>
/// <param name="MissingRanges">The first of them, as ranges.</param>
/// <param name="Lost">Readings and events that closed gaps name.</param>
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
    /// <summary>Nothing is missing, twice different, out of order or malformed. Lost readings that a gap names are sound: they were not lost silently.</summary>
    public bool Sound => Conflicts == 0 && OutOfOrder == 0 && Missing == 0 && Malformed == 0;
}

/// <summary>Sequence numbers that have not arrived, both ends included.</summary>
public readonly record struct MissingRange(StreamKind Stream, Epoch Epoch, ulong From, ulong To);

/// <summary>A gap that the node named. An open one has no end: after an unclean stop the node does not know what was published last.</summary>
/// <param name="To">Last number; null when open.</param>
/// <param name="Count">Numbers in a closed gap; at most so many in an open one.</param>
public readonly record struct GapNotice(StreamKind Stream, Epoch Epoch, ulong From, ulong? To, ulong Count, string Reason);
