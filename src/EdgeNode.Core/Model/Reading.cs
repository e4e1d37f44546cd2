namespace EdgeNode.Core.Model;

/// <summary>What a bus hands over: one decoded, unscaled value of one point, or the reason why there is none.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Raw">The decoded value before scale and offset; 0 and meaningless when the quality is bad.</param>
/// <param name="Quality">Good, or what the bus found wrong.</param>
/// <param name="TakenAt">Monotonic time at which the reply arrived.</param>
public readonly record struct RawSample(int Point, double Raw, Quality Quality, TimeSpan TakenAt)
{
    /// <summary>Of a contact whose change was confirmed first: monotonic time of the last look at which it was otherwise. Null: the sample before was that look.</summary>
    public TimeSpan? OtherUntil { get; init; }
}

/// <summary>One value of one point in its engineering unit, with quality and time.</summary>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Value">Engineering value in the point's unit; 0 and meaningless when the quality is bad.</param>
/// <param name="Quality">How far to trust it.</param>
/// <param name="Time">When it was read at the source, and how good the clock was.</param>
public readonly record struct Reading(int Point, double Value, Quality Quality, SourceTime Time)
{
    /// <summary>What a contact says by it; null when nobody can tell: it is bad, was put in by hand, or comes of a device that is being worked on.</summary>
    public bool? IsOn => Quality.IsMeasured && Quality.Reason != Reason.FunctionCheck ? Value != 0 : null;
}
