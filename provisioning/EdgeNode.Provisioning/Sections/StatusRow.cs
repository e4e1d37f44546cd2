using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>One status word of <c>status</c>, in a site file or in a profile: where it lies, and which of its bits mean what.</summary>
/// <param name="Section">The keys, for those that only one of the two has.</param>
/// <param name="Word">Of no points yet; null when faulty.</param>
/// <param name="Of">The quantities that go by it; null without the key, or with a fault.</param>
internal sealed record StatusRow(SectionReader Section, StatusWord? Word, ImmutableArray<YamlScalar>? Of)
{
    /// <summary>The words of <c>status</c>, one without a list of its own.</summary>
    public static ImmutableArray<StatusRow> Read(YamlNode? node, Section grammar, FaultList faults)
    {
        if (node is YamlSequence { Items.IsEmpty: true })
            faults.Add(node.At, "the list of status words is empty", "at least one status word, or no 'status'");
        return [.. Scalars.OneOrMore(node, "status words", faults).Select(i => SectionReader.Open(i, grammar, faults)).OfType<SectionReader>().Select(s => Row(s, faults))];
    }

    private static StatusRow Row(SectionReader section, FaultList faults)
    {
        var (function, register) = RegisterPlace.Read(section, "in a status word: function, register, type and bits", faults);
        RegisterType? type = Scalars.Choice(section["type"], SiteGrammar.StatusType, faults) is { } word ? Enum.Parse<RegisterType>(word, ignoreCase: true) : null;
        var order = RegisterForm.Order(section["order"], type, faults);
        var width = type switch { null => 64, RegisterType.Bit => 1, { } known => 16 * RegisterOptions.Width(known) };
        var seen = new string?[width];
        var classes = SiteGrammar.StatusClasses.Select(c => Bits(section[c], c, width, seen, faults)).ToArray();
        if (!section.HasUnknown && SiteGrammar.StatusClasses.All(c => section[c] is null))
            faults.Add(section.At, "the status word has no bits that mean anything", "at least one of " + Words.Or(SiteGrammar.StatusClasses));
        var of = Quantities(section["of"], faults);
        if (register is null || type is null)
            return new StatusRow(section, null, of);

        var options = new RegisterOptions(-1, RegisterRow.Function(function, type.Value), register.Value, type.Value, order, 0, 0, []);
        RegisterRow.Check(section, function, options, faults);
        return new StatusRow(section, new StatusWord(options, classes[0], classes[1], classes[2], classes[3], []), of);
    }

    /// <summary>The bits of one class, as a mask.</summary>
    /// <param name="node">A bit, a span of bits, or a list of them.</param>
    /// <param name="name">The class.</param>
    /// <param name="width">How many bits the word has.</param>
    /// <param name="seen">By bit the class that has it.</param>
    /// <param name="faults">Where faults go.</param>
    private static ulong Bits(YamlNode? node, string name, int width, string?[] seen, FaultList faults)
    {
        var expected = width == 1 ? "bit 0, the only one" : $"a bit from 0 to {width - 1} or a span of bits such as 0..3, bit 0 the least significant";
        if (node is YamlSequence { Items.IsEmpty: true })
            faults.Add(node.At, "the list of bits is empty", $"at least one bit, or no {Words.Quoted(name)}");
        var mask = 0UL;
        foreach (var item in Scalars.OneOrMore(node, "bits", faults))
        {
            if (Scalars.Read(item, expected, faults) is not { } scalar)
                continue;
            var dots = scalar.Text.IndexOf("..", StringComparison.Ordinal);
            var left = (dots < 0 ? scalar.Text : scalar.Text[..dots]).Trim();
            var right = (dots < 0 ? scalar.Text : scalar.Text[(dots + 2)..]).Trim();
            if (!Numbers.TryWhole(left, out var first) || !Numbers.TryWhole(right, out var last) || first < 0 || last < first || last >= width)
            {
                faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is no bit of this word", expected);
                continue;
            }

            for (var bit = (int)first; bit <= last; bit++)
            {
                if (seen[bit] is { } other)
                {
                    faults.Add(scalar.At, $"bit {bit} is already in {Words.Quoted(other)}", "each bit once");
                    break;
                }

                (seen[bit], mask) = (name, mask | (1UL << bit));
            }
        }

        return mask;
    }

    private static ImmutableArray<YamlScalar>? Quantities(YamlNode? node, FaultList faults)
    {
        if (node is null)
            return null;
        if (node is YamlSequence { Items.IsEmpty: true })
            faults.Add(node.At, "the list of quantities is empty", "at least one quantity, or no 'of' for all");
        var named = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        foreach (var item in Scalars.OneOrMore(node, "quantities", faults))
        {
            if (Scalars.Read(item, "a quantity of the device", faults) is { } scalar && !named.TryAdd(scalar.Text, scalar))
                faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is already named", "each quantity once");
        }

        return named.Count == 0 ? null : [.. named.Values];
    }
}
