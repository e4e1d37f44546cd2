using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>
/// Whether the emergency mode is on. Each alarm and each command sets an end, the latest one counts, and none lies further ahead than
/// <see cref="EmergencyOptions.Longest"/>: so it always ends. Time is an argument, and the monotonic clock's.
/// </summary>
/// <param name="options">How long it lasts.</param>
public sealed class EmergencyMode(EmergencyOptions options)
{
    private TimeSpan _since;
    private EmergencyWhy _why;

    /// <summary>Monotonic time of its end; null while it is off.</summary>
    public TimeSpan? Until { get; private set; }

    /// <summary>It is on at this moment. Asked of samples, which may be older than the step that takes them.</summary>
    public bool IsOnAt(TimeSpan at) => Until is { } until && at >= _since && at < until;

    /// <summary>How it stands.</summary>
    /// <param name="now">Both clocks, for the stamps.</param>
    public EmergencyStatus Status(ClockReading now) =>
        Until is { } until ? new EmergencyStatus(true, now.WallAt(_since), now.WallAt(until), _why) : default;

    /// <summary>An alarm of <see cref="EmergencyOptions.When"/> has come up: begins the mode, or prolongs it.</summary>
    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="at">When it came up. What was due before is to be taken first, by <see cref="Advance"/>.</param>
    /// <returns>That it has begun; null when it was on.</returns>
    public EmergencyChange? Raised(int alarm, ClockReading at) => Extend(at, options.For, new EmergencyWhy(alarm, null, ""), out _);

    /// <summary>A person asks for it, or for its end. What is asked for never shortens it: that does only its end.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="now">Both clocks.</param>
    /// <param name="change">That it has begun or is over; null otherwise.</param>
    public EmergencyAnswer Ask(in EmergencyCommand command, ClockReading now, out EmergencyChange? change)
    {
        var why = new EmergencyWhy(null, command.By, command.Why ?? "");
        if (command.On)
        {
            var asked = command.Time ?? options.For;
            change = Extend(now, asked < EmergencyOptions.Longest ? asked : EmergencyOptions.Longest, why, out var longer);
            return longer ? EmergencyAnswer.Done : EmergencyAnswer.Nothing;
        }

        change = Until is null ? null : new EmergencyChange(false, now.Wall, now.Wall, why);
        Until = null;
        return change is null ? EmergencyAnswer.Nothing : EmergencyAnswer.Done;
    }

    /// <summary>Ends it when its time is over.</summary>
    /// <returns>That it is over, at the moment at which it was due; null when nothing was.</returns>
    public EmergencyChange? Advance(ClockReading now)
    {
        if (Until is not { } until || now.Monotonic < until)
        {
            return null;
        }

        Until = null;
        var end = now.WallAt(until);
        return new EmergencyChange(false, end, end, new EmergencyWhy(null, null, ""));
    }

    private EmergencyChange? Extend(ClockReading at, TimeSpan span, EmergencyWhy why, out bool longer)
    {
        var end = at.Monotonic + span;
        longer = Until is not { } until || end > until;
        var begins = Until is null;
        Until = longer ? end : Until;
        if (!begins)
        {
            return null;
        }

        (_since, _why) = (at.Monotonic, why);
        return new EmergencyChange(true, at.Wall, at.WallAt(end), why);
    }
}
