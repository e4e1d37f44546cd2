using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary><c>emergency</c>: what is measured and reported more often once something critical has happened. Read after the alarms.</summary>
internal sealed class EmergencySection(SiteDraft draft)
{
    private FaultList Faults => draft.Faults;

    public static EmergencyOptions? Read(YamlNode? node, SiteDraft draft) =>
        node is not null && SectionReader.Open(node, SiteGrammar.Emergency, draft.Faults) is { } section ? new EmergencySection(draft).Read(section) : null;

    private EmergencyOptions Read(SectionReader section)
    {
        var points = Points(section["points"]);
        var report = Scalars.Choice(section["report"], SiteGrammar.EmergencyReport, Faults);
        var every = Every(section["every"], points);
        if (section["every"] is null && report == "by-rule")
            Faults.Add(section["report"]!.At, "with 'report: by-rule' and without 'every' nothing changes in the emergency mode", "every: 200ms or another period shorter than that of the devices, or no 'report'");
        return new EmergencyOptions(
            [.. When(section)], [.. points.SelectMany(p => p.Named).Distinct()], Sizes.Duration(section["for"], SiteLimits.EmergencyFor, Faults) ?? EmergencyOptions.ForDefault)
        {
            Every = every,
            EveryReading = report != "by-rule",
        };
    }

    /// <summary>The alarms that begin it, those that groups, trips, outputs and inputs have of their own too.</summary>
    private IEnumerable<int> When(SectionReader section)
    {
        var alarms = draft.AllAlarms.Select((a, i) => (a.Id, a.Priority, Index: i)).ToArray();
        if (section["when"] is null)
        {
            var critical = alarms.Where(a => a.Priority == AlarmPriority.Critical).Select(a => a.Index).ToArray();
            if (critical.Length == 0 && !Faults.StopsRun)
                Faults.Add(section.At, "no alarm is critical, so nothing begins the emergency mode", "when: [ PAH-101 ] with alarms of this file, or when: [ ] if only a person is to begin it");
            return critical;
        }

        if (Scalars.List(section["when"], "alarms", Faults) is not { } items)
            return [];
        var when = new List<int>();
        foreach (var item in items)
        {
            if (Scalars.Read(item, "the id of an alarm, such as PAHH-101", Faults) is not { } id)
                continue;
            var found = Array.FindIndex(alarms, a => a.Id == id.Text);
            if (when.Contains(found))
                Faults.Add(id.At, $"the alarm {Words.Quoted(id.Text)} is named twice", "each alarm once");
            else if (found >= 0)
                when.Add(found);
            else if (!AlarmsAreUnclear)
                Faults.Add(id.At, $"there is no alarm {Words.Quoted(id.Text)}", "the id of an alarm, such as PAHH-101, or of one that a group has, such as P-101.all-bad", Suggest.Nearest(id.Text, alarms.Select(a => a.Id)));
        }

        return when;
    }

    /// <summary>Some alarm, or something that has one, could not be read, so an unknown alarm may be of it.</summary>
    private bool AlarmsAreUnclear =>
        draft.AlarmsAreUnclear || draft.Alarms.Exists(a => a.Id.Length == 0)
        || draft.Groups.Exists(g => g.Options is null) || draft.Groups.Count < draft.GroupIds.Count || draft.Trips.Exists(t => t.Options is null)
        || draft.OutputsAreUnclear || draft.Outputs.Exists(o => o.Options is null) || draft.InputById.Count < draft.InputIds.Count;

    private List<Item> Points(YamlNode? node)
    {
        var points = new List<Item>();
        if (Scalars.List(node, "points and groups", Faults) is not { } items)
            return points;
        if (items.IsEmpty)
            Faults.Add(node!.At, "the list of points is empty", "points such as FT-101.flow, or groups");
        if (items.Length > SiteLimits.EmergencyPoints)
            Faults.Add(items[SiteLimits.EmergencyPoints].At, $"there are {Words.Number(items.Length)} points and groups", $"at most {SiteLimits.EmergencyPoints}");
        foreach (var item in items.Take(SiteLimits.EmergencyPoints))
        {
            if (item is YamlScalar { Text: var id } && draft.GroupIds.Contains(id))
            {
                if (draft.GroupById.TryGetValue(id, out var group))
                    Add(item, id, group.Members, [.. group.Members.Select(m => m.Index)]);
            }
            else if (item is YamlScalar { Text: var input } && draft.InputIds.Contains(input))
            {
                if (draft.InputById.TryGetValue(input, out var contact))
                    Add(item, contact.Name, [contact], [contact.Index]);
            }
            else if (item is YamlScalar { Text: var none } && !none.Contains('.', StringComparison.Ordinal) && !draft.DeviceById.ContainsKey(none))
            {
                Faults.Add(
                    item.At, $"there is no group and no input {Words.Quoted(none)}", "a group, an input, or a point such as PT-101.pressure",
                    Suggest.Nearest(none, draft.GroupIds.Concat(draft.InputIds).Concat(draft.PointByName.Keys)));
            }
            else if (PointReference.Find(item, draft) is { } point)
            {
                Add(item, point.Name, point.IsComputed ? point.Members : [point], [point.Index]);
            }
        }

        return points;

        void Add(YamlNode at, string name, IReadOnlyList<PointDraft> measured, int[] named)
        {
            if (points.Exists(p => p.Name == name))
                Faults.Add(at.At, $"{Words.Quoted(name)} is named twice", "each point and each group once");
            else
                points.Add(new Item(at, name, measured, named));
        }
    }

    /// <summary>It must make something faster: each device that is named alone, and at least one of a group. And no driver can be asked more often than it measures.</summary>
    private TimeSpan? Every(YamlNode? node, List<Item> points)
    {
        if (Sizes.Duration(node, SiteLimits.Every, Faults) is not { } every)
            return null;
        foreach (var point in points)
        {
            var periods = point.Measured.Select(m => m.Every).ToArray();
            if (periods.Length > 0 && Array.TrueForAll(periods, p => p <= every))
            {
                Faults.Add(
                    node!.At, $"{Words.Quoted(point.Name)} is read every {Words.Duration(periods.Max()!.Value)} as it is, and {Words.Duration(every)} is not shorter",
                    $"less than {Words.Duration(periods.Max()!.Value)}, or {Words.Quoted(point.Name)} not among the points");
                return every;
            }
        }

        foreach (var name in points.SelectMany(p => p.Measured).Select(m => m.Name[..m.Name.IndexOf('.', StringComparison.Ordinal)]).Distinct())
        {
            if (draft.Devices.Find(d => d.Id == name) is ChipOptions chip && every < chip.Every && DriverTable.Find(chip.Driver)?.LeastEvery is { } least && every < least)
            {
                Faults.Add(node!.At, $"the device {Words.Quoted(name)} takes {Words.Duration(least)} for a measurement", $"at least {Words.Duration(least)}, or {Words.Quoted(name)} not among the points");
                break;
            }
        }

        return every;
    }

    /// <summary>A point or a group as it is named.</summary>
    /// <param name="At">Where.</param>
    /// <param name="Name">As written.</param>
    /// <param name="Measured">Points of devices that are read for it.</param>
    /// <param name="Named">Indexes of the points that are reported for it.</param>
    private sealed record Item(YamlNode At, string Name, IReadOnlyList<PointDraft> Measured, int[] Named);
}
