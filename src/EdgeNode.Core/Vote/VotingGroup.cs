using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Vote;

/// <summary>One group with all that stands on it: its setpoints, what it watches of itself, and the points that it computes.</summary>
internal sealed class VotingGroup
{
    private readonly GroupPoints _points;
    private readonly Unit _spreadUnit;
    private readonly GroupAlarm[] _alarms;
    private MemberSet _fresh;
    private bool _seenWell;
    private (MemberSet Voting, Quality Quality)? _shown;

    public VotingGroup(Site site, int index, Substitutions? substitutions)
    {
        var options = site.Groups[index];
        Members = new GroupMembers(options, options.Members.Select(p => site.Points[p].Unit));
        Bypasses = new Bypasses(Members, substitutions);
        _points = options.Points;
        _spreadUnit = site.Points[_points.Spread].Unit;
        _alarms = [.. site.Alarms.Select((a, i) => (a, i)).Where(x => x.a.Group == index).Select(x => new GroupAlarm(x.i, x.a, Members, _spreadUnit))];
        Alarms = [.. _alarms.Select(a => a.Index)];
    }

    public GroupMembers Members { get; }

    public Bypasses Bypasses { get; }

    /// <summary>Takes over that the run before left an alarm's condition true.</summary>
    public bool RestoreTrue(int alarm) => Array.Find(_alarms, a => a.Index == alarm)?.RestoreTrue() == true;

    public int[] Alarms { get; }

    /// <summary>Since when members are lost, without a moment at which none was: the clock of the repair.</summary>
    public TimeSpan? LostSince { get; private set; }

    /// <summary>Takes over since when they were lost in the run before.</summary>
    /// <returns>The alarm that counts by it, when it has begun to count already.</returns>
    public int? RestoreLost(TimeSpan since)
    {
        if (_seenWell)
        {
            return null; // this run has had a moment at which none was
        }

        LostSince = LostSince < since ? LostSince : since;
        return Array.Find(_alarms, a => a.IsOverdue)?.Index;
    }

    /// <summary>Takes a member's reading.</summary>
    /// <param name="member">Its position.</param>
    /// <param name="reading">The reading.</param>
    /// <param name="at">When it was taken.</param>
    /// <param name="said">Takes what the alarms' conditions are now.</param>
    /// <param name="computed">Takes the group's own readings when there are any to tell.</param>
    public void Observe(int member, in Reading reading, TimeSpan at, List<AlarmCondition> said, List<Reading> computed)
    {
        Members.Observe(member, reading);
        foreach (var alarm in _alarms)
        {
            alarm.Observe(member);
        }

        var again = _fresh.Has(member) && Members.Voting.Has(member);
        _fresh = _fresh.With(member);
        Decide(at, said);
        Show(reading.Time, again, computed);
        _fresh = again ? default(MemberSet).With(member) : _fresh;
    }

    /// <summary>Votes again, because a bypass began or ended.</summary>
    public void Recast(ClockReading at, List<AlarmCondition> said, List<Reading> computed)
    {
        Decide(at.Monotonic, said);
        Show(at.Wall, again: false, computed);
    }

    private void Decide(TimeSpan at, List<AlarmCondition> said)
    {
        if (Members.Lost.Count > 0)
        {
            LostSince ??= at;
        }
        else if (Members.Open.Count == 0)
        {
            (LostSince, _seenWell) = (null, true);
        }

        foreach (var alarm in _alarms)
        {
            said.Add(new AlarmCondition(alarm.Index, alarm.Decide(at, LostSince)));
        }
    }

