using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>
/// One section of the file, held against its grammar on opening: unknown, doubled, missing and not yet supported keys are reported
/// here, once, for every section alike. What remains are the values, by key.
/// </summary>
internal sealed class SectionReader
{
    private readonly Section _section;
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);

    private SectionReader(Section section, YamlMapping mapping)
    {
        _section = section;
        At = mapping.At;
    }

    public Place At { get; }

    /// <summary>The section belongs to what is not built yet. That has been said, and nothing else is to be said about it.</summary>
    public bool IsNotYet { get; private set; }

    /// <summary>Some key was not known, and may have been meant for one that is absent.</summary>
    public bool HasUnknown { get; private set; }

    private string Required => string.Join(", ", _section.Keys.Where(k => k.Use == KeyUse.Required).Select(k => k.Name));

    /// <summary>The value of a key; null when it is absent.</summary>
    /// <exception cref="InvalidOperationException">The grammar does not have the key: reader and table are out of step.</exception>
    public YamlNode? this[string key] => _section.Find(key) is { IsSupported: true }
        ? _entries.TryGetValue(key, out var entry) ? entry.Value : null
        : throw new InvalidOperationException($"The grammar of {_section.Name} has no key {key}.");

    public Place PlaceOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Key.At : At;

    /// <summary>Null, with a fault, when there are no keys at all in this place.</summary>
    public static SectionReader? Open(YamlNode node, Section section, FaultList faults)
    {
        if (node is not YamlMapping mapping)
        {
            faults.Add(node.At, $"{node.Kind} stands in the place of {section.What}", $"keys and values: {Words.Or([.. section.Supported])}");
            return null;
        }

        var reader = new SectionReader(section, mapping);
        var decisive = mapping.Entries.FirstOrDefault(e => section.Find(e.Key.Text) is { Use: KeyUse.NotYetDecisive });
        if (decisive.Key is not null)
        {
            faults.NotYet(decisive.Key.At, Words.Quoted(decisive.Key.Text));
            reader.IsNotYet = true;
            return reader;
        }

        reader.Take(mapping, faults);
        return reader;
    }

    private void Take(YamlMapping mapping, FaultList faults)
    {
        var seen = new Dictionary<string, Place>(StringComparer.Ordinal);
        var meant = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            var name = entry.Key.Text;
            if (!seen.TryAdd(name, entry.Key.At))
            {
                faults.Add(entry.Key.At, $"the key {Words.Quoted(name)} is already written in line {seen[name].Line}", "each key once");
                continue;
            }

            switch (_section.Find(name)?.Use)
            {
                case null:
                    Refuse(entry.Key, meant, faults);
                    break;
                case KeyUse.NotYet:
                    faults.NotYet(entry.Key.At, Words.Quoted(name));
                    break;
                case KeyUse.Never:
                    var (reason, instead) = _section.Find(name)!.Why;
                    faults.Add(entry.Key.At, $"{Words.Quoted(name)} is no key of {_section.What} on purpose: {reason}", instead);
                    break;
                default:
                    _entries.Add(name, entry);
                    break;
            }
        }

        foreach (var key in _section.Keys)
        {
            // A misspelt key is one fault, not two.
            if (key.Use == KeyUse.Required && !_entries.ContainsKey(key.Name) && !meant.Contains(key.Name))
                faults.Add(At, $"the key {Words.Quoted(key.Name)} is missing", $"in {_section.What}: {Required}");
        }
    }

    private void Refuse(YamlScalar key, HashSet<string> meant, FaultList faults)
    {
        HasUnknown = true;
        var wrong = $"{Words.Quoted(key.Text)} is not a key of {_section.What}";
        if (key.Text.Length > 0 && char.IsAsciiDigit(key.Text[0]) && key.Text.Contains(' ', StringComparison.Ordinal))
        {
            faults.Add(key.At, wrong, "a decimal point, not a comma, if this is the end of a number");
            return;
        }

        var open = _section.Supported.Where(k => !_entries.ContainsKey(k));
        if (Suggest.Nearest(key.Text, open) is { } near)
        {
            meant.Add(near);
            faults.Add(key.At, wrong, meant: near);
            return;
        }

        faults.Add(key.At, wrong, Words.Or([.. _section.Supported]));
    }
}
