using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// Makes readings of one point's raw samples, one of each: scale and offset, the current loop, calibration, not-a-number, spike, range, rate of change,
/// stuck, the calibration's date, and the watch over staleness.
/// </summary>
/// <remarks>
/// A value out of range stays a value: it is uncertain, and still counts for the setpoint on its side,
/// so that a real overpressure does not disarm its own alarm. Only a failed signal is bad.
/// Of several doubts the first of this order is told: spike, a failing current, range and loop, what the bus said, no compensation, rate of change, stuck,
/// what the bus said that is M by NE 107, calibration.
/// </remarks>
public sealed class PointValidator
{
    private readonly PointOptions _options;
    private readonly int _point;
    private readonly CurrentLoop? _loop;
    private readonly SpikeFilter? _spikes;
    private readonly RateWatch? _rate;
    private readonly StuckWatch? _stuck;
    private readonly DueDate? _due;
    private readonly Measured[] _passed = new Measured[2];
    private readonly Reading[] _made = new Reading[2];
    private TimeSpan _freshUntil;
    private bool _watching = true;
    private double? _celsius;

    /// <param name="point">Index of the point.</param>
    /// <param name="options">Its scaling, checks, range and stale time.</param>
    /// <param name="start">Monotonic time of the start: a point never read turns bad one stale time later.</param>
    public PointValidator(int point, PointOptions options, TimeSpan start)
    {
        _point = point;
        _options = options;
        _freshUntil = start + options.Stale;
        var checks = options.Checks;
        _loop = checks.Loop is { } loop ? new CurrentLoop(loop) : null;
        _spikes = checks.Spike is { } spike ? new SpikeFilter(spike, options.Stale) : null;
        _rate = checks.RatePerSecond is { } rate ? new RateWatch(rate) : null;
        _stuck = checks.Stuck is { } stuck ? new StuckWatch(stuck, options.Stale) : null;
        _due = options.Calibration?.Due is { } due ? new DueDate(due) : null;
        Last = new Reading(point, 0, Quality.Bad(Reason.NotYetRead), default);
    }

    /// <summary>The latest reading; bad:not-yet-read before the first.</summary>
    public Reading Last { get; private set; }

    /// <summary>Monotonic time at which <see cref="TryDue"/> will have something to say; null once the point has gone stale and holds nothing back.</summary>
    public TimeSpan? Deadline => _spikes?.Deadline ?? (_watching ? _freshUntil : null);

    /// <summary>No value has come for the stale time, whatever the reads in between said.</summary>
    public bool IsStale => !_watching;

    /// <summary>Index of the point whose temperature corrects this one; null when none does.</summary>
    public int? TemperaturePoint => _options.Calibration?.Temperature?.Point;

    /// <summary>This point's temperature as another point's correction sees it.</summary>
    /// <param name="at">Monotonic time of the other point's sample.</param>
    public Compensation TemperatureAt(TimeSpan at) => new(_celsius, _watching && at < _freshUntil && Last.Quality.IsValid());

    /// <summary>
    /// Takes a sample, after <see cref="TryDue"/> has said all that was due before it. As a rule its reading comes at once. A point with a spike filter may hold it
    /// back, and then its reading comes with that of the next sample, before it: each has the stamp of its own sample, and both count from now on.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="now">Both clocks.</param>
    /// <param name="compensation">The temperature, where the point's calibration asks for one.</param>
    /// <returns>None, one or two readings, valid until the next call.</returns>
    public ReadOnlySpan<Reading> Accept(in RawSample sample, ClockReading now, Compensation compensation = default)
    {
        var count = 0;
        var measured = Measure(sample, now, compensation);
        if (measured.Quality.IsBad)
        {
            if (_spikes is not null && _spikes.Release(out var unconfirmed))
            {
                _made[count++] = Judge(unconfirmed, now);
            }

            _made[count++] = Last = new Reading(_point, 0, measured.Quality, measured.Time);
        }
        else if (_spikes is null)
        {
            _made[count++] = Judge(measured, now);
        }
        else
        {
            var passed = _spikes.Pass(measured, _passed);
            while (count < passed)
            {
                _made[count] = Judge(_passed[count], now);
                count++;
            }
        }

        return _made.AsSpan(0, count);
    }

