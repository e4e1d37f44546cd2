using EdgeNode.Core.Model;
using EdgeNode.Simulation.I2c;

namespace EdgeNode.UnitTests.Chips;

/// <summary>What single chips do besides the contract, and how several share a bus.</summary>
public sealed class ChipTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3.6)]
    [InlineData(12)]
    [InlineData(22.5)]
    public void A_current_is_given_as_it_flows_and_judged_elsewhere(double milliamperes)
    {
        using var rig = new ChipRig(t => [new Ads1115Chip(t)], ("ads1115-4-20ma", 0x48, new ChipSettings(0, 100, 4.096)));
        ((Ads1115Chip)rig.Chips[0]).SetInput(0, milliamperes / 10);
        var sample = Assert.Single(rig.Read());
        Assert.Equal(Quality.Good, sample.Quality);
        Assert.Equal(milliamperes, sample.Raw, 2);
    }

    [Fact]
    public void The_inputs_of_a_converter_take_turns_and_each_has_its_own_value()
    {
        using var rig = new ChipRig(
            t => [new Ads1115Chip(t)],
            ("ads1115-4-20ma", 0x48, new ChipSettings(0, 100, 4.096)), ("ads1115-4-20ma", 0x48, new ChipSettings(1, 100, 4.096)),
            ("ads1115-bridge", 0x48, new ChipSettings(1, FullScale: 0.256, Excitation: 3.3)));
        var chip = (Ads1115Chip)rig.Chips[0];
        chip.SetInput(0, 0.4);
        chip.SetInput(1, 2.0);
        chip.SetInput(2, 1.6533);
        chip.SetInput(3, 1.65);
        for (var round = 0; round < 3; round++)
        {
            var samples = rig.Scan(0);
            samples.AddRange(rig.Scan(1));
            samples.AddRange(rig.Read(2));
            Assert.Equal([0, 1, 2], samples.Select(s => s.Point));
            Assert.Equal([4.0, 20.0, 1.0], samples.Select(s => Math.Round(s.Raw, 2)));
            Assert.All(samples, s => Assert.True(s.Quality.IsGood));
        }

        Assert.Equal(0, rig.Bus.Health.Resets);
    }

    [Fact]
    public void The_conversion_of_one_chip_holds_up_no_other()
    {
        using var rig = new ChipRig(
            t => [new Nau7802Chip(t) { MillivoltPerVolt = 1 }, new Ina219Chip(t) { BusVolts = 12 }],
            ("nau7802", 0x2A, new ChipSettings(Gain: 128)), ("ina219", 0x40, new ChipSettings(ShuntOhms: 0.1)));
        rig.Scan(0);
        var samples = rig.Scan(1);
        var start = rig.Time.Monotonic();
        while (samples.Count == 0)
        {
            rig.Wait();
            rig.Bus.Resume(samples, TestContext.Current.CancellationToken);
        }

        // The first measurement of the load cell takes more than a second, that of the power 18 ms.
        Assert.Equal([1, 2, 3], samples.Select(s => s.Point));
        Assert.InRange((rig.Time.Monotonic() - start).TotalMilliseconds, 17, 25);
        samples.Clear();
        while (rig.Bus.Pending is not null)
        {
            rig.Wait();
            rig.Bus.Resume(samples, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, Assert.Single(samples).Point);
    }

    [Fact]
    public void A_dead_chip_costs_its_neighbour_nothing()
    {
        using var rig = new ChipRig(
            t => [new Ina226Chip(t), new Bmx280Chip(t)], ("ina226", 0x40, new ChipSettings(ShuntOhms: 1)), ("bmp280", 0x76, new ChipSettings()));
        rig.Wire.Plug(0x40, there: false);
        Assert.All(rig.Read(0), s => Assert.Equal(Quality.Bad(Reason.Timeout), s.Quality));
        Assert.All(rig.Read(1), s => Assert.Equal(Quality.Good, s.Quality));
    }

    [Theory]
    [InlineData("ina219", 0.33, "uncertain:over-range")]
    [InlineData("ina219", -0.33, "uncertain:under-range")]
    [InlineData("ina226", 0.09, "uncertain:over-range")]
    [InlineData("ina226", -0.09, "uncertain:under-range")]
    public void A_shunt_beyond_its_range_is_in_doubt_on_its_side_and_the_voltage_is_not(string driver, double volts, string quality)
    {
        using var rig = new ChipRig(
            t => [driver == "ina219" ? new Ina219Chip(t) { ShuntVolts = volts, BusVolts = 24 } : new Ina226Chip(t) { ShuntVolts = volts, BusVolts = 24 }],
            (driver, 0x40, new ChipSettings(ShuntOhms: 0.1)));
        Assert.Equal(["good", quality, quality], rig.Read().Select(s => s.Quality.ToString()));
    }

    [Fact]
    public void Current_flows_both_ways()
    {
        using var rig = new ChipRig(t => [new Ina226Chip(t) { ShuntVolts = -0.01, BusVolts = 24 }], ("ina226", 0x40, new ChipSettings(ShuntOhms: 0.1)));
        Assert.Equal([24, -0.1, -2.4], rig.Read().Select(s => Math.Round(s.Raw, 6)));
    }

    [Fact]
    public void Another_chip_at_the_address_is_not_taken_for_the_one_that_was_asked_for()
    {
        using var rig = new ChipRig(t => [new Bmx280Chip(t, humid: false)], ("bme280", 0x76, new ChipSettings()));
        Assert.All(rig.Read(), s => Assert.Equal(Quality.Bad(Reason.WrongReply), s.Quality));
    }

    [Fact]
    public void A_chip_in_the_place_of_another_is_read_with_its_own_trimming()
    {
        using var rig = new ChipRig(t => [new Bmx280Chip(t)], ("bmp280", 0x76, new ChipSettings()));
        var before = rig.Read()[0].Raw;
        rig.Wire.Plug(0x76, there: false);
        rig.Read();
        ((Bmx280Chip)rig.Chips[0]).SetTrim(27504, 26435, -1000, 36000, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000);
        rig.Wire.Plug(0x76, there: true);
        Assert.NotEqual(before, rig.Read()[0].Raw, 1);
    }

    [Fact]
    public void A_load_cell_amplifier_that_cannot_calibrate_itself_is_a_failure()
    {
        using var rig = new ChipRig(t => [new Nau7802Chip(t) { CalibrationFails = true }], ("nau7802", 0x2A, new ChipSettings(Gain: 128)));
        Assert.Equal(Quality.Bad(Reason.DeviceFailure), Assert.Single(rig.Read()).Quality);
    }

    [Theory]
    [InlineData(5, "uncertain:over-range")]
    [InlineData(-5, "uncertain:under-range")]
    [InlineData(-3.9, "good")]
    public void A_bridge_beyond_the_full_scale_is_in_doubt(double signal, string quality)
    {
        using var rig = new ChipRig(t => [new Nau7802Chip(t) { MillivoltPerVolt = signal }], ("nau7802", 0x2A, new ChipSettings(Gain: 128)));
        Assert.Equal(quality, Assert.Single(rig.Read()).Quality.ToString());
    }
}
