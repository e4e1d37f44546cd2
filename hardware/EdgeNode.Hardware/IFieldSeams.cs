using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Hardware.I2c;

namespace EdgeNode.Hardware;

/// <summary>What stands in for the kernel's devices below the drivers: the simulated field. Whatever it gives is disposed of with its bus.</summary>
public interface IFieldSeams
{
    /// <summary>The transfers of an I2C bus; null for the kernel's own.</summary>
    II2cBus? I2c(I2cBusOptions bus);

    /// <summary>The levels and the edges of a GPIO chip; null for the kernel's own.</summary>
    (IGpioLines Lines, IGpioChip Chip)? Gpio(GpioBusOptions bus);

    /// <summary>The chip by which outputs are driven; null for the kernel's own. It is not disposed of by those who drive.</summary>
    IGpioChip? Outputs(GpioBusOptions bus);
}
