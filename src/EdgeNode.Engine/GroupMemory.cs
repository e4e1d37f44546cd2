using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>A bypass as it is kept.</summary>
/// <param name="Group">Index into <see cref="Site.Groups"/>.</param>
/// <param name="Member">Position in the group.</param>
/// <param name="Until">Monotonic time at which it ends.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">The reason given.</param>
internal sealed record KeptBypass(int Group, int Member, TimeSpan Until, string By, string Why);

/// <summary>
/// What is known of groups across a restart: their bypasses (key <c>bypass/GROUP/MEMBER</c>) and since when members are lost (key <c>repair/GROUP</c>).
/// </summary>
/// <remarks>Value: of a bypass a <see cref="KeptHand"/>, of a repair u8 version 1 and a <see cref="KeptTime"/>.</remarks>
internal sealed class GroupMemory(Site site, IStateStore store, IStationClock clock)
{
    private const string BypassPrefix = "bypass/";
    private const string RepairPrefix = "repair/";
    private const byte Version = 1;
    private const int RepairBytes = 1 + KeptTime.Bytes;

    // A store at its limit costs the memory of this bypass, not the bypass: after a restart the member votes.
    public void Keep(KeptBypass bypass, ClockReading now) =>
        store.Set(Key(bypass.Group, bypass.Member), new KeptHand(bypass.Until, 0, bypass.By, bypass.Why).Write(now, clock));

    public void Forget(int group, int member) => store.Remove(Key(group, member));

    /// <summary>The bypasses that the run before left. Those of members that the site no longer has are forgotten.</summary>
    public List<KeptBypass> Bypasses(ClockReading now)
    {
        var members = site.Groups.SelectMany((g, group) => g.Members.Select((_, member) => (group, member)))
            .ToDictionary(m => Key(m.group, m.member), StringComparer.Ordinal);
        var kept = new List<KeptBypass>();
        foreach (var key in store.Keys(BypassPrefix))
        {
            if (members.TryGetValue(key, out var of) && KeptHand.Read(store.Get(key), site.Groups[of.group].Bypass.Longest, now, clock) is { } hand)
            {
                kept.Add(new KeptBypass(of.group, of.member, hand.Until, hand.By, hand.Why));
            }
            else
            {
                store.Remove(key);
            }
        }

        return kept;
    }

    /// <summary>Writes down since when members of a group are lost; null: none is.</summary>
    public void KeepLost(int group, TimeSpan? since, ClockReading now)
    {
        var key = RepairPrefix + site.Groups[group].Id;
        if (since is not { } moment)
        {
            store.Remove(key);
            return;
        }

        Span<byte> value = stackalloc byte[RepairBytes];
        value[0] = Version;
        KeptTime.Write(value[1..], moment, now, clock);
        store.Set(key, value);
    }

    /// <summary>Since when members of each group were lost, by group index; null where none was. Those of groups that the site no longer has are forgotten.</summary>
    public TimeSpan?[] Lost(ClockReading now)
    {
        var groups = site.Groups.Select((g, i) => (g.Id, i)).ToDictionary(g => RepairPrefix + g.Id, g => g.i, StringComparer.Ordinal);
        var kept = new TimeSpan?[site.Groups.Length];
        foreach (var key in store.Keys(RepairPrefix))
        {
            if (groups.TryGetValue(key, out var group) && store.Get(key) is { Length: RepairBytes } value && value[0] == Version)
            {
                kept[group] = KeptTime.ReadStart(value.AsSpan(1), site.Groups[group].RepairWithin, now, clock);
            }
            else
            {
                store.Remove(key);
            }
        }

        return kept;
    }

    private string Key(int group, int member) => $"{BypassPrefix}{site.Groups[group].Id}/{site.Points[site.Groups[group].Members[member]].Name}";
}
