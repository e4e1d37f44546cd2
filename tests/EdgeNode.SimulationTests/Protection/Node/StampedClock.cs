using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Simulated;

namespace EdgeNode.SimulationTests.Protection.Node;

/// <summary>The clocks of one life, with the product's own stamps over the world's wall clock.</summary>
internal sealed class StampedClock(VirtualClock clock) : IStationClock
{
    /// <summary>The software was built a month before the world begins.</summary>
    private const long BuildDate = VirtualClock.Origin - (30L * 24 * 3600 * 1_000_000);

    private readonly StampClock _stamps = new(BuildDate);

    public Guid BootId { get; } = clock.BootId;

    public ClockReading Read() => _stamps.Read(clock.Monotonic, clock.Wall, clock.Synchronised);

    public SourceTime Correct(SourceTime stamp) => _stamps.Correct(stamp);

    public void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot) => _stamps.Recover(lastStamp, thisBoot);

    public TimeCorrection? TakeCorrection() => _stamps.TakeCorrection();
}
