using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core;

/// <summary>What one step came to; the lists are reused by the next step.</summary>
public sealed class StepResult
{
    /// <summary>Every reading of this step, in the order in which it was made.</summary>
    public List<Reading> Readings { get; } = [];

    /// <summary>Those that report by exception lets through to the spool.</summary>
    public List<Reading> Recorded { get; } = [];

    /// <summary>Alarms that went up or came down, or of which somebody or something has changed the state.</summary>
    public List<AlarmTransition> Alarms { get; } = [];

    /// <summary>What became of the commands, in their order.</summary>
    public List<AlarmAnswer> Answers { get; } = [];

    internal void Clear()
    {
        Readings.Clear();
        Recorded.Clear();
        Alarms.Clear();
        Answers.Clear();
    }
}

/// <summary>
/// The pure middle of the house: <see cref="Step"/> turns raw samples into readings, conditions and transitions.
/// It has no clock, no input or output and no thread: the same inputs give the same outputs, always.
/// </summary>
/// <remarks>Validate, then evaluate, then choose what to record. Voting stands between the first two once groups exist.</remarks>
public sealed class Station
{
    private readonly ValidatedPoints _points;
    private readonly SiteAlarms _alarms;
    private readonly ReportFilter[] _filters;
    private readonly StepResult _result = new();

    /// <param name="site">The checked site.</param>
    /// <param name="start">Monotonic time of the start.</param>
    public Station(Site site, TimeSpan start)
    {
        _points = new ValidatedPoints(site, start);
        _alarms = new SiteAlarms(site, _result.Alarms);
        _filters = [.. site.Points.Select(p => new ReportFilter(p.Report))];
    }

    /// <summary>The latest reading of a point.</summary>
    public Reading Last(int point) => _points[point].Last;

    /// <summary>The alarms as they are.</summary>
    public SiteAlarms Alarms => _alarms;

    /// <summary>The present state of an alarm.</summary>
    public AlarmEvaluator Alarm(int alarm) => _alarms[alarm];

    /// <summary>Monotonic time by which <see cref="Step"/> must run even without samples; null when nothing is due.</summary>
    public TimeSpan? Deadline()
    {
        TimeSpan? earliest = null;
        foreach (var point in _points.All)
        {
            Take(point.Deadline);
        }

        Take(_alarms.Deadline);
        return earliest;

        void Take(TimeSpan? deadline)
        {
            if (deadline is { } d && (earliest is not { } e || d < e))
            {
                earliest = d;
            }
        }
    }

    /// <summary>One step: takes the samples in the order given, then lets the delays and stale times run up to now.</summary>
    /// <param name="now">Both clocks; monotonic time never goes back from step to step.</param>
    /// <param name="samples">Raw samples since the last step; those of one point in the order in which they were taken.</param>
    /// <param name="commands">What people ask of alarms. They come first: nobody has seen yet what this step brings.</param>
    /// <returns>The result, valid until the next step.</returns>
    public StepResult Step(ClockReading now, ReadOnlySpan<RawSample> samples, ReadOnlySpan<AlarmCommand> commands = default)
    {
        _result.Clear();
        foreach (ref readonly var command in commands)
        {
            _result.Answers.Add(_alarms.Ask(command, now));
        }

        foreach (ref readonly var sample in samples)
        {
            // What ran out before this sample was taken comes first, so that batching changes no outcome.
            var taken = new ClockReading(sample.TakenAt, now.WallAt(sample.TakenAt));
            TakeDue(sample.Point, now, sample.TakenAt);
            _alarms.AdvanceOf(sample.Point, taken);
            foreach (ref readonly var reading in _points.Accept(sample, now))
            {
                Use(reading, taken);
            }
        }

        for (var point = 0; point < _points.All.Length; point++)
        {
            TakeDue(point, now, now.Monotonic);
        }

        _alarms.Advance(now);
        return _result;
    }

    /// <summary>What a point has to say by itself up to a moment, each at its own.</summary>
    private void TakeDue(int point, ClockReading now, TimeSpan until)
    {
        while (_points[point].TryDue(until, now, out var reading, out var at))
        {
            var then = new ClockReading(at, now.WallAt(at));
            _alarms.AdvanceOf(point, then);
            Use(reading, then);
        }
    }

    private void Use(in Reading reading, ClockReading at)
    {
        _result.Readings.Add(reading);
        _alarms.Observe(reading, at);
        if (_filters[reading.Point].Pass(reading, at.Monotonic))
        {
            _result.Recorded.Add(reading);
        }
    }
}
