using EdgeNode.Core.Model;
using EdgeNode.Core.Texts;
using EdgeNode.Core.Validate;

namespace EdgeNode.Provisioning.Sections;

/// <summary>A group while its parts come together.</summary>
internal sealed class GroupDraft(string id, Place at, int index, List<PointDraft> members, Unit? unit)
{
    public string Id { get; } = id;

    public Place At { get; } = at;

    public int Index { get; } = index;

    public List<PointDraft> Members { get; } = members;

    /// <summary>The site file has a word for it; nothing is taken for granted where a critical alarm depends on it.</summary>
    public bool SaysAllBad { get; init; }

    /// <summary>Null when faulty.</summary>
    public GroupOptions? Options { get; set; }

    /// <summary>From the lowest to the highest end of the members' ranges, in the group's unit; null unless each has one.</summary>
    public ValueRange? Range { get; } = unit is null ? null : Hull(members, unit);

    /// <summary>What a setpoint or a difference of the group is held against; the group's value as a point.</summary>
    /// <param name="place">Index among the points, once it has one.</param>
    public PointDraft AsPoint(int place) => new(Id, place, PointOptions.Computed, null) { Unit = unit, Range = Range, Scale = 1 };

    private static ValueRange? Hull(List<PointDraft> members, Unit unit) =>
        members.Count > 0 && members.TrueForAll(m => m.Range is not null && m.Unit?.Quantity == unit.Quantity)
            ? new ValueRange(members.Min(m => In(m, unit).Low), members.Max(m => In(m, unit).High))
            : null;

    /// <summary>A member's range in the group's unit.</summary>
    public static ValueRange In(PointDraft member, Unit unit)
    {
        var (low, high) = (member.Unit!.To(unit, member.Range!.Value.Low), member.Unit.To(unit, member.Range.Value.High));
        return new ValueRange(Math.Min(low, high), Math.Max(low, high));
    }
}

/// <summary>What every group has of its own: three points, and the alarms of what it watches of itself.</summary>
internal static class GroupPointsDraft
{
    /// <summary>The number of voting members is told when it changes, and as a sign of life.</summary>
    private static readonly ReportOptions OnChange = new(1, TimeSpan.FromMinutes(1));

    public static void Add(GroupDraft group, ReportOptions? report, Place at, SiteDraft draft)
    {
        if (draft.Points.Count + 3 > SiteLimits.Points)
        {
            draft.Faults.Add(at, $"with the three points of the group there are more than {SiteLimits.Points}", $"at most {SiteLimits.Points}");
            return;
        }

        var options = group.Options!;
        var unit = options.Unit;
        var spreadUnit = SpreadUnit(unit);
        group.Options = options with
        {
            Points = new GroupPoints(
                Point("value", unit, group.Range, report),
                Point("spread", spreadUnit, group.Range is { } r ? new ValueRange(0, unit.SpanTo(spreadUnit, r.High - r.Low)) : null, report is null ? null : report with { Change = unit.SpanTo(spreadUnit, report.Change) }),
                Point("voting", UnitTable.Get("count"), new ValueRange(0, options.Members.Length), OnChange)),
        };

        int Point(string name, Unit its, ValueRange? range, ReportOptions? reported)
        {
            var point = new PointDraft($"{group.Id}.{name}", draft.Points.Count, PointOptions.Computed, null)
            {
                Unit = its, Range = range, Report = reported, Scale = 1, Members = group.Members,
            };
            draft.Points.Add(point);
            draft.PointByName.Add(point.Name, point);
            return point.Index;
        }
    }

    /// <summary>What a group watches of itself, as alarms behind those of the site file. Only for a site without faults.</summary>
    public static IEnumerable<AlarmOptions> Alarms(GroupDraft group)
    {
        var options = group.Options!;
        yield return Of(GroupFault.Degraded, AlarmPriority.Medium, options.FailureDelay, options.FailureDelay);
        yield return Of(GroupFault.RepairOverdue, AlarmPriority.High, options.RepairWithin, TimeSpan.Zero);
        if (options.Deviation is { } deviation)
            yield return Of(GroupFault.Deviation, AlarmPriority.Medium, deviation.OnDelay, deviation.OnDelay);
        yield return Of(GroupFault.AllBad, options.AllBad == AllBad.Trip ? AlarmPriority.Critical : AlarmPriority.High, options.FailureDelay, options.FailureDelay);

        AlarmOptions Of(GroupFault fault, AlarmPriority priority, TimeSpan on, TimeSpan off)
        {
            var (point, kind, setpoint) = fault switch
            {
                GroupFault.Deviation => (options.Points.Spread, AlarmKind.High, options.Unit.SpanTo(SpreadUnit(options.Unit), options.Deviation!.Limit)),
                GroupFault.AllBad => (options.Points.Voting, AlarmKind.Low, 0),
                _ => (options.Points.Voting, AlarmKind.Low, options.Members.Length - 1.0),
            };
            return new AlarmOptions($"{group.Id}.{fault.Word()}", point, kind, setpoint, 0, on, off, priority, fault.Text(group.Id)) { Group = group.Index, Fault = fault };
        }
    }

    /// <summary>A difference of degrees Fahrenheit or kelvin is no temperature: it is told in degrees Celsius, where a difference needs no offset.</summary>
    private static Unit SpreadUnit(Unit unit) => unit.ToSenmlOffset == 0 ? unit : UnitTable.Get(unit.Senml);
}
