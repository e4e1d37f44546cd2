using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>What one scan of a device takes of its bus.</summary>
/// <param name="Device">Index into <see cref="Site.Devices"/>.</param>
/// <param name="Unit">Its unit identifier.</param>
/// <param name="Every">Its period.</param>
/// <param name="Requests">Requests of one scan.</param>
/// <param name="Bytes">Characters of one scan, requests and replies.</param>
/// <param name="Takes">From the silence before its first request to the end of its last reply.</param>
/// <param name="Lost">What a scan costs that gets no answer: one timeout and the time of the bytes that it is meant for.</param>
public sealed record ScanLoad(int Device, int Unit, TimeSpan Every, int Requests, int Bytes, TimeSpan Takes, TimeSpan Lost)
{
    /// <summary>The scan with each request answered just in time.</summary>
    public TimeSpan Latest { get; init; }

    /// <summary>The longest scan in which its unit falls silent, at the worst of its requests.</summary>
    public TimeSpan Dying { get; init; }

    /// <summary>Its longest request, a write or a read, from the silence before it to its deadline.</summary>
    public TimeSpan Request { get; init; }

    /// <summary>A write of one coil or register, from the silence before it to its deadline.</summary>
    public TimeSpan Write { get; init; }
}

/// <summary>A bus of which some units are dead: those whose timeouts cost most.</summary>
/// <param name="Dead">How many.</param>
/// <param name="Round">Each living device once, without a probe between.</param>
/// <param name="ProbedRound">The longest round once the dead are known to be dead.</param>
/// <param name="FirstRound">The longest of the three rounds before that, when all die at once.</param>
/// <param name="Duty">Share of the bus's time, probes included; above 1 the periods cannot be kept.</param>
/// <param name="Late">Living devices that may miss a period in a round with a probe, as indexes into <see cref="Site.Devices"/>. Each is judged with
/// the worst others dead.</param>
public sealed record DeadUnits(int Dead, TimeSpan Round, TimeSpan ProbedRound, TimeSpan FirstRound, double Duty, ImmutableArray<int> Late);

/// <summary>
/// What the readings that a site file asks for take of a Modbus bus, by the requests that are really made and by the rules of <see cref="Breaker"/>
/// and <see cref="ProbeTurns"/>. Devices are taken one after the other, the one that has been due longest first, so in the worst
/// case a device waits once for each other.
/// </summary>
/// <param name="TurnAround">Assumed: from the end of a request to the beginning of its reply. Over TCP the network is in it.</param>
/// <param name="Silence">Before each request: t3.5, or the pause that the site file asks for.</param>
/// <param name="Character">One character on the line; zero over TCP.</param>
/// <param name="Devices">In the order of the site file.</param>
public sealed record ModbusLoad(TimeSpan TurnAround, TimeSpan Silence, TimeSpan Character, ImmutableArray<ScanLoad> Devices)
{
    /// <summary>
    /// Until there is a connection again: the pause after it that the site file asks for, since a peer may have closed the last one; and up to the deadline of a dial
    /// where a connection is made for each scan.
    /// </summary>
    public TimeSpan Connect { get; init; }

    /// <summary>Makers seldom state theirs; most devices begin their reply within this.</summary>
    public static readonly TimeSpan UsualTurnAround = TimeSpan.FromMilliseconds(20);

    /// <summary>First probe interval of a dead unit.</summary>
    public static TimeSpan FirstProbe => Breaker.FirstInterval;

    /// <summary>The interval that it grows to, unless it is the only one of its bus.</summary>
    public static TimeSpan LastProbe => Breaker.IntervalCap;

    /// <summary>Number of units.</summary>
    public int Units => Devices.Select(d => d.Unit).Distinct().Count();

    /// <summary>Requests of one round: each device once.</summary>
    public int RoundRequests => Devices.Sum(d => d.Requests);

    /// <summary>One round, one device after the other, all units good.</summary>
    public TimeSpan Round => Sum(Devices);

    /// <summary>Share of the bus's time that all readings take when all units are good. Above 1 the periods cannot be kept.</summary>
    public double Duty => DutyOf(Devices);

