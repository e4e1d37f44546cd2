using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>The members of one group as they stand now: their readings in the group's unit, and which of them are bypassed.</summary>
public sealed class GroupMembers
{
    private readonly Unit[] _units;
    private readonly Quality[] _qualities;
    private readonly double[] _values;
    private readonly bool[] _read;
    private readonly bool[] _known;
    private readonly TimeSpan?[] _bypassedUntil;

    /// <param name="options">The group.</param>
    /// <param name="units">Unit of each member, in the group's order.</param>
    public GroupMembers(GroupOptions options, IEnumerable<Unit> units)
    {
        Options = options;
        _units = [.. units];
        _qualities = new Quality[_units.Length];
        _values = new double[_units.Length];
        _read = new bool[_units.Length];
        _known = new bool[_units.Length];
        _bypassedUntil = new TimeSpan?[_units.Length];
        Array.Fill(_qualities, Quality.Bad(Reason.NotYetRead));
    }

    /// <summary>The group.</summary>
    public GroupOptions Options { get; }

    /// <summary>How many there are.</summary>
    public int Count => _units.Length;

    /// <summary>Members without a vote: bad, bypassed and substituted ones.</summary>
    public MemberSet Lost => Where(static (m, i) => m.Standing(i) == Vote.Standing.Lost);

    /// <summary>Members that are bypassed.</summary>
    public MemberSet Bypassed => Where(static (m, i) => m._bypassedUntil[i] is not null);

    /// <summary>Members that vote by their value.</summary>
    public MemberSet Voting => Where(static (m, i) => m.Standing(i) == Vote.Standing.Votes);

    /// <summary>Members whose vote is not known yet.</summary>
    public MemberSet Open => Where(static (m, i) => m.Standing(i) == Vote.Standing.Open);

    /// <summary>How a member stands.</summary>
    public MemberState State(int member) =>
        _bypassedUntil[member] is not null ? MemberState.Bypassed
        : !_read[member] ? MemberState.NotYetRead
        : _qualities[member].Level switch
        {
            QualityLevel.Good => MemberState.Good,
            QualityLevel.Uncertain => _qualities[member].IsMeasured ? MemberState.Uncertain : MemberState.Substituted,
            _ => MemberState.Bad,
        };

    /// <summary>What a member does in a vote.</summary>
    public Standing Standing(int member) => VoteTable.Of(State(member));

    /// <summary>The last usable value of a member, in the group's unit; null before the first.</summary>
    public double? Value(int member) => _known[member] ? _values[member] : null;

    /// <summary>Quality of a member's last reading, whether it is bypassed or not.</summary>
    public Quality QualityOf(int member) => _qualities[member];

    /// <summary>When a member's bypass ends; null when it has none.</summary>
    public TimeSpan? BypassedUntil(int member) => _bypassedUntil[member];

    /// <summary>Takes a member's reading into account, bypassed or not: when its bypass ends it votes by what it says then.</summary>
    public void Observe(int member, in Reading reading)
    {
        _read[member] = true;
        _qualities[member] = reading.Quality;
        if (reading.Quality.IsMeasured)
        {
            _values[member] = _units[member].To(Options.Unit, reading.Value);
            _known[member] = true;
        }
    }

    /// <summary>Takes a member out of the vote until then, or back in; <see cref="Bypasses"/> holds the rules.</summary>
    public void Bypass(int member, TimeSpan? until) => _bypassedUntil[member] = until;

    private MemberSet Where(Func<GroupMembers, int, bool> wanted)
    {
        var set = default(MemberSet);
        for (var i = 0; i < _units.Length; i++)
        {
            set = wanted(this, i) ? set.With(i) : set;
        }

        return set;
    }
}
