using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Modbus.Serial;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>What is foretold of a bus against the bus itself, on the simulated line in virtual time.</summary>
public class ModbusLoadTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TurnAround = ModbusLoad.UsualTurnAround;

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static ModbusDeviceOptions Unit(int address, double everyMs, double timeoutMs, int registers = 20) =>
        Plant.Device(address, [.. Enumerable.Range(0, registers).Select(i => Plant.Value(i, i))]) with { Every = Ms(everyMs), Timeout = Ms(timeoutMs) };

    private static ModbusDeviceOptions[] Ten(double everyMs, double timeoutMs) => [.. Enumerable.Range(1, 10).Select(u => Unit(u, everyMs, timeoutMs))];

    private static SimulatedRig Rig(params ModbusDeviceOptions[] devices) => new(new SerialLineOptions(9600, TurnAround), devices);

    private static ModbusLoad Load(SimulatedRig rig) => ModbusLoad.Of(rig.Site, 0, TurnAround)!;

    /// <summary>Lets the engine's own schedule drive the bus, and keeps how late each scan began.</summary>
    private static (List<(int Device, TimeSpan At, TimeSpan Late, TimeSpan Took, bool IsGood)> Scans, ScanSchedule Schedule) Drive(SimulatedRig rig, TimeSpan length)
    {
        var start = rig.Clock.Monotonic();
        var schedule = new ScanSchedule([.. rig.Site.Devices.Select((d, i) => (i, d.Every))], start);
        var scans = new List<(int, TimeSpan, TimeSpan, TimeSpan, bool)>();
        while (rig.Clock.Monotonic() - start < length)
        {
            var (due, now) = (schedule.NextDue!.Value, rig.Clock.Monotonic());
            if (schedule.Take(now) is not { } device)
            {
                rig.Clock.Advance(due - now);
                continue;
            }

            var samples = rig.Scan(device);
            scans.Add((device, now - start, now - due, rig.Clock.Monotonic() - now, samples.All(s => s.Quality.IsGood)));
        }

        return (scans, schedule);
    }

    /// <summary>Of everything: functions, holes, bits, several blocks, two devices of one unit.</summary>
    private static ModbusDeviceOptions[] Mixed =>
    [
        Unit(1, 1000, 200, registers: 60),
        Plant.Device(2, Plant.Value(0, 10, RegisterType.Float32), Plant.Value(1, 500, function: 4), Plant.Value(2, 1000, RegisterType.UInt32, 4)) with { Timeout = Ms(200) },
        Plant.Device(3, Plant.Value(0, 0), Plant.Value(1, 8), Plant.Value(2, 30)) with { Timeout = Ms(200) },
        Plant.Device(3, Plant.Value(0, 100)) with { Id = "D3b", Timeout = Ms(200) },
        Plant.Device(4, [.. Enumerable.Range(0, 150).Select(i => Plant.Value(i, i))]) with { Timeout = Ms(200) },
    ];

    [Fact]
    public void A_round_takes_as_long_as_foretold()
    {
        using var ten = Rig(Ten(1000, 200));
        using var mixed = Rig(Mixed);
        foreach (var (rig, devices) in new[] { (ten, 10), (mixed, 5) })
        {
            for (var d = 0; d < devices; d++)
                rig.Scan(d); // the first round opens the port and waits for what may still be under way
            var (start, busy, requests) = (rig.Clock.Monotonic(), rig.Line.Busy, rig.Bus.Health.Requests);
            for (var d = 0; d < devices; d++)
                Assert.All(rig.Scan(d), s => Assert.True(s.Quality.IsGood));
            var measured = rig.Clock.Monotonic() - start;
            var load = Load(rig);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"foretold {load.Round.TotalMilliseconds:F1} ms a round, measured {measured.TotalMilliseconds:F1} ms in virtual time"));
            Assert.InRange(measured / load.Round, 0.99, 1.01);
            Assert.Equal(rig.Bus.Health.Requests - requests, load.RoundRequests);
            Assert.InRange((rig.Line.Busy - busy) / (load.Character * load.Devices.Sum(d => d.Bytes)), 0.9999, 1.0001);
        }
    }

    [Fact]
    public void The_share_of_the_time_is_as_foretold()
    {
        using var rig = Rig(Unit(1, 300, 200), Unit(2, 1000, 200), Unit(3, 2500, 200, registers: 100));
        var (scans, _) = Drive(rig, TimeSpan.FromMinutes(5));
        var settled = scans.Where(s => s.At > TimeSpan.FromMinutes(1)).Sum(s => s.Took.TotalSeconds) / 240;

        // Where the bus rests between two scans the silence has passed already, so a little less is needed than foretold.
        Assert.InRange(settled / Load(rig).Duty, 0.95, 1.001);
    }

    /// <summary>Ten units of one bus, some of them dead from the first minute on.</summary>
    [Theory]
    [InlineData(1, 200, 0)]
    [InlineData(2, 200, 0)]
    [InlineData(9, 200, 0)]
    [InlineData(1, 1000, 9)] // a deadline as long as the period: each probe costs the others a reading
    [InlineData(3, 1000, 7)]
    public void Dead_units_hold_up_the_others_as_long_as_foretold(int dead, double timeoutMs, int late)
    {
        using var rig = Rig(Ten(1000, timeoutMs));
        var load = Load(rig);
        var foretold = load.With(dead);
        Assert.Equal(late > 0 ? 10 : 0, foretold.Late.Length);

        Drive(rig, TimeSpan.FromMinutes(1));
        for (var unit = 1; unit <= dead; unit++)
            rig.Line.Unit((byte)unit).Fault = FieldFault.Silent;
        var (dying, _) = Drive(rig, TimeSpan.FromSeconds(30));
        var (settled, schedule) = Drive(rig, TimeSpan.FromMinutes(10));

        var firstWait = dying.Max(s => s.Late);
        var wait = settled.Max(s => s.Late);
        var living = settled.Where(s => s.Device >= dead).ToList();
        var share = settled.Sum(s => s.Took.TotalSeconds) / 600;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{dead} of 10 dead, timeout {timeoutMs} ms: waited at most {firstWait.TotalMilliseconds:F0} ms as they died (foretold {foretold.FirstRound.TotalMilliseconds:F0}), then {wait.TotalMilliseconds:F0} ms (foretold {load.Wait(load.Devices[^1], dead).TotalMilliseconds:F0}); {100 * share:F1} % of the time (foretold {100 * foretold.Duty:F1} %)"));
        Assert.All(living, s => Assert.True(s.IsGood));
        Assert.InRange(firstWait, TimeSpan.Zero, foretold.FirstRound);
        Assert.All(settled.Where(s => s.Device >= dead), s => Assert.InRange(s.Late, TimeSpan.Zero, load.Wait(load.Devices[s.Device], dead)));
        Assert.InRange(share / foretold.Duty, 0.9, 1.02);
        Assert.Equal(late > 0, schedule.Skipped > 0);
    }

    [Fact]
    public void One_dead_unit_costs_one_timeout_for_each_probe_and_its_interval_grows_to_a_minute()
    {
        using var rig = Rig(Ten(1000, 300));
        Drive(rig, TimeSpan.FromSeconds(10));
        var before = rig.Bus.Health.Timeouts;
        rig.Line.Unit(4).Fault = FieldFault.Silent;
        Drive(rig, TimeSpan.FromMinutes(10));
        // Three misses, probes after 5, 10, 20 and 40 s, then one each minute.
        Assert.InRange(rig.Bus.Health.Timeouts - before, 3 + 4 + 7, 3 + 4 + 9);
        Assert.Equal(9, Load(rig).With(1).Round / Load(rig).Devices[0].Takes, 3);
        Assert.Equal((Breaker.FirstInterval, Breaker.IntervalCap), (ModbusLoad.FirstProbe, ModbusLoad.LastProbe));
    }

    [Fact]
    public void Up_to_the_longest_turn_around_all_periods_are_kept()
    {
        foreach (var devices in new[] { Ten(1000, 500), [Unit(1, 250, 500), Unit(2, 5000, 500, registers: 100), Unit(3, 5000, 500)] })
        {
            var site = Plant.Site(RtuRig.Line, devices);
            var limit = ModbusLoad.Of(site, 0, TurnAround)!.TurnAroundLimit;
            foreach (var (turnAround, isKept) in new[] { (limit - Ms(0.1), true), (limit + Ms(0.1), false) })
            {
                var load = ModbusLoad.Of(site, 0, turnAround)!;
                Assert.Equal(isKept, load.Duty <= 1 && load.With(0).Late.IsEmpty);
                Assert.InRange(Math.Abs((load.TurnAroundLimit - limit).TotalMilliseconds), 0, 0.01);
            }
        }
    }

    [Fact]
    public void With_the_timeout_that_it_names_one_dead_unit_makes_nobody_miss_a_period()
    {
        var limit = ModbusLoad.Of(Plant.Site(RtuRig.Line, Ten(1000, 1000)), 0, TurnAround)!.TimeoutLimit(Plant.Site(RtuRig.Line, Ten(1000, 1000)), [.. Enumerable.Range(0, 10)]);
        foreach (var (timeout, late) in new[] { (limit - Ms(1), 0), (limit + Ms(1), 10) })
            Assert.Equal(late, ModbusLoad.Of(Plant.Site(RtuRig.Line, Ten(1000, timeout.TotalMilliseconds)), 0, TurnAround)!.With(1).Late.Length);
    }

    [Fact]
    public void Where_nobody_lives_nobody_is_late()
    {
        var load = ModbusLoad.Of(Plant.Site(RtuRig.Line, Ten(1000, 1000)), 0, TurnAround)!;
        var all = load.With(10);
        Assert.Equal((TimeSpan.Zero, 10 * load.Devices[0].Lost), (all.Round, all.FirstRound));
        Assert.Empty(all.Late);
        Assert.Throws<ArgumentOutOfRangeException>(() => load.With(11));
    }

    [Fact]
    public void A_pause_of_the_site_file_takes_the_place_of_the_silence_and_tcp_has_none()
    {
        var device = Plant.Simple(1);
        var plain = ModbusLoad.Of(Plant.Site(RtuRig.Line, device), 0, TurnAround)!;
        Assert.InRange((plain.Silence - Ms(4.01)).TotalMilliseconds, 0, 0.01);
        var paused = ModbusLoad.Of(Plant.Site(RtuRig.Line with { PauseBetween = Ms(50) }, device), 0, TurnAround)!;
        Assert.InRange((paused.Round - plain.Round - Ms(50) + plain.Silence).TotalMilliseconds, -0.01, 0.01);
        Assert.Equal(TurnAround, ModbusLoad.Of(Plant.Site(Plant.Bus, device), 0, TurnAround)!.Round);
        Assert.Null(ModbusLoad.Of(Plant.Site(RtuRig.Line), 0, TurnAround));
    }
}
