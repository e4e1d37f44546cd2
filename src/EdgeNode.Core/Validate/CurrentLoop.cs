using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>
/// A 4-20 mA signal by NAMUR NE 43: measurement from 3.8 to 20.5 mA, failure at or below 3.6 and at or above 21.0 mA.
/// </summary>
/// <remarks>
/// Between the bands the current says nothing: what was known last of that end goes on. A failure signal is one only when it has lasted, and never with its first
/// sample. Until then, and between the bands, the value stands in doubt. A failing one counts for the setpoints on its side alone: a sensor that the process drives beyond its end must not be taken
/// for a broken one before its time, and a wire that breaks must not take back what is true on the other side. It is the samples that tell how long a failure lasts: the first one at least that much later declares it.
/// So whatever drives the current beyond an end has counted on that side before it can be called a failure, and what it made true a failure does not take back.
/// </remarks>
public sealed class CurrentLoop
{
    /// <summary>At and below this the sensor signals its failure, mA.</summary>
    public const double FailLow = 3.6;

    /// <summary>Lower end of the measurement, mA.</summary>
    public const double Low = 3.8;

    /// <summary>What stands for the lower end of the span, mA.</summary>
    public const double Zero = 4;

    /// <summary>What stands for the upper end of the span, mA.</summary>
    public const double Full = 20;

    /// <summary>Upper end of the measurement, mA.</summary>
    public const double High = 20.5;

    /// <summary>At and above this the sensor signals its failure, mA.</summary>
    public const double FailHigh = 21;

    private readonly CurrentLoopOptions _options;
    private TimeSpan? _failingSince;
    private bool _failed;
    private bool _high;

    /// <param name="options">Which current a raw value stands for, and how long a failure must last.</param>
    public CurrentLoop(CurrentLoopOptions options) => _options = options;

    /// <summary>Scale and offset of a value whose span the current stands for.</summary>
    /// <param name="loop">Which current a raw value stands for.</param>
    /// <param name="span">What 4 mA and 20 mA mean, in the point's unit.</param>
    public static (double Scale, double Offset) Map(CurrentLoopOptions loop, ValueRange span)
    {
        var perMilliampere = (span.High - span.Low) / (Full - Zero);
        return (loop.Scale * perMilliampere, span.Low + ((loop.Offset - Zero) * perMilliampere));
    }

    /// <summary>What the current says of the value.</summary>
    /// <param name="raw">A finite raw value.</param>
    /// <param name="takenAt">Monotonic time of the sample; never before that of the sample before.</param>
    public Quality Judge(double raw, TimeSpan takenAt)
    {
        var milliamperes = (raw * _options.Scale) + _options.Offset;
        if (milliamperes is >= Low and <= High)
        {
            (_failingSince, _failed) = (null, false);
            return Quality.Good;
        }

        if (milliamperes > High != _high)
        {
            // It has crossed the measurement between two samples: a failure of one end says nothing of the other.
            (_failingSince, _failed, _high) = (null, false, !_high);
        }

        var failing = milliamperes is <= FailLow or >= FailHigh;
        if (failing)
        {
            // Never with its first sample, however short the time: that one is heard, or a true overpressure beyond the transmitter's end would be lost.
            _failed |= takenAt - _failingSince >= _options.FailureAfter;
            _failingSince ??= takenAt;
        }

        return _failed ? Quality.Bad(Reason.SensorFailure)
            : Quality.Uncertain(failing ? Reason.SensorFailure : milliamperes < Low ? Reason.UnderRange : Reason.OverRange);
    }
}
