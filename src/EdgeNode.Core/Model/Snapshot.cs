using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>A reading as evidence.</summary>
/// <param name="After">When it counted, since the moment that the evidence is for; negative before it. By the monotonic clock, so that no step of the wall clock is in it.</param>
/// <param name="Value">In the point's unit; 0 and meaningless when the quality is bad.</param>
/// <param name="Quality">How far to trust it.</param>
public readonly record struct EvidenceReading(TimeSpan After, double Value, Quality Quality);

/// <summary>Some readings of one point, the oldest first.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Readings">Empty when there were none.</param>
public sealed record PointEvidence(int Point, ImmutableArray<EvidenceReading> Readings)
{
    /// <inheritdoc/>
    public bool Equals(PointEvidence? other) => other is not null && Point == other.Point && Readings.SequenceEqual(other.Readings);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Point, Readings.Length);
}

/// <summary>What some points said before, or after, a moment.</summary>
/// <param name="Points">The points, in the order in which they were asked for.</param>
/// <param name="Omitted">Points that were asked for beyond the bound.</param>
public sealed record Snapshot(ImmutableArray<PointEvidence> Points, int Omitted)
{
    /// <inheritdoc/>
    public bool Equals(Snapshot? other) => other is not null && Omitted == other.Omitted && Points.SequenceEqual(other.Points);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Points.Length, Omitted);
}

/// <summary>What came after a moment whose <c>before</c> was told then.</summary>
/// <param name="Of">Id of the alarm or trip.</param>
/// <param name="Time">The moment.</param>
/// <param name="After">What came after it.</param>
public readonly record struct LateSnapshot(string Of, SourceTime Time, Snapshot After);
