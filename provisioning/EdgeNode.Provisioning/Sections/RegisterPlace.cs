using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Where a value lies: function and register, or the number that manuals print, and a second register that completes it.</summary>
internal static class RegisterPlace
{
    private const int LastShort = 9999;

    /// <summary>Function and 0-based register; each null when missing or faulty.</summary>
    /// <param name="section">Where the keys stand.</param>
    /// <param name="expected">What such a section has, in a sentence.</param>
    /// <param name="faults">Where faults go.</param>
    public static (int? Function, int? Register) Read(SectionReader section, string expected, FaultList faults)
    {
        var word = Scalars.Choice(section["function"], SiteGrammar.Function, faults);
        var register = Numbers.Whole(section["register"], "a register", 0, ushort.MaxValue, faults);
        if (section["reference"] is { } node)
        {
            foreach (var key in (string[])["function", "register"])
            {
                if (section[key] is not null)
                    faults.Add(section.PlaceOf(key), $"'{key}' stands beside 'reference', which says it already", "'function' and 'register', or 'reference' alone");
            }

            return Reference(node, faults);
        }

        foreach (var key in (string[])["function", "register"])
        {
            if (section[key] is null && !section.HasUnknown)
                faults.Add(section.At, $"the key {Words.Quoted(key)} is missing", expected);
        }

        return (word is null ? null : int.Parse(word, CultureInfo.InvariantCulture), register);
    }

    /// <summary>The second register of a value; null without one.</summary>
    public static RegisterPartner? With(SectionReader register, RegisterType? type, FaultList faults)
    {
        if (register["with"] is not { } node || SectionReader.Open(node, SiteGrammar.With, faults) is not { } section)
            return null;
        if (type is RegisterType.Bit or RegisterType.Bits)
            faults.Add(register.PlaceOf("with"), "'with' stands beside bits, which are whole by themselves", "another type, or no 'with'");
        var place = Numbers.Whole(section["register"], "a register", 0, ushort.MaxValue, faults);
        var kind = Scalars.Choice(section["as"], SiteGrammar.Partner, faults);
        var own = RegisterForm.Type(section["type"], faults) ?? RegisterType.UInt16;
        if (own is RegisterType.Bit or RegisterType.Bits)
            faults.Add(section["type"]!.At, "the second register is no number by this type", "a type such as uint16 or float32");
        var order = RegisterForm.Order(section["order"], own, faults);
        var bit = Numbers.Whole(section["bit"], "a bit", 0, 15, faults);
        if ((kind == "sign") != (section["bit"] is not null) && kind is not null && !section.HasUnknown)
            faults.Add(section.At, kind == "sign" ? "the key 'bit' is missing" : "'bit' means nothing here", "'bit' together with 'as: sign', and only there");
        return place is null || kind is null ? null : new RegisterPartner(Enum.Parse<PartnerKind>(kind, ignoreCase: true), place.Value, own, order, bit ?? 0);
    }

    /// <summary>
    /// Numbers of manuals count from 1, and their first digit says the table: 40001 or 400001 is the first holding register, 30001 the first input
    /// register, 10001 the first discrete input, 00001 the first coil.
    /// </summary>
    private static (int? Function, int? Register) Reference(YamlNode node, FaultList faults)
    {
        const string expected = "five or six digits from 1 on, such as 40001 or 400001: 0 coils, 1 discrete inputs, 3 input registers, 4 holding registers";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return default;
        var text = scalar.Text;
        if (text.Length is 5 or 6 && text.All(char.IsAsciiDigit))
        {
            var number = int.Parse(text.AsSpan(1), CultureInfo.InvariantCulture);
            int? function = text[0] switch { '0' => 1, '1' => 2, '3' => 4, '4' => 3, _ => null };
            if (function is not null && number >= 1 && number <= (text.Length == 5 ? LastShort : ushort.MaxValue + 1))
                return (function, number - 1);
        }

        faults.Add(scalar.At, $"{Words.Quoted(text)} is not the number of a register", expected);
        return default;
    }
}
