namespace EdgeNode.Core.Model;

/// <summary>What became of driving an output; an input of the step.</summary>
/// <param name="Output">Index into <see cref="Site.Outputs"/>.</param>
/// <param name="Energised">What was asked for.</param>
/// <param name="Done">The line or the device took it.</param>
/// <param name="ReadBack">What the line's own register, or the device, says that it does; null when that cannot be read.</param>
/// <param name="Fault">Why not, in a few words; empty when done.</param>
/// <param name="At">Monotonic time at which it was known.</param>
public readonly record struct OutputReport(int Output, bool Energised, bool Done, bool? ReadBack, string Fault, TimeSpan At);
