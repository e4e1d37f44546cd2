using System.Globalization;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Random worlds from seeds: whatever happens to the node, every reading is on the platform, in the spool, or named in a gap.</summary>
public class RandomWorldTests(ITestOutputHelper output)
{
    private const int ShortSeeds = 12;
    private const int LongSeeds = 300;

    [Fact]
    public void Whatever_the_weather_nothing_is_lost_silently()
    {
        var seeds = Extent.Seed is { } one ? [one] : Enumerable.Range(1, Extent.Long ? LongSeeds : ShortSeeds).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seeds.Length} seeds of {Extent.Hours} virtual hours each ({Extent.Form})"));
        var failed = new List<string>();
        var (lives, readings, cuts, kills) = (0L, 0L, 0L, 0L);
        foreach (var seed in seeds)
        {
            var lived = StormyWorld.Live(seed, TimeSpan.FromHours(Extent.Hours), story: Extent.Seed is null ? null : output.WriteLine);
            lives += lived.Settlement.Epochs;
            readings += lived.Settlement.Appended;
            cuts += lived.World.PowerCuts;
            kills += lived.World.Kills;
            if (seeds.Length == 1 || lived.Findings.Count > 0)
            {
                output.WriteLine($"seed {seed}: {lived}");
            }

            if (lived.Findings.Count > 0)
            {
                failed.Add(string.Create(
                    CultureInfo.InvariantCulture, $"seed {seed} (./build.sh simulate --seed {seed} --hours {Extent.Hours}):\n  {string.Join("\n  ", lived.Findings)}"));
            }
        }

        output.WriteLine($"{lives} lives, {kills} kills, {cuts} power cuts, {readings} readings");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
    }

    [Fact]
    public void A_seed_is_a_world_and_runs_the_same_twice()
    {
        var seed = Extent.Seed ?? 7;
        var first = StormyWorld.Live(seed, TimeSpan.FromHours(1));
        var second = StormyWorld.Live(seed, TimeSpan.FromHours(1));
        output.WriteLine($"seed {seed}: {first.World.Trace.Count} steps, trace {first.World.Trace.Hash:x16}");
        Assert.Equal((first.World.Trace.Count, first.World.Trace.Hash), (second.World.Trace.Count, second.World.Trace.Hash));
        Assert.NotEqual(first.World.Trace.Hash, StormyWorld.Live(seed + 1, TimeSpan.FromHours(1)).World.Trace.Hash);
    }
}
