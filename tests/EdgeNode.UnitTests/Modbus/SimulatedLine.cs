using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Modbus.Serial;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>The simulated field's serial line as a link, without a port: virtual time passes only while the bus waits.</summary>
internal sealed class SimulatedLink(RtuLine line, FakeTimeProvider clock) : ILink
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private bool _isOpen;

    public string Peer => "line";

    public string Fault { get; private set; } = "";

    public bool IsUnplugged { get; set; }

    public LinkResult Connect(TimeSpan timeout, CancellationToken stop)
    {
        _isOpen = !IsUnplugged;
        Fault = "No such file or directory";
        return _isOpen ? LinkResult.Done : LinkResult.Closed;
    }

    public LinkResult Send(ReadOnlySpan<byte> bytes)
    {
        if (IsGone())
            return LinkResult.Closed;
        line.Send(clock.Monotonic(), bytes);
        return LinkResult.Done;
    }

    public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
    {
        count = 0;
        for (var until = clock.Monotonic() + timeout; ;)
        {
            if (IsGone())
                return LinkResult.Closed;
            if (stop.IsCancellationRequested)
                return LinkResult.Cancelled;
            var now = clock.Monotonic();
            count = line.Take(now, into);
            if (count > 0)
                return LinkResult.Done;
            if (now >= until)
                return LinkResult.TimedOut;
            var next = line.NextDue is { } due && due < until ? due : until;
            clock.Advance(next - now < Step ? next - now : Step);
        }
    }

    public void Wait(TimeSpan span, CancellationToken stop) => clock.Advance(span);

    public void Close() => _isOpen = false;

    public void Dispose() => Close();

    private bool IsGone()
    {
        Fault = "the port is gone";
        return !_isOpen || IsUnplugged;
    }
}

/// <summary>A bus on the simulated field's serial line, in virtual time.</summary>
internal sealed class SimulatedRig : IDisposable
{
    public static readonly TimeSpan TurnAround = TimeSpan.FromMilliseconds(5);

    public SimulatedRig(int baud, params ModbusDeviceOptions[] devices)
        : this(new SerialLineOptions(baud, TurnAround), devices)
    {
    }

    public SimulatedRig(SerialLineOptions options, params ModbusDeviceOptions[] devices)
    {
        Line = new RtuLine(devices.Select(d => d.Address).Distinct().Select(Unit), options, seed: 7);
        Link = new SimulatedLink(Line, Clock);
        Site = Plant.Site(RtuRig.Line with { Baud = options.Baud, Echo = options.Echo }, devices);
        Bus = new ModbusBus(Site, 0, Link, Clock, new Random(7), new LogBook());
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));

    public RtuLine Line { get; }

    public SimulatedLink Link { get; }

    public Site Site { get; }

    public ModbusBus Bus { get; }

    public List<RawSample> Scan(int device = 0)
    {
        var samples = new List<RawSample>();
        Bus.Scan(device, samples, CancellationToken.None);
        return samples;
    }

    public RawSample One(int device = 0) => Assert.Single(Scan(device));

    /// <summary>A unit whose registers hold what <see cref="Verdict"/> expects.</summary>
    public static FieldUnit Unit(int address)
    {
        var unit = new FieldUnit((byte)address, new RegisterBank(holding: 2000, input: 2000));
        for (var register = 0; register < 2000; register++)
        {
            unit.Bank.SetUInt16(RegisterTable.Holding, register, Frames.Truth(address, 3, register));
            unit.Bank.SetUInt16(RegisterTable.Input, register, Frames.Truth(address, 4, register));
        }

        return unit;
    }

    public void Dispose() => Bus.Dispose();
}
