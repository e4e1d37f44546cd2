using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware;
using EdgeNode.Simulation.I2c;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.PumpStation;
using EdgeNode.UnitTests.Lines;
using EdgeNode.UnitTests.Scenarios;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The demo's field on its real wires: registers over sockets, compared with a second model of the same seed, and every device through the gateway's own buses.</summary>
[Collection(RealClock.Name)]
public sealed class SimulatedFieldTests : IAsyncLifetime
{
    private const int Seed = 42;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-field-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly SimulatedPumpStation _expected = new(Seed);
    private SimulatedField _field = null!;
    private RawMaster _station = null!;
    private RawMaster _bridge = null!;

    public async ValueTask InitializeAsync()
    {
        _field = await Start(_time);
        _station = new RawMaster(_field.Field.Port);
        _bridge = new RawMaster(_field.Bridge.Port);
    }

    public async ValueTask DisposeAsync()
    {
        _station.Dispose();
        _bridge.Dispose();
        await _field.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(75_300)]
    public void Every_register_shows_the_model_at_that_time(int milliseconds)
    {
        var elapsed = TimeSpan.FromMilliseconds(milliseconds);
        _time.Advance(elapsed);
        _expected.AdvanceTo(elapsed);

        byte[] flow = Data(_station, 4, "03 0000 0004");
        Assert.Equal((float)_expected.Flow, BinaryPrimitives.ReadSingleBigEndian([flow[2], flow[3], flow[0], flow[1]]));
        Assert.Equal(_expected.Litres, BinaryPrimitives.ReadUInt32BigEndian(flow.AsSpan(4)));

        Assert.Equal((float)_expected.Voltage, Abcd(_station, 5, "04 0000 0002"));
        Assert.Equal((float)_expected.Current, Abcd(_station, 5, "04 0006 0002"));
        Assert.Equal((float)_expected.Power, Abcd(_station, 5, "04 000C 0002"));
        Assert.Equal((float)_expected.Frequency, Abcd(_station, 5, "04 0046 0002"));
        Assert.Equal((float)_expected.Energy, Abcd(_station, 5, "04 0048 0002"));

        Assert.Equal(_expected.Temperature, BinaryPrimitives.ReadInt16BigEndian(Data(_bridge, 1, "03 0000 0001")) * 0.1, tolerance: 0.051);

        byte[] strand = Data(_bridge, 2, "03 0000 0003");
        Assert.Equal((float)_expected.StrandForce, BinaryPrimitives.ReadSingleBigEndian([strand[1], strand[0], strand[3], strand[2]]));
        Assert.Equal(_expected.RiverLevel, BinaryPrimitives.ReadUInt16BigEndian(strand.AsSpan(4)), tolerance: 0.51);
    }

    [Fact]
    public void A_whole_block_of_the_power_meter_is_served_at_once() => Assert.Equal(148, Data(_station, 5, "04 0000 004A").Length);

    [Fact]
    public void A_unit_that_fails_leaves_the_others_alone()
    {
        _field.Field.Unit(5).Fault = FieldFault.Exception(4);
        Assert.Equal("8404", _station.Ask(5, "04 0000 0002"));
        Assert.Equal((float)_expected.Flow, Flow(_station));
    }

    [Fact]
    public async Task A_long_sleep_is_not_computed_tick_by_tick_and_the_field_goes_on()
    {
        var time = new SuspendedMachine();
        await using SimulatedField field = await Start(time, "second");
        using var station = new RawMaster(field.Field.Port);

        time.WakeAfter(TimeSpan.FromDays(300));
        _expected.AdvanceTo(TimeSpan.FromMinutes(10));
        Assert.Equal((float)_expected.Flow, Flow(station));

        time.WakeAfter(TimeSpan.FromSeconds(1));
        _expected.AdvanceTo(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Equal((float)_expected.Flow, Flow(station));
    }

    [Fact]
    public async Task Starting_with_a_cancelled_token_starts_nothing() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SimulatedField.StartAsync(Options(_time, "second"), new CancellationToken(canceled: true)));

