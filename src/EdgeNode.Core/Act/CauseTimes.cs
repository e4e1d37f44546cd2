using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Act;

/// <summary>How long it takes at most until a cause is known to be true, or to be unknown.</summary>
internal sealed class CauseTimes(Site site)
{
    /// <summary>Until the slowest of the names tells that the cause has come true.</summary>
    public ImmutableArray<ChainPart> Slowest(Cause cause) => Paths(cause, comes: true).MaxBy(TripChain.Sum);

    /// <summary>Until the slowest of the names is unknown; empty when none ever is.</summary>
    public ImmutableArray<ChainPart> Silent(Cause cause) => Names(cause).Select(Silence).MaxBy(TripChain.Sum) is { IsDefault: false } slowest ? slowest : [];

    /// <summary>Longest deadline of a request of some devices of a bus.</summary>
    public static TimeSpan LongestTimeout(Site site, int bus, Func<ModbusDeviceOptions, bool> which) =>
        site.Devices.OfType<ModbusDeviceOptions>().Where(d => d.Bus == bus && which(d)).Select(d => d.Timeout).DefaultIfEmpty().Max();

    /// <param name="cause">The cause.</param>
    /// <param name="comes">It becomes true; else it becomes false, as under a not.</param>
    private IEnumerable<ImmutableArray<ChainPart>> Paths(Cause cause, bool comes) => cause switch
    {
        CauseOf { What: var what } => [Name(what, comes)],
        CauseNot not => Paths(not.Of, !comes),
        CauseAny any => any.Of.SelectMany(c => Paths(c, comes)),
        CauseAll all => all.Of.SelectMany(c => Paths(c, comes)),
        CauseVote vote => vote.Of.SelectMany(c => Paths(c, comes)),

        // What must last begins to count anew at once when it ends.
        CauseAfter after => Paths(after.Of, comes).Select(p => comes ? p.Add(new ChainPart("it lasts for after", after.Delay)) : p),
        _ => [],
    };

    private static IEnumerable<AlarmCause> Names(Cause cause) => cause switch
    {
        CauseOf { What: var what } => [what],
        CauseNot not => Names(not.Of),
        CauseAfter after => Names(after.Of),
        CauseAny any => any.Of.SelectMany(Names),
        CauseAll all => all.Of.SelectMany(Names),
        CauseVote vote => vote.Of.SelectMany(Names),
        _ => [],
    };

    private ImmutableArray<ChainPart> Name(AlarmCause what, bool comes)
    {
        if (!what.IsAlarm)
        {
            return Sampled(what.Index, falls: false);
        }

        var alarm = site.Alarms[what.Index];
        var delay = comes ? new ChainPart($"on-delay of {alarm.Id}", alarm.OnDelay) : new ChainPart($"off-delay of {alarm.Id}", alarm.OffDelay);
        if (alarm.Kind.IsOfQuality() || alarm.Fault is GroupFault.Degraded or GroupFault.AllBad or GroupFault.RepairOverdue)
        {
            return [Measured(alarm).Select(Lost).MaxBy(p => p.Time), delay];
        }

        // A group that is true with nobody left is so only when the last member is lost.
        var falls = (alarm.Kind is AlarmKind.Low or AlarmKind.LowLow) == comes;
        var samples = Measured(alarm).Select(p => Sampled(p, falls));
        if (comes && alarm.Group is { } group && site.Groups[group].AllBad == AllBad.Trip)
        {
            samples = samples.Append([Measured(alarm).Select(Lost).MaxBy(p => p.Time)]);
        }

        return [.. samples.MaxBy(TripChain.Sum), new ChainPart($"the stretch over which {alarm.Id} takes its rate", alarm.RateOver), delay];
    }

    /// <summary>Until a name is unknown; empty for one that never is.</summary>
    private ImmutableArray<ChainPart> Silence(AlarmCause what)
    {
        if (!what.IsAlarm)
        {
            return [Lost(what.Index)];
        }

        var alarm = site.Alarms[what.Index];
        return alarm.Kind.IsOfQuality() || alarm.Fault is not null || (alarm.Group is { } group && site.Groups[group].AllBad != AllBad.AlarmOnly)
            ? []
            : [Measured(alarm).Select(Lost).MaxBy(p => p.Time)];
    }

    /// <summary>The points of devices that an alarm comes from.</summary>
    private IEnumerable<int> Measured(AlarmOptions alarm)
    {
        IEnumerable<int> points = site.GroupOf(alarm.Point) is { } group ? site.Groups[group].Members : [alarm.Point];
        return alarm.ReferencePoint is not { } reference ? points
            : points.Concat(site.GroupOf(reference) is { } other ? site.Groups[other].Members : [reference]);
    }

    private ChainPart Lost(int point)
    {
        var options = site.Points[point];
        var failed = options.Checks.Loop is { } loop ? site.EveryOf(point) + loop.FailureAfter : TimeSpan.Zero;
        return new ChainPart($"{options.Name} counts as lost", failed > options.Stale ? failed : options.Stale);
    }

    /// <summary>From the process to a sample that the step sees.</summary>
    private ImmutableArray<ChainPart> Sampled(int point, bool falls)
    {
        var options = site.Points[point];
        var device = site.Devices[options.Device];
        var parts = ImmutableArray.CreateBuilder<ChainPart>();
        parts.Add(new ChainPart($"{options.Name} is read every", device.Every));
        switch (device)
        {
            case ModbusDeviceOptions modbus:
                parts.Add(new ChainPart($"{modbus.Id} answers at the latest", modbus.Timeout));
                parts.Add(new ChainPart($"a dead device holds {site.Buses[modbus.Bus].Id}", LongestTimeout(site, modbus.Bus, d => d.Address != modbus.Address)));
                break;
            case SwitchOptions contact:
                parts.Add(new ChainPart($"debounce of {contact.Id}", contact.Line.Debounce));
                break;
            case PulseMeterOptions meter when falls:
                parts.Add(new ChainPart($"{meter.Id} shows 0 after", meter.ZeroAfter));
                break;
            case ChipOptions chip:
                parts.Add(new ChainPart($"{chip.Id} measures", DriverTable.Find(chip.Driver)?.LeastEvery ?? TimeSpan.Zero));
                break;
        }

        if (options.Checks.Spike is not null)
        {
            parts.Add(new ChainPart("a jump is believed with the next sample", device.Every));
        }

        return parts.ToImmutable();
    }
}
