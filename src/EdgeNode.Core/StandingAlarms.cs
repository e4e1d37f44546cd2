using EdgeNode.Core.Model;

namespace EdgeNode.Core;

/// <summary>The alarms that stand for what people have granted: of a bypass or a value by hand that of the degraded group, of an inhibit or a test that of the trip.</summary>
internal sealed class StandingAlarms
{
    private readonly int[][] _ofGroup;
    private readonly int[][] _ofTrip;

    public StandingAlarms(Site site)
    {
        _ofGroup = [.. site.Groups.Select((_, g) => Where(a => a.Group == g && a.Fault == GroupFault.Degraded))];
        _ofTrip = [.. site.Trips.Select(t => Where(a => a.Kind == AlarmKind.Active && a.Group is null && a.Point == t.Points.Inhibited))];

        int[] Where(Func<AlarmOptions, bool> wanted) => [.. site.Alarms.Select((a, i) => (a, i)).Where(x => wanted(x.a)).Select(x => x.i)];
    }

    /// <summary>By index into <see cref="Site.Groups"/>.</summary>
    public int[] OfGroup(int group) => _ofGroup[group];

    /// <summary>By index into <see cref="Site.Trips"/>.</summary>
    public int[] OfTrip(int trip) => _ofTrip[trip];
}
