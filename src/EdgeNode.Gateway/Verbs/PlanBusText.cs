using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;
using static EdgeNode.Gateway.Verbs.Figures;

namespace EdgeNode.Gateway.Verbs;

/// <summary>How busy the buses are, in words for whoever wires them.</summary>
internal static class PlanBusText
{
    private const int MostNames = 3;
    private static readonly TimeSpan ShortestTimeout = ModbusLoad.UsualTurnAround * 2;

    /// <summary>One bus in a sentence or two.</summary>
    public static string Headline(Site site, BusPlan bus)
    {
        var what = bus.Options switch
        {
            ModbusTcpBusOptions tcp => $"Modbus TCP to {tcp.Host}",
            ModbusRtuBusOptions rtu => $"Modbus RTU at {rtu.Baud} baud",
            ModbusRtuOverTcpBusOptions rtu => $"Modbus RTU at {rtu.Baud} baud behind {rtu.Host}",
            I2cBusOptions => "I2C",
            GpioBusOptions => "GPIO",
            _ => "files of the kernel",
        };
        var start = $"Bus {bus.Options.Id}: {what}, ";
        return start + bus switch
        {
            { Devices: 0 } => "no devices.",
            { Modbus: { } load } =>
                $"{Count(load.Units, "unit")}, {Count(load.RoundRequests, "request")} a round, busy {Percent(load.Duty)}."
                + (load.TurnAroundLimit > TimeSpan.Zero ? $" All periods are kept while replies begin within {Seconds(Floor(load.TurnAroundLimit))}." : ""),
            { Chips: { } load } =>
                $"{Count(bus.Devices, "device")} on {Count(load.Chips.Length, "chip")}, the wires busy {Percent(load.Duty)} at {ChipLoad.BitsPerSecond / 1000} kbit/s. "
                + $"The slowest measurement takes {Seconds(load.Slowest)}; chips measure side by side, the inputs of one chip in turn.",
            { Options: GpioBusOptions } => $"{Count(bus.Devices, "device")}.{Contacts(site, bus)}",
            _ => $"{Count(bus.Devices, "device")}. Each takes as long as its kernel driver does.",
        };
    }

    /// <summary>A contact is polled like everything else; only pulses are counted by their edges.</summary>
    private static string Contacts(Site site, BusPlan bus)
    {
        var contacts = site.Devices.OfType<SwitchOptions>().Where(d => site.Buses[d.Bus] == bus.Options).ToList();
        if (contacts.Count == 0)
        {
            return "";
        }

        var slowest = contacts.MaxBy(c => c.Every + c.Line.Debounce)!;
        return $" Contacts are read at their periods: a change is told {Seconds(slowest.Every + slowest.Line.Debounce)} after it at the latest ({slowest.Id}), and one that is over sooner may be missed.";
    }

    /// <summary>Heads of the table of dead units.</summary>
    public static string[] Heads => ["Dead units", "A round takes", "with a probe", "as they die", "Bus busy"];

    /// <summary>A Modbus bus with its units good and dead; nothing for a bus of another kind.</summary>
    public static IEnumerable<string[]> Rows(BusPlan bus)
    {
        foreach (var dead in bus.Modbus is { } modbus ? Cases(modbus) : [])
        {
            var load = bus.Modbus!;
            var its = load.With(dead);
            yield return
            [
                dead == 0 ? "none" : dead == load.Units ? $"all ({dead})" : dead.ToString(CultureInfo.InvariantCulture),
                dead == load.Units ? "" : Seconds(its.Round),
                dead == 0 ? "" : Seconds(its.ProbedRound),
                dead == 0 ? "" : Seconds(its.FirstRound),
                Percent(its.Duty),
            ];
        }
    }

    /// <summary>Dead units that are worth a line: none, one, two, all.</summary>
    public static IEnumerable<int> Cases(ModbusLoad load) => new[] { 0, 1, 2, load.Units }.Where(k => k <= load.Units).Distinct();

