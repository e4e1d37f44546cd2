using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>quantities</c>: which of a profile's are read.</summary>
internal static class QuantityChoice
{
    /// <summary>Those that are named; null without the key, or with a fault.</summary>
    /// <param name="node">The list.</param>
    /// <param name="profile">In a sentence: "'eastron-sdm630'".</param>
    /// <param name="known">The profile's.</param>
    /// <param name="faults">Where faults go.</param>
    public static HashSet<string>? Read(YamlNode? node, string profile, IReadOnlyCollection<string> known, FaultList faults)
    {
        if (Scalars.List(node, "quantities", faults) is not { } items)
            return null;
        if (items.IsEmpty)
            faults.Add(node!.At, "the list of quantities is empty", "at least one quantity of the profile, or no 'quantities'");
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (Scalars.Read(item, "a quantity of the profile", faults) is not { } scalar)
                continue;
            if (!known.Contains(scalar.Text))
                faults.Add(scalar.At, $"{profile} has no quantity {Words.Quoted(scalar.Text)}", Words.Or([.. known]), Suggest.Nearest(scalar.Text, known));
            else if (!named.Add(scalar.Text))
                faults.Add(scalar.At, $"{Words.Quoted(scalar.Text)} is already named", "each quantity once");
        }

        return named;
    }
}
