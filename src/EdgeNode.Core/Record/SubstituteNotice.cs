using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Record;

/// <summary>What is told of a value in place of a point's readings: to the platform, in the log, in the audit trail.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="By">Who asked; null when its time was over.</param>
/// <param name="Why">The reason given; of one that is over by its time, the reason for which it was granted.</param>
public sealed record SubstituteNotice(int Point, SubstituteOutcome Outcome, string? By, string Why)
{
    /// <summary>The value, in the point's unit; null of an end.</summary>
    public double? Value { get; init; }

    /// <summary>Of one that is over: who had asked for it.</summary>
    public string? GrantedBy { get; init; }

    /// <summary>Of one that was granted: when it ends by itself.</summary>
    public SourceTime? Until { get; init; }
}