    /// <summary>What the figures take for granted.</summary>
    public static IEnumerable<string> Assumptions(SitePlan plan)
    {
        if (!plan.Buses.Any(b => b.Modbus is not null))
        {
            yield break;
        }

        yield return $"Modbus: a round reads each device once, one after the other. Replies are assumed to begin {Seconds(ModbusLoad.UsualTurnAround)} after the request "
            + "(the device's manual says it: response time, turn-around), the network's time included over TCP.";
        yield return $"A unit that dies costs its timeout once in each of three rounds, then once a probe: after {Seconds(ModbusLoad.FirstProbe)}, later every {Seconds(ModbusLoad.LastProbe)} unless it is alone on its bus. "
            + "Between two readings of good units at most one timeout of units that are known to be dead is lost; in the round in which several die each costs its own. Retries are inside the timeout. The worst units are taken as the dead ones.";
        if (plan.Buses.Any(b => b.Options is ModbusRtuBusOptions))
        {
            yield return "Serial lines: 11 bits a character, 3.5 characters of silence before each request. A USB adapter with a latency timer of 16 ms, as many are delivered, adds up to that to each reply: set it to 1 ms.";
        }
    }

    /// <summary>One sentence or two each.</summary>
    public static IEnumerable<string> Warnings(Site site, BusPlan bus)
    {
        if (bus.Chips is { } chips)
        {
            foreach (var (address, share) in chips.Chips.Where(c => c.Share > 1))
            {
                yield return $"Bus {bus.Options.Id}: the chip at 0x{address:X2} would have to measure {Percent(share)} of the time, so it misses periods. With periods {Times(share)} times as long it keeps them.";
            }
        }

        if (bus.Modbus is not { } load)
        {
            yield break;
        }

        var id = bus.Options.Id;
        if (load.Duty > BusPlan.Busy)
        {
            var start = load.Duty > 1
                ? $"Bus {id} cannot keep its periods: the readings take {Percent(load.Duty)} of its time."
                : $"Bus {id} is busy {Percent(load.Duty)} of its time: little is left for retries and dead units.";
            yield return $"{start} With periods {Times(load.Duty / BusPlan.Busy)} times as long it is busy {Percent(BusPlan.Busy)}"
                + (bus.Faster(site) is { } faster ? $", at {faster.Baud} baud {Percent(faster.Duty)}." : ".")
                + " Fewer registers or a second bus help too.";
        }

        if (load.Duty > 1)
        {
            yield break;
        }

        var late = load.With(0).Late;
        if (!late.IsEmpty)
        {
            var wait = load.Devices.Where(d => late.Contains(d.Device)).Max(d => load.Wait(d, 0));
            yield return $"Bus {id}: {Names(site, late)} may wait up to {Seconds(wait)} for the others and then {(late.Length == 1 ? "misses" : "miss")} a period. A longer `every`, a faster line or a bus of {(late.Length == 1 ? "its" : "their")} own helps.";
        }

        if (load.Units < 2 || load.With(1).Late.Except(late).ToImmutableArray() is not { IsEmpty: false } more)
        {
            yield break;
        }

        // Below the limit, not at it: a wait as long as the period misses it.
        var limit = (Math.Ceiling(load.TimeoutLimit(site, more).TotalMilliseconds / 10) - 1) * 10;
        yield return $"Bus {id}: a dead unit costs {Seconds(load.Devices.Max(d => d.Lost))} at each probe, and {Names(site, more)} may then miss a period. "
            + (limit >= ShortestTimeout.TotalMilliseconds
                ? $"With `timeout: {limit.ToString("0", CultureInfo.InvariantCulture)}ms` on each device nobody does, if the devices answer within that."
                : "No `timeout` is short enough for that: longer periods or a second bus help.");
    }

    private static string Names(Site site, ImmutableArray<int> devices)
    {
        var names = string.Join(", ", devices.Take(MostNames).Select(d => site.Devices[d].Id));
        return devices.Length > MostNames ? $"{names} and {devices.Length - MostNames} more" : names;
    }

    // Rounded up: what is advised must be enough.
    private static string Times(double factor) => (Math.Ceiling(factor * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture);

    private static TimeSpan Floor(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Floor(span.TotalMilliseconds));
}
