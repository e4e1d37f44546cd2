using System.Globalization;

namespace EdgeNode.Core.Act;

/// <summary>A contact that shows what an output's relay does.</summary>
/// <param name="within">How long both may differ.</param>
/// <param name="energised">What was asked for at the start.</param>
/// <param name="start">Monotonic time of the start.</param>
internal sealed class ContactWatch(TimeSpan within, bool energised, TimeSpan start)
{
    private bool _asked = energised;
    private TimeSpan? _differsSince = start;

    /// <summary>What it says; null while it cannot be read.</summary>
    public bool? Value { get; private set; }

    /// <summary>It has not followed, or cannot be read.</summary>
    public bool IsFault { get; private set; }

    /// <summary>It can be read, and shows that the relay has not followed.</summary>
    public bool SaysOther => IsFault && Value is not null;

    /// <summary>What is wrong, or null.</summary>
    public string? Detail => !IsFault ? null
        : Value is null ? "its read-back contact gives no value"
        : string.Create(CultureInfo.InvariantCulture, $"its read-back contact has not followed within {within.TotalSeconds:0.###} s");

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline => IsFault ? null : _differsSince + within;

    /// <summary>It has been read.</summary>
    public void Observe(bool? closed, TimeSpan at)
    {
        Value = closed;
        Look(at);
    }

    /// <summary>Another position is asked for.</summary>
    public void Command(bool energised, TimeSpan at)
    {
        // The relay has its time from the command on, whatever was before.
        (_asked, _differsSince) = (energised, null);
        Look(at);
    }

    /// <summary>Lets time run up to a moment.</summary>
    public void Advance(TimeSpan until) => Look(until);

    private void Look(TimeSpan at)
    {
        _differsSince = Value == _asked ? null : _differsSince ?? at;
        IsFault = _differsSince is { } since && at >= since + within;
    }
}
