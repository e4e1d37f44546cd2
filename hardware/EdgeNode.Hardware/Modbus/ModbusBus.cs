using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Health;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One Modbus link with the devices behind it: a TCP connection, a serial line, or a serial line behind a serial server. All work is done on the thread that calls; a write from another thread goes between two requests of a scan.
/// </summary>
public sealed class ModbusBus : IFieldBus, IFieldOutput
{
    /// <summary>Silence after which bytes are judged: six times the 16 ms in which FTDI adapters collect bytes.</summary>
    internal static readonly TimeSpan TtyByteTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The same through a serial server, where a lost segment comes again only after 200 ms.</summary>
    internal static readonly TimeSpan TcpByteTimeout = TimeSpan.FromMilliseconds(500);

    private readonly FrozenDictionary<int, DeviceReader> _devices;
    private readonly Counters _counters = new();
    private readonly IChannel _channel;
    private readonly bool _closeAfterRead;
    private readonly BusTurn _turn;
    private readonly BusWatch _watch;
    private readonly FieldWriter _writer;
    private readonly UnitInquiry _inquiry;

    /// <summary>For tests: over any link, with a given jitter and first transaction number.</summary>
    internal ModbusBus(Site site, int bus, ILink link, TimeProvider time, Random jitter, ILogger logger, ushort firstTransaction = 0)
    {
        _turn = new BusTurn(time, _counters);
        _watch = new BusWatch(site, bus, time);
        var devices = site.Devices.Index().Where(d => d.Item.Bus == bus && d.Item is not BusHealthOptions).Select(d => (d.Index, Device: (ModbusDeviceOptions)d.Item)).ToList();
        var serial = site.Buses[bus] is not ModbusTcpBusOptions;
        foreach (var (_, device) in devices)
        {
            if (serial ? device.Address is < 1 or > 247 : device.Address is < 0 or > 255)
                throw new ArgumentException($"{device.Id}: unit identifier {device.Address}, expected {(serial ? "1 to 247" : "0 to 255")}.", nameof(site));
            if (device.Timeout <= TimeSpan.Zero)
                throw new ArgumentException($"{device.Id}: timeout {device.Timeout}, expected more than 0.", nameof(site));
        }

        Id = site.Buses[bus].Id;
        _closeAfterRead = site.Buses[bus] is ModbusTcpBusOptions { CloseAfterRead: true };
        var slowest = devices.Select(d => d.Device.Timeout).DefaultIfEmpty().Max();
        _channel = site.Buses[bus] switch
        {
            ModbusTcpBusOptions tcp => new TcpChannel(Connect(tcp.PauseAfterConnect, tcp.PauseBetween), link, time, firstTransaction, tcp.Pipeline, _counters, logger),
            ModbusRtuBusOptions rtu => new RtuChannel(
                Connect(TimeSpan.Zero, rtu.PauseBetween), link, new LineTiming(rtu.Baud, TtyByteTimeout), slowest, rtu.Echo, time, _counters),
            ModbusRtuOverTcpBusOptions rtu => new RtuChannel(
                Connect(rtu.PauseAfterConnect, rtu.PauseBetween), link, new LineTiming(rtu.Baud, TcpByteTimeout), slowest, rtu.Echo, time, _counters),
            _ => throw new ArgumentException($"Bus {Id} is not a Modbus bus.", nameof(bus)),
        };

        var addresses = devices.Select(d => (byte)d.Device.Address).Distinct().ToList();
        var silence = new LinkSilence(addresses.Count);
        var units = addresses.ToDictionary(
            address => address,
            address => new UnitState(
                address, devices.Where(d => d.Device.Address == address).Min(d => d.Device.Every), addresses.Count == 1, Id, link.Peer, silence, logger));
        var probes = new ProbeTurns(_channel);
        foreach (var unit in units.Values)
            probes.Add(unit);
        _devices = devices.ToFrozenDictionary(
            d => d.Index,
            d => new DeviceReader(d.Device, units[(byte)d.Device.Address], _channel, _turn, probes, time, _counters, logger));
        _writer = new FieldWriter(Id, serial, devices.ToDictionary(d => d.Index, d => (d.Device, units[(byte)d.Device.Address])), _channel, _turn, time, logger);
        _inquiry = new UnitInquiry(_channel, _turn, time);

        Connection Connect(TimeSpan pauseAfter, TimeSpan pauseBetween) => new(Id, link, pauseAfter, pauseBetween, time, jitter, _counters, logger);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read();

    /// <summary>Frames dropped because they answered no open request: late, doubled or unasked. May be read from any thread.</summary>
    public long StrayReplies => _counters.Strays;

    /// <summary>The bus of a site file; it dials with the first scan.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; a Modbus bus of any kind.</param>
    /// <param name="time">For delays and deadlines; the monotonic clock only.</param>
    /// <param name="logger">Changes of state of link, units and registers.</param>
    /// <exception cref="ArgumentException">The bus is of another kind, or a device's options contradict themselves: a unit identifier outside
    /// 0 to 255 (1 to 247 on a serial line), a value that is longer than a request may be, beyond register 65535, or on a register that must not be read.</exception>
    public static ModbusBus Create(Site site, int bus, TimeProvider time, ILogger logger)
    {
        return new ModbusBus(site, bus, Link(site.Buses[bus], time), time, new Random(Seed(site.Node.Id, site.Buses[bus].Id)), logger);
    }

    /// <summary>What a bus of this kind sends its bytes through.</summary>
    internal static ILink Link(BusOptions bus, TimeProvider time) => bus switch
    {
        ModbusTcpBusOptions tcp => new TcpLink(tcp.Host, tcp.Port, time),
        ModbusRtuBusOptions rtu => new TtyLink(rtu.Port, rtu.Baud, rtu.Format, time, rtu.Rs485),
        ModbusRtuOverTcpBusOptions rtu => new TcpLink(rtu.Host, rtu.Port, time),
        _ => throw new ArgumentException($"Bus {bus.Id} is not a Modbus bus.", nameof(bus)),
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The device is not on this bus.</exception>
    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        if (_watch.Find(device) is { } watcher)
        {
            watcher.Scan(Health, samples);
            return;
        }

        if (!_devices.TryGetValue(device, out var reader))
            throw new ArgumentException($"Device {device} is not on bus {Id}.", nameof(device));

        if (!_turn.Take(stop))
            return;
        try
        {
            reader.Scan(samples, stop);
            if (_closeAfterRead)
                _channel.CloseInOrder();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public FieldWriteResult Write(FieldWrite write, CancellationToken stop) => _writer.Write(write, stop);

    /// <summary>Asks a unit who it is (function 43, kind 14), one that the site file has or any other. May be called from any thread.</summary>
    /// <param name="unit">Unit identifier.</param>
    /// <param name="level">How much.</param>
    /// <param name="first">Object to begin with, or the single one; 0 to 255.</param>
    /// <param name="timeout">Deadline of each request.</param>
    /// <param name="stop">Gives up.</param>
    public Identification Identify(byte unit, IdentificationLevel level, int first, TimeSpan timeout, CancellationToken stop) =>
        _inquiry.Identify(unit, level, first, timeout, stop);

    /// <summary>Asks a unit for its server identification (function 17): bytes in the maker's own form.</summary>
    public Quality ServerId(byte unit, TimeSpan timeout, CancellationToken stop, out byte[] id) => _inquiry.ServerId(unit, timeout, stop, out id);

    /// <summary>Lets a unit send two bytes back (function 8, subfunction 0).</summary>
    public Quality Loopback(byte unit, ushort data, TimeSpan timeout, CancellationToken stop) => _inquiry.Loopback(unit, data, timeout, stop);

    /// <summary>No scan begins a request until this is given back: writes follow one another.</summary>
    internal IDisposable Reserve() => _turn.Reserve();

    /// <summary>For tests: a write waits for its turn.</summary>
    internal bool WriteWaits => _turn.IsWanted;

    /// <summary>For tests: any request.</summary>
    internal UnitInquiry Inquiry => _inquiry;

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    /// <summary>The same for each start of one bus, different between nodes (FNV-1a).</summary>
    private static int Seed(string node, string bus)
    {
        var hash = 2166136261u;
        foreach (var c in node.AsSpan())
            hash = (hash ^ c) * 16777619u;
        foreach (var c in bus.AsSpan())
            hash = (hash ^ c) * 16777619u;
        return (int)hash;
    }
}
