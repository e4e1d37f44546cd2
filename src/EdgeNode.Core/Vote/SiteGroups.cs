using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Core.Vote;

/// <summary>
/// All groups of a site. Whoever steps it hands in readings and commands and takes out, after each call, what <see cref="Said"/> and <see cref="Computed"/> hold.
/// </summary>
public sealed class SiteGroups
{
    private readonly VotingGroup[] _groups;
    private readonly (int Group, int Member)[][] _ofPoint;
    private readonly int[][] _alarmsOfPoint;

    /// <param name="site">The checked site.</param>
    /// <param name="substitutions">The values by hand; null: there are none.</param>
    public SiteGroups(Site site, Substitutions? substitutions = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        _groups = [.. site.Groups.Select((_, i) => new VotingGroup(site, i, substitutions))];
        _ofPoint =
        [
            .. site.Points.Select((_, p) => site.Groups.SelectMany((g, i) => g.Members.Select((m, n) => (Point: m, Group: i, Member: n)))
                .Where(x => x.Point == p).Select(x => (x.Group, x.Member)).ToArray()),
        ];
        Protecting = Cluster.Protecting(site);
        _alarmsOfPoint = [.. _ofPoint.Select(members => members.SelectMany(m => _groups[m.Group].Alarms).ToArray())];
    }

    /// <summary>The conditions that were decided by the last call, in their order.</summary>
    public List<AlarmCondition> Said { get; } = [];

    /// <summary>Readings of the groups' own points by the last call.</summary>
    public List<Reading> Computed { get; } = [];

    /// <summary>What trips hang on, all clusters that hold some of it as one; null for a site without trips.</summary>
    public Cluster? Protecting { get; }

    /// <summary>How many groups there are.</summary>
    public int Count => _groups.Length;

    /// <summary>How the members of a group stand.</summary>
    public GroupMembers this[int group] => _groups[group].Members;

    /// <summary>The alarms of a group.</summary>
    public ReadOnlySpan<int> AlarmsOfGroup(int group) => _groups[group].Alarms;

    /// <summary>The alarms of the groups that a point is a member of.</summary>
    public ReadOnlySpan<int> AlarmsOf(int point) => _alarmsOfPoint[point];

    /// <summary>Takes over that the run before left an alarm of a group true.</summary>
    /// <returns>It is true still by what this run has seen, within the deadband.</returns>
    public bool RestoreTrue(int alarm) => Array.Exists(_groups, g => g.RestoreTrue(alarm));

    /// <summary>Each group that a point is a member of has a member with a vote without it, or has none with it either.</summary>
    public bool LeavesAVote(int point) => (uint)point >= (uint)_ofPoint.Length || Array.TrueForAll(
        _ofPoint[point], m => this[m.Group].Lost.Has(m.Member) || this[m.Group].Lost.With(m.Member).Count < this[m.Group].Count);

    /// <summary>Each group that a point is a member of allows one member more without a vote by hand, or has this one among them already.</summary>
    public bool AllowsByHand(int point) => (uint)point >= (uint)_ofPoint.Length || Array.TrueForAll(_ofPoint[point], m => _groups[m.Group].Bypasses.Allows(m.Member));

    /// <summary>The groups that a point is a member of.</summary>
    public IEnumerable<int> Of(int point) => _ofPoint[point].Select(m => m.Group);

    /// <summary>Takes over a bypass that the run before had granted; it counts from the next reading on.</summary>
    /// <returns>False when it is over, or no longer allowed; see <see cref="Bypasses.Restore"/>.</returns>
    public bool RestoreBypass(int group, int member, TimeSpan until, TimeSpan now) => _groups[group].Bypasses.Restore(member, until, now);

    /// <summary>Monotonic time since which members of a group are lost, without a moment at which none was; null when none is.</summary>
    public TimeSpan? LostSince(int group) => _groups[group].LostSince;

    /// <summary>Takes over since when members of a group were lost in the run before. It counts until this run knows that none is.</summary>
    /// <param name="group">The group.</param>
    /// <param name="since">Monotonic time of this boot, also of before it began.</param>
    /// <returns>The alarm whose delay has begun too late for it; null when there is none.</returns>
    public int? RestoreLost(int group, TimeSpan since) => _groups[group].RestoreLost(since);

    /// <summary>Takes a reading of a point, a member of a group or not.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="at">When it was taken.</param>
    public void Observe(in Reading reading, TimeSpan at)
    {
        Clear();
        foreach (var (group, member) in _ofPoint[reading.Point])
        {
            _groups[group].Observe(member, reading, at, Said, Computed);
        }
    }

    /// <summary>When the next bypass of a group ends; null when there is none.</summary>
    public TimeSpan? BypassEnd(int group) => _groups[group].Bypasses.Deadline;

    /// <summary>Ends the next bypass of a group; it has one.</summary>
    /// <param name="group">The group.</param>
    /// <param name="now">Both clocks.</param>
    public BypassEvent Expire(int group, ClockReading now)
    {
        Clear();
        var its = _groups[group];
        var over = its.Bypasses.Deadline!.Value;
        its.Bypasses.Expire(over, out var member);
        its.Recast(new ClockReading(over, now.WallAt(over)), Said, Computed);
        return new BypassEvent(new BypassCommand(group, member, over), BypassOutcome.Expired, over);
    }

    /// <summary>A person asks for a bypass, or for its end.</summary>
    public BypassEvent Take(BypassCommand command, ClockReading now)
    {
        Clear();
        if ((uint)command.Group >= (uint)_groups.Length)
        {
            return new BypassEvent(command, BypassOutcome.NoSuchMember, now.Monotonic);
        }

        var group = _groups[command.Group];
        var outcome = group.Bypasses.Take(command, now.Monotonic);
        if (outcome is BypassOutcome.Granted or BypassOutcome.Ended)
        {
            group.Recast(now, Said, Computed);
        }

        return new BypassEvent(command, outcome, now.Monotonic);
    }

    private void Clear()
    {
        Said.Clear();
        Computed.Clear();
    }
}
