using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>One part of the time between the process and the final element.</summary>
/// <param name="What">In a few words.</param>
/// <param name="Time">Worst case.</param>
public readonly record struct ChainPart(string What, TimeSpan Time);

/// <summary>
/// The whole chain of a trip in time, from what happens in the process to the final element in its safe position, in the worst case: the
/// slowest of its causes and the slowest of its outputs.
/// </summary>
/// <param name="Parts">One after the other; none takes no time.</param>
public sealed record TripChain(ImmutableArray<ChainPart> Parts)
{
    /// <summary>
    /// What the node itself takes, from a sample's arrival to the line: assumed, and far more than is promised (5 ms above a bare timer), so that a
    /// busy processor does not break the sum.
    /// </summary>
    public static readonly TimeSpan Own = TimeSpan.FromMilliseconds(100);

    /// <summary>The sum.</summary>
    public TimeSpan Total { get; } = new(Parts.Sum(p => p.Time.Ticks));

    /// <summary>How much of the process safety time the chain may take: half of it, the rest belongs to the process.</summary>
    /// <param name="trip">Whose.</param>
    public static TimeSpan Limit(TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        return trip.ProcessSafetyTime / 2;
    }

    /// <summary>The devices that a trip's cause is read from, as indexes into <see cref="Site.Devices"/>.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="trip">Which.</param>
    public static IEnumerable<int> Sources(Site site, TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(trip);
        return new CauseTimes(site, []).Points(trip.Cause).Select(p => site.Points[p].Device).Distinct();
    }

    /// <summary>A cause comes true, and its sensors tell it.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="times">What its buses make of each device, in the order of <see cref="Site.Devices"/>.</param>
    /// <param name="trip">Which.</param>
    public static TripChain Seen(Site site, ImmutableArray<DeviceTimes> times, TripOptions trip)
    {
        var causes = new CauseTimes(site, times);
        return Complete(site, times, trip, causes.Slowest(trip.Cause));
    }

    /// <summary>The cause comes true just when its sensors fall silent, and the trip comes by <c>trip-after</c>; null where an unknown cause does not trip.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="times">What its buses make of each device, in the order of <see cref="Site.Devices"/>.</param>
    /// <param name="trip">Which.</param>
    public static TripChain? Blind(Site site, ImmutableArray<DeviceTimes> times, TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        return trip.OnBad.Kind == OnBadKind.TripAfter && new CauseTimes(site, times).Silent(trip.Cause) is { IsEmpty: false } silent
            ? Complete(site, times, trip, silent.Add(new ChainPart("the cause is unknown for trip-after", trip.OnBad.After)))
            : null;
    }

    /// <summary>The node dies just when the cause comes true, and the Modbus devices make their outputs safe; null where no output has such a device.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="trip">Which.</param>
    public static TripChain? Dead(Site site, TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        return trip.Effect.Select(o => site.Outputs[o])
            .Where(o => o.Place is RegisterOutput { DeviceWatchdog: not null })
            .Select(o => Of([new ChainPart($"the watchdog of {site.Devices[((RegisterOutput)o.Place).Device].Id} acts", ((RegisterOutput)o.Place).DeviceWatchdog!.Value), .. Travel(o)]))
            .MaxBy(c => c.Total);
    }

    private static TripChain Complete(Site site, ImmutableArray<DeviceTimes> times, TripOptions trip, ImmutableArray<ChainPart> cause) =>
        Of([.. cause, new ChainPart("the node itself (assumed)", Own), .. trip.Effect.Select(o => Output(site, times, site.Outputs[o])).MaxBy(Sum)]);

    private static TripChain Of(ImmutableArray<ChainPart> parts) => new([.. parts.Where(p => p.Time > TimeSpan.Zero)]);

    private static ImmutableArray<ChainPart> Output(Site site, ImmutableArray<DeviceTimes> times, OutputOptions output)
    {
        var parts = ImmutableArray.CreateBuilder<ChainPart>();
        parts.Add(new ChainPart($"{output.Id} holds its level through a planned restart", output.HoldThroughRestart));
        if (output.Place is RegisterOutput place)
        {
            parts.AddRange(Write(site, times, output, place));
        }

        parts.AddRange(Travel(output));
        return parts.ToImmutable();
    }

    /// <summary>
    /// A write goes before all polling and reading back, and cannot go before the request that is out already. The other outputs of its bus may go safe at the same moment and before it, and their
    /// devices may be dead: each costs a deadline. On a serial line a reply that is still owed may fall into the write and spoil it. Then all of that comes once more, with a request of a scan
    /// before each write.
    /// </summary>
    private static ChainPart[] Write(Site site, ImmutableArray<DeviceTimes> times, OutputOptions output, RegisterOutput place)
    {
        var (bus, its) = (site.Buses[place.Bus].Id, times[place.Device]);
        var others = site.Outputs.Where(o => o.Id != output.Id).Select(o => o.Place).OfType<RegisterOutput>().Where(p => p.Bus == place.Bus).ToList();
        var before = new TimeSpan(others.Sum(p => times[p.Device].Write.Ticks));
        return
        [
            new ChainPart($"the request that is out on {bus}", its.Ahead),
            new ChainPart($"{bus} connects for the write", its.Connect),
            new ChainPart(others.Count == 1 ? $"another output of {bus} goes safe before it" : $"{others.Count} other outputs of {bus} go safe before it", before),
            new ChainPart($"the write to {site.Devices[place.Device].Id}, answered at the latest", its.Write),
            new ChainPart(
                "a late reply spoils it, and all is written again",
                site.Buses[place.Bus] is ModbusTcpBusOptions ? TimeSpan.Zero : OutputOptions.FirstRetry + (its.Ahead * (others.Count + 1)) + before + its.Write),
        ];
    }

    private static ImmutableArray<ChainPart> Travel(OutputOptions output) =>
        output.Proof is { } proof ? [new ChainPart($"{output.Id} moves to {output.Word(output.SafeEnergised)}", proof.Within)] : [];

    internal static long Sum(ImmutableArray<ChainPart> parts) => parts.Sum(p => p.Time.Ticks);
}