    [Fact]
    public async Task A_port_that_cannot_be_made_is_told_and_nothing_is_left_running()
    {
        var path = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<IOException>(() => SimulatedField.StartAsync(Options(_time, "taken"), CancellationToken.None));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_device_is_read_through_the_factory_on_its_own_wire_and_again_after_all_wires_were_pulled_out()
    {
        await using var field = await Start(TimeProvider.System, "real");
        var site = VirtualField.Site with
        {
            Buses =
            [
                .. VirtualField.Site.Buses.Select(bus => bus switch
                {
                    ModbusTcpBusOptions tcp => tcp with { Port = tcp.Id == "field" ? field.Field.Port : field.Bridge.Port },
                    ModbusRtuBusOptions rtu => rtu with { Port = field.Serial.Port },
                    _ => bus,
                }),
            ],
        };
        var buses = FieldBuses.All(site, "/", new KeptTotals(), TimeProvider.System, NullLogger.Instance, field);
        try
        {
            Until(site, buses, s => s.All(q => q.IsGood));
            Plug(field, there: false);
            Until(site, buses, s => s.All(q => q is { IsBad: true, Reason: Reason.LinkDown or Reason.DeviceSuspended }));
            Plug(field, there: true);
            Until(site, buses, s => s.All(q => q.IsGood));
        }
        finally
        {
            foreach (var bus in buses)
                bus.Dispose();
        }
    }

    private static void Plug(SimulatedField field, bool there)
    {
        field.Field.Unplugged = field.Bridge.Unplugged = field.Devices.Gpio.Unplugged = !there;
        field.Devices.I2c.State = there ? I2cFault.None : I2cFault.Unplugged;
        if (there)
            field.Serial.Plug();
        else
            field.Serial.Unplug();
    }

    /// <summary>Scans device after device until the last qualities of all points that are measured are as they should be.</summary>
    private static void Until(Site site, IFieldBus[] buses, Predicate<Quality[]> holds)
    {
        var qualities = new Quality[site.Points.Count(p => !p.IsComputed)]; // computed ones follow the measured
        Array.Fill(qualities, Quality.Uncertain(Reason.NotYetRead));
        var until = TimeProvider.System.Monotonic() + Patience;
        var samples = new List<RawSample>();
        while (!holds(qualities))
        {
            Assert.True(TimeProvider.System.Monotonic() < until, string.Join(", ", site.Points.Take(qualities.Length).Select((p, i) => $"{p.Name} {qualities[i]}")));
            foreach (var (index, device) in site.Devices.Index())
            {
                buses[device.Bus].Scan(index, samples, TestContext.Current.CancellationToken);
                buses[device.Bus].Resume(samples, TestContext.Current.CancellationToken);
            }

            foreach (var sample in samples)
                qualities[sample.Point] = sample.Quality;
            samples.Clear();
            TestContext.Current.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
        }
    }

    private async Task<SimulatedField> Start(TimeProvider time, string port = "first") =>
        await SimulatedField.StartAsync(Options(time, port), TestContext.Current.CancellationToken);

    private FieldOptions Options(TimeProvider time, string port) => new(time, Seed, Path.Combine(_folder, port), VirtualField.Site, Scenario.Empty);

    private static float Flow(RawMaster station)
    {
        byte[] flow = Data(station, 4, "03 0000 0002");
        return BinaryPrimitives.ReadSingleBigEndian([flow[2], flow[3], flow[0], flow[1]]);
    }

    private static float Abcd(RawMaster master, byte unit, string request) => BinaryPrimitives.ReadSingleBigEndian(Data(master, unit, request));

    private static byte[] Data(RawMaster master, byte unit, string request) => Convert.FromHexString(master.Ask(unit, request)[4..]);

    /// <summary>Its timer fires once on waking, whatever it slept through; FakeTimeProvider would fire it for each period missed.</summary>
    private sealed class SuspendedMachine : TimeProvider
    {
        private long _now;
        private Action _tick = () => { };

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _tick = () => callback(state);
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void WakeAfter(TimeSpan sleep)
        {
            _now += sleep.Ticks;
            _tick();
        }
    }
}