    /// <summary>
    /// Once a round, when each member that votes has brought a new value: three members a second are one value a second. A member that is due again before the
    /// slowest has come ends the round too, or the value would be as old as that one's. At once when a vote is lost or won, or the quality changes. For the first time
    /// when each member was read or has run out of time to be. One that is open later was bypassed until now: those that vote go on, and with none left it is said.
    /// </summary>
    private void Show(SourceTime time, bool again, List<Reading> computed)
    {
        var voting = Members.Voting;
        if (_shown is null && Members.Open.Count > 0)
        {
            return;
        }

        var quality = GroupValue.QualityOf(Members);
        var round = (voting.Bits & ~_fresh.Bits) == 0;
        if (!round && !again && _shown == (voting, quality))
        {
            return;
        }

        _fresh = default;
        _shown = (voting, quality);
        computed.Add(new Reading(_points.Value, GroupValue.Of(Members) ?? 0, quality, time));
        computed.Add(GroupValue.Spread(Members) is { } spread
            ? new Reading(_points.Spread, Members.Options.Unit.SpanTo(_spreadUnit, spread), quality, time)
            : new Reading(_points.Spread, 0, quality.IsBad ? quality : Quality.Bad(Reason.TooFewVotes), time));
        computed.Add(new Reading(_points.Voting, voting.Count, Quality.Good, time));
    }

    /// <summary>One alarm of the group: a setpoint, or one of the group's own.</summary>
    private sealed class GroupAlarm(int index, AlarmOptions options, GroupMembers members, Unit spreadUnit)
    {
        private readonly GroupVote? _vote = options.Fault is null ? new GroupVote(members, options.Kind.IsHigh(), options.Setpoint, options.Deadband) : null;
        private Condition _condition;
        private TimeSpan _since;
        private double _value;

        public int Index => index;

        public void Observe(int member) => _vote?.Observe(member);

        public bool RestoreTrue() => _vote?.RestoreTrue() == true;

        public bool IsOverdue => options.Fault == GroupFault.RepairOverdue;

        public ConditionReport Decide(TimeSpan at, TimeSpan? lostSince)
        {
            var (condition, about) = Judge();
            if (condition != _condition)
            {
                (_condition, _since) = (condition, at);
            }

            _value = Shown() ?? _value;
            var quality = condition == Condition.Unknown && members.Open.Count > 0 ? Quality.Bad(Reason.NotYetRead)
                : options.Fault is GroupFault.Degraded or GroupFault.RepairOverdue or GroupFault.AllBad ? Quality.Good
                : GroupValue.QualityOf(members);
            var since = IsOverdue && condition == Condition.True ? lostSince!.Value : _since;
            return new ConditionReport(condition, since, _value, quality) { Votes = new GroupVotes(about, members.Lost) };
        }

        private (Condition Condition, MemberSet About) Judge()
        {
            switch (options.Fault)
            {
                case GroupFault.Degraded or GroupFault.RepairOverdue:
                    return (members.Lost.Count > 0 ? Condition.True : members.Open.Count > 0 ? Condition.Unknown : Condition.False, members.Lost);
                case GroupFault.AllBad:
                    return (members.Lost.Count == members.Count ? Condition.True : members.Voting.Count > 0 ? Condition.False : Condition.Unknown, members.Lost);
                case GroupFault.Deviation:
                    var deviates = GroupValue.Deviating(members, members.Options.Deviation!.Limit, out var who);
                    return (deviates, who);
                default:
                    var said = _vote!.Decide();
                    return (said, _vote.Yes);
            }
        }

        /// <summary>In the unit of the alarm's point.</summary>
        private double? Shown() => options.Fault switch
        {
            GroupFault.Degraded or GroupFault.RepairOverdue or GroupFault.AllBad => members.Voting.Count,
            GroupFault.Deviation => GroupValue.Spread(members) is { } spread ? members.Options.Unit.SpanTo(spreadUnit, spread) : null,
            _ => GroupValue.Of(members),
        };
    }
}

/// <summary>What the condition of an alarm is now.</summary>
/// <param name="Alarm">Index into <see cref="Site.Alarms"/>.</param>
/// <param name="Report">The condition.</param>
public readonly record struct AlarmCondition(int Alarm, ConditionReport Report);
