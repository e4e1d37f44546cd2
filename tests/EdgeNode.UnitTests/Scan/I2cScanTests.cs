using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Scan;
using EdgeNode.Simulation.I2c;
using EdgeNode.UnitTests.Chips;

namespace EdgeNode.UnitTests.Scan;

/// <summary>Which chips sit on an I2C bus: the real scan above, chip models below.</summary>
public sealed class I2cScanTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-scan-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Chips_with_an_identity_are_recognised_and_the_others_are_named_as_what_they_may_be()
    {
        using var rig = new ChipRig(t =>
        [
            new Nau7802Chip(t), new Ina219Chip(t, 0x40), new Ina226Chip(t, 0x45), new Ads1115Chip(t, 0x48), new Bmx280Chip(t, 0x76), new Bmx280Chip(t, 0x77, humid: true),
            new Stranger(0x50),
        ]);
        var probe = new SimulatedProbe(rig.Wire);

        var report = Scan(probe, out var steps);

        Assert.Equal(
            [
                (0x2A, "nau7802", true), (0x40, "ina219", false), (0x45, "ina226", true), (0x48, "ads1115-4-20ma", false), (0x50, null, false),
                (0x76, "bmp280", true), (0x77, "bme280", true),
            ],
            report.Chips.Select(c => (c.Address, c.Driver, c.IsSure)));
        Assert.Equal((true, null, false), (report.Complete, report.Fault, report.HidesSilence));
        Assert.Equal(Enumerable.Range(1, 112), steps);
        Assert.Equal(0, probe.Writes);
    }

    [Fact]
    public void A_chip_that_has_been_read_by_the_gateway_is_still_seen_as_what_it_is()
    {
        using var rig = new ChipRig(
            t => [new Ina219Chip(t, 0x40), new Ads1115Chip(t, 0x48)],
            ("ina219", 0x40, new(ShuntOhms: 0.1)), ("ads1115-4-20ma", 0x48, new(ShuntOhms: 100, FullScale: 4.096)));
        rig.Read(0);
        rig.Read(1);
        Assert.Equal(["ina219", "ads1115-4-20ma"], Scan(new SimulatedProbe(rig.Wire), out _).Chips.Select(c => c.Driver));
    }

    [Fact]
    public void What_a_driver_of_the_kernel_has_is_named_and_not_touched()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "sys/bus/i2c/devices/1-0076")).FullName;
        File.WriteAllText(Path.Combine(folder, "name"), "bmp280\n");
        using var rig = new ChipRig(t => [new Bmx280Chip(t, 0x76), new Bmx280Chip(t, 0x77)]);
        var probe = new SimulatedProbe(rig.Wire) { Held = 0x76 };

        var report = Scan(probe, out _);

        Assert.Equal([new FoundChip(0x76, null, false, "bmp280"), new FoundChip(0x77, "bmp280", true, null)], report.Chips);
        Assert.DoesNotContain(0x76, probe.Touched);
    }

    [Fact]
    public void An_adapter_that_reports_silence_as_an_answer_shows_only_chips_that_say_who_they_are()
    {
        using var rig = new ChipRig(t => [new Ina226Chip(t, 0x40), new Ads1115Chip(t, 0x48)]);
        rig.Wire.HidesMissing = true;
        var report = Scan(new SimulatedProbe(rig.Wire), out _);
        Assert.True(report.HidesSilence);
        Assert.Equal([new FoundChip(0x40, "ina226", true, null)], report.Chips);
    }

    [Fact]
    public void A_bus_that_is_gone_says_why()
    {
        using var rig = new ChipRig(t => [new Ina226Chip(t, 0x40)]);
        rig.Wire.State = I2cFault.Unplugged;
        var report = Scan(new SimulatedProbe(rig.Wire), out _);
        Assert.Equal((false, "there is no /dev/i2c-9"), (report.Complete, report.Fault));
        Assert.Empty(report.Chips);
    }

    [Fact]
    public void Adapters_are_listed_by_number_with_their_names()
    {
        foreach (var file in (string[])["i2c-10", "i2c-1", "i2c-x", "i2cdetect"])
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "dev")).FullName, file), "");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "sys/bus/i2c/devices/i2c-1")).FullName, "name"), "bcm2835 (i2c@7e804000)\n");

        Assert.Equal([new I2cAdapter(1, "bcm2835 (i2c@7e804000)"), new I2cAdapter(10, "")], new I2cScan(_root).Adapters());
        Assert.Empty(new I2cScan(Path.Combine(_root, "nothing")).Adapters());
    }

    [Fact]
    public void A_bus_that_is_not_there_is_a_fault_and_no_exception()
    {
        using var probe = new DeviceI2cProbe(999);
        Assert.Equal(I2cPresence.NoBus, probe.Look(0x40));
        Assert.NotEmpty(probe.Fault);
        Assert.NotEqual(I2cResult.Done, probe.Read(0x40, 0, new byte[1]));
    }

    private I2cScanReport Scan(SimulatedProbe probe, out List<int> steps)
    {
        var told = steps = [];
        return new I2cScan(_root).Run(new I2cAdapter(1, ""), probe, told.Add, TestContext.Current.CancellationToken);
    }

    /// <summary>Chips on the simulated wire as a scan sees them.</summary>
    private sealed class SimulatedProbe(SimulatedI2cBus wire) : II2cProbe
    {
        public int Held { get; init; }

        public HashSet<int> Touched { get; } = [];

        public int Writes { get; private set; }

        public string Fault => wire.Fault;

        public I2cPresence Look(int address)
        {
            if (address == Held)
                return I2cPresence.HeldByKernel;
            Touched.Add(address);
            return wire.WriteRead(address, [], new byte[1]) switch
            {
                I2cResult.Done => I2cPresence.Answers,
                I2cResult.NoBus => I2cPresence.NoBus,
                _ => I2cPresence.Nobody,
            };
        }

        public I2cResult Read(int address, byte register, Span<byte> into)
        {
            Writes += into.Length == 0 ? 1 : 0;
            Touched.Add(address);
            return wire.WriteRead(address, [register], into);
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A chip that no driver knows.</summary>
    private sealed class Stranger(int address) : ISimulatedChip
    {
        public int Address => address;

        public void Write(ReadOnlySpan<byte> bytes) => Assert.True(bytes.IsEmpty, "what it is nobody knows, so nothing is written to it");

        public void Read(Span<byte> into) => into.Fill(0x55);

        public void PowerCycle()
        {
        }
    }
}