    /// <summary>
    /// Says what was due by a moment; to be asked until it is false. A value that nothing has confirmed passes as it is. A point without a fresh value goes stale,
    /// once, also while its reads fail: the reading has no value, and its time is the moment of the finding, for an old value never gets a fresh stamp. What is bad already keeps its reason, which
    /// says more; <see cref="IsStale"/> says the rest.
    /// </summary>
    /// <param name="until">Monotonic time.</param>
    /// <param name="now">Both clocks.</param>
    /// <param name="reading">What is due.</param>
    /// <param name="at">Monotonic time at which it was due, and from which it counts.</param>
    public bool TryDue(TimeSpan until, ClockReading now, out Reading reading, out TimeSpan at)
    {
        (reading, at) = (default, Deadline.GetValueOrDefault());
        if (Deadline is null || until < at)
        {
            return false;
        }

        if (_spikes is not null && _spikes.Release(out var unconfirmed))
        {
            reading = Judge(unconfirmed, now);
            return true;
        }

        _watching = false;
        reading = Last = new Reading(_point, 0, Last.Quality.IsBad ? Last.Quality : Quality.Bad(Reason.Stale), now.WallAt(at));
        return true;
    }

    private Measured Measure(in RawSample sample, ClockReading now, Compensation compensation)
    {
        var value = (sample.Raw * _options.Scale) + _options.Offset;
        var quality = sample.Quality;
        if (_options.Calibration is { } calibration)
        {
            value = Calibration.Correct(calibration, _options.Unit, value, compensation);
            if (quality.IsValid() && calibration.Temperature is not null && !compensation.Good)
            {
                quality = Quality.Uncertain(Reason.Uncompensated);
            }
        }

        if (!quality.IsBad)
        {
            // What overflows in the platform's unit could be neither sent nor told in an event.
            if (!(double.IsFinite(value) && double.IsFinite(_options.Unit.ToSenml(value))))
            {
                quality = Quality.Bad(Reason.NotANumber);
            }
            else if (_loop?.Judge(sample.Raw, sample.TakenAt) is { IsGood: false } doubt)
            {
                // Beyond an end by the device's own simulation is no over-range of the process: it would take back what is true on the other side.
                quality = quality.Reason == Reason.FunctionCheck && doubt.Reason != Reason.SensorFailure ? quality : doubt;
            }
        }

        return new Measured(sample.Raw, value, quality, sample.TakenAt, now.WallAt(sample.TakenAt));
    }

    private Reading Judge(in Measured measured, ClockReading now)
    {
        var quality = measured.Quality;
        if (quality.Reason != Reason.Spike)
        {
            // All of them see each value, whoever has the word in the end.
            var tooFast = _rate is not null && _rate.IsTooFast(measured);
            var stuck = _stuck is not null && _stuck.IsStuck(measured);
            var expired = _due is not null && _due.HasPassed(measured.TakenAt, now);
            quality = quality.Reason is Reason.SensorFailure or Reason.FunctionCheck ? quality
                : OutOfRange(measured.Value) is { } side ? Quality.Uncertain(side)
                : !quality.IsValid() ? quality
                : tooFast ? Quality.Uncertain(Reason.RateOfChange)
                : stuck ? Quality.Uncertain(Reason.Stuck)
                : !quality.IsGood ? quality
                : expired ? Quality.Uncertain(Reason.CalibrationExpired)
                : quality;
        }

        if (_options.Unit.Quantity == Quantity.Temperature)
        {
            _celsius = _options.Unit.ToSenml(measured.Value);
        }

        _watching = true;
        _freshUntil = measured.TakenAt + _options.Stale;
        return Last = new Reading(_point, measured.Value, quality, measured.Time);
    }

    private Reason? OutOfRange(double value) =>
        _options.Range is not { } range ? null : value > range.High ? Reason.OverRange : value < range.Low ? Reason.UnderRange : null;
}
