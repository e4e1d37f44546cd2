using System.Globalization;
using EdgeNode.SimulationTests.Protection.Watch;

namespace EdgeNode.SimulationTests.Protection;

/// <summary>One seed, lived: the world itself, and the same one twice more with something left out, to compare what it asked of its outputs.</summary>
internal sealed record LivedPlant(PlantWorld World, double Hours, IReadOnlyList<string> Findings, (int AlarmCommands, int ClockSteps) Compared)
{
    /// <summary>How much of each world is compared with the one without clock steps; the whole of a short one.</summary>
    private static readonly TimeSpan MostCompared = TimeSpan.FromHours(4);

    /// <summary>Plays a seed without looking at what comes of it.</summary>
    public static PlantWorld Play(int seed, TimeSpan span, ProtectionPlants? plants = null, LeaveOut leaveOut = LeaveOut.Nothing, Action<string>? story = null, Action<PlantWorld>? before = null)
    {
        var world = new PlantWorld(seed, plants, leaveOut) { Story = story };
        before?.Invoke(world);
        world.Run(span);
        return world;
    }

    public static LivedPlant Live(int seed, TimeSpan span, ProtectionPlants? plants = null, Action<string>? story = null, Action<PlantWorld>? before = null)
    {
        var world = Play(seed, span, plants, story: story, before: before);
        var compared = (AlarmCommands: 0, ClockSteps: 0);
        var findings = new List<string>(world.Watch.Findings);
        if (findings.Count == 0)
        {
            // Both only up to what hung on a thread's own moment and fell otherwise (Chance).
            // After a cut the clock says, rightly, how much is left of what was granted for a time: from there on a wrong one may make a difference. Alarm commands never may.
            var part = span < MostCompared ? span : MostCompared;
            Compare(LeaveOut.AlarmCommands, span, out compared.AlarmCommands);
            Compare(LeaveOut.ClockSteps, world.Watch.FirstPowerCut is { } cut && cut < part ? cut : part, out compared.ClockSteps);
        }

        return new LivedPlant(world, span.TotalHours, findings, compared);

        void Compare(LeaveOut what, TimeSpan until, out int commands)
        {
            if (Difference(world.Watch, Play(seed, until, plants, what, before: before).Watch, until, what, out commands) is { } difference)
            {
                findings.Add(difference);
            }
        }
    }

    /// <summary>Prints what many worlds came to.</summary>
    public static void Tell(IReadOnlyCollection<LivedPlant> lived, Action<string> write)
    {
        int Sum(Func<PlantWorld, int> of) => lived.Sum(l => of(l.World));
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"counted: {lived.Sum(l => l.World.Clock.Now.TotalHours):F0} virtual hours, {lived.Sum(l => (long)l.World.Watch.Steps)} steps, {Sum(w => w.Station.Overpressures)} times above {Plant.StationSite.Setpoint} bar "
            + $"(highest {lived.Max(l => l.World.Station.Highest):F1} bar), {Sum(w => w.Watch.Trips)} trips, {Sum(w => w.Mishaps.Count)} mishaps, {Sum(w => w.Watch.Lives)} lives, "
            + $"{Sum(w => w.Operator.Given.Values.Sum())} operator commands, {Sum(w => w.Watch.Commands.Count)} output commands, {lived.Sum(l => l.Compared.AlarmCommands)} of them the same without commands to alarms and {lived.Sum(l => l.Compared.ClockSteps)} without clock steps, {lived.Sum(l => l.Findings.Count)} findings"));
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"counted: held against the samples: {Sum(w => w.Watch.Judged.Alarms)} times an alarm came or went, {Sum(w => w.Watch.Judged.Firsts)} firsts of their group, {Sum(w => w.Watch.Judged.Returns)} that came back by themselves from where they were set aside, {Sum(w => w.Watch.Judged.Trips)} times a trip became ready or tripped by itself, {Sum(w => w.Watch.Judged.Counted)} steps in which an after counted"));
        write("operator: " + string.Join(", ", lived.SelectMany(l => l.World.Operator.Given).GroupBy(g => g.Key, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Sum(x => x.Value)} {g.Key}")));
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"granted for a time and ended in time: {Sum(w => w.Watch.Limits.Count)}, the latest {lived.Max(l => l.World.Watch.Limits.Longest).TotalSeconds:F1} s after its limit"));
        foreach (var row in lived.SelectMany(l => l.World.Watch.Deaths.Rows).GroupBy(r => r.Key, StringComparer.Ordinal).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            write($"valve open at the death: {row.Key} {row.Sum(r => r.Value)} times");
        }
    }

    private static string? Difference(Observer one, Observer other, TimeSpan until, LeaveOut what, out int compared)
    {
        var end = Chance.Comparable(one.Chances, other.Chances, until);
        var (a, b) = (one.Commands.TakeWhile(c => c.At < end).ToArray(), other.Commands.TakeWhile(c => c.At < end).ToArray());
        compared = a.Length;
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            if (i >= a.Length || i >= b.Length || a[i] != b[i])
            {
                var number = what == LeaveOut.ClockSteps ? "6" : "3";
                return $"({number}) without {what} the outputs are asked for something else: {(i < a.Length ? a[i] : "nothing")} in the world, {(i < b.Length ? b[i] : "nothing")} without, command {i}";
            }
        }

        return null;
    }
}
