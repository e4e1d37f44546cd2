using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Sites with one bus, written short.</summary>
internal static class Plant
{
    public static readonly ModbusTcpBusOptions Bus = new("field", "127.0.0.1", 502, TimeSpan.Zero, TimeSpan.Zero, false);

    public static RegisterOptions Value(
        int point, int register, RegisterType type = RegisterType.UInt16, int function = 3, WordOrder order = WordOrder.ABCD, params ulong[] invalid) =>
        new(point, function, register, type, order, 0, 16, [.. invalid]);

    public static RegisterOptions Bits(int point, int register, int first, int count) =>
        new(point, 3, register, RegisterType.Bits, WordOrder.ABCD, first, count, []);

    public static ModbusDeviceOptions Device(int address, params RegisterOptions[] values) =>
        new($"D{address}", 0, TimeSpan.FromSeconds(1), address, TimeSpan.FromSeconds(1), 125, 8, [], false, [.. values]);

    /// <summary>A device with one 16-bit value at register 100 x address, whose point is the address.</summary>
    public static ModbusDeviceOptions Simple(int address) => Device(address, Value(address, address * 100));

    public static Site Site(BusOptions bus, params ModbusDeviceOptions[] devices) =>
        new(new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 24), [bus], [.. devices], [], []);
}

/// <summary>Keeps what was logged.</summary>
internal sealed class LogBook : ILogger
{
    public List<(int Id, string Text)> Lines { get; } = [];

    public int Count(int id) => Lines.Count(l => l.Id == id);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((eventId.Id, formatter(state, exception)));
}

/// <summary>A bus over the in-memory link, in virtual time.</summary>
internal sealed class Rig : IDisposable
{
    public Rig(Script script, params ModbusDeviceOptions[] devices)
        : this(script, Plant.Bus, 0, devices)
    {
    }

    public Rig(Script script, ModbusTcpBusOptions bus, ushort firstTransaction, params ModbusDeviceOptions[] devices)
    {
        Link = new MemoryLink(Clock, script);
        Bus = new ModbusBus(Plant.Site(bus, devices), 0, Link, Clock, new Random(7), Log, firstTransaction);
    }

    /// <summary>An hour after the zero of its monotonic clock, as an hour after the boot: its default, 2000 years, loses microseconds.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));

    public MemoryLink Link { get; }

    public LogBook Log { get; } = new();

    public ModbusBus Bus { get; }

    public TimeSpan Now => Clock.Monotonic();

    public List<RawSample> Scan(int device = 0) => ScanUntil(CancellationToken.None, device);

    public List<RawSample> ScanUntil(CancellationToken stop, int device = 0)
    {
        var samples = new List<RawSample>();
        Bus.Scan(device, samples, stop);
        return samples;
    }

    /// <summary>The only sample of a scan.</summary>
    public RawSample One(int device = 0) => Assert.Single(Scan(device));

    public void Pass(TimeSpan span) => Clock.Advance(span);

    public void Pass(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => Bus.Dispose();
}

internal static class Verdict
{
    /// <summary>Good, and what the honest peer holds.</summary>
    public static void True(RawSample sample, int unit, int register, int function = 3)
    {
        Assert.Equal(Quality.Good, sample.Quality);
        Assert.Equal(Frames.Truth(unit, function, register), sample.Raw);
    }

    public static void Bad(RawSample sample, Reason reason)
    {
        Assert.Equal(Quality.Bad(reason), sample.Quality);
        Assert.Equal(0, sample.Raw);
    }
}