    /// <summary>The longest turn-around with which all periods are kept while all units are good; zero or less when there is none.</summary>
    public TimeSpan TurnAroundLimit
    {
        get
        {
            var rate = Devices.Sum(d => d.Requests / d.Every.TotalSeconds);
            var limit = TurnAround + TimeSpan.FromSeconds((1 - Duty) / rate);
            foreach (var d in Devices)
            {
                var others = RoundRequests - d.Requests;
                var spare = d.Every - (Round - d.Takes);
                if (others > 0 && TurnAround + (spare / others) is var own && own < limit)
                    limit = own;
            }

            return limit;
        }
    }

    /// <summary>The load of a Modbus bus.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>.</param>
    /// <param name="turnAround">Assumed for each device.</param>
    /// <returns>Null for a bus of another kind, or one without devices.</returns>
    public static ModbusLoad? Of(Site site, int bus, TimeSpan turnAround)
    {
        var (baud, pause, connect, opens) = site.Buses[bus] switch
        {
            ModbusRtuBusOptions rtu => (rtu.Baud, rtu.PauseBetween, TimeSpan.Zero, TimeSpan.Zero),
            ModbusRtuOverTcpBusOptions rtu => (rtu.Baud, rtu.PauseBetween, rtu.PauseAfterConnect, TimeSpan.Zero),
            ModbusTcpBusOptions { CloseAfterRead: true } tcp => (0, tcp.PauseBetween, Connection.ConnectTimeout + tcp.PauseAfterConnect, tcp.PauseAfterConnect),
            ModbusTcpBusOptions tcp => (0, tcp.PauseBetween, tcp.PauseAfterConnect, TimeSpan.Zero),
            _ => (-1, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
        };
        var devices = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is ModbusDeviceOptions).ToArray();
        if (baud < 0 || devices.Length == 0)
            return null;

        var line = new LineTiming(baud, TimeSpan.Zero);
        var gap = baud > 0 ? line.Gap : TimeSpan.Zero;
        var silence = pause > gap ? pause : gap;
        return new ModbusLoad(
            turnAround, silence, baud > 0 ? line.Byte : TimeSpan.Zero, [.. devices.Select(d => ScanOf(d.Index, (ModbusDeviceOptions)d.Item))]) { Connect = connect };

        TimeSpan OnLine(int bytes) => baud > 0 ? line.Bytes(bytes) : TimeSpan.Zero;

        ScanLoad ScanOf(int index, ModbusDeviceOptions device)
        {
            var blocks = BlockPlanner.Plan(device);
            var opening = blocks.Count > 0 ? opens : TimeSpan.Zero; // what is only written to opens nothing when it is due
            var (takes, latest, bytes, first) = (opening, opening, 0, TimeSpan.Zero);
            foreach (var block in blocks)
            {
                var reply = 2 + Pdu.DataLength(block.Function, block.Count); // function, byte count, data
                var both = RtuFramer.Overhead + Requests.ReadLength + RtuFramer.Overhead + reply;
                bytes += both;
                takes += silence + OnLine(both) + turnAround;
                latest += silence + OnLine(both) + device.Timeout;

                // After a silence the next scan begins with another block; any of them may be the one.
                first = Max(first, silence + OnLine(both) + device.Timeout);
            }

            // With others open beside it, the first request that has no answer is asked once more, alone.
            var crowded = blocks.Count > 1 && site.Buses[bus] is ModbusTcpBusOptions { Pipeline: > 1 } ? first : TimeSpan.Zero;
            var write = silence + OnLine(2 * (RtuFramer.Overhead + Requests.ReadLength)) + device.Timeout;
            return new ScanLoad(index, device.Address, device.Every, blocks.Count, bytes, takes, opening + first)
            {
                Latest = latest + crowded,
                Dying = crowded + blocks.Count switch
                {
                    0 or 1 => opening + first,
                    2 => takes + first,

                    // A unit that has answered in this scan is given a second chance; on a serial line that waits for the reply that it owes.
                    _ => takes + first + first + (baud > 0 ? device.Timeout : TimeSpan.Zero),
                },
                Request = Max(first, write),
                Write = write,
            };
        }
    }

