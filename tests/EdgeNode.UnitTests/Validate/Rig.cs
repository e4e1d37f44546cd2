using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Validate;

/// <summary>One validator, fed as the station feeds it: what is due first, then the sample.</summary>
internal sealed class Rig(PointOptions options)
{
    private readonly PointValidator _validator = new(0, options, TimeSpan.Zero);

    /// <summary>A point in bar with a stale time of 3 s.</summary>
    public static PointOptions Checked(PointChecks checks, ValueRange? range = null, double stale = 3) => Point(range: range, stale: stale) with { Checks = checks };

    /// <summary>Quality and value of each reading that a sample leads to, as <c>good 5</c>.</summary>
    public string[] Take(double seconds, double raw, Quality quality = default) => Take(At(seconds), raw, quality);

    public string[] Take(ClockReading now, double raw, Quality quality = default)
    {
        var told = Due(now);
        foreach (var reading in _validator.Accept(new RawSample(0, raw, quality, now.Monotonic), now))
            told.Add(Text(reading));
        return [.. told];
    }

    /// <summary>The same for what is due by itself, with the second from which it counts.</summary>
    public string[] Wait(double seconds)
    {
        var told = new List<string>();
        while (_validator.TryDue(TimeSpan.FromSeconds(seconds), At(seconds), out var reading, out var at))
            told.Add(FormattableString.Invariant($"{Text(reading)} at {at.TotalSeconds}"));
        return [.. told];
    }

    public TimeSpan? Deadline => _validator.Deadline;

    public Reading Last => _validator.Last;

    private List<string> Due(ClockReading now)
    {
        var told = new List<string>();
        while (_validator.TryDue(now.Monotonic, now, out var reading, out _))
            told.Add(Text(reading));
        return told;
    }

    private static string Text(in Reading reading) => FormattableString.Invariant($"{reading.Quality} {Math.Round(reading.Value, 6)}");
}
