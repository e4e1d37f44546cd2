using EdgeNode.Core.Model;
using EdgeNode.Simulation.I2c;
using EdgeNode.UnitTests.Chips;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The simulated barometer in given air, read by the gateway's own driver, whose formulae are the datasheet's other ones.</summary>
public sealed class AirTests
{
    [Theory]
    [InlineData(1013.25, 20)]
    [InlineData(950, 33.3)]
    [InlineData(1080, -30)]
    [InlineData(320, 80)]
    public void The_driver_reads_the_air_that_was_set(double hectopascals, double celsius)
    {
        using var rig = new ChipRig(time => [new Bmx280Chip(time)], ("bmp280", 0x76, new ChipSettings()));
        ((Bmx280Chip)rig.Chips[0]).SetAir(hectopascals, celsius);

        var samples = rig.Read();

        Assert.All(samples, s => Assert.Equal(Quality.Good, s.Quality));
        Assert.Equal(hectopascals, samples[0].Raw, 0.03);
        Assert.Equal(celsius, samples[1].Raw, 0.01);
    }
}
