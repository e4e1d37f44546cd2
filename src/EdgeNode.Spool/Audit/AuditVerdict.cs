namespace EdgeNode.Spool.Audit;

/// <summary>A place where the trail does not hold.</summary>
/// <param name="File">Name of the file in the trail's directory; empty when it concerns the trail as a whole.</param>
/// <param name="Entry">Number of the entry, as far as it can be told.</param>
/// <param name="Offset">Where in the file, bytes.</param>
/// <param name="What">What is wrong, in words.</param>
public sealed record AuditFault(string File, ulong? Entry, long Offset, string What)
{
    /// <inheritdoc/>
    public override string ToString() =>
        (File.Length == 0 ? "" : FormattableString.Invariant($"{File} at byte {Offset}: ")) + (Entry is { } n ? FormattableString.Invariant($"entry {n}: ") : "") + What;
}

/// <summary>Number and hash of an entry, as somebody else has kept them: the platform, or the spool's event stream.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="Hash">Its hash, 64 lower-case hex digits.</param>
/// <param name="From">Who kept it, for the message.</param>
public sealed record AuditAnchor(ulong Number, string Hash, string From);

/// <summary>What a trail came to.</summary>
/// <param name="Files">Files that belong to it.</param>
/// <param name="Entries">Sound entries.</param>
/// <param name="First">Number of the oldest entry that is still there; 0 without any.</param>
/// <param name="Last">Number of the newest entry; 0 without any.</param>
/// <param name="LastHash">Its hash: the anchor to compare with later.</param>
/// <param name="AnchorsHeld">Anchors whose entry was found with their hash.</param>
/// <param name="AnchorsTooOld">Anchors of entries that were removed by the limit: nothing can be said of them.</param>
/// <param name="Faults">Where it does not hold, at most 1,000.</param>
/// <param name="Notes">What a reader should know although it is no fault: tails that a power cut tore, each named by an entry.</param>
public sealed record AuditVerdict(
    int Files, long Entries, ulong First, ulong Last, string LastHash, int AnchorsHeld, int AnchorsTooOld,
    IReadOnlyList<AuditFault> Faults, IReadOnlyList<string> Notes)
{
    /// <summary>Nothing that could be checked is changed, missing, inserted or out of order.</summary>
    public bool Sound => Faults.Count == 0;
}
