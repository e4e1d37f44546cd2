using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>How long it takes at most until a cause is known to be true, or to be unknown.</summary>
/// <param name="site">The site.</param>
/// <param name="times">What its buses make of each device.</param>
internal sealed class CauseTimes(Site site, ImmutableArray<DeviceTimes> times)
{
    /// <summary>Until the slowest of the names tells that the cause has come true.</summary>
    public ImmutableArray<ChainPart> Slowest(Cause cause) => Paths(cause, comes: true).MaxBy(TripChain.Sum);

    /// <summary>Until the slowest of the names is unknown; empty when none ever is.</summary>
    public ImmutableArray<ChainPart> Silent(Cause cause) => Names(cause).Select(Silence).MaxBy(TripChain.Sum) is { IsDefault: false } slowest ? slowest : [];

    /// <summary>The points of devices that the names of a cause come from.</summary>
    public IEnumerable<int> Points(Cause cause) => Names(cause).SelectMany(what => what.IsAlarm ? Measured(site.Alarms[what.Index]) : [what.Index]);

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
        var failed = options.Checks.Loop is { } loop ? Failed(point, loop.FailureAfter) : TimeSpan.Zero;
        return new ChainPart($"{options.Name} counts as lost", failed > options.Stale ? failed : options.Stale);
    }

    /// <summary>
    /// Until a broken loop is declared: up to a period to the first sample that shows it, and from there whole periods, for it is a sample that declares it. One that lies
    /// just at the time may come a little before it, so the next one counts; the first may have been late, and the last may be.
    /// </summary>
    private TimeSpan Failed(int point, TimeSpan failureAfter)
    {
        var every = site.EveryOf(point);
        var late = new TimeSpan(Delays(site.Points[point].Device).Sum(p => p.Time.Ticks));
        return (every * (Math.Floor((failureAfter + late) / every) + 2)) + late;
    }

    /// <summary>From the process to a sample that the step sees.</summary>
    private ImmutableArray<ChainPart> Sampled(int point, bool falls)
    {
        var options = site.Points[point];
        var device = site.Devices[options.Device];
        var parts = ImmutableArray.CreateBuilder<ChainPart>();
        parts.Add(new ChainPart($"{options.Name} is read every", device.Every));
        parts.AddRange(Delays(options.Device));
        if (device is PulseMeterOptions meter && falls)
        {
            parts.Add(new ChainPart($"{meter.Id} shows 0 after", meter.ZeroAfter));
        }

        if (options.Checks.Spike is not null)
        {
            parts.Add(new ChainPart("a jump is believed with the next sample", device.Every));
        }

        return parts.ToImmutable();
    }

    /// <summary>By how much a sample of a device may come late.</summary>
    private IEnumerable<ChainPart> Delays(int device)
    {
        var (its, bus) = (times[device], site.Buses[site.Devices[device].Bus].Id);
        var longer = its.Connect + its.Scan - site.Devices[device].Every;
        return site.Devices[device] switch
        {
            ModbusDeviceOptions modbus =>
            [
                new ChainPart("the scan before takes longer than that", longer > TimeSpan.Zero ? longer : TimeSpan.Zero),
                new ChainPart(its.Others == 1 ? $"the other device of {bus} goes first, and may die" : $"{its.Others} other devices of {bus} go first, and may die at once", its.Held),
                new ChainPart($"{bus} connects", its.Connect),
                new ChainPart(its.Requests == 1 ? $"{modbus.Id} answers at the latest" : $"{modbus.Id} answers {its.Requests} requests at the latest", its.Scan),
            ],
            SwitchOptions contact => [new ChainPart($"debounce of {contact.Id}", contact.Line.Debounce)],
            ChipOptions chip =>
            [
                new ChainPart(its.Others == 1 ? "the other input of its chip goes first" : $"{its.Others} other inputs of its chip go first", its.Held),
                new ChainPart($"{chip.Id} measures", its.Scan),
            ],
            _ => [],
        };
    }
}
