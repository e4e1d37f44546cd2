using EdgeNode.Hardware.I2c;

namespace EdgeNode.UnitTests.Chips;

/// <summary>Whom the kernel's I2C bus blames: itself or a chip.</summary>
public class DeviceI2cBusTests
{
    [Fact]
    public void A_bus_that_is_there_and_cannot_be_opened_is_no_chip_that_keeps_silent()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var bus = new DeviceI2cBus(9, path, _ => throw new IOException("Error 13."));
            Assert.Equal(I2cResult.NoBus, bus.Write(0x40, [0]));
            Assert.Equal(I2cResult.NoBus, bus.WriteRead(0x40, [0], new byte[2]));
            Assert.Equal($"{path} cannot be opened (Error 13); the user of this program must be in its group, i2c as a rule", bus.Fault);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_bus_that_is_not_there_is_named()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var bus = new DeviceI2cBus(9, path, _ => throw new IOException("Error 2."));
        Assert.Equal(I2cResult.NoBus, bus.Write(0x40, [0]));
        Assert.Equal($"there is no {path}", bus.Fault);
    }
}
