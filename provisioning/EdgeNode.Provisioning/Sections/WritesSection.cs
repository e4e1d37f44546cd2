using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>writes</c> of a device: what may be written to it. Without it, nothing.</summary>
internal static class WritesSection
{
    private const int WriteCoil = 5;
    private const int WriteCoils = 15;
    private const int MaskWrite = 22;

    public static ImmutableArray<WriteGrant> Read(YamlNode? node, FaultList faults)
    {
        if (node is null)
            return [];
        if (Scalars.List(node, "writes", faults) is not { } items)
            return [];
        if (items.Length > SiteLimits.ListItems)
            faults.Add(items[SiteLimits.ListItems].At, $"there are {Words.Number(items.Length)} writes", $"at most {SiteLimits.ListItems}");
        var grants = ImmutableArray.CreateBuilder<WriteGrant>();
        foreach (var item in items.Take(SiteLimits.ListItems))
        {
            if (SectionReader.Open(item, SiteGrammar.Write, faults) is { } section && Grant(section, faults) is { } grant)
                grants.Add(grant);
        }

        return grants.ToImmutable();
    }

    private static WriteGrant? Grant(SectionReader section, FaultList faults)
    {
        var word = Scalars.Choice(section["function"], SiteGrammar.WriteFunction, faults);
        var registers = Span(section["register"], "a register or a span of registers", 0, ushort.MaxValue, "10 or 10..13", faults);
        var values = Span(section["values"], "a value or a span of values", short.MinValue, ushort.MaxValue, "0..100, as they stand on the wire, without scale", faults);
        var bits = Span(section["bits"], "a bit or a span of bits", 0, 15, "3 or 0..3, bit 0 the least significant", faults);
        if (word is null || registers is null)
            return null;

        var function = int.Parse(word, CultureInfo.InvariantCulture);
        var wanted = function == MaskWrite ? "bits" : "values";
        var other = function == MaskWrite ? "values" : "bits";
        if (section[other] is not null)
            faults.Add(section.PlaceOf(other), $"{Words.Quoted(other)} means nothing with function {word}", Words.Quoted(wanted));
        if (function is WriteCoil or WriteCoils)
        {
            if (values is { } coil && (coil.First < 0 || coil.Last > 1))
                faults.Add(section["values"]!.At, "a coil is 0 or 1", "0, 1, or no 'values' for both");
            return new WriteGrant(function, new RegisterRange(registers.Value.First, registers.Value.Last), values?.First ?? 0, values?.Last ?? 1, 0);
        }

        if (section[wanted] is null && !section.HasUnknown)
            faults.Add(section.At, $"the key {Words.Quoted(wanted)} is missing", $"with function {word}: function, register, {wanted}");
        var mask = bits is { } b ? (ushort)(((1 << (b.Last - b.First + 1)) - 1) << b.First) : (ushort)0;
        return new WriteGrant(function, new RegisterRange(registers.Value.First, registers.Value.Last), values?.First ?? 0, values?.Last ?? 0, mask);
    }

    /// <summary>A whole number or two with dots between, both included.</summary>
    private static (int First, int Last)? Span(YamlNode? node, string what, int least, int most, string example, FaultList faults)
    {
        var expected = $"{what} such as {example}, from {Words.Number(least)} to {Words.Number(most)}, the lower first";
        if (Scalars.Read(node, expected, faults) is not { } scalar)
            return null;
        var text = scalar.Text;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var left = (dots < 0 ? text : text[..dots]).Trim();
        var right = (dots < 0 ? text : text[(dots + 2)..]).Trim();
        if (Numbers.TryWhole(left, out var first) && Numbers.TryWhole(right, out var last) && first >= least && last <= most && first <= last)
            return ((int)first, (int)last);
        faults.Add(scalar.At, $"{Words.Quoted(text)} is not {what}", expected);
        return null;
    }
}
