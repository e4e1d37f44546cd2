using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>What an alarm does beside coming up: latch, re-alarm, shelf, suppression by design, first of its group.</summary>
internal sealed class AlarmReaction(SiteDraft draft)
{
    private const string Cause = "an input, a switch (a point with unit 1) or another alarm";

    private readonly List<(int Alarm, YamlScalar Node)> _suppressed = [];
    private readonly Dictionary<string, (int Count, Place At)> _groups = new(StringComparer.Ordinal);

    public AlarmOptions Read(SectionReader section, AlarmOptions alarm)
    {
        var faults = draft.Faults;
        if (Scalars.Read(section["suppress-when"], Cause, faults) is { } cause)
        {
            if (alarm.Priority == AlarmPriority.Critical)
                faults.Add(cause.At, "a critical alarm is never suppressed by design", "another priority, or no suppress-when; a person can shelve it");
            else
                _suppressed.Add((draft.Alarms.Count, cause));
        }

        var group = Scalars.Id(section["first-out"], faults);
        if (group is not null)
            _groups[group] = _groups.TryGetValue(group, out var known) ? (known.Count + 1, known.At) : (1, section["first-out"]!.At);
        return alarm with
        {
            Latch = Scalars.Flag(section["latch"], faults) ?? false,
            ReAlarm = Sizes.Duration(section["re-alarm"], SiteLimits.ReAlarm, faults),
            ShelveAtMost = Sizes.Duration(section["shelve-at-most"], SiteLimits.Shelf, faults) ?? AlarmOptions.ShelveDefault,
            FirstOut = group,
        };
    }

    /// <summary>What names another alarm can be judged when all are read.</summary>
    public void Resolve()
    {
        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < draft.Alarms.Count; i++)
            byId.TryAdd(draft.Alarms[i].Id, i);
        foreach (var (alarm, node) in _suppressed)
        {
            if (Find(alarm, node, byId) is { } cause)
                draft.Alarms[alarm] = draft.Alarms[alarm] with { SuppressWhen = cause };
        }

        foreach (var (name, (_, at)) in _groups.Where(g => g.Value.Count == 1 && !draft.AlarmsAreUnclear))
            draft.Faults.Add(at, $"only one alarm is in the first-out group {Words.Quoted(name)}", "at least two", Suggest.Nearest(name, _groups.Keys.Where(k => k != name)));
    }

    private AlarmCause? Find(int alarm, YamlScalar node, Dictionary<string, int> byId)
    {
        var (text, faults) = (node.Text, draft.Faults);
        if (draft.PointByName.TryGetValue(text, out var point) || draft.InputById.TryGetValue(text, out point))
        {
            if (point.Unit is null or { Symbol: "1" })
                return new AlarmCause(false, point.Index);
            faults.Add(node.At, $"{Words.Quoted(text)} measures {Amounts.Name(point.Unit.Quantity)} and is no switch", Cause);
        }
        else if (byId.TryGetValue(text, out var other))
        {
            if (other != alarm)
                return new AlarmCause(true, other);
            faults.Add(node.At, "an alarm does not suppress itself", Cause);
        }
        else if (draft.InputIds.Contains(text))
        {
            return null; // a faulty input, and that has been said
        }
        else if (text.Contains('.', StringComparison.Ordinal))
        {
            PointReference.Find(node, draft);
        }
        else if (!draft.AlarmsAreUnclear)
        {
            faults.Add(node.At, $"there is no input, no point and no alarm {Words.Quoted(text)}", Cause, Suggest.Nearest(text, byId.Keys.Concat(draft.InputIds).Concat(draft.PointByName.Keys)));
        }

        return null;
    }
}
