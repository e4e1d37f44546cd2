using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>Points that decide something together, so that what comes due with one of them is taken in the order of time with the others.</summary>
/// <param name="Points">Indexes into <see cref="Site.Points"/>, none that a group computes.</param>
/// <param name="Groups">Indexes into <see cref="Site.Groups"/>; empty for a point of no group.</param>
public sealed record Cluster(ImmutableArray<int> Points, ImmutableArray<int> Groups)
{
    /// <summary>Trips read the conditions of these alarms; indexes into <see cref="Site.Alarms"/>.</summary>
    public ImmutableArray<int> Alarms { get; init; } = [];

    /// <summary>
    /// The points that trips hang on, and what comes due with them: all trips of a site together, since several may drive one output. Null for a site without.
    /// </summary>
    internal static Cluster? Protecting(Site site)
    {
        if (site.Trips.IsEmpty)
        {
            return null;
        }

        var leaves = site.Trips.SelectMany(t => t.Cause.Leaves.Concat(t.Permissive?.Leaves ?? [])).Distinct().ToList();
        var alarms = leaves.Where(l => l.IsAlarm).Select(l => l.Index).ToHashSet();
        var points = leaves.Where(l => !l.IsAlarm).Select(l => l.Index).ToHashSet();
        foreach (var alarm in alarms.Select(a => site.Alarms[a]))
        {
            points.Add(alarm.Point);
            points.UnionWith(alarm.ReferencePoint is { } reference ? [reference] : []);
            points.UnionWith(alarm.Group is { } group ? site.Groups[group].Members : []);
        }

        points.UnionWith([.. points.Select(site.GroupOf).OfType<int>().SelectMany(g => site.Groups[g].Members)]);
        var its = Of(site).Where(c => c.Points.Any(points.Contains)).ToList();
        return new Cluster([.. its.SelectMany(c => c.Points)], [.. its.SelectMany(c => c.Groups)]) { Alarms = [.. alarms.Order()] };
    }

    /// <summary>All that devices measure, by what hangs together: a point without a group alone, the members of groups with all members of those groups.</summary>
    private static IEnumerable<Cluster> Of(Site site)
    {
        var measured = site.Points.Count(p => !p.IsComputed);
        var root = Enumerable.Range(0, measured).ToArray();
        foreach (var group in site.Groups)
        {
            foreach (var member in group.Members)
            {
                root[Root(member)] = Root(group.Members[0]);
            }
        }

        return Enumerable.Range(0, measured).GroupBy(Root).Select(
            points => new Cluster([.. points], [.. Enumerable.Range(0, site.Groups.Length).Where(g => Root(site.Groups[g].Members[0]) == points.Key)]));

        int Root(int point)
        {
            while (root[point] != point)
            {
                point = root[point];
            }

            return point;
        }
    }
}
