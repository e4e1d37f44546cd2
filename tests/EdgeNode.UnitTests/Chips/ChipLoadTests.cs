using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.I2c;
using EdgeNode.Simulation.I2c;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Chips;

/// <summary>What is foretold of an I2C bus against the drivers on the chip models.</summary>
public class ChipLoadTests
{
    public static TheoryData<string> Drivers() => [.. DriverTable.All.Where(d => d.Bus == DriverBus.I2c).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Drivers))]
    public void A_measurement_takes_the_bits_and_the_time_that_are_foretold(string driver)
    {
        var row = ChipTable.Of(driver);
        var time = new FakeTimeProvider();
        using var wire = new CountedBus(new SimulatedI2cBus(time.Advance, row.Chip(time)));
        using var bus = new I2cBus(Site(Chip(driver, row.Address, 1000, row.Settings, row.Expected.Length)), 0, wire, time, NullLogger.Instance);
        Measure();
        (wire.Bits, var start) = (0, time.Monotonic());
        Assert.All(Measure(), s => Assert.True(s.Quality.IsGood));
        Assert.Equal((wire.Bits, time.Monotonic() - start), ChipLoad.Measurement(driver));

        List<RawSample> Measure()
        {
            var samples = new List<RawSample>();
            for (bus.Scan(0, samples, CancellationToken.None); bus.Pending is { } due; bus.Resume(samples, CancellationToken.None))
                time.Advance(due > time.Monotonic() ? due - time.Monotonic() : TimeSpan.Zero);
            return samples;
        }
    }

    [Fact]
    public void The_inputs_of_one_chip_share_its_time()
    {
        var load = ChipLoad.Of(Site(Chip("ads1115-4-20ma", 0x48, 20), Chip("ads1115-bridge", 0x48, 50), Chip("ina226", 0x40, 100)), 0)!;
        Assert.Equal([(0x48, (17.1875 / 20) + (34.375 / 50)), (0x40, 0.36)], load.Chips.Select(c => (c.Address, Math.Round(c.Share, 9))));
        Assert.Equal(TimeSpan.FromMilliseconds(36), load.Slowest);
        Assert.InRange(load.Duty, 0.01, 0.5);
        Assert.Null(ChipLoad.Of(Site(), 0));
    }

    private static ChipOptions Chip(string driver, int address, double everyMs, ChipSettings? settings = null, int points = 1) =>
        new("D", 0, TimeSpan.FromMilliseconds(everyMs), driver, address, [.. Enumerable.Range(0, points)], settings ?? new ChipSettings());

    private static Site Site(params ChipOptions[] chips) => new(
        new NodeOptions("en-1", "test", null, null), null, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 26), [new I2cBusOptions("i2c1", 1)], [.. chips], [], []);

    /// <summary>Start and stop are a bit each, a byte with its acknowledgement nine (UM10204, section 3.1).</summary>
    private sealed class CountedBus(II2cBus inner) : II2cBus
    {
        public int Bits { get; set; }

        public string Fault => inner.Fault;

        public I2cResult Write(int address, ReadOnlySpan<byte> bytes)
        {
            Bits += 1 + (9 * (1 + bytes.Length)) + 1;
            return inner.Write(address, bytes);
        }

        public I2cResult WriteRead(int address, ReadOnlySpan<byte> write, Span<byte> read)
        {
            Bits += 1 + (9 * (1 + write.Length)) + 1 + (9 * (1 + read.Length)) + 1;
            return inner.WriteRead(address, write, read);
        }

        public void Dispose() => inner.Dispose();
    }
}
