using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.Health;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Gpio;
using EdgeNode.Simulation.I2c;
using EdgeNode.UnitTests.Chips;
using EdgeNode.UnitTests.Lines;
using EdgeNode.UnitTests.Modbus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Health;

/// <summary>A bus as a device of its own: what its counters become, in virtual time, and that nothing goes out for it.</summary>
public sealed class BusHealthTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));

    [Fact]
    public void What_a_serial_line_suffers_is_told_by_kind_and_costs_no_request()
    {
        var (bus, line, site) = Serial(
            Slaves.First(Slaves.Honest, Slaves.Says(a => Rtu.Spoilt(Rtu.Honest(a))), null, Slaves.Silent, Slaves.Says(a => Rtu.Exception(a, 4)), a => [Act.Late(Slaves.TurnAround, Rtu.Honest(a)[..4])]),
            Plant.Simple(1));
        using (bus)
        {
            // Nothing was asked yet: neither is the link down, nor does nothing fail.
            var before = Watched.Look(bus, site);
            Assert.Equal(("0", "bad:not-yet-read", "bad:not-yet-read", "bad:not-yet-read"), (before["requests"], before["link-up"], before["failures"], before["duty"]));

            // Good; spoilt and asked again; silent; exception 4; cut off.
            for (var i = 0; i < 5; i++)
            {
                Scan(bus);
                _clock.Advance(TimeSpan.FromSeconds(5));
            }

            var sent = line.Requests.Count;
            var after = Watched.Look(bus, site);
            Assert.Equal(sent, line.Requests.Count);
            Assert.Equal(
                ("6", "1", "1", "1", "1", "1", "1", "0", "1"),
                (after["requests"], after["checksum-errors"], after["timeouts"], after["exceptions"], after["wrong-replies"], after["retries"], after["connects"], after["link-failures"], after["link-up"]));
            Assert.Equal("50", after["failures"]); // three of six came to nothing; a refusal is an answer

            // Totals stay, shares are of the period.
            _clock.Advance(Minute);
            Scan(bus);
            var later = Watched.Look(bus, site);
            Assert.Equal(("7", "1", "0"), (later["requests"], later["timeouts"], later["failures"]));
        }
    }

    [Fact]
    public void Duty_is_the_time_that_the_line_was_taken_over_the_time_that_passed()
    {
        var (bus, line, site) = Serial(Slaves.Honest, Plant.Simple(1));
        using (bus)
        {
            Scan(bus);
            _clock.Advance(Minute);
            Watched.Look(bus, site);
            var start = _clock.Monotonic();
            for (var i = 0; i < 60; i++)
            {
                Scan(bus);
                _clock.Advance(TimeSpan.FromSeconds(1));
            }

            // Out 8 bytes, the slave's 20 ms, back 7 bytes; the silence of 3.5 characters is long over each time.
            var exchange = Slaves.TurnAround + (15 * line.Char);
            var expected = 100 * (60 * exchange / (_clock.Monotonic() - start));
            Assert.InRange(expected, 3.5, 3.7);
            Assert.InRange(double.Parse(Watched.Look(bus, site)["duty"], System.Globalization.CultureInfo.InvariantCulture), expected - 0.01, expected + 0.01);

            // Nobody asks for a while.
            _clock.Advance(Minute);
            var idle = Watched.Look(bus, site);
            Assert.Equal(("0", "bad:not-yet-read"), (idle["duty"], idle["failures"]));
        }
    }

    [Fact]
    public void A_dead_unit_is_seen_in_the_duty_because_its_deadlines_hold_the_line()
    {
        var (bus, _, site) = Serial(a => a.Number == 1 ? Slaves.Honest(a) : [], Plant.Simple(1));
        using (bus)
        {
            Scan(bus);
            Watched.Look(bus, site);
            _clock.Advance(TimeSpan.FromSeconds(1));
            Scan(bus); // a deadline of 1 s, and the time that its bytes take
            var after = Watched.Look(bus, site);
            Assert.Equal(("1", "100"), (after["timeouts"], after["failures"]));
            Assert.InRange(double.Parse(after["duty"], System.Globalization.CultureInfo.InvariantCulture), 50, 52);
        }
    }

    [Fact]
    public void Without_a_link_the_share_of_failures_is_bad_and_not_nothing()
    {
        var (bus, line, site) = Serial(Slaves.Honest, Plant.Simple(1));
        using (bus)
        {
            line.IsUnplugged = true;
            Watched.Look(bus, site);
            Scan(bus);
            _clock.Advance(Minute);
            var after = Watched.Look(bus, site);
            Assert.Equal(("0", "0", "1", "0", "bad:link-down"), (after["requests"], after["connects"], after["link-failures"], after["link-up"], after["failures"]));
        }
    }

    [Fact]
    public void A_broadcast_that_nobody_answers_is_no_failure()
    {
        var (bus, _, site) = Serial(Slaves.Honest, Plant.Simple(1) with { Writes = [new WriteGrant(6, new RegisterRange(10, 10), 0, 100, 0)] });
        using (bus)
        {
            Watched.Look(bus, site);
            Assert.Equal(FieldWriteOutcome.Done, bus.Write(new FieldWrite(FieldWrite.Everybody, 6, 10, [7]), TestContext.Current.CancellationToken).Outcome);
            _clock.Advance(Minute);
            var after = Watched.Look(bus, site);
            Assert.Equal(("1", "0"), (after["requests"], after["failures"]));
            Assert.NotEqual("0", after["duty"]); // a write takes the line too
        }
    }

    [Fact]
    public void A_TCP_bus_has_no_check_sums_to_tell_of()
    {
        var site = Watched.Site(Plant.Bus, Plant.Simple(1));
        using var bus = new ModbusBus(site, 0, new MemoryLink(_clock, Peers.Honest), _clock, new Random(7), NullLogger.Instance);
        Scan(bus);
        var look = Watched.Look(bus, site);
        Assert.Equal(("1", "0", "1"), (look["requests"], look["timeouts"], look["link-up"]));
        Assert.DoesNotContain("checksum-errors", look.Keys);
    }

    [Fact]
    public void Chips_that_lost_their_supply_and_transfers_that_fail_are_told_of_an_I2C_bus()
    {
        var row = ChipTable.Of("ina226");
        var site = Watched.Site(new I2cBusOptions("i2c1", 1), new ChipOptions("JT-1", 0, TimeSpan.FromSeconds(1), row.Driver, row.Address, [0, 1, 2], row.Settings));
        var chip = row.Chip(_clock);
        var wire = new SimulatedI2cBus(_clock.Advance, chip);
        using var bus = new I2cBus(site, 0, wire, _clock, NullLogger.Instance);
        Measure();
        chip.PowerCycle();
        Measure();
        Watched.Look(bus, site);
        var transfers = wire.Transfers;

        wire.State = I2cFault.Stuck;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Measure(); // one transfer, for the second that the kernel waits
        var look = Watched.Look(bus, site);
        Assert.Equal((transfers + 1, transfers + 1), (wire.Transfers, int.Parse(look["requests"], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(("1", "1", "50", "100", "1"), (look["resets"], look["timeouts"], look["duty"], look["failures"], look["link-up"]));

        void Measure()
        {
            var samples = new List<RawSample>();
            bus.Scan(0, samples, TestContext.Current.CancellationToken);
            while (bus.Pending is { } due)
            {
                _clock.Advance(due - _clock.Monotonic() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
                bus.Resume(samples, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public void Edges_that_the_kernel_dropped_and_lines_that_are_gone_are_told_of_a_GPIO_chip()
    {
        var site = Watched.Site(new GpioBusOptions("gpio0", "/dev/gpiochip0"), LineRig.Meter(), LineRig.Switch(debounce: 0) with { Point = 2 });
        var chip = new SimulatedGpioChip(_clock);
        using var bus = new GpioBus(site, 0, chip, chip, new KeptTotals(), _clock, NullLogger.Instance);
        Scan(bus);
        Scan(bus, 1);
        Watched.Look(bus, site);
        for (var i = 0; i < 2500; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(0.2));
            chip.Pulse(17);
        }

        Scan(bus);
        var look = Watched.Look(bus, site);
        Assert.Equal(("3", (2500 - IEdgeLine.QueueLength).ToString(System.Globalization.CultureInfo.InvariantCulture), "0"), (look["requests"], look["lost-edges"], look["failures"]));
        Assert.DoesNotContain("link-up", look.Keys);

        _clock.Advance(Minute);
        chip.Unplugged = true;
        Scan(bus);
        Scan(bus, 1);
        Assert.Equal("100", Watched.Look(bus, site)["failures"]);
    }

    [Fact]
    public void Every_quantity_of_every_kind_of_bus_has_a_unit_and_is_made()
    {
        BusOptions[] kinds =
        [
            Plant.Bus, RtuRig.Line, new ModbusRtuOverTcpBusOptions("x", "h", 1, 9600, TimeSpan.Zero, TimeSpan.Zero, false),
            new I2cBusOptions("i", 1), new GpioBusOptions("g", "/dev/gpiochip0"), new SysfsBusOptions("s", "/sys"),
        ];
        var names = BusQuantities.All.Select(q => q.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), kinds.SelectMany(k => BusQuantities.Of(k)).Distinct().Order(StringComparer.Ordinal));
        Assert.All(BusQuantities.All, q => Assert.True(UnitTable.TryFind(q.Unit, out _), q.Name));
        Assert.All(names, n => Assert.NotNull(BusPeriod.Of(n)));
        Assert.Throws<ArgumentException>(() => BusPeriod.Of("temperature"));
    }

    private static List<RawSample> Scan(IFieldBus bus, int device = 0)
    {
        var samples = new List<RawSample>();
        bus.Scan(device, samples, TestContext.Current.CancellationToken);
        return samples;
    }

    private (ModbusBus Bus, MemoryLine Line, Site Site) Serial(RtuScript script, params ModbusDeviceOptions[] devices)
    {
        var site = Watched.Site(RtuRig.Line, devices);
        var line = new MemoryLine(_clock, RtuRig.Line.Baud, script);
        return (new ModbusBus(site, 0, line, _clock, new Random(7), NullLogger.Instance), line, site);
    }
}
