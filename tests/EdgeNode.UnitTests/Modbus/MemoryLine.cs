using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// A serial line without a wire: each byte takes 11 bits over the baud rate, in both directions, and comes alone. Virtual time passes only while
/// the bus waits.
/// </summary>
internal sealed class MemoryLine(FakeTimeProvider clock, int baud, RtuScript script) : ILink
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly List<(TimeSpan Due, byte Byte)> _coming = [];
    private TimeSpan _lastOnLine = TimeSpan.MinValue;
    private bool _open;

    public RtuScript Script { get; set; } = script;

    /// <summary>The adapter hears what is sent.</summary>
    public bool Echoes { get; set; }

    /// <summary>How long the driver says that sending takes; the true time when null. An adapter that buffers says 0.</summary>
    public TimeSpan? Drain { get; set; }

    public bool IsUnplugged { get; set; }

    /// <summary>Called when the bus listens.</summary>
    public Action? OnReceive { get; set; }

    public int Opens { get; private set; }

    public TimeSpan Char => TimeSpan.FromTicks(11 * TimeSpan.TicksPerSecond / baud);

    /// <summary>Requests with their start, and the silence on the line before it.</summary>
    public List<(TimeSpan At, TimeSpan Silence, RtuAsk Ask)> Requests { get; } = [];

    public string Peer => "line";

    public string Fault { get; private set; } = "";

    public TimeSpan Now => clock.Monotonic();

    /// <summary>Bytes that somebody sends of his own accord, the first one beginning after a while.</summary>
    public void Push(TimeSpan after, params byte[] bytes) => Put(Now + after, bytes);

    public LinkResult Connect(TimeSpan timeout, CancellationToken stop)
    {
        Assert.False(_open, "the old port must be closed before it is opened again");
        Opens++;
        _open = !IsUnplugged;
        Fault = "No such file or directory";
        return _open ? LinkResult.Done : LinkResult.Closed;
    }

    public LinkResult Send(ReadOnlySpan<byte> bytes)
    {
        if (Gone())
            return LinkResult.Closed;
        var heard = _coming.Where(c => c.Due - Char < Now).Select(c => c.Due).DefaultIfEmpty(TimeSpan.MinValue).Max();
        var last = heard > _lastOnLine ? heard : _lastOnLine;
        var ask = new RtuAsk(Requests.Count + 1, bytes.ToArray());
        Requests.Add((Now, last == TimeSpan.MinValue ? TimeSpan.MaxValue : Now - last, ask));

        var end = Now + (Char * bytes.Length);
        _lastOnLine = end;
        if (Echoes)
            Put(Now, ask.Frame);
        foreach (var act in Script(ask))
        {
            Put(end + act.After, act.Bytes);
            IsUnplugged |= act.Closes;
        }

        Advance(Drain ?? end - Now, CancellationToken.None);
        return LinkResult.Done;
    }

    public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
    {
        Assert.False(into.IsEmpty);
        OnReceive?.Invoke();
        count = 0;
        var until = Now + timeout;
        while (_coming.Count == 0 || _coming[0].Due > Now)
        {
            if (Gone())
                return LinkResult.Closed;
            if (stop.IsCancellationRequested)
                return LinkResult.Cancelled;
            if (Now >= until)
                return LinkResult.TimedOut;
            var next = _coming.Count > 0 && _coming[0].Due < until ? _coming[0].Due : until;
            Advance(Min(next - Now, Step), CancellationToken.None);
        }

        while (count < into.Length && _coming.Count > 0 && _coming[0].Due <= Now)
        {
            if (_coming[0].Due > _lastOnLine)
                _lastOnLine = _coming[0].Due;
            into[count++] = _coming[0].Byte;
            _coming.RemoveAt(0);
        }

        return LinkResult.Done;
    }

    public void Wait(TimeSpan span, CancellationToken stop) => Advance(span, stop);

    public void Close() => _open = false;

    public void Dispose() => Close();

    private bool Gone()
    {
        Fault = "the port is gone";
        return !_open || IsUnplugged;
    }

    private void Put(TimeSpan start, byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            _coming.Add((start + ((i + 1) * Char), bytes[i]));
        var sorted = _coming.OrderBy(c => c.Due).ToList();
        _coming.Clear();
        _coming.AddRange(sorted);
    }

    private void Advance(TimeSpan span, CancellationToken stop)
    {
        for (var until = Now + span; Now < until && !stop.IsCancellationRequested;)
            clock.Advance(Min(until - Now, Step));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>An RTU bus on the in-memory line, in virtual time.</summary>
internal sealed class RtuRig : IDisposable
{
    public static readonly ModbusRtuBusOptions Line = new("rs485", "/dev/ttyS1", 9600, SerialFormat.Even, TimeSpan.Zero, false);

    public RtuRig(RtuScript script, params ModbusDeviceOptions[] devices)
        : this(script, Line, devices)
    {
    }

    public RtuRig(RtuScript script, BusOptions bus, params ModbusDeviceOptions[] devices)
    {
        var baud = (bus as ModbusRtuBusOptions)?.Baud ?? ((ModbusRtuOverTcpBusOptions)bus).Baud;
        Link = new MemoryLine(Clock, baud, script);
        Bus = new ModbusBus(Plant.Site(bus, devices), 0, Link, Clock, new Random(7), Log);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));

    public MemoryLine Link { get; }

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

    public RawSample One(int device = 0) => Assert.Single(Scan(device));

    /// <summary>How long something takes.</summary>
    public TimeSpan Time(Action action)
    {
        var start = Now;
        action();
        return Now - start;
    }

    public void Pass(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => Bus.Dispose();
}
