using System.Diagnostics;
using System.Globalization;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>A pulse meter on the kernel's own interface, held against the generator's count.</summary>
internal static class PulseCases
{
    private const string Total = "FT-901.total";
    private const string Flow = "FT-901.flow";
    private const string LostEdges = "GPIO-900.lost-edges";
    private const int Line = 3;
    private const int Seconds = 10;

    /// <summary>Of the site file: a pulse is a litre, the total is told in m3, the flow in l/min.</summary>
    private const double PulsesPerCubicMetre = 1000;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<Case> All =>
    [
        new("pulses-1khz", s => Counted(s, 1000, 0)),
        new("pulses-5khz", s => Counted(s, 5000, 0)),
        new("pulses-1khz-pause-200ms", s => Counted(s, 1000, 200)),
        new("pulses-5khz-pause-200ms", s => Counted(s, 5000, 200)),
        new("pulses-5khz-pause-500ms", Reported),
        new("total-after-restart", AfterRestart),
    ];

    private static string Counted(Station station, int hertz, int pauseMs)
    {
        var train = Give(station, hertz, pauseMs);
        var doubtful = train.Totals.Count(r => !r.IsGood);
        if (doubtful > 0)
            throw new CaseFailure($"{doubtful} of {train.Totals.Count} readings are not good, the first: {train.Totals.First(r => !r.IsGood)}");
        return train.Lost == 0 ? train.Shown : throw new CaseFailure($"{train.Shown}; {LostEdges} grew by {train.Lost}");
    }

    /// <summary>At 5 kHz the kernel's queue of 1,024 holds 205 ms: the oldest edges of a longer pause are gone, and that must be said.</summary>
    private static string Reported(Station station)
    {
        var train = Give(station, 5000, 500);
        var told = train.Totals.Count(r => r.Quality == "uncertain:lost-edges");
        if (told == 0)
            throw new CaseFailure($"{train.Shown}; none of {train.Totals.Count} readings tells of lost edges");
        const int least = (5000 / 2) - 1024;
        if (train.Lost is < least or > least + 250)
            throw new CaseFailure($"{train.Shown}; {LostEdges} grew by {train.Lost}, not by the {least} that do not fit or up to 50 ms more");
        return $"{train.Shown}; {train.Lost} of them known by their numbers alone, as {LostEdges} and {told} of {train.Totals.Count} readings say";
    }

    private static string AfterRestart(Station station)
    {
        var before = Station.Readings(Total, DateTimeOffset.UnixEpoch).Last(r => r.Value is not null);
        var stopped = station.Now;
        station.Restart();
        var after = station.Await(Total, stopped, "good", r => r.IsGood);
        return after.Value == before.Value
            ? $"{after.Value * PulsesPerCubicMetre:F0} pulses"
            : throw new CaseFailure($"the total was {before}, and after the restart {after}");
    }

    /// <summary>A train of pulses, and what became of it.</summary>
    private static Train Give(Station station, int hertz, int pauseMs)
    {
        var start = station.Now;
        var before = Pulses(station.Await(Total, start, "good", r => r.IsGood));
        var lostBefore = station.Await(LostEdges, start, "good", r => r.IsGood).Value!.Value;
        using var generator = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["pulses", $"{Line}", $"{hertz}", $"{Seconds}"]) { RedirectStandardOutput = true })!;
        if (pauseMs > 0)
        {
            Station.Wait(TimeSpan.FromSeconds(Seconds * 0.4));
            station.Pause(TimeSpan.FromMilliseconds(pauseMs));
        }

        var given = long.Parse(generator.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        generator.WaitForExit();
        var end = station.Now;

        // Two scans later everything has been taken, and nothing may come any more.
        var after = station.Await(Total, end + (2 * Period), "read", r => r.Value is not null);
        var counted = Pulses(after) - before;
        if (counted != given)
            throw new CaseFailure($"{counted} of {given} pulses counted");
        var flows = Station.Readings(Flow, start).Where(r => r.Value is not null && r.Time < end - Period && r.Time > end - TimeSpan.FromSeconds(2)).ToList();
        var wanted = hertz * 60.0;
        var wrong = flows.Where(r => Math.Abs(r.Value!.Value - wanted) > wanted * 0.01).ToList();
        if (flows.Count == 0 || wrong.Count > 0)
            throw new CaseFailure($"{wrong.Count} of {flows.Count} readings of the flow are not within 1 % of {wanted} l/min{(wrong.Count > 0 ? $", the first: {wrong[0]}" : "")}");
        var lost = station.Await(LostEdges, end + (2 * Period), "good", r => r.IsGood).Value!.Value - lostBefore;
        return new Train($"{counted} of {given} pulses counted", Station.Readings(Total, start), (long)lost);
    }

    private static long Pulses(Reading total) => (long)Math.Round(total.Value!.Value * PulsesPerCubicMetre);

    private sealed record Train(string Shown, List<Reading> Totals, long Lost);
}
