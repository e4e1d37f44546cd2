using EdgeNode.Core.Model;

namespace EdgeNode.Core.Evaluate;

/// <summary>What became of an input.</summary>
public enum AlarmAnswer : byte
{
    /// <summary>Something has changed.</summary>
    Done,

    /// <summary>Nothing was to be changed.</summary>
    Nothing,

    /// <summary>It cannot be done in this state.</summary>
    Refused,
}

/// <summary>All that an alarm knows beside its condition's delays, so that it can be kept and taken up again.</summary>
/// <param name="State">Present state.</param>
/// <param name="Active">The condition is true, as the delays have it.</param>
/// <param name="Latched">A latch stands that only a reset releases.</param>
/// <param name="Suppressed">The site file's <c>suppress-when</c> is true.</param>
/// <param name="ShelvedUntil">Monotonic end of the shelf; null when it is not shelved.</param>
/// <param name="OneShot">The shelf ends when the alarm clears, if not before.</param>
public readonly record struct AlarmFacts(AlarmState State, bool Active, bool Latched, bool Suppressed, TimeSpan? ShelvedUntil, bool OneShot);

/// <summary>
/// One alarm's states by <see cref="AlarmTable"/>. Time is an argument, and the monotonic clock's: a step of the wall clock changes nothing.
/// </summary>
/// <remarks>
/// No order of inputs takes an active alarm to normal other than by its condition; a shelf has an end from its beginning; a critical
/// alarm is never suppressed by anything but a person's hand.
/// </remarks>
/// <param name="options">Latch, re-alarm time, longest shelf, priority.</param>
public sealed class AlarmMachine(AlarmOptions options)
{
    private AlarmFacts _facts;
    private TimeSpan? _reAlarmAt;

    /// <summary>Present state.</summary>
    public AlarmState State => _facts.State;

    /// <summary>All that is worth keeping.</summary>
    public AlarmFacts Facts => _facts;

    /// <summary>Monotonic time at which the shelf ends, or the re-alarm time; null when neither runs.</summary>
    public TimeSpan? Deadline => _facts.ShelvedUntil ?? _reAlarmAt;

    /// <summary>Takes up what was kept.</summary>
    /// <param name="facts">As <see cref="Facts"/> gave them, and the end of the shelf in this boot's monotonic time.</param>
    /// <param name="at">Monotonic time: a re-alarm time begins anew.</param>
    public void Restore(in AlarmFacts facts, TimeSpan at)
    {
        _facts = facts;
        AtState(at);
    }

    /// <summary>What was kept, made fit for a site file that may be another by now: a latch or a suppression that it no longer has would never end.</summary>
    /// <param name="kept">As <see cref="Facts"/> gave them.</param>
    /// <param name="options">The alarm as it is now.</param>
    public static AlarmFacts Fit(in AlarmFacts kept, AlarmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var facts = kept with
        {
            Suppressed = kept.Suppressed && options.SuppressWhen is not null && options.Priority != AlarmPriority.Critical,
            Latched = kept.Latched && options.Latch,
        };
        return facts with
        {
            // A shelf that is not taken up has no end left that could come.
            OneShot = facts.OneShot && facts is { State: AlarmState.Shelved, ShelvedUntil: not null },
            State = facts.State switch
            {
                AlarmState.SuppressedByDesign when !facts.Suppressed => Back(facts),
                AlarmState.Shelved when facts.ShelvedUntil is null => Back(facts),
                AlarmState.LatchedUnacknowledged when !facts.Latched => AlarmState.ReturnedUnacknowledged,
                AlarmState.LatchedAcknowledged when !facts.Latched => AlarmState.Normal,
                var state => state,
            },
        };
    }

    /// <summary>The condition has changed, as its delays have it.</summary>
    /// <returns>What was applied: raise, clear, or clear-latching.</returns>
    public AlarmInput Condition(bool active, TimeSpan at)
    {
        var input = active ? AlarmInput.Raise : options.Latch ? AlarmInput.ClearLatching : AlarmInput.Clear;
        _facts = _facts with { Active = active };
        Move(input, at);
        if (!active && _facts.OneShot)
        {
            _facts = _facts with { ShelvedUntil = at };
        }

        return input;
    }

    /// <summary>Sets the alarm aside.</summary>
    /// <param name="at">Now, monotonic.</param>
    /// <param name="time">How long; bounded by <see cref="AlarmOptions.ShelveAtMost"/>, which is also what holds when it is null.</param>
    /// <param name="oneShot">It ends when the alarm clears, if not before.</param>
    public AlarmAnswer Shelve(TimeSpan at, TimeSpan? time, bool oneShot)
    {
        if (AlarmTable.Move(State, AlarmInput.Shelve) == AlarmMove.Refuse)
        {
            return AlarmAnswer.Refused;
        }

        var most = options.ShelveAtMost;
        _facts = _facts with { ShelvedUntil = at + (time is { } t && t < most ? t : most), OneShot = oneShot };
        Move(AlarmInput.Shelve, at);
        return AlarmAnswer.Done;
    }

    /// <summary>Anything but the condition and a shelf, which have more to say.</summary>
    /// <param name="input">From <see cref="AlarmInput.Acknowledge"/> on.</param>
    /// <param name="at">Now, monotonic.</param>
    public AlarmAnswer Apply(AlarmInput input, TimeSpan at)
    {
        if (input is AlarmInput.Raise or AlarmInput.Clear or AlarmInput.ClearLatching or AlarmInput.Shelve)
        {
            throw new ArgumentOutOfRangeException(nameof(input), input, "It has a method of its own.");
        }

        if (AlarmTable.Move(State, input) == AlarmMove.Refuse || (input == AlarmInput.Suppress && options.Priority == AlarmPriority.Critical))
        {
            return AlarmAnswer.Refused;
        }

        var before = _facts;
        _facts = input switch
        {
            AlarmInput.Reset => _facts with { Latched = false },
            AlarmInput.Suppress => _facts with { Suppressed = true },
            AlarmInput.Unsuppress => _facts with { Suppressed = false },
            AlarmInput.Unshelve or AlarmInput.RemoveFromService => _facts with { ShelvedUntil = null, OneShot = false },
            _ => _facts,
        };
        Move(input, at);
        return _facts == before ? AlarmAnswer.Nothing : AlarmAnswer.Done;
    }

    private void Move(AlarmInput input, TimeSpan at)
    {
        var to = AlarmTable.Move(State, input) switch
        {
            AlarmMove.Stay or AlarmMove.Refuse => State,
            AlarmMove.Back => Back(_facts),
            var move => (AlarmState)move,
        };
        if (to == State)
        {
            return;
        }

        // An alarm that was seen to come up leaves its latch; one that came and went while it was set aside leaves none.
        _facts = _facts with { State = to, Latched = _facts.Latched || (options.Latch && to == AlarmState.Unacknowledged) };
        AtState(at);
    }

    private void AtState(TimeSpan at) =>
        _reAlarmAt = State == AlarmState.Acknowledged && options.ReAlarm is { } after ? at + after : null;

    private static AlarmState Back(in AlarmFacts facts) =>
        facts.Suppressed ? AlarmState.SuppressedByDesign
        : facts.Active ? AlarmState.Unacknowledged
        : facts.Latched ? AlarmState.LatchedUnacknowledged
        : AlarmState.Normal;
}
