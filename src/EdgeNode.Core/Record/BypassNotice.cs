using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Record;

/// <summary>What is told of a bypass: to the platform, in the log, in the audit trail.</summary>
/// <param name="Group">Index into <see cref="Site.Groups"/>.</param>
/// <param name="Member">Position in the group.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="By">Who asked; null when its time was over.</param>
/// <param name="Why">The reason given; of one that is over by its time, the reason for which it was granted.</param>
public sealed record BypassNotice(int Group, int Member, BypassOutcome Outcome, string? By, string Why)
{
    /// <summary>Of one that is over: who had asked for it.</summary>
    public string? GrantedBy { get; init; }

    /// <summary>Of one that was granted: when it ends by itself.</summary>
    public SourceTime? Until { get; init; }
}
