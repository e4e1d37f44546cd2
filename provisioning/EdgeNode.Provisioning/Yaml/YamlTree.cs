using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeNode.Provisioning.Yaml;

/// <summary>
/// YAML text into nodes with places, from the parser's events: no deserialiser, so no reflection. Refuses what a site file
/// has no use for and what makes YAML dangerous: aliases, tags, a second document, deep nesting.
/// </summary>
internal sealed class YamlTree
{
    private readonly FaultList _faults;
    private readonly Stack<Frame> _open = new();
    private YamlNode? _root;
    private Place _last = Place.Start;

    private YamlTree(FaultList faults) => _faults = faults;

    /// <summary>The root node, or null when there is a fault.</summary>
    public static YamlNode? Read(string text, FaultList faults)
    {
        var tree = new YamlTree(faults);
        return tree.ReadAll(text) ? tree._root : null;
    }

    private bool ReadAll(string text)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            while (parser.MoveNext())
            {
                if (!Take(parser.Current!))
                    return false;
            }
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // Besides YamlException the parser lets InvalidOperationException (an unclosed bracket) and
            // ArgumentOutOfRangeException (an escape beyond Unicode) out: a broken file all the same.
            YamlSyntax.Explain(broken, _open.FirstOrDefault(f => f.IsFlow)?.At, _last, text, _faults);
            return false;
        }

        if (_root is null && !_faults.Any)
            _faults.Add(Place.Start, "the file is empty", $"{_faults.Kind} with {_faults.Contents}");

        return !_faults.Any;
    }

    private bool Take(ParsingEvent e)
    {
        _last = PlaceOf(e);
        switch (e)
        {
            case DocumentStart when _root is not null:
                _faults.Add(_last, "a second document begins here", $"one document in {_faults.Kind}");
                return false;
            case AnchorAlias:
                _faults.Add(_last, $"an alias (*name) stands here; anchors and aliases are not allowed in {_faults.Kind}", "the value itself");
                Attach(new YamlScalar(_last, "", plain: true));
                return true;
            case Scalar scalar:
                Judge(scalar);
                Attach(new YamlScalar(_last, scalar.Value, scalar.Style == ScalarStyle.Plain));
                return true;
            case MappingStart mapping:
                return Open(mapping, new Frame(_last, IsMapping: true, mapping.Style == MappingStyle.Flow));
            case SequenceStart sequence:
                return Open(sequence, new Frame(_last, IsMapping: false, sequence.Style == SequenceStyle.Flow));
            case MappingEnd or SequenceEnd:
                Attach(_open.Pop().Close());
                return true;
            default:
                return true;
        }
    }

    private bool Open(NodeEvent start, Frame frame)
    {
        Judge(start);
        if (_open.Count >= SiteLimits.Depth)
        {
            _faults.Add(frame.At, $"lists and keys are nested more than {SiteLimits.Depth} deep", $"{_faults.Kind}, which needs 6");
            return false;
        }

        _open.Push(frame);
        return true;
    }

    private void Judge(NodeEvent e)
    {
        if (!e.Anchor.IsEmpty)
            _faults.Add(_last, $"an anchor (&name) stands here; anchors and aliases are not allowed in {_faults.Kind}", "the value itself");
        else if (!e.Tag.IsEmpty && !e.Tag.IsNonSpecific)
            _faults.Add(_last, $"a tag (!name) stands here; tags are not allowed in {_faults.Kind}", "the value itself");
    }

    private void Attach(YamlNode node)
    {
        if (_open.Count == 0)
        {
            _root = node;
            return;
        }

        var frame = _open.Peek();
        if (!frame.IsMapping)
            frame.Items.Add(node);
        else if (!frame.HasKey)
            frame.TakeKey(node, _faults);
        else
            frame.TakeValue(node);
    }

    private static Place PlaceOf(ParsingEvent e) => new((int)e.Start.Line, (int)e.Start.Column);

    /// <summary>A list or mapping that is not closed yet.</summary>
    private sealed record Frame(Place At, bool IsMapping, bool IsFlow)
    {
        private YamlScalar? _key;

        public List<YamlNode> Items { get; } = [];

        public List<YamlEntry> Entries { get; } = [];

        public bool HasKey { get; private set; }

        public void TakeKey(YamlNode node, FaultList faults)
        {
            HasKey = true;
            _key = node as YamlScalar;
            if (_key is null)
                faults.Add(node.At, $"{node.Kind} stands in the place of a key", "a single word as key");
        }

        public void TakeValue(YamlNode node)
        {
            HasKey = false;
            if (_key is not null)
                Entries.Add(new YamlEntry(_key, node));
        }

        public YamlNode Close() => IsMapping
            ? new YamlMapping(At, Entries.ToImmutableArray())
            : new YamlSequence(At, Items.ToImmutableArray());
    }
}
