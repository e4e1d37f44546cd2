using System.Globalization;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Values;

/// <summary>Numbers without a unit: plain decimals, and whole numbers in decimal or hexadecimal.</summary>
internal static class Numbers
{
    /// <summary>Length of the decimal number at the start of a text; 0 when there is none. No thousands, no comma, no NaN, no infinity.</summary>
    public static int Prefix(ReadOnlySpan<char> text)
    {
        var end = text is ['+' or '-', ..] ? 1 : 0;
        var digits = Digits(text[end..]);
        if (digits == 0)
            return 0;
        end += digits;
        if (end < text.Length && text[end] == '.' && Digits(text[(end + 1)..]) is > 0 and var fraction)
            end += 1 + fraction;
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var sign = text[(end + 1)..] is ['+' or '-', ..] ? 1 : 0;
            if (Digits(text[(end + 1 + sign)..]) is > 0 and var exponent)
                end += 1 + sign + exponent;
        }

        return end;
    }

    /// <summary>False when the number does not fit into a double.</summary>
    public static bool TryParse(ReadOnlySpan<char> number, out double value) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>A plain number.</summary>
    public static double? Read(YamlNode? node, string example, FaultList faults)
    {
        var expected = $"a plain number such as {example}";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        var text = scalar.Text;
        var length = Prefix(text);
        if (length == 0 || length != text.Length)
        {
            var meant = length > 0 && IsComma(text.AsSpan(length)) ? text.Replace(',', '.') : null;
            faults.Add(scalar.At, $"{Words.Quoted(text)} is not a plain number", expected, meant);
            return null;
        }

        if (TryParse(text, out var value))
            return value;
        faults.Add(scalar.At, $"{Words.Quoted(text)} is too large for a number", expected);
        return null;
    }

    /// <summary>A plain number between two bounds, both included.</summary>
    public static double? Read(YamlNode? node, string example, double least, double most, FaultList faults)
    {
        if (Read(node, example, faults) is not { } value)
            return null;
        if (value >= least && value <= most)
            return value;
        faults.Add(node!.At, $"{Words.Number(value)} is out of bounds", $"a number from {Words.Number(least)} to {Words.Number(most)}");
        return null;
    }

    /// <summary>A whole number between two bounds, both included, in decimal or, with 0x before it, in hexadecimal.</summary>
    /// <param name="what">In a sentence: "a register".</param>
    public static int? Whole(YamlNode? node, string what, int least, int most, FaultList faults)
    {
        var expected = $"a whole number from {Words.Number(least)} to {Words.Number(most)}";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        if (TryWhole(scalar.Text, out var value) && value >= least && value <= most)
            return (int)value;
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not {what}", expected, WithoutZeros(scalar.Text));
        return null;
    }

    /// <summary>A whole number; one that is far too large comes out as <see cref="long.MaxValue"/>.</summary>
    public static bool TryWhole(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text is ['0', 'x' or 'X', .. var hex])
        {
            if (!ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
                return false;
            value = bits > long.MaxValue ? long.MaxValue : (long)bits;
            return true;
        }

        var digits = text is ['-', ..] ? text[1..] : text;

        // 010 is eight to a YAML 1.1 reader and ten to a YAML 1.2 reader.
        if (digits.IsEmpty || Digits(digits) != digits.Length || digits is ['0', _, ..])
            return false;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            value = text[0] == '-' ? long.MinValue : long.MaxValue;
        return true;
    }

    public static bool IsComma(ReadOnlySpan<char> rest) => rest is [',', >= '0' and <= '9', ..];

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static string? WithoutZeros(string text) =>
        text.Length is > 1 and < 10 && text[0] == '0' && Digits(text) == text.Length ? text.TrimStart('0').PadLeft(1, '0') : null;
}
