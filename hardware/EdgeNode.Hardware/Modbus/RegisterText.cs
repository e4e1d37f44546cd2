namespace EdgeNode.Hardware.Modbus;

/// <summary>Registers into text: names and serial numbers by which a device is told apart.</summary>
internal static class RegisterText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Decodes printable ASCII; NUL and space at both ends are dropped, any other byte becomes U+FFFD.</summary>
    /// <param name="registers">Two bytes each, high byte first as on the wire.</param>
    /// <param name="swapped">The device puts the first character into the low byte.</param>
    /// <exception cref="ArgumentException">An odd number of bytes.</exception>
    public static string Decode(ReadOnlySpan<byte> registers, bool swapped)
    {
        if (registers.Length % 2 != 0)
            throw new ArgumentException("Registers are two bytes each.", nameof(registers));
        return Text(registers, swapped ? 1 : 0);
    }

    /// <summary>The same of bytes that are no registers, in any number.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes) => Text(bytes, 0);

    private static string Text(ReadOnlySpan<byte> registers, int swap)
    {
        Span<char> text = stackalloc char[registers.Length <= 2 * Pdu.MaxRegisters ? registers.Length : 0];
        if (text.Length == 0)
            text = new char[registers.Length];
        for (var i = 0; i < registers.Length; i++)
        {
            var b = registers[i ^ swap];
            text[i] = b is 0 or >= 0x20 and < 0x7F ? (char)b : Replacement;
        }

        var trimmed = text.Trim("\0 ");
        trimmed.Replace('\0', Replacement);
        return trimmed.ToString();
    }
}
