using System.Buffers.Binary;

namespace EdgeNode.Simulation.I2c;

/// <summary>
/// What a BMP280 or BME280 makes of the air, backwards: by the integer formulae of the datasheet (BST-BMP280-DS001, section 3.11.3), which
/// rise with the raw temperature and fall with the raw pressure, so that halving the range finds the raw number.
/// </summary>
/// <param name="trim">dig_T1 to T3 and dig_P1 to P9, 24 bytes.</param>
internal sealed class Bmx280Air(byte[] trim)
{
    private const int RawEnd = 1 << 20;

    /// <summary>Raw pressure and raw temperature, 20 bits each.</summary>
    public (int Pressure, int Temperature) Raw(double hectopascals, double celsius)
    {
        var temperature = First(raw => Celsius(Fine(raw)) >= celsius);
        var fine = Fine(temperature);
        return (First(raw => Pascals(raw, fine) <= hectopascals * 100), temperature);
    }

    private int U(int i) => BinaryPrimitives.ReadUInt16LittleEndian(trim.AsSpan(2 * i));

    private long S(int i) => BinaryPrimitives.ReadInt16LittleEndian(trim.AsSpan(2 * i));

    private int Fine(int raw)
    {
        var first = (((raw >> 3) - (U(0) << 1)) * S(1)) >> 11;
        long offset = (raw >> 4) - U(0);
        return (int)(first + ((((offset * offset) >> 12) * S(2)) >> 14));
    }

    private static double Celsius(int fine) => fine / 5120.0;

    private double Pascals(int raw, int fine)
    {
        var a = fine - 128000L;
        var b = (a * a * S(8)) + ((a * S(7)) << 17) + (S(6) << 35);
        a = ((a * a * S(5)) >> 8) + ((a * S(4)) << 12);
        a = (((1L << 47) + a) * U(3)) >> 33;
        if (a == 0)
        {
            return 0;
        }

        var p = ((((1048576L - raw) << 31) - b) * 3125) / a;
        var c = (S(11) * (p >> 13) * (p >> 13)) >> 25;
        p = ((p + c + ((S(10) * p) >> 19)) >> 8) + (S(9) << 4);
        return p / 256.0;
    }

    private static int First(Predicate<int> holds)
    {
        var (low, high) = (0, RawEnd - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
