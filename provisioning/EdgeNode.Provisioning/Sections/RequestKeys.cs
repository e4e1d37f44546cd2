using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>How to ask a Modbus device: the same keys in a device of a site file and in a profile.</summary>
internal static class RequestKeys
{
    public static RequestLimits Read(SectionReader section, FaultList faults) => new(
        Sizes.Duration(section["timeout"], SiteLimits.Timeout, faults),
        Numbers.Whole(section["max-registers"], "a number of registers", 1, SiteLimits.RegistersPerRead, faults),
        Numbers.Whole(section["max-gap"], "a number of registers", 0, SiteLimits.RegistersPerRead - 1, faults),
        NeverRead(section["never-read"], faults),
        Scalars.Flag(section["any-unit-echo"], faults));

    private static ImmutableArray<RegisterRange> NeverRead(YamlNode? node, FaultList faults)
    {
        const string expected = "registers such as 100..163, from 0 to 65535, the lower first";
        var ranges = ImmutableArray.CreateBuilder<RegisterRange>();
        foreach (var item in Scalars.OneOrMore(node, "spans of registers", faults))
        {
            if (Scalars.Read(item, expected, faults) is not { } scalar)
                continue;
            var text = scalar.Text;
            var dots = text.IndexOf("..", StringComparison.Ordinal);
            var left = (dots < 0 ? text : text[..dots]).Trim();
            var right = (dots < 0 ? text : text[(dots + 2)..]).Trim();
            if (Numbers.TryWhole(left, out var first) && Numbers.TryWhole(right, out var last) && first >= 0 && last <= ushort.MaxValue && first <= last)
                ranges.Add(new RegisterRange((int)first, (int)last));
            else
                faults.Add(scalar.At, $"{Words.Quoted(text)} is not a span of registers", expected);
        }

        return ranges.ToImmutable();
    }
}
