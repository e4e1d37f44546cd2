using System.Buffers.Binary;
using EdgeNode.Core.Validate;
using EdgeNode.Hardware.I2c;

namespace EdgeNode.Hardware.Scan;

/// <summary>
/// Which of our chips sits at an address. Where a chip has an identity register that decides; where it has none, the values that its registers
/// have after a reset only say what it may be. Registers are read and none is written.
/// </summary>
internal static class ChipIdentity
{
    /// <summary>Drivers in the order in which they are tried: those that are sure first.</summary>
    private static readonly (string Driver, bool IsSure, Func<Register, bool> Matches)[] Chips =
    [
        ("bme280", true, r => r.Byte(0xD0) == 0x60), // BST-BME280-DS002, section 5.4.1
        ("bmp280", true, r => r.Byte(0xD0) is 0x56 or 0x57 or 0x58), // BST-BMP280-DS001, section 4.3.1; the former two are samples
        ("ina226", true, r => r.Word(0xFE) == 0x5449 && r.Word(0xFF) == 0x2260), // SBOS547B, sections 7.6.9 and 7.6.10

        // Revision 1.7, register 0x1F: the upper four bits are nothing; all ones is a bus on which nobody drives the line.
        ("nau7802", true, r => r.Byte(0x1F) is >= 0 and < 0xFF and var revision && (revision & 0x0F) == 0x0F),

        // SBAS444D, section 9.6.4: thresholds after a reset, which no driver of ours changes. The ADS1015's are 0x8000 and 0x7FF0.
        ("ads1115-4-20ma", false, r => r.Word(2) == 0x8000 && r.Word(3) == 0x7FFF),

        // SBOS448G, section 8.6.2.1: the configuration after a reset, or as our driver leaves it.
        ("ina219", false, r => r.Word(0) is 0x399F or 0x3E63),
    ];

    /// <summary>The driver's name and whether it is sure; null for a chip that no driver knows.</summary>
    public static (string Driver, bool IsSure)? Of(II2cProbe probe, int address)
    {
        foreach (var (name, isSure, matches) in Chips)
        {
            var driver = DriverTable.Find(name)!;
            if (address >= driver.FirstAddress && address <= driver.LastAddress && matches(new Register(probe, address)))
                return (name, isSure);
        }

        return null;
    }

    /// <summary>The registers of one chip; -1 for one that cannot be read.</summary>
    private readonly record struct Register(II2cProbe Probe, int Address)
    {
        public int Byte(byte register)
        {
            Span<byte> value = stackalloc byte[1];
            return Probe.Read(Address, register, value) == I2cResult.Done ? value[0] : -1;
        }

        public int Word(byte register)
        {
            Span<byte> value = stackalloc byte[2];
            return Probe.Read(Address, register, value) == I2cResult.Done ? BinaryPrimitives.ReadUInt16BigEndian(value) : -1;
        }
    }
}
