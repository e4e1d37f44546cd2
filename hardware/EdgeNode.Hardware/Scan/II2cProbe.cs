using EdgeNode.Hardware.I2c;

namespace EdgeNode.Hardware.Scan;

/// <summary>What a look at one address of an I2C bus gave.</summary>
public enum I2cPresence
{
    /// <summary>Nobody acknowledged.</summary>
    Nobody,

    /// <summary>Somebody acknowledged, and sent a byte.</summary>
    Answers,

    /// <summary>A driver of the kernel has the chip; it was not touched.</summary>
    HeldByKernel,

    /// <summary>The bus itself gives no answer.</summary>
    NoBus,
}

/// <summary>An I2C bus as a scan needs it. Nothing throws.</summary>
public interface II2cProbe : IDisposable
{
    /// <summary>Why the last call failed, in a few words.</summary>
    string Fault { get; }

    /// <summary>Reads one byte without writing any, so that no chip takes it for a command.</summary>
    /// <param name="address">7 bits, 0x08 to 0x77.</param>
    I2cPresence Look(int address);

    /// <summary>Reads a register: its number is written, and with a repeated start the bytes are read.</summary>
    I2cResult Read(int address, byte register, Span<byte> into);
}
