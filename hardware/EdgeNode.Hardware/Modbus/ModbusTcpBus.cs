using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One Modbus TCP connection with the devices behind it. All work is done on the thread that calls <see cref="Scan"/>.
/// </summary>
public sealed class ModbusTcpBus : IFieldBus
{
    private readonly FrozenDictionary<int, DeviceReader> _devices;
    private readonly Counters _counters = new();
    private readonly TcpChannel _channel;
    private readonly bool _closeAfterRead;

    /// <summary>For tests: over any link, with a given jitter and first transaction number.</summary>
    internal ModbusTcpBus(Site site, int bus, ILink link, TimeProvider time, Random jitter, ILogger logger, ushort firstTransaction = 0)
    {
        var options = Options(site, bus);
        Id = options.Id;
        _closeAfterRead = options.CloseAfterRead;
        _channel = new TcpChannel(options, link, time, jitter, firstTransaction, _counters, logger);

        var devices = site.Devices.Index().Where(d => d.Item.Bus == bus).Select(d => (d.Index, Device: (ModbusDeviceOptions)d.Item)).ToList();
        foreach (var (_, device) in devices)
        {
            if (device.Address is < 0 or > 255)
                throw new ArgumentException($"{device.Id}: unit identifier {device.Address}, expected 0 to 255.", nameof(site));
            if (device.Timeout <= TimeSpan.Zero)
                throw new ArgumentException($"{device.Id}: timeout {device.Timeout}, expected more than 0.", nameof(site));
        }

        var silence = new LinkSilence(devices.Select(d => d.Device.Address).Distinct().Count());
        var units = devices.Select(d => (byte)d.Device.Address).Distinct()
            .ToDictionary(address => address, address => new UnitState(address, Id, link.Peer, silence, logger));
        _devices = devices.ToFrozenDictionary(
            d => d.Index,
            d => new DeviceReader(d.Device, units[(byte)d.Device.Address], _channel, time, _counters, logger));
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public BusHealth Health => _counters.Read();

    /// <summary>Frames dropped because they answered no open request: late, doubled or unasked. May be read from any thread.</summary>
    public long StrayReplies => _counters.Strays;

    /// <summary>The bus of a site file; it dials with the first scan.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="bus">Index into <see cref="Site.Buses"/>; a Modbus TCP bus.</param>
    /// <param name="time">For delays and deadlines; the monotonic clock only.</param>
    /// <param name="logger">Changes of state of link, units and registers.</param>
    /// <exception cref="ArgumentException">The bus is of another kind, or a device's options contradict themselves: a unit identifier outside
    /// 0 to 255, a value that is longer than a request may be, beyond register 65535, or on a register that must not be read.</exception>
    public static ModbusTcpBus Create(Site site, int bus, TimeProvider time, ILogger logger)
    {
        var options = Options(site, bus);
        return new ModbusTcpBus(site, bus, new TcpLink(options.Host, options.Port, time), time, new Random(Seed(site.Node.Id, options.Id)), logger);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The device is not on this bus.</exception>
    public void Scan(int device, List<RawSample> samples, CancellationToken stop)
    {
        if (!_devices.TryGetValue(device, out var reader))
            throw new ArgumentException($"Device {device} is not on bus {Id}.", nameof(device));

        reader.Scan(samples, stop);
        if (_closeAfterRead)
            _channel.CloseInOrder();
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static ModbusTcpBusOptions Options(Site site, int bus) =>
        site.Buses[bus] as ModbusTcpBusOptions ?? throw new ArgumentException($"Bus {site.Buses[bus].Id} is not Modbus TCP.", nameof(bus));

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
