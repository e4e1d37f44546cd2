using System.Globalization;

namespace EdgeNode.Core.Act;

/// <summary>
/// The last resort for an output whose <c>backstop</c> is a watchdog relay: when its own line, device or relay does not go to its safe state, the heartbeat stands still, and the relay takes the supply.
/// Limit switches have no word here: they show a valve that is stuck as well, and no relay frees that one.
/// </summary>
/// <param name="start">Monotonic time of the start.</param>
internal sealed class SupplyWatch(TimeSpan start)
{
    /// <summary>
    /// How long an output may take to be safe before all that hangs on the relay loses its supply; an assumption: as long as a writer waits for a step that is dead, and some attempts at a line that is disturbed.
    /// </summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private TimeSpan? _notSafeSince = start;
    private bool _isKnown;

    /// <summary>The supply is to be cut.</summary>
    public bool Cuts { get; private set; }

    /// <summary>Nobody knows yet how the run before left the output: the relay is not to give it a supply.</summary>
    public bool IsUnknown => !_isKnown && _notSafeSince is not null;

    /// <summary>What is wrong, or null.</summary>
    public string? Detail => !Cuts ? null
        : string.Create(CultureInfo.InvariantCulture, $"it is not safe after {Within.TotalSeconds:0} s, so the heartbeat stands still and the watchdog relay cuts the outputs' supply");

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline => Cuts ? null : _notSafeSince + Within;

    /// <summary>Looks at a moment.</summary>
    /// <param name="isNotSafe">The safe state is asked for, and was not taken since, or what is read back or a contact denies it.</param>
    /// <param name="at">The moment.</param>
    public void Look(bool isNotSafe, TimeSpan at)
    {
        _notSafeSince = isNotSafe ? _notSafeSince ?? at : null;
        _isKnown |= !isNotSafe;
        Cuts = _notSafeSince is { } since && at >= since + Within;
    }
}
