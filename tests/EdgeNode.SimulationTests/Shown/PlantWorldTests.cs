using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EdgeNode.SimulationTests.Protection;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Random worlds of the protection from seeds: whatever happens to process, sensors, buses, lines, disk, clock and node, what README.md numbers holds.</summary>
public class PlantWorldTests(ITestOutputHelper output)
{
    private const int LongSeeds = 200;
    private const int FirstSeed = 1000;

    /// <summary>
    /// Of `test`: two minutes on two cores. Nothing that a person is granted lasts longer than 40 minutes, and what happens most seldom (a power cut) does so every two
    /// hours in a seed of few troubles, so that most worlds are short and many. What needs many lives and cuts after one another comes in those of half a day.
    /// </summary>
    private static readonly (int Seeds, double Hours)[] Short = [(8, 12), (144, 2)];

    [Fact]
    public void Whatever_happens_the_station_is_made_safe_in_time_and_stays_safe_until_a_reset()
    {
        // The longest first: the two cores come to their end together.
        (int Seeds, double Hours)[] mix = Extent.Seed is not null ? [(1, Extent.ProtectionHours)] : Extent.Days is { } days ? [(days * 2, 12)]
            : Extent.Long ? [(LongSeeds, Extent.ProtectionHours)] : Short;
        var hours = mix.SelectMany(m => Enumerable.Repeat(m.Hours, m.Seeds)).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"counted: {string.Join(" and ", mix.Select(m => $"{m.Seeds} seeds of {m.Hours} virtual hours"))} ({Extent.Form})"));
        var lived = new LivedPlant[hours.Length];
        var (began, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());

        // Each world has one thread. Two of them at a time, since the machine that counts has two cores.
        // One after the other, and not in parts made beforehand: a part with all the long ones would be one core's alone.
        Parallel.ForEach(Partitioner.Create(Enumerable.Range(0, hours.Length), EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            lived[i] = LivedPlant.Live(Extent.Seed ?? FirstSeed + i, TimeSpan.FromHours(hours[i]), story: Extent.Seed is null ? null : output.WriteLine);
            if (lived[i].Findings.Count > 0)
            {
                output.WriteLine(Words(lived[i]));
            }
        });
        LivedPlant.Tell(lived, output.WriteLine);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s, {(Environment.CpuUsage.TotalTime - began).TotalSeconds:F0} s of the processor with what ran beside it"));
        Assert.True(lived.All(l => l.Findings.Count == 0), string.Join('\n', lived.Where(l => l.Findings.Count > 0).Take(20).Select(Words)));
        Assert.True(hours.Length == 1 || lived.Sum(l => l.World.Watch.Demands) > 0, "nothing has tripped, so that nothing is shown");
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

    private static string Words(LivedPlant lived) => string.Create(
        CultureInfo.InvariantCulture, $"seed {lived.World.Seed} (./build.sh simulate -- --seed {lived.World.Seed} --hours {lived.Hours}): {lived.Findings[0]}");
}
