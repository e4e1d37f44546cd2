using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>A cause: a name, or a set of keys with one of any, all, not, of and a vote such as 2oo3, and <c>after</c> beside it.</summary>
internal sealed class CauseReader(CauseNames names, FaultList faults)
{
    private const string Form = "an alarm, an input or a digital point; or { any: [ ... ] }, { all: [ ... ] }, { not: ... }, { 2oo3: [ ... ] }, with after: 5s beside it where it must last";

    private int _names;

    public CauseDraft? Read(YamlNode? node) => node switch
    {
        null => null,
        YamlMapping mapping => Keys(mapping),
        YamlSequence => Refuse(node, "a list stands here, and nothing says how its causes go together", "{ any: [ ... ] }, { all: [ ... ] } or { 2oo3: [ ... ] }"),
        _ => Scalars.Read(node, Form, faults) is { } scalar ? Name(scalar) : null,
    };

    private CauseDraft? Name(YamlScalar scalar)
    {
        if (++_names == SiteLimits.CauseNames + 1)
            return Refuse(scalar, $"the cause has more than {SiteLimits.CauseNames} names", $"at most {SiteLimits.CauseNames}");
        if (_names > SiteLimits.CauseNames)
            return null;
        return names.Find(scalar) is { } what ? new CauseDraft(new CauseOf(what), scalar.At, []) { Name = scalar.Text } : null;
    }

    private CauseDraft? Keys(YamlMapping mapping)
    {
        YamlEntry? kind = null;
        YamlNode? after = null;
        var wrong = false;
        foreach (var entry in mapping.Entries)
        {
            var key = entry.Key.Text;
            if (key == "after" && after is null)
                after = entry.Value;
            else if (key == "after" || (kind is { } first && first.Key.Text == key))
                wrong |= Wrong(entry.Key, $"the key {Words.Quoted(key)} is already written", "each key once");
            else if (!SiteGrammar.CauseKeys.Contains(key) && Vote(key) is null)
                wrong |= Wrong(entry.Key, $"{Words.Quoted(key)} is not a key of a cause", "any, all, not, of, a vote such as 2oo3, or after", Near(key));
            else if (kind is { } other)
                wrong |= Wrong(entry.Key, $"the cause has both {Words.Quoted(other.Key.Text)} and {Words.Quoted(key)}", "one of them; nest them: { any: [ { all: [ ... ] }, ... ] }");
            else
                kind = entry;
        }

        var delay = Sizes.Duration(after, SiteLimits.Delay, faults);
        if (kind is not { } its)
            return wrong ? null : Refuse(mapping, "the cause says of nothing", Form);
        if (Kind(its, mapping.At) is not { } cause || wrong || (after is not null && delay is null))
            return null;
        return delay is { } time ? new CauseDraft(new CauseAfter(time, cause.Cause), mapping.At, [cause]) : cause;
    }

    private CauseDraft? Kind(YamlEntry entry, Place at)
    {
        var key = entry.Key.Text;
        if (key is "of" or "not")
        {
            if (Read(entry.Value) is not { } one)
                return null;
            return key == "of" ? one : new CauseDraft(new CauseNot(one.Cause), at, [one]);
        }

        if (Scalars.List(entry.Value, "causes", faults) is not { } items)
            return null;
        if (items.IsEmpty)
            return Refuse(entry.Value, $"{Words.Quoted(key)} of nothing", "at least one cause");
        var read = items.Select(Read).ToImmutableArray();
        if (Vote(key) is { } vote && (vote.Of != items.Length || vote.Needs < 1 || vote.Needs > vote.Of))
        {
            return Refuse(
                entry.Key, vote.Of != items.Length ? $"{key} is a vote of {Words.Number(vote.Of)}, and {(items.Length == 1 ? "1 cause stands" : Words.Number(items.Length) + " causes stand")} here" : $"{key} cannot be: so many of so many",
                $"{Words.Number(Math.Clamp(vote.Needs, 1, items.Length))}oo{Words.Number(items.Length)}");
        }

        if (read.Contains(null))
            return null;
        ImmutableArray<Cause> causes = [.. read.Select(r => r!.Cause)];
        Cause cause = key switch { "any" => new CauseAny(causes), "all" => new CauseAll(causes), _ => new CauseVote(Vote(key)!.Value.Needs, causes) };
        return new CauseDraft(cause, at, read!);
    }

