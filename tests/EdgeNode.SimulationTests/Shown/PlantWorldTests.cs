using System.Diagnostics;
using System.Globalization;
using EdgeNode.SimulationTests.Protection;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Random worlds of the protection from seeds: whatever happens to process, sensors, buses, lines, disk, clock and node, what README.md numbers holds.</summary>
public class PlantWorldTests(ITestOutputHelper output)
{
    private const int ShortSeeds = 24;
    private const int LongSeeds = 200;
    private const int FirstSeed = 1000;

    [Fact]
    public void Whatever_happens_the_station_is_made_safe_in_time_and_stays_safe_until_a_reset()
    {
        var seeds = Extent.Seed is { } one ? [one]
            : Enumerable.Range(FirstSeed, Extent.Days is { } days ? days * 2 : Extent.Long ? LongSeeds : ShortSeeds).ToArray();
        var hours = Extent.Days is null ? Extent.ProtectionHours : 12;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seeds.Length} seeds of {hours} virtual hours each ({Extent.Form})"));
        var lived = new LivedPlant[seeds.Length];
        var (began, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());

        // Each world has one thread. Two of them at a time, since the machine that counts has two cores.
        Parallel.For(0, seeds.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            lived[i] = LivedPlant.Live(seeds[i], TimeSpan.FromHours(hours), story: Extent.Seed is null ? null : output.WriteLine);
            if (lived[i].Findings.Count > 0)
            {
                output.WriteLine(Words(lived[i], hours));
            }
        });
        LivedPlant.Tell(lived, output.WriteLine);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s, {(Environment.CpuUsage.TotalTime - began).TotalSeconds:F0} s of the processor with what ran beside it"));
        Assert.True(lived.All(l => l.Findings.Count == 0), string.Join('\n', lived.Where(l => l.Findings.Count > 0).Take(20).Select(l => Words(l, hours))));
        Assert.True(seeds.Length == 1 || lived.Sum(l => l.World.Watch.Demands) > 0, "nothing has tripped, so that nothing is shown");
    }

    [Fact]
    public void A_seed_is_a_plant_and_runs_the_same_twice()
    {
        var seed = Extent.Seed ?? FirstSeed;
        var worlds = new[] { seed, seed, seed + 1 }.Select(s => LivedPlant.Play(s, TimeSpan.FromMinutes(30))).ToArray();
        output.WriteLine($"seed {seed}: {worlds[0].Trace.Count} steps, trace {worlds[0].Trace.Hash:x16}");
        Assert.Equal((worlds[0].Trace.Count, worlds[0].Trace.Hash), (worlds[1].Trace.Count, worlds[1].Trace.Hash));
        Assert.NotEqual(worlds[0].Trace.Hash, worlds[2].Trace.Hash);
    }

    private static string Words(LivedPlant lived, double hours) => string.Create(
        CultureInfo.InvariantCulture, $"seed {lived.World.Seed} (./build.sh simulate -- --seed {lived.World.Seed} --hours {hours}): {lived.Findings[0]}");
}
