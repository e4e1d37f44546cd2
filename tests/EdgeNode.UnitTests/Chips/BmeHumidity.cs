namespace EdgeNode.UnitTests.Chips;

/// <summary>The other formula of the BME280's datasheet, in 32-bit integers (section 4.2.3): a second opinion on the driver's.</summary>
internal static class BmeHumidity
{
    /// <summary>Percent times 1024.</summary>
    public static uint ByIntegers(int h1, int h2, int h3, int h4, int h5, int h6, int raw, int fine)
    {
        var v = fine - 76800;
        v = (((raw << 14) - (h4 << 20) - (h5 * v) + 16384) >> 15)
            * (((((((v * h6) >> 10) * (((v * h3) >> 11) + 32768)) >> 10) + 2097152) * h2 + 8192) >> 14);
        v -= ((((v >> 15) * (v >> 15)) >> 7) * h1) >> 4;
        v = Math.Clamp(v, 0, 419430400);
        return (uint)(v >> 12);
    }
}
