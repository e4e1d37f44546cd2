using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// Makes readings of one point's raw samples: scale and offset, calibration, not-a-number, range, and the watch over staleness.
/// </summary>
/// <remarks>
/// A value out of range stays a value: it is uncertain, and still counts for the setpoint on its side,
/// so that a real overpressure does not disarm its own alarm. Only a failed signal is bad.
/// </remarks>
public sealed class PointValidator
{
    private readonly PointOptions _options;
    private readonly int _point;
    private TimeSpan _freshUntil;
    private bool _watching = true;
    private double? _celsius;

    /// <param name="point">Index of the point.</param>
    /// <param name="options">Its scaling, range and stale time.</param>
    /// <param name="start">Monotonic time of the start: a point never read turns bad one stale time later.</param>
    public PointValidator(int point, PointOptions options, TimeSpan start)
    {
        _point = point;
        _options = options;
        _freshUntil = start + options.Stale;
        Last = new Reading(point, 0, Quality.Bad(Reason.NotYetRead), default);
    }

    /// <summary>The latest reading; bad:not-yet-read before the first.</summary>
    public Reading Last { get; private set; }

    /// <summary>Monotonic time at which <see cref="CheckStale"/> will have something to say; null while the point is bad.</summary>
    public TimeSpan? Deadline => _watching ? _freshUntil : null;

    /// <summary>Index of the point whose temperature corrects this one; null when none does.</summary>
    public int? TemperaturePoint => _options.Calibration?.Temperature?.Point;

    /// <summary>This point's temperature as another point's correction sees it.</summary>
    /// <param name="at">Monotonic time of the other point's sample.</param>
    public Compensation TemperatureAt(TimeSpan at) => new(_celsius, _watching && at < _freshUntil && Last.Quality.IsGood);

    /// <summary>Makes the reading of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="now">Both clocks.</param>
    /// <param name="compensation">The temperature, where the point's calibration asks for one.</param>
    public Reading Accept(in RawSample sample, ClockReading now, Compensation compensation = default)
    {
        var time = now.WallAt(sample.TakenAt);
        var value = (sample.Raw * _options.Scale) + _options.Offset;
        var quality = sample.Quality;
        if (_options.Calibration is { } calibration)
        {
            value = Calibration.Correct(calibration, _options.Unit, value, compensation);
            if (quality.IsGood && calibration.Temperature is not null && !compensation.Good)
            {
                quality = Quality.Uncertain(Reason.Uncompensated);
            }
        }

        // What overflows in the platform's unit could be neither sent nor told in an event.
        if (!quality.IsBad && !(double.IsFinite(value) && double.IsFinite(_options.Unit.ToSenml(value))))
        {
            quality = Quality.Bad(Reason.NotANumber);
        }

        if (quality.IsBad)
        {
            _watching = false;
            return Last = new Reading(_point, 0, quality, time);
        }

        if (_options.Range is { } range)
        {
            quality = value > range.High ? Quality.Uncertain(Reason.OverRange)
                : value < range.Low ? Quality.Uncertain(Reason.UnderRange)
                : quality;
        }

        if (_options.Unit.Quantity == Quantity.Temperature)
        {
            _celsius = _options.Unit.ToSenml(value);
        }

        _watching = true;
        _freshUntil = sample.TakenAt + _options.Stale;
        return Last = new Reading(_point, value, quality, time);
    }

    /// <summary>
    /// Says once that the point has gone stale. The reading has no value, and its time is the moment of the finding:
    /// an old value never gets a fresh stamp.
    /// </summary>
    public bool CheckStale(ClockReading now, out Reading reading)
    {
        reading = default;
        if (!_watching || now.Monotonic < _freshUntil)
        {
            return false;
        }

        _watching = false;
        var reason = Last.Quality.Reason == Reason.NotYetRead ? Reason.NotYetRead : Reason.Stale;
        reading = Last = new Reading(_point, 0, Quality.Bad(reason), now.WallAt(_freshUntil));
        return true;
    }
}
