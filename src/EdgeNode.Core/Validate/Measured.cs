using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>A sample on its way to a reading: scaled, calibrated, and with what the bus and the loop had to say of it.</summary>
/// <param name="Raw">As the bus gave it.</param>
/// <param name="Value">In the point's unit.</param>
/// <param name="Quality">Never bad.</param>
/// <param name="TakenAt">Monotonic time at which it was read.</param>
/// <param name="Time">The same moment by the wall clock, as it stood when the sample came.</param>
internal readonly record struct Measured(double Raw, double Value, Quality Quality, TimeSpan TakenAt, SourceTime Time);
