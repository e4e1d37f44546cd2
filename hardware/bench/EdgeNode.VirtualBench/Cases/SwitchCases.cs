using EdgeNode.VirtualBench.Pulses;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>A contact by its level: active low, debounced for 50 ms, asked each 100 ms.</summary>
internal static class SwitchCases
{
    private const string Point = "ZS-901.state";
    private const int Line = 5;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<Case> All => [new("switch-active-low", ActiveLow), new("switch-debounce", Bounces)];

    private static string ActiveLow(Station station)
    {
        var open = Set(station, high: true);
        station.Await(Point, open, "0", r => r.IsGood && r.Value == 0);
        var closed = Set(station, high: false);
        var active = station.Await(Point, closed, "1", r => r.IsGood && r.Value == 1);
        var opened = Set(station, high: true);
        var inactive = station.Await(Point, opened, "0", r => r.IsGood && r.Value == 0);
        return $"{Soon(active, closed)} until active, {Soon(inactive, opened)} until inactive";
    }

    /// <summary>Twenty touches of 20 ms, which meet the scans at ever other places.</summary>
    private static string Bounces(Station station)
    {
        var start = Set(station, high: true);
        station.Await(Point, start + Period + Debounce, "0", r => r.IsGood && r.Value == 0);
        start = station.Now;
        for (var i = 0; i < 20; i++)
        {
            Set(station, high: false);
            Station.Wait(TimeSpan.FromMilliseconds(20));
            Set(station, high: true);
            Station.Wait(TimeSpan.FromMilliseconds(107));
        }

        var end = station.Now;
        station.Await(Point, end + Period, "read", _ => true);
        var readings = Station.Readings(Point, start).Where(r => r.Time < end).ToList();
        return readings.Find(r => !(r.IsGood && r.Value == 0)) is { Quality: not null } wrong
            ? throw new CaseFailure($"a bounce of 20 ms was believed: {wrong}")
            : $"20 bounces of 20 ms, {readings.Count} readings, none of them active";
    }

    private static DateTimeOffset Set(Station station, bool high)
    {
        GpioSim.Set(Line, high);
        return station.Now;
    }

    private static string Soon(Reading reading, DateTimeOffset since)
    {
        var took = reading.Time - since;
        return took >= Debounce && took <= Debounce + (2 * Period)
            ? $"{took.TotalMilliseconds:F0} ms"
            : throw new CaseFailure($"{Point} follows after {took.TotalMilliseconds:F0} ms, not after {Debounce.TotalMilliseconds} to {(Debounce + (2 * Period)).TotalMilliseconds} ms");
    }
}
