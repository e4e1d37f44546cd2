using System.Collections.Immutable;

namespace EdgeNode.Provisioning.Yaml;

/// <summary>A piece of a YAML file that knows where it stands. Scalars stay text: what they mean is the reader's business, not YAML's.</summary>
internal abstract class YamlNode(Place at)
{
    public Place At { get; } = at;

    /// <summary>In the words of a technician.</summary>
    public abstract string Kind { get; }
}

/// <param name="at">Where it begins.</param>
/// <param name="text">Without quotes and escapes.</param>
/// <param name="plain">Written without quotes.</param>
internal sealed class YamlScalar(Place at, string text, bool plain) : YamlNode(at)
{
    public string Text { get; } = text;

    public bool Plain { get; } = plain;

    /// <summary>Nothing after the key, or one of YAML's words for nothing.</summary>
    public bool IsNothing => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNothing ? "nothing" : "a single value";
}

internal sealed class YamlSequence(Place at, ImmutableArray<YamlNode> items) : YamlNode(at)
{
    public ImmutableArray<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

internal sealed class YamlMapping(Place at, ImmutableArray<YamlEntry> entries) : YamlNode(at)
{
    /// <summary>In the order of the file; a key may stand here twice, which its reader reports.</summary>
    public ImmutableArray<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a set of keys";

    /// <summary>Looks at a scalar without judging it.</summary>
    public YamlScalar? Peek(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Text == key)
                return entry.Value as YamlScalar;
        }

        return null;
    }
}

internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
