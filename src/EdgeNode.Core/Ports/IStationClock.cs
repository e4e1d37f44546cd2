using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>Both clocks and the boot they belong to. Any thread may call it, and no call waits.</summary>
public interface IStationClock
{
    /// <summary>Both clocks, read together.</summary>
    ClockReading Read();

    /// <summary>The kernel's boot id: monotonic times of different boots do not compare.</summary>
    Guid BootId { get; }

    /// <summary>
    /// What is known by now of a stamp of this boot, whichever process made it: the corrected one, marked synchronised, once the
    /// clock was synchronised after it; else the same.
    /// </summary>
    SourceTime Correct(SourceTime stamp) => stamp;

    /// <summary>What the spool knows of time, told once, when it opens and before it writes.</summary>
    /// <param name="lastStamp">The stamp of its newest record, Unix microseconds: no unsynchronised stamp may lie below it.</param>
    /// <param name="thisBoot">Readings of both clocks that earlier processes of this boot have written down, oldest first.</param>
    void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot)
    {
    }

    /// <summary>Takes the oldest correction that the platform has not been told of; null when there is none.</summary>
    TimeCorrection? TakeCorrection() => null;
}
