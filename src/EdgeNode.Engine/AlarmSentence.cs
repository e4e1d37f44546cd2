using System.Globalization;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>What the log says of an alarm that came up or went.</summary>
internal static class AlarmSentence
{
    /// <summary>Such as "P-101.value is 6.2 bar (good), past it: PT-101A.pressure".</summary>
    public static string Of(Site site, in AlarmTransition transition)
    {
        var (alarm, votes, quality) = (site.Alarms[transition.Alarm], transition.Votes, transition.Quality);
        var point = site.Points[alarm.Point];
        var unit = point.Unit.Symbol is "1" ? "" : " " + point.Unit.Symbol;
        var said = quality.IsBad ? $"{point.Name} is {quality}" : string.Create(CultureInfo.InvariantCulture, $"{point.Name} is {transition.Value:0.######}{unit} ({quality})");
        return said + (alarm.Group is { } group ? Votes(site, site.Groups[group], alarm, votes) : "");
    }

    /// <summary>An alarm that a trip's cause names.</summary>
    public static string AsCause(Site site, AlarmCause what, GroupVotes votes) =>
        what.IsAlarm && site.Alarms[what.Index] is { Group: { } group, Fault: null } && NobodyVotes(site.Groups[group], votes) ? $" (no member of {site.Groups[group].Id} has a vote)" : "";

    // The group's value may lie on the other side of the setpoint: a condition is what its members vote.
    private static string Votes(Site site, GroupOptions group, AlarmOptions alarm, GroupVotes votes) =>
        NobodyVotes(group, votes) ? $", no member of {group.Id} has a vote"
        : votes.About.Count == 0 ? ""
        : (alarm.Fault is null ? ", past it: " : ": ") + string.Join(", ", group.Names(site, votes.About));

    private static bool NobodyVotes(GroupOptions group, GroupVotes votes) => votes.Lost.Count == group.Members.Length;
}
