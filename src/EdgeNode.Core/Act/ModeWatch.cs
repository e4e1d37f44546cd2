using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>Follows a hand-off-auto switch. In hand and off the node's word has no effect, so that a trip has none either: that is a fault.</summary>
/// <param name="options">Its contacts.</param>
/// <param name="start">Monotonic time of the start.</param>
internal sealed class ModeWatch(HandOffAutoOptions options, TimeSpan start)
{
    /// <summary>How long nobody may be able to tell where it stands; an assumption.</summary>
    public static readonly TimeSpan ReadableWithin = TimeSpan.FromSeconds(10);

    private bool? _hand;
    private bool? _auto;
    private TimeSpan? _doubtSince = start;
    private bool _isDoubtful;

    /// <summary>Where it stands.</summary>
    public HandOffAuto Mode => (_auto, options.HandPoint is null ? false : _hand) switch
    {
        (null, _) or (_, null) => HandOffAuto.Unknown,
        (true, true) => HandOffAuto.Both,
        (true, _) => HandOffAuto.Auto,
        (_, true) => HandOffAuto.Hand,
        _ => options.HandPoint is null ? HandOffAuto.NotAuto : HandOffAuto.Off,
    };

    /// <summary>The motor is not the node's to drive, or nobody can tell.</summary>
    public bool IsFault => Mode is HandOffAuto.Hand or HandOffAuto.Off or HandOffAuto.NotAuto || _isDoubtful;

    /// <summary>What is wrong, or null.</summary>
    public string? Detail => Mode switch
    {
        HandOffAuto.Hand => "it is switched to hand, and the node cannot drive it",
        HandOffAuto.Off => "it is switched off, and the node cannot drive it",
        HandOffAuto.NotAuto => "it is not switched to auto, and the node cannot drive it",
        HandOffAuto.Both when _isDoubtful => "its switch says hand and auto at once",
        HandOffAuto.Unknown when _isDoubtful => "its hand-off-auto switch gives no value",
        _ => null,
    };

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline => _isDoubtful ? null : _doubtSince + ReadableWithin;

    /// <summary>The point is one of the contacts.</summary>
    public bool IsOf(int point) => point == options.AutoPoint || point == options.HandPoint;

    /// <summary>A contact has been read.</summary>
    public void Observe(int point, bool? closed, TimeSpan at)
    {
        if (point == options.AutoPoint)
        {
            _auto = closed;
        }
        else
        {
            _hand = closed;
        }

        Advance(at);
    }

    /// <summary>Lets time run up to a moment.</summary>
    public void Advance(TimeSpan until)
    {
        // The contacts are read one after the other: between two positions both may seem closed.
        _doubtSince = Mode is HandOffAuto.Unknown or HandOffAuto.Both ? _doubtSince ?? until : null;
        _isDoubtful = _doubtSince is { } since && until >= since + ReadableWithin;
    }
}
