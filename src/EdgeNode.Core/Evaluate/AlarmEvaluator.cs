using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;

namespace EdgeNode.Core.Evaluate;

/// <summary>One alarm: its condition, the delays behind it, and the states that people and design make of it.</summary>
public sealed class AlarmEvaluator
{
    /// <summary>Most happenings that wait to be compared with what the run before left.</summary>
    private const int HappenedLimit = 100;

    private readonly AlarmOptions _options;
    private readonly int _alarm;
    private readonly PointCondition _condition;
    private readonly DelayedCondition _delayed;
    private readonly AlarmMachine _machine;
    private List<Happening>? _happened = [];
    private TimeSpan? _unsuppressAt;
    private TimeSpan _wentAt = TimeSpan.MinValue;
    private TimeSpan _decidedAt = TimeSpan.MinValue;
    private double? _given;

    /// <param name="alarm">Index of the alarm.</param>
    /// <param name="options">What is watched, and how.</param>
    public AlarmEvaluator(int alarm, AlarmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _alarm = alarm;
        _options = options;
        _condition = new PointCondition(options);
        _delayed = new DelayedCondition(options.OnDelay, options.OffDelay);
        _machine = new AlarmMachine(options);
    }

    /// <summary>Raised and not cleared.</summary>
    public bool Active => _delayed.Active;

    /// <summary>The condition behind its delays, whatever people have made of the alarm: true, false, or null for unknown. What trips read.</summary>
    public bool? Condition => _delayed.Known;

    /// <summary>Somebody can say how the condition is now. While it is false an active one is active by what was known last.</summary>
    public bool IsSaid => _delayed.IsSaid;

    /// <summary>What the condition is about to become while one of its delays runs; null while none does. What the settle time of trips waits for.</summary>
    public bool? Pending => _delayed.Pending;

    /// <summary>Present state.</summary>
    public AlarmState State => _machine.State;

    /// <summary>All that is worth keeping over a restart.</summary>
    public AlarmFacts Facts => _machine.Facts;

    /// <summary>Of a group: who the condition is about.</summary>
    public GroupVotes Votes { get; private set; }

    /// <summary>This run has raised or cleared it.</summary>
    public bool IsDecided => _delayed.Decided;

    /// <summary>Quality of the point at its last reading.</summary>
    public Quality Quality { get; private set; } = Quality.Bad(Reason.NotYetRead);

    /// <summary>The last value that was judged, in the point's unit; 0 and meaningless before the first.</summary>
    public double Value => _given ?? _condition.Value;

    /// <summary>Monotonic time at which something is due; null when nothing is.</summary>
    public TimeSpan? Deadline => Earlier(_delayed.Deadline, IsGoing ? null : NotBefore(_wentAt, Earlier(_machine.Deadline, _unsuppressAt)));

    /// <summary>
    /// What comes by time (the end of a shelf or of a suppression, a re-alarm) waits: it would call for what is known to be gone. It comes with the clear, or at the
    /// moment at which the condition is back or unknown, so that nothing that stands is hidden. Of a critical alarm nothing waits.
    /// </summary>
    private bool IsGoing => _delayed.IsGoing && _options.Priority != AlarmPriority.Critical;

    /// <summary>
    /// Takes over what the run before left, and then lets happen again what has happened in this run. So it may come late: an alarm that the
    /// readings deny by then clears, and says so; one that goes on is not told a second time.
    /// </summary>
    /// <param name="kept">What was kept; the end of a shelf in this boot's monotonic time.</param>
    /// <param name="at">Monotonic time of now.</param>
    /// <returns>The transitions of this run as they are by what was kept; null when this run knows better, because too much has happened.</returns>
    public IReadOnlyList<AlarmTransition>? Restore(in AlarmFacts kept, TimeSpan at)
    {
        if (_happened is not { } happened)
        {
            return null;
        }

        _happened = null;
        _machine.Restore(AlarmMachine.Fit(kept, _options), at);
        if (!_delayed.Decided)
        {
            _delayed.Restore(kept.Active, kept.Active && _options.Group is null && _condition.RestoreTrue());
        }

        var told = new List<AlarmTransition>();
        foreach (var h in happened)
        {
            if (Do(h, out var transition) == AlarmAnswer.Done)
            {
                told.Add(transition);
            }
        }

        return told;
    }

    /// <summary>What the run before left is true still by what the group has voted so far, within the deadband.</summary>
    public void Hold() => _delayed.Restore(true, holds: true);

    /// <summary>What is true by what this run has seen was so before it began: its on-delay has begun then.</summary>
    public void Backdate(TimeSpan since) => _delayed.Backdate(since);

    /// <summary>What has happened so far is told: what the run before left comes too late to change it.</summary>
    public void Forget() => _happened = null;

    /// <summary>Takes a reading into account: of the alarm's point, or of the one from which a deviation is measured.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="takenAt">Monotonic time at which it was taken.</param>
    /// <param name="stale">No value has come for the point's stale time.</param>
    public void Observe(in Reading reading, TimeSpan takenAt, bool stale = false)
    {
        if (reading.Point == _options.Point)
        {
            Quality = reading.Quality;
        }

        Observe(_condition.Judge(reading, takenAt, _delayed.Condition, stale), takenAt);
    }