    private static (int Needs, int Of)? Vote(string key)
    {
        var middle = key.IndexOf("oo", StringComparison.Ordinal);
        return middle is 1 or 2 && int.TryParse(key.AsSpan(0, middle), NumberStyles.None, CultureInfo.InvariantCulture, out var needs)
            && key.Length - middle - 2 is 1 or 2 && int.TryParse(key.AsSpan(middle + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var of)
            ? (needs, of)
            : null;
    }

    /// <summary>2003 and 2OO3 are what the letters o of 2oo3 are often read as.</summary>
    private static string? Near(string key) =>
        key.Length == 4 && char.IsAsciiDigit(key[0]) && char.IsAsciiDigit(key[3]) && key[1] is '0' or 'O' && key[2] is '0' or 'O' ? $"{key[0]}oo{key[3]}"
        : Suggest.Nearest(key, SiteGrammar.CauseKeys);

    private bool Wrong(YamlNode node, string wrong, string expected, string? meant = null)
    {
        faults.Add(node.At, wrong, expected, meant);
        return true;
    }

    private CauseDraft? Refuse(YamlNode node, string wrong, string expected)
    {
        faults.Add(node.At, wrong, expected);
        return null;
    }
}

/// <summary>What a cause can name: alarms of the site file and of the groups, inputs, digital points.</summary>
internal sealed class CauseNames
{
    private const string Form = "an alarm, a group's own alarm such as P-101.all-bad, an input, or a digital point";
    private const string Process = "what the process does: an alarm of a sensor, an input, a limit switch";

    private readonly SiteDraft _draft;
    private readonly Dictionary<string, int> _alarms = new(StringComparer.Ordinal);

    public CauseNames(SiteDraft draft)
    {
        _draft = draft;
        Alarms = [.. draft.WatchedAlarms];
        for (var i = 0; i < Alarms.Length; i++)
            _alarms.TryAdd(Alarms[i].Id, i);
    }

    /// <summary>Those that a cause may be of, by their index in the site.</summary>
    public ImmutableArray<AlarmOptions> Alarms { get; }

    /// <summary>Null with a fault, or where an earlier fault explains it.</summary>
    public AlarmCause? Find(YamlScalar node)
    {
        var (text, faults) = (node.Text, _draft.Faults);
        if (_alarms.TryGetValue(text, out var alarm))
        {
            foreach (var watched in Watched(Alarms[alarm]))
            {
                if (Follows(watched) is not { } why)
                    continue;
                faults.Add(node.At, $"{Words.Quoted(text)} watches {Words.Quoted(watched.Name)}, which {why}", Process);
                return null;
            }

            return new AlarmCause(true, alarm);
        }

        if (_draft.InputById.TryGetValue(text, out var point) || _draft.PointByName.TryGetValue(text, out point))
            return Digital(node, point);
        if (_draft.InputIds.Contains(text))
            return null; // a faulty input, and that has been said
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var before = dot < 0 ? text : text[..dot];
        if (_draft.GroupIds.Contains(before))
        {
            if (_draft.GroupById.GetValueOrDefault(before) is { Options: not null })
                faults.Add(node.At, dot < 0 ? $"{Words.Quoted(text)} is a group, and only its alarms are true or false" : $"the group {Words.Quoted(before)} has no alarm {Words.Quoted(text[(dot + 1)..])}", Known(before), Suggest.Nearest(text, _alarms.Keys));
        }
        else if (_draft.OutputById.ContainsKey(text) || _draft.Trips.Exists(t => t.Id == text))
        {
            faults.Add(node.At, $"{Words.Quoted(text)} is {(_draft.OutputById.ContainsKey(text) ? "an output" : "a trip")} and no cause", Form);
        }
        else if (dot >= 0)
        {
            PointReference.Find(node, _draft);
        }
        else if (!_draft.AlarmsAreUnclear)
        {
            faults.Add(node.At, $"there is no alarm and no input {Words.Quoted(text)}", Form, Suggest.Nearest(text, _alarms.Keys.Concat(_draft.InputIds).Concat(_draft.PointByName.Keys)));
        }

        return null;
    }

    private AlarmCause? Digital(YamlScalar node, PointDraft point)
    {
        if (Follows(point) is { } why)
            _draft.Faults.Add(node.At, $"{Words.Quoted(point.Name)} {why}, and such a cause could hold itself up for ever or never come to rest", Process);
        else if (point.Unit is { Symbol: not "1" } unit)
            _draft.Faults.Add(node.At, $"{Words.Quoted(point.Name)} measures {Amounts.Name(unit.Quantity)} and is neither true nor false", "an alarm of it");
        else
            return new AlarmCause(false, point.Index);
        return null;
    }

    private string Known(string group) => Words.Or([.. _alarms.Keys.Where(k => k.StartsWith(group + ".", StringComparison.Ordinal)), "an alarm of its setpoints"]);

    /// <summary>Whose values decide the alarm: of a group those of its members.</summary>
    private IEnumerable<PointDraft> Watched(AlarmOptions alarm)
    {
        var points = new[] { alarm.Point, alarm.ReferencePoint ?? -1 }.Where(p => p >= 0).Select(p => _draft.Points[p]);
        return points.SelectMany(p => p.Members.Count == 0 ? [p] : p.Members);
    }

    /// <summary>
    /// That a point follows from what trips do, as a sentence about it; else null. It is a point of a trip or an output itself, or the coil or register by which an output is driven: a trip by the safe state of its own
    /// output, or of one that another trip moves because of it, holds itself up or never comes to rest.
    /// </summary>
    private string? Follows(PointDraft point) => point is { IsComputed: true, Members.Count: 0 } ? "follows from trips"
        : ContactSense.Driven(point.Index, _draft) is { } driven ? $"{driven}: it follows from trips"
        : null;
}
