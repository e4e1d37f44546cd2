using EdgeNode.Core.Model;

namespace EdgeNode.Spool;

/// <summary>Something in a file that cannot be read.</summary>
/// <param name="File">Name of the file in the spool's directory.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Bytes">How far it goes.</param>
/// <param name="What">In words.</param>
public sealed record SpoolDamage(string File, long Offset, long Bytes, string What);

/// <summary>What opening the spool found.</summary>
/// <param name="Epoch">The epoch that begins now.</param>
/// <param name="CleanStop">The run before ended in an orderly way, or there was none.</param>
/// <param name="SameBoot">The run before was in this boot, so the kernel kept all that was appended.</param>
/// <param name="Segments">Segments read.</param>
/// <param name="Damages">What could not be read, at most 1000.</param>
/// <param name="Quarantined">Files moved to the quarantine folder.</param>
/// <param name="RecordsMissing">Readings and events that damage took, each named in a gap now.</param>
/// <param name="OpenGaps">Gaps without an end that were named now; two for an unclean stop.</param>
/// <param name="LastStamp">The stamp of the newest record in the spool, Unix microseconds; 0 when there is none. A floor for the clock.</param>
public sealed record RecoveryReport(
    Epoch Epoch, bool CleanStop, bool SameBoot, int Segments, IReadOnlyList<SpoolDamage> Damages,
    IReadOnlyList<string> Quarantined, long RecordsMissing, int OpenGaps, long LastStamp)
{
    /// <summary>Files in the quarantine folder, those of earlier starts included: they stay until a person takes them away.</summary>
    public int InQuarantine { get; init; }

    /// <summary>Their bytes; they count towards the limit, up to half of it.</summary>
    public long QuarantinedBytes { get; init; }
}

/// <summary>The spool cannot be opened for a reason that no recovery helps against.</summary>
/// <param name="inUse">Another process, or another journal of this one, has it open.</param>
public sealed class SpoolUnavailableException(string message, bool inUse) : IOException(message)
{
    /// <summary>Another process, or another journal of this one, has it open.</summary>
    public bool InUse { get; } = inUse;
}
