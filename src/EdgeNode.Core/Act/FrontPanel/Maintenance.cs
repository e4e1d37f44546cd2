using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act.FrontPanel;

/// <summary>A maintenance, past or present.</summary>
/// <param name="Since">Monotonic time of its beginning.</param>
/// <param name="Until">Monotonic time of its end, or at which it ends by itself.</param>
/// <param name="By">Who began it, or moved its end last.</param>
/// <param name="Why">The reason given; empty for a key switch.</param>
public sealed record MaintenanceSpan(TimeSpan Since, TimeSpan Until, string By, string Why);

/// <summary>
/// Maintenance: people work on the plant. What is measured meanwhile is marked, and protects as ever: voting, alarms and trips take the readings as they
/// are without the mark.
/// </summary>
/// <param name="options">How long it may last.</param>
public sealed class Maintenance(MaintenanceOptions options)
{
    private MaintenanceSpan? _span;

    /// <summary>The maintenance that goes on; null: there is none.</summary>
    public MaintenanceSpan? Present { get; private set; }

    /// <summary>A moment lies in it, or in the last one, since a sample may be older than the end.</summary>
    /// <param name="at">Monotonic time.</param>
    public bool Covers(TimeSpan at) => _span is { } span && at >= span.Since && at < span.Until;

    /// <summary>
    /// A quality with the mark. NE 107 lets function check hide out of specification and maintenance required, and failure hides it: so what is good or
    /// uncertain becomes uncertain:maintenance, and what is bad stays as it is.
    /// </summary>
    public static Quality Mark(Quality quality) => quality.Status() < Ne107.FunctionCheck ? Quality.Uncertain(Reason.Maintenance) : quality;

    /// <summary>Begins it, or moves the end of the one that goes on.</summary>
    /// <param name="at">Monotonic time.</param>
    /// <param name="time">How long; null: as long as the site file allows.</param>
    /// <param name="by">Who.</param>
    /// <param name="why">The reason.</param>
    public PanelOutcome Begin(TimeSpan at, TimeSpan? time, string by, string why)
    {
        var span = time ?? options.Longest;
        if (span <= TimeSpan.Zero || span > options.Longest)
        {
            return span <= TimeSpan.Zero ? PanelOutcome.NoTime : PanelOutcome.TooLong;
        }

        Present = _span = new MaintenanceSpan(Present?.Since ?? at, at + span, by, why);
        return PanelOutcome.Done;
    }

    /// <summary>Ends it.</summary>
    /// <returns>What ended; null when there was none.</returns>
    public MaintenanceSpan? End(TimeSpan at)
    {
        var ended = Present;
        _span = ended is null ? _span : ended with { Until = at };
        Present = null;
        return ended;
    }

    /// <summary>Ends it when its time is over.</summary>
    /// <returns>What ended; null when none did.</returns>
    public MaintenanceSpan? Expire(TimeSpan now)
    {
        var over = Present is { } span && span.Until <= now ? span : null;
        Present = over is null ? Present : null;
        return over;
    }

    /// <summary>Takes over what the run before left, unless this run knows better.</summary>
    /// <param name="kept">In this boot's monotonic time.</param>
    /// <returns>False when this run has had one of its own.</returns>
    public bool Restore(MaintenanceSpan kept)
    {
        if (_span is not null)
        {
            return false;
        }

        Present = _span = kept;
        return true;
    }
}
