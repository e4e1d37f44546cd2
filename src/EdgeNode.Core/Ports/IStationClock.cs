using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>Both clocks and the boot they belong to.</summary>
public interface IStationClock
{
    /// <summary>Both clocks, read together.</summary>
    ClockReading Read();

    /// <summary>The kernel's boot id: monotonic times of different boots do not compare.</summary>
    Guid BootId { get; }
}
