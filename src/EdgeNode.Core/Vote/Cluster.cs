using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Vote;

/// <summary>Points that decide something together, so that what comes due with one of them is taken in the order of time with the others.</summary>
/// <param name="Points">Indexes into <see cref="Site.Points"/>, none that a group computes.</param>
/// <param name="Groups">Indexes into <see cref="Site.Groups"/>; empty for a point of no group.</param>
public sealed record Cluster(ImmutableArray<int> Points, ImmutableArray<int> Groups)
{
    internal static (Cluster[] All, Cluster[] OfPoint) Of(Site site)
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

        var clusters = Enumerable.Range(0, measured).GroupBy(Root).ToDictionary(
            points => points.Key,
            points => new Cluster([.. points], [.. Enumerable.Range(0, site.Groups.Length).Where(g => Root(site.Groups[g].Members[0]) == points.Key)]));
        return ([.. clusters.Values], [.. Enumerable.Range(0, measured).Select(p => clusters[Root(p)])]);

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
