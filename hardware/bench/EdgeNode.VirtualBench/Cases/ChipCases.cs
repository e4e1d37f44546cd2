using System.Globalization;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>Chips behind the kernel's own I2C bus, and the sensor that the kernel drives itself.</summary>
internal static class ChipCases
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>A sample that was under way when its chip was pulled out, on its way to its stamp.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(20);

    private static readonly Chip[] Chips =
    [
        // SBOS547B, section 7.5.2: 10 A, 11.98 V, 119.8 W; the bus in steps of 1.25 mV.
        new("ina226", 0x40, 0, ("JT-901.voltage", 11.98, 1.25e-3), ("JT-901.current", 10, 1e-6), ("JT-901.power", 119.8, 0.02)),

        // SBOS448G, section 8.5.4: the same; the bus in steps of 4 mV.
        new("ina219", 0x41, 0, ("JT-902.voltage", 11.98, 4e-3), ("JT-902.current", 10, 1e-6), ("JT-902.power", 119.8, 0.04)),

        // SBAS444D, section 9.5.4: 1.2 V are 9600 digits of 125 uV, 12 mA of 100 Ohm, half of the span of 16 m.
        new("ads1115", 0x48, 0, ("LT-901.level", 8, 0.001)),

        // Revision 1.7, section 7.2; when it comes back it wakes up for 600 ms and lets six conversions of 100 ms pass.
        new("nau7802", 0x2A, 2000, ("WT-901.signal", 1.953125, 1e-5)),

        // BST-BMP280-DS001, section 3.12: 100653.27 Pa and 25.08 degrees.
        new("bmp280", 0x76, 0, ("PT-901.pressure", 1006.5327, 0.0005), ("PT-901.temperature", 25.08, 0.005)),
    ];

    public static IEnumerable<Case> All =>
    [
        .. Chips.Select(c => new Case(c.Name, s => Reads(s, c.Points))),
        .. Chips.Select(c => new Case($"{c.Name}-out-and-in", s => OutAndIn(s, $"0x{c.Address:X2}", [c]))),
        new("adapter-out-and-in", s => OutAndIn(s, "adapter", Chips)),

        // The kernel's driver has the datasheet's formula in whole numbers: 100653 Pa.
        new("iio-bmp280", s => Reads(s, [("PT-902.pressure", 1006.53, 0.005), ("PT-902.temperature", 25.08, 0.005)])),
    ];

    private static string Reads(Station station, (string Point, double Value, double Within)[] points)
    {
        var start = station.Now;
        List<string> said = [];
        foreach (var (point, value, within) in points)
        {
            var reading = station.Await(point, start, "good", r => r.IsGood);
            if (!(Math.Abs(reading.Value!.Value - value) <= within))
                throw new CaseFailure(string.Create(CultureInfo.InvariantCulture, $"{point} is {reading}, not {value} within {within}"));
            said.Add(string.Create(CultureInfo.InvariantCulture, $"{point} {reading.Value:0.######}"));
        }

        return string.Join(", ", said);
    }

    /// <summary>Bad within two periods, not once good meanwhile, good again; and all that while nothing of it touches what stayed.</summary>
    private static string OutAndIn(Station station, string what, Chip[] gone)
    {
        foreach (var chip in Chips)
            Reads(station, chip.Points);
        var start = station.Now;
        var pulled = station.Bridge($"out {what}");
        Station.Wait(4 * Period);
        var back = station.Bridge($"in {what}");

        var (bad, good) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var chip in gone)
        {
            foreach (var (point, _, _) in chip.Points)
            {
                var again = station.Await(point, back, "good", r => r.IsGood);
                var meanwhile = Station.Readings(point, start).Where(r => r.Time < back).ToList();
                var first = meanwhile.Find(r => r.IsBad);
                if (first.Quality is null)
                    throw new CaseFailure($"{point} was pulled out at {pulled:HH:mm:ss.fff} and does not turn bad");
                if (meanwhile.Find(r => !r.IsBad && r.Time > pulled + UnderWay) is { Quality: not null } wrong)
                    throw new CaseFailure($"{point} was pulled out at {pulled:HH:mm:ss.fff}, and reads {wrong}");
                bad = Later(bad, first.Time - pulled);
                good = Later(good, again.Time - back);
                if (again.Time - back > chip.Settling + (2 * Period))
                    throw new CaseFailure($"{point} is good again only after {(again.Time - back).TotalMilliseconds:F0} ms");
            }
        }

        if (bad > 2 * Period)
            throw new CaseFailure($"bad only after {bad.TotalMilliseconds:F0} ms");
        foreach (var other in Chips.Except(gone))
        {
            if (Station.Readings(other.Points[0].Point, start).Find(r => r.IsBad) is { Quality: not null } hit)
                throw new CaseFailure($"{other.Points[0].Point}, which stayed, turned {hit}");
        }

        return $"bad after {bad.TotalMilliseconds:F0} ms, good again after {good.TotalMilliseconds:F0} ms";
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record Chip(string Name, int Address, int SettlingMs, params (string Point, double Value, double Within)[] Points)
    {
        public TimeSpan Settling => TimeSpan.FromMilliseconds(SettlingMs);
    }
}
