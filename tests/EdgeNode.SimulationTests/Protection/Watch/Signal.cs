using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>
/// What the samples of one measurement stand for, one after the other. Written from NE 43 (3.8 to 20.5 mA is measurement, 3.6 mA and below and 21 mA and above is failure) and from what the
/// site file's documents promise: between the bands what was known last of that end goes on. So a current between them is a value after a measurement, and after a failure of its end nobody can be sure.
/// </summary>
/// <param name="isLoop">It is a current, in microampere, of 0 to 10 bar; else the value itself.</param>
internal sealed class Signal(bool isLoop)
{
    private bool? _failedHigh;

    /// <summary>A sample.</summary>
    /// <returns>Its value, null when it has none or when nobody can be sure of it; and whether it surely has none.</returns>
    public (double? Value, bool IsNone) Take(in RawSample sample)
    {
        if (sample.Quality.IsBad || !double.IsFinite(sample.Raw))
        {
            return (null, true);
        }

        if (!isLoop)
        {
            return (sample.Raw, false);
        }

        var milliamperes = sample.Raw / 1000;
        var high = milliamperes > 20.5;
        if (milliamperes is <= 3.6 or >= 21)
        {
            _failedHigh = high;
            return (null, true);
        }

        // What is measured, and what is of the other end, ends what was known of a failure.
        _failedHigh = milliamperes is >= 3.8 and <= 20.5 || high != _failedHigh ? null : _failedHigh;
        return (_failedHigh is null ? (milliamperes - 4) / 1.6 : null, false);
    }
}