    /// <summary>The same bus with dead units.</summary>
    /// <param name="dead">0 to <see cref="Units"/>.</param>
    public DeadUnits With(int dead)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dead, Units);
        var costs = Worst(dead, except: null);
        var living = Devices.Where(d => !costs.ContainsKey(d.Unit)).ToArray();
        var round = Sum(living);
        var probes = Units == 1 ? costs.Values.Sum(c => c / (FirstProbe + c)) : Math.Min(ProbeTurns.Share, costs.Values.Sum(c => c / LastProbe));
        return new DeadUnits(
            dead, round, round + Probes(round, costs.Values), round + Sum(costs.Values), DutyOf(living) + probes,
            [.. Devices.Where(d => dead < Units && Wait(d, dead) >= d.Every).Select(d => d.Device)]);
    }

    /// <summary>Longest wait of a device for the others, the worst of them dead and known to be.</summary>
    public TimeSpan Wait(ScanLoad device, int dead)
    {
        ArgumentNullException.ThrowIfNull(device);
        var costs = Worst(dead, device.Unit);
        var others = Sum(Devices.Where(d => d != device && !costs.ContainsKey(d.Unit)));
        return others + Probes(others, costs.Values);
    }

    /// <summary>
    /// How long the others hold up a device whose unit answers, in the worst round that there is. Each of them is scanned once before it, and the one that is being scanned as it falls due may
    /// itself be due again before it. Those of its own unit answer just in time; each other one falls silent at the worst of its requests: a unit that does is asked again between two scans of
    /// living ones, so each of its devices may cost a deadline. Behind one single other device there is no scan between, and it costs one.
    /// </summary>
    public TimeSpan Held(ScanLoad device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var (held, again, others) = (TimeSpan.Zero, TimeSpan.Zero, Devices.Where(d => d != device).ToList());
        foreach (var other in others)
        {
            var isOwn = other.Unit == device.Unit;
            var most = isOwn ? other.Latest : other.Dying;
            held += most;
            again = Max(again, isOwn || others.Count > 1 ? most : other.Takes);
        }

        return held + again;
    }

    /// <summary>Puts what the bus makes of its devices to their places.</summary>
    /// <param name="times">In the order of <see cref="Site.Devices"/>.</param>
    internal void Put(DeviceTimes[] times)
    {
        var (load, ahead) = (Duty, Devices.Max(d => d.Request));
        foreach (var d in Devices)
        {
            times[d.Device] = new DeviceTimes
            {
                Load = load, Others = Devices.Length - 1, Held = Held(d), Connect = Connect, Requests = d.Requests, Scan = d.Latest, Ahead = ahead, Write = d.Write,
            };
        }
    }

    /// <summary>
    /// The longest timeout with which one dead unit makes none of some devices miss a period; zero or less when there is none.
    /// </summary>
    /// <param name="devices">Indexes into <see cref="Site.Devices"/>.</param>
    public TimeSpan TimeoutLimit(Site site, IReadOnlyCollection<int> devices)
    {
        ArgumentNullException.ThrowIfNull(site);
        var limit = TimeSpan.MaxValue;
        foreach (var d in Devices.Where(d => devices.Contains(d.Device)))
        {
            foreach (var dead in Devices.Where(o => o.Unit != d.Unit))
            {
                var others = Sum(Devices.Where(o => o != d && o.Unit != dead.Unit));
                var aroundIt = dead.Lost - ((ModbusDeviceOptions)site.Devices[dead.Device]).Timeout;
                var own = d.Every - others - aroundIt;
                limit = own < limit ? own : limit;
            }
        }

        return limit;
    }

    /// <summary>One loss, and more as the others' time grows: the share of the bus that probes get is bounded.</summary>
    private static TimeSpan Probes(TimeSpan living, Dictionary<int, TimeSpan>.ValueCollection costs)
    {
        if (costs.Count == 0)
            return TimeSpan.Zero;
        var longest = costs.Max();
        var pause = longest * ((1 / ProbeTurns.Share) - 1);
        return longest * Math.Min(costs.Count, 1 + Math.Floor(living / pause));
    }

    /// <summary>The units whose death costs the others most, with what a probe of each costs.</summary>
    private Dictionary<int, TimeSpan> Worst(int dead, int? except) =>
        Devices.GroupBy(d => d.Unit).Where(u => u.Key != except)
            .Select(u => (u.Key, Lost: u.Max(d => d.Lost), Takes: Sum(u)))
            .OrderByDescending(u => u.Lost - u.Takes).Take(dead).ToDictionary(u => u.Key, u => u.Lost);

    private static double DutyOf(IEnumerable<ScanLoad> devices) => devices.Sum(d => d.Takes / d.Every);

    private static TimeSpan Sum(IEnumerable<ScanLoad> devices) => Sum(devices.Select(d => d.Takes));

    private static TimeSpan Sum(IEnumerable<TimeSpan> spans) => spans.Aggregate(TimeSpan.Zero, (a, b) => a + b);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
