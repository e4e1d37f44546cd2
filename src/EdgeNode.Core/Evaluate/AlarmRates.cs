namespace EdgeNode.Core.Evaluate;

/// <summary>The numbers of ISA-18.2-2016 clause 16 that the alarms of a station are watched by.</summary>
public static class AlarmFigures
{
    /// <summary>The stretch in which activations are counted for a flood: 10 min.</summary>
    public static readonly TimeSpan FloodSpan = TimeSpan.FromMinutes(10);

    /// <summary>A flood begins above this many activations in the stretch.</summary>
    public const int FloodBegins = 10;

    /// <summary>It ends below this many.</summary>
    public const int FloodEnds = 5;

    /// <summary>The stretch in which an alarm's activations are counted for chatter: 1 min.</summary>
    public static readonly TimeSpan ChatterSpan = TimeSpan.FromMinutes(1);

    /// <summary>An alarm chatters from this many activations in the stretch on.</summary>
    public const int ChatterBegins = 3;

    /// <summary>An alarm that was active for less is fleeting: 10 s.</summary>
    public static readonly TimeSpan Fleeting = TimeSpan.FromSeconds(10);

    /// <summary>An alarm that is active for longer is stale: 24 h.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);
}

/// <summary>When it was on last.</summary>
/// <param name="Begin">Monotonic time.</param>
/// <param name="End">Monotonic time; before the begin while it is on.</param>
internal readonly record struct Spell(TimeSpan Begin, TimeSpan End)
{
    public static Spell Never => new(TimeSpan.MaxValue, TimeSpan.MinValue);

    /// <summary>What came at a moment within it may call from its end on.</summary>
    public TimeSpan After(TimeSpan at) => Begin <= at && at < End ? End : at;
}

/// <summary>Whether one alarm chatters: three activations within a minute begin it, a minute without one ends it.</summary>
internal sealed class Chatter
{
    private readonly RecentTimes _raised = new(AlarmFigures.ChatterBegins);

    public bool IsOn { get; private set; }

    public Spell Last { get; private set; } = Spell.Never;

    public TimeSpan? Deadline => IsOn ? _raised.Back(1) + AlarmFigures.ChatterSpan : null;

    public void Raised(TimeSpan at)
    {
        _raised.Add(at);
        if (!IsOn && _raised.Back(AlarmFigures.ChatterBegins) > at - AlarmFigures.ChatterSpan)
        {
            (IsOn, Last) = (true, Last with { Begin = at });
        }
    }

    public void Advance(TimeSpan now)
    {
        if (Deadline is { } end && end <= now)
        {
            (IsOn, Last) = (false, Last with { End = end });
        }
    }
}

/// <summary>Whether alarms come faster than a person can take them: above 10 in 10 min begins a flood, below 5 in 10 min ends it.</summary>
internal sealed class Flood
{
    private readonly RecentTimes _raised = new(AlarmFigures.FloodBegins + 1);

    public bool IsOn { get; private set; }

    public Spell Last { get; private set; } = Spell.Never;

    public TimeSpan? Deadline => IsOn ? _raised.Back(AlarmFigures.FloodEnds) + AlarmFigures.FloodSpan : null;

    public void Raised(TimeSpan at)
    {
        _raised.Add(at);
        if (!IsOn && _raised.Back(AlarmFigures.FloodBegins + 1) > at - AlarmFigures.FloodSpan)
        {
            (IsOn, Last) = (true, Last with { Begin = at });
        }
    }

    public void Advance(TimeSpan now)
    {
        if (Deadline is { } end && end <= now)
        {
            (IsOn, Last) = (false, Last with { End = end });
        }
    }
}
