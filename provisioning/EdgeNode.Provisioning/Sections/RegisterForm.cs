using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>How a register's bits become a number: type, order, bits, invalid patterns.</summary>
internal static class RegisterForm
{
    public static RegisterType? Type(YamlNode? node, FaultList faults) =>
        Scalars.Choice(node, SiteGrammar.Type, faults) is { } word ? Enum.Parse<RegisterType>(word, ignoreCase: true) : null;

    public static WordOrder Order(YamlNode? node, RegisterType? type, FaultList faults)
    {
        if (Scalars.Choice(node, SiteGrammar.Order, faults) is not { } word)
            return WordOrder.ABCD;

        var width = type is null ? 0 : Width(type.Value);
        var order = word switch
        {
            "ABCD" or "AB" or "ABCDEF" or "ABCDEFGH" => WordOrder.ABCD,
            "CDAB" or "EFCDAB" or "GHEFCDAB" => WordOrder.CDAB,
            "BADC" or "BA" or "BADCFE" or "BADCFEHG" => WordOrder.BADC,
            _ => WordOrder.DCBA,
        };
        if (width == 0)
            return order;

        // One register has no words to swap: CDAB would be ABCD under another name.
        ImmutableArray<string> allowed = width switch
        {
            1 when type == RegisterType.Bit => ["ABCD", "AB"],
            1 => ["ABCD", "BADC", "AB", "BA"],
            2 => ["ABCD", "CDAB", "BADC", "DCBA"],
            3 => ["ABCD", "CDAB", "BADC", "DCBA", "ABCDEF", "EFCDAB", "BADCFE", "FEDCBA"],
            _ => ["ABCD", "CDAB", "BADC", "DCBA", "ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA"],
        };
        if (!allowed.Contains(word))
            faults.Add(node!.At, $"the order {Words.Quoted(word)} does not fit a type of {width} register{(width == 1 ? "" : "s")}", Words.Or(allowed));
        return order;
    }

    /// <summary>Lowest bit and number of bits; 0 and 0 for every other type.</summary>
    public static (int First, int Count) Bits(SectionReader section, RegisterType? type, FaultList faults)
    {
        const string expected = "a bit from 0 to 15 or a span of bits such as 0..3, bit 0 the least significant";
        var node = section["bits"];
        if (node is null)
        {
            if (type == RegisterType.Bits && !section.HasUnknown)
                faults.Add(section["type"]!.At, "the type 'bits' has no 'bits'", expected);
            return default;
        }

        if (type is not (null or RegisterType.Bits))
            faults.Add(section.PlaceOf("bits"), "'bits' stands beside another type than 'bits'", "'type: bits', or no 'bits'");
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return default;

        var dots = scalar.Text.IndexOf("..", StringComparison.Ordinal);
        var left = dots < 0 ? scalar.Text : scalar.Text[..dots];
        var right = dots < 0 ? scalar.Text : scalar.Text[(dots + 2)..];
        if (Numbers.TryWhole(left.Trim(), out var first) && Numbers.TryWhole(right.Trim(), out var last) && first >= 0 && last <= 15 && first <= last)
            return ((int)first, (int)(last - first + 1));
        faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} are no bits of a register", expected);
        return default;
    }

    /// <summary>Bit patterns, most significant byte first whatever the order. A whole type of integer may give its pattern as the number that it is.</summary>
    public static ImmutableArray<ulong> Invalid(YamlNode? node, RegisterType? type, FaultList faults)
    {
        var width = type is null ? 4 : Width(type.Value);
        var isFloat = type is RegisterType.Float32 or RegisterType.Float64;
        var expected = isFloat
            ? $"a bit pattern in hexadecimal of at most {width * 4} digits, such as 0x{(width == 2 ? "7FC00000" : "7FF8000000000000")}"
            : $"a bit pattern in hexadecimal of at most {width * 4} digits, such as 0x{"8000".PadRight(width * 4, '0')}, or a whole number that fits the type";
        var patterns = ImmutableArray.CreateBuilder<ulong>();
        foreach (var item in Scalars.OneOrMore(node, "invalid patterns", faults))
        {
            if (Scalars.Read(item, expected, faults) is not { } scalar)
                continue;
            if (Pattern(scalar.Text, type, isFloat) is { } pattern && (width == 4 || pattern >> (width * 16) == 0))
                patterns.Add(pattern);
            else
                faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is not a bit pattern of this type", expected);
        }

        return patterns.ToImmutable();
    }

    private static ulong? Pattern(string text, RegisterType? type, bool isFloat)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) ? bits : null;
        if (isFloat || !Numbers.TryWhole(text, out _))
            return null;
        if (!text.StartsWith('-'))
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var negative))
            return null;
        return type switch
        {
            RegisterType.Int16 when negative >= short.MinValue => (ushort)negative,
            RegisterType.Int32 when negative >= int.MinValue => (uint)negative,
            RegisterType.Int64 => (ulong)negative,
            _ => null,
        };
    }

    /// <summary>In registers.</summary>
    private static int Width(RegisterType type) => RegisterOptions.Width(type);
}
