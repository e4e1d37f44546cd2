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

    /// <summary>A cause comes true, and its sensors tell it.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="trip">Which.</param>
    public static TripChain Seen(Site site, TripOptions trip)
    {
        var causes = new CauseTimes(site);
        return Complete(site, trip, causes.Slowest(trip.Cause));
    }

    /// <summary>The cause comes true just when its sensors fall silent, and the trip comes by <c>trip-after</c>; null where an unknown cause does not trip.</summary>
    /// <param name="site">The site of the trip.</param>
    /// <param name="trip">Which.</param>
    public static TripChain? Blind(Site site, TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        return trip.OnBad.Kind == OnBadKind.TripAfter && new CauseTimes(site).Silent(trip.Cause) is { IsEmpty: false } silent
            ? Complete(site, trip, silent.Add(new ChainPart("the cause is unknown for trip-after", trip.OnBad.After)))
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

    private static TripChain Complete(Site site, TripOptions trip, ImmutableArray<ChainPart> cause) =>
        Of([.. cause, new ChainPart("the node itself (assumed)", Own), .. trip.Effect.Select(o => Output(site, site.Outputs[o])).MaxBy(Sum)]);

    private static TripChain Of(ImmutableArray<ChainPart> parts) => new([.. parts.Where(p => p.Time > TimeSpan.Zero)]);

    private static ImmutableArray<ChainPart> Output(Site site, OutputOptions output)
    {
        var parts = ImmutableArray.CreateBuilder<ChainPart>();
        parts.Add(new ChainPart($"{output.Id} holds its level through a planned restart", output.HoldThroughRestart));
        if (output.Place is RegisterOutput { Device: var index } place)
        {
            // A write pre-empts polling and reading back, and cannot pre-empt the request that is out already.
            var device = (ModbusDeviceOptions)site.Devices[index];
            parts.Add(new ChainPart($"the request that is out on {site.Buses[place.Bus].Id}", CauseTimes.LongestTimeout(site, place.Bus)));
            parts.Add(Before(site, output, place));
            parts.Add(new ChainPart($"the write to {device.Id}, answered at the latest", device.Timeout));
        }

        parts.AddRange(Travel(output));
        return parts.ToImmutable();
    }

    /// <summary>
    /// The other outputs of its bus may go safe at the same moment and before it, and their devices may be dead: each write costs its timeout. On a serial line a unit that owes a reply is not
    /// asked before that is over, so each further write to one costs twice that; and one of them may owe the reply to the request that was out.
    /// </summary>
    private static ChainPart Before(Site site, OutputOptions output, RegisterOutput place)
    {
        var (own, serial) = (((ModbusDeviceOptions)site.Devices[place.Device]).Address, site.Buses[place.Bus] is not ModbusTcpBusOptions);
        var (count, time, owed) = (0, TimeSpan.Zero, TimeSpan.Zero);
        foreach (var unit in site.Outputs.Where(o => o.Id != output.Id).Select(o => o.Place).OfType<RegisterOutput>().Where(p => p.Bus == place.Bus)
            .Select(p => (ModbusDeviceOptions)site.Devices[p.Device]).GroupBy(d => d.Address))
        {
            var (writes, timeout) = (unit.Count(), unit.Max(d => d.Timeout));
            var quarantined = serial && unit.Key != own;
            (count, time) = (count + writes, time + (timeout * (quarantined ? (2 * writes) - 1 : writes)));
            owed = quarantined && timeout > owed ? timeout : owed;
        }

        return new ChainPart(count == 1 ? $"another output of {site.Buses[place.Bus].Id} goes safe before it" : $"{count} other outputs of {site.Buses[place.Bus].Id} go safe before it", time + owed);
    }

    private static ImmutableArray<ChainPart> Travel(OutputOptions output) =>
        output.Proof is { } proof ? [new ChainPart($"{output.Id} moves to {output.Word(output.SafeEnergised)}", proof.Within)] : [];

    internal static long Sum(ImmutableArray<ChainPart> parts) => parts.Sum(p => p.Time.Ticks);
}
