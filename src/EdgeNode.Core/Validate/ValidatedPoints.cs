using EdgeNode.Core.Model;

namespace EdgeNode.Core.Validate;

/// <summary>The validators of the points that devices have, and the one thing that a point asks of another: its temperature.</summary>
public sealed class ValidatedPoints
{
    private readonly PointValidator[] _points;

    /// <param name="site">The checked site.</param>
    /// <param name="start">Monotonic time of the start.</param>
    public ValidatedPoints(Site site, TimeSpan start) => _points = [.. site.Points.TakeWhile(p => !p.IsComputed).Select((p, i) => new PointValidator(i, p, start))];

    /// <summary>The validator of one point.</summary>
    public PointValidator this[int point] => _points[point];

    /// <summary>All of them, by point index.</summary>
    public ReadOnlySpan<PointValidator> All => _points;

    /// <summary>Takes a sample, with the temperature that held when it was taken.</summary>
    /// <returns>The readings that it leads to; see <see cref="PointValidator.Accept"/>.</returns>
    public ReadOnlySpan<Reading> Accept(in RawSample sample, ClockReading now)
    {
        var point = _points[sample.Point];
        return point.Accept(sample, now, point.TemperaturePoint is { } source ? _points[source].TemperatureAt(sample.TakenAt) : default);
    }
}
