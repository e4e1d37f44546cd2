using System.Collections.Immutable;

namespace EdgeNode.Provisioning.Grammar;

/// <summary>What a section does with a key.</summary>
internal enum KeyUse
{
    /// <summary>Must be there.</summary>
    Required,

    /// <summary>May be there.</summary>
    Optional,

    /// <summary>Designed, and not built yet.</summary>
    NotYet,

    /// <summary>Designed, not built yet, and decisive: the rest of the section makes sense only with it, so nothing else is said.</summary>
    NotYetDecisive,

    /// <summary>Left out on purpose, and likely to be looked for: it is answered with the reason.</summary>
    Never,
}

/// <summary>One key of a section.</summary>
internal sealed record Key(string Name, KeyUse Use)
{
    /// <summary>Of one that is left out on purpose: why, and what there is instead.</summary>
    public (string Reason, string Instead) Why { get; init; }

    public bool IsSupported => Use is KeyUse.Required or KeyUse.Optional;
}

/// <summary>A set of keys that stands in one place of the site file.</summary>
/// <param name="Name">The same name as in provisioning/schema/site.schema.json under <c>$defs</c>.</param>
/// <param name="What">In a sentence: "a register".</param>
/// <param name="Keys">In the order in which a person would write them.</param>
internal sealed record Section(string Name, string What, ImmutableArray<Key> Keys)
{
    public IEnumerable<string> Supported => Keys.Where(k => k.IsSupported).Select(k => k.Name);

    public Key? Find(string name)
    {
        foreach (var key in Keys)
        {
            if (key.Name == name)
                return key;
        }

        return null;
    }
}

/// <summary>A value that is one of a few words.</summary>
/// <param name="Name">The same name as in the schema under <c>$defs</c>.</param>
/// <param name="What">In a sentence: "a priority".</param>
/// <param name="Values">The words.</param>
/// <param name="NotYet">Words that are designed and not built yet.</param>
internal sealed record Choice(string Name, string What, ImmutableArray<string> Values, ImmutableArray<string> NotYet);
