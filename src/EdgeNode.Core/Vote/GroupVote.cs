using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>
/// One setpoint of a group. Each member is compared with it, with a deadband of its own, and the vote in force is taken on those conditions;
/// median and average vote on the values instead. <see cref="VoteTable"/> says what a lost member changes.
/// </summary>
/// <remarks>
/// A member that fails takes nothing back, and neither does one that votes in doubt (<see cref="SetpointCondition.TakesNothingBack"/>). What was true becomes false only when the vote
/// says so, and still says so whichever of the bad and the doubtful members are counted by what they said last, and which are left out, in the vote for so many. A bypassed member is not
/// counted: taking it out is what the person wanted.
/// </remarks>
public sealed class GroupVote
{
    private readonly GroupMembers _members;
    private readonly SetpointCondition[] _own;
    private readonly SetpointCondition _ofValue;
    private readonly double?[] _counted;
    private readonly double[] _values;
    private readonly double _setpoint;
    private readonly bool _high;
    private Condition _said;

    /// <param name="members">The group.</param>
    /// <param name="high">True when the value is wrong above the setpoint.</param>
    /// <param name="setpoint">In the group's unit.</param>
    /// <param name="deadband">In the group's unit.</param>
    public GroupVote(GroupMembers members, bool high, double setpoint, double deadband)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = members;
        _own = [.. Enumerable.Range(0, members.Count).Select(_ => new SetpointCondition(high, setpoint, deadband))];
        _ofValue = new SetpointCondition(high, setpoint, deadband);
        _counted = new double?[members.Count];
        _values = new double[members.Count];
        _setpoint = setpoint;
        _high = high;
    }

    /// <summary>What the vote says.</summary>
    public Condition Condition { get; private set; }

    /// <summary>Members with a vote that are past the setpoint.</summary>
    public MemberSet Yes
    {
        get
        {
            var yes = default(MemberSet);
            for (var i = 0; i < _own.Length; i++)
            {
                yes = _members.Standing(i) == Standing.Votes && _own[i].Last == Condition.True ? yes.With(i) : yes;
            }

            return yes;
        }
    }

    /// <summary>What a member says for itself; the last that it said when it is bad.</summary>
    public Condition Own(int member) => _own[member].Last;

    /// <summary>Compares a member's new reading with the setpoint. <see cref="GroupMembers.Observe"/> has it already; <see cref="Decide"/> is to follow.</summary>
    public void Observe(int member)
    {
        var quality = _members.QualityOf(member);
        if (!quality.IsMeasured || _members.Value(member) is not { } value)
        {
            return;
        }

        _own[member].Judge(value, quality);
        var backwards = _counted[member] is { } before && (_high ? value < before : value > before);
        _counted[member] = backwards && SetpointCondition.TakesNothingBack(quality) ? _counted[member] : value;
    }

    /// <summary>
    /// Takes over that the run before left it true. What each member had said is not known, so each is taken to have said so until it says otherwise:
    /// a restart takes nothing back either. In a vote on values it stands at the setpoint so long.
    /// </summary>
    /// <returns>It is true still by what this run has seen, within the deadband.</returns>
    public bool RestoreTrue()
    {
        _said = Condition.True;
        foreach (var own in _own)
        {
            own.RestoreTrue();
        }

        return Decide() == Condition.True;
    }

    /// <summary>Votes, after a reading, a bypass or the end of one.</summary>
    public Condition Decide()
    {
        var now = Vote(_members.Voting);
        if (now == Condition.False && _said == Condition.True && StandsByWhatTakesNothingBack())
        {
            now = Condition.True;
        }

        _said = now == Condition.Unknown ? _said : now;
        return Condition = now;
    }

    /// <summary>
    /// With some of the bad and the doubtful members counted by what they said last, and the others left out, the vote is still true. Before a member failed it was counted, and before
    /// one that comes back in doubt did so it was left out: so neither changes anything by itself.
    /// </summary>
    private bool StandsByWhatTakesNothingBack()
    {
        var bits = _members.Lost.Bits & ~_members.Bypassed.Bits;
        var sure = default(MemberSet);
        for (var i = 0; i < _own.Length; i++)
        {
            if (_members.Standing(i) == Standing.Votes)
            {
                var doubtful = SetpointCondition.TakesNothingBack(_members.QualityOf(i));
                bits |= doubtful ? 1 << i : 0;
                sure = doubtful ? sure : sure.With(i);
            }
        }

        for (var counted = bits; ; counted = (counted - 1) & bits)
        {
            if (Vote(new MemberSet((byte)(sure.Bits | counted))) == Condition.True)
            {
                return true;
            }

            if (counted == 0)
            {
                return false;
            }
        }
    }

    /// <summary>What the vote comes to when these are counted by what they said last, and all others but the open ones are lost.</summary>
    private Condition Vote(MemberSet counted)
    {
        int yes = 0, values = 0, open = _members.Open.Count;
        if (_members.Options.InForce(_own.Length - counted.Count - open) is not { } rule)
        {
            return VoteTable.WhenAllBad(_members.Options.AllBad, _said);
        }

        for (var i = 0; i < _own.Length; i++)
        {
            if (counted.Has(i) && (_counted[i] ?? (_own[i].Last == Condition.True ? _setpoint : null)) is { } value)
            {
                _values[values++] = value;
                yes += _own[i].Last == Condition.True ? 1 : 0;
            }
        }

        return rule.Kind == VoteKind.Count ? VoteTable.Count(rule.Needs, yes, open)
            : open > 0 || values == 0 ? Condition.Unknown
            : _ofValue.Ask(GroupValue.By(rule.Kind, _values.AsSpan(0, values)), _said);
    }
}
