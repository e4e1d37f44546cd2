using System.Buffers.Binary;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.PumpStation;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The register map of the demo, read over the wire and compared with a second model of the same seed.</summary>
public sealed class SimulatedFieldTests : IAsyncLifetime
{
    private const int Seed = 42;

    private readonly FakeTimeProvider _time = new();
    private readonly SimulatedPumpStation _expected = new(Seed);
    private SimulatedField _field = null!;
    private RawMaster _station = null!;
    private RawMaster _bridge = null!;

    public async ValueTask InitializeAsync()
    {
        _field = await SimulatedField.StartAsync(_time, Seed, TestContext.Current.CancellationToken);
        _station = new RawMaster(_field.FieldPort);
        _bridge = new RawMaster(_field.BridgePort);
    }

    public async ValueTask DisposeAsync()
    {
        _station.Dispose();
        _bridge.Dispose();
        await _field.DisposeAsync();
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

        for (byte unit = 1; unit <= 3; unit++) Assert.Equal((float)_expected.HeaderPressures[unit - 1], Abcd(_station, unit, "04 0000 0002"));

        byte[] flow = Data(_station, 4, "03 0000 0004");
        Assert.Equal((float)_expected.Flow, BinaryPrimitives.ReadSingleBigEndian([flow[2], flow[3], flow[0], flow[1]]));
        Assert.Equal(_expected.Litres, BinaryPrimitives.ReadUInt32BigEndian(flow.AsSpan(4)));

        Assert.Equal((float)_expected.Voltage, Abcd(_station, 5, "04 0000 0002"));
        Assert.Equal((float)_expected.Current, Abcd(_station, 5, "04 0006 0002"));
        Assert.Equal((float)_expected.Power, Abcd(_station, 5, "04 000C 0002"));
        Assert.Equal((float)_expected.Frequency, Abcd(_station, 5, "04 0046 0002"));
        Assert.Equal((float)_expected.Energy, Abcd(_station, 5, "04 0048 0002"));

        byte[] strain = Data(_bridge, 1, "03 0000 0003");
        Assert.Equal(_expected.Strain, BinaryPrimitives.ReadInt32BigEndian(strain) * 0.1, tolerance: 0.051);
        Assert.Equal(_expected.Temperature, BinaryPrimitives.ReadInt16BigEndian(strain.AsSpan(4)) * 0.1, tolerance: 0.051);

        byte[] strand = Data(_bridge, 2, "03 0000 0003");
        Assert.Equal((float)_expected.StrandForce, BinaryPrimitives.ReadSingleBigEndian([strand[1], strand[0], strand[3], strand[2]]));
        Assert.Equal(_expected.RiverLevel, BinaryPrimitives.ReadUInt16BigEndian(strand.AsSpan(4)), tolerance: 0.51);
    }

    [Fact]
    public void A_whole_block_of_the_power_meter_is_served_at_once() => Assert.Equal(148, Data(_station, 5, "04 0000 004A").Length);

    [Fact]
    public void A_unit_that_fails_leaves_the_others_alone()
    {
        _field.Field.Unit(2).Fault = FieldFault.Exception(4);
        Assert.Equal("8404", _station.Ask(2, "04 0000 0002"));
        Assert.Equal((float)_expected.HeaderPressures[2], Abcd(_station, 3, "04 0000 0002"));
        Assert.Equal((float)_expected.HeaderPressures[0], Abcd(_station, 1, "04 0000 0002"));
    }

    [Fact]
    public async Task A_long_sleep_is_not_computed_tick_by_tick_and_the_field_goes_on()
    {
        var time = new SuspendedMachine();
        await using SimulatedField field = await SimulatedField.StartAsync(time, Seed, TestContext.Current.CancellationToken);
        using var station = new RawMaster(field.FieldPort);

        time.WakeAfter(TimeSpan.FromDays(300));
        _expected.AdvanceTo(TimeSpan.FromMinutes(10));
        Assert.Equal((float)_expected.Flow, Flow(station));

        time.WakeAfter(TimeSpan.FromSeconds(1));
        _expected.AdvanceTo(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Equal((float)_expected.Flow, Flow(station));
    }

    [Fact]
    public async Task Starting_with_a_cancelled_token_starts_nothing() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SimulatedField.StartAsync(_time, Seed, new CancellationToken(canceled: true)));

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
