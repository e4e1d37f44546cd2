using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// Whether the due date of a calibration or of a proof test has passed. Nothing else in the core goes by the calendar, and only a synchronised clock may speak of it:
/// each such reading says how far away the date is by the monotonic clock, and that holds on when the synchronisation is lost.
/// A gateway whose clock was never synchronised, in 1970 or anywhere else, says nothing.
/// </summary>
internal sealed class DueDate(DateOnly due)
{
    private readonly long _end = (due.DayNumber + 1 - new DateOnly(1970, 1, 1).DayNumber) * (TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond);
    private TimeSpan? _at;

    /// <summary>True when the due day had ended, in UTC, at that moment.</summary>
    /// <param name="takenAt">Monotonic time of a sample.</param>
    /// <param name="now">Both clocks.</param>
    public bool HasPassed(TimeSpan takenAt, ClockReading now)
    {
        if (now.Wall.Clock == ClockQuality.Synchronised)
        {
            _at = now.Monotonic + TimeSpan.FromMicroseconds(_end - now.Wall.UnixMicroseconds);
        }

        return takenAt >= _at;
    }
}