    /// <summary>Takes a condition into account that was judged elsewhere: the vote of a group.</summary>
    public void Observe(in ConditionReport report)
    {
        (Quality, _given, Votes) = (report.Quality, report.Value, report.Votes);
        Observe(report.Condition.Known(), report.Since);
    }

    /// <summary>What the site file calls meaningless has come or gone. It comes at once and goes with the alarm's on-delay.</summary>
    /// <param name="suppress">True, false, or null for unknown, which suppresses nothing.</param>
    /// <param name="at">When.</param>
    /// <param name="transition">What it came to.</param>
    /// <returns>False when it came to nothing.</returns>
    public bool Suppress(bool? suppress, ClockReading at, out AlarmTransition transition)
    {
        transition = default;
        if (suppress == true)
        {
            _unsuppressAt = null;
            return !Facts.Suppressed && Happen(AlarmInput.Suppress, at, out transition) == AlarmAnswer.Done;
        }

        if (Facts.Suppressed)
        {
            _unsuppressAt ??= at.Monotonic + _options.OnDelay;
        }

        return false;
    }

    /// <summary>A person asks for something.</summary>
    public AlarmAnswer Ask(in AlarmCommand command, ClockReading now, out AlarmTransition transition)
    {
        transition = default;
        return command.IsOfHand
            ? Happen(new Happening(command.Input, now, Value, Quality, Votes, command), out transition)
            : AlarmAnswer.Refused;
    }

    /// <summary>It calls again although somebody knows of it: what it stands for was asked for anew.</summary>
    /// <returns>False when it came to nothing: it is not up, or nobody knows of it yet.</returns>
    public bool CallAgain(ClockReading at, out AlarmTransition transition) => Happen(AlarmInput.ReAlarm, at, out transition) == AlarmAnswer.Done;

    /// <summary>Does the next thing that is due by <paramref name="now"/>; to be called until nothing is.</summary>
    public bool Advance(ClockReading now, out AlarmTransition transition)
    {
        transition = default;
        while (Deadline is { } deadline && now.Monotonic >= deadline)
        {
            var (input, at) = (Due(deadline), deadline);
            if (input is AlarmInput.Raise or AlarmInput.Clear)
            {
                // A sample can be older than what was decided before it arrived: nothing ends before it began.
                _decidedAt = at = at < _decidedAt ? _decidedAt : at;
            }

            if (Happen(input, new ClockReading(at, now.WallAt(at)), out transition) == AlarmAnswer.Done)
            {
                return true;
            }
        }

        return false;
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private static TimeSpan? NotBefore(TimeSpan earliest, TimeSpan? at) => at < earliest ? earliest : at;

    private void Observe(bool? condition, TimeSpan at)
    {
        var going = IsGoing;
        _delayed.Observe(condition, at);
        _wentAt = going ? at : _wentAt;
    }

    private AlarmInput Due(TimeSpan deadline)
    {
        if (_delayed.Deadline == deadline)
        {
            _delayed.Decide();
            _wentAt = deadline;
            return _delayed.Active ? AlarmInput.Raise : AlarmInput.Clear;
        }

        if (_unsuppressAt <= deadline)
        {
            _unsuppressAt = null;
            return AlarmInput.Unsuppress;
        }

        return State == AlarmState.Shelved ? AlarmInput.Unshelve : AlarmInput.ReAlarm;
    }

    private AlarmAnswer Happen(AlarmInput input, ClockReading at, out AlarmTransition transition) =>
        Happen(new Happening(input, at, Value, Quality, Votes, default), out transition);

    private AlarmAnswer Happen(in Happening h, out AlarmTransition transition)
    {
        var answer = Do(h, out transition);
        if (answer != AlarmAnswer.Refused && _happened is not null)
        {
            _happened.Add(h);
            _happened = _happened.Count > HappenedLimit ? null : _happened;
        }

        return answer;
    }

    private AlarmAnswer Do(in Happening h, out AlarmTransition transition)
    {
        var (input, at) = (h.Input, h.At.Monotonic);
        AlarmAnswer answer;
        if (input is AlarmInput.Raise or AlarmInput.Clear)
        {
            var active = input == AlarmInput.Raise;
            answer = active == Facts.Active ? AlarmAnswer.Nothing : AlarmAnswer.Done;
            input = answer == AlarmAnswer.Done ? _machine.Condition(active, at) : input;
        }
        else
        {
            answer = input == AlarmInput.Shelve ? _machine.Shelve(at, h.Command.Time, h.Command.OneShot) : _machine.Apply(input, at);
        }

        transition = new AlarmTransition(_alarm, Facts.Active, h.At.Wall, h.Value, h.Quality)
        {
            Votes = h.Votes,
            At = at,
            Input = input,
            State = State,
            By = h.Command.By,
            Until = Facts.ShelvedUntil is { } until ? h.At.WallAt(until) : null,
        };
        return answer;
    }

    /// <summary>Something that has happened in this run.</summary>
    private readonly record struct Happening(AlarmInput Input, ClockReading At, double Value, Quality Quality, GroupVotes Votes, AlarmCommand Command);
}
