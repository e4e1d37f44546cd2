using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>How much of a point's readings is recorded at a moment.</summary>
/// <param name="Everything">Each reading.</param>
/// <param name="Spacing">By the report rule, and no more often than this; 0 for no such bound.</param>
public readonly record struct ReportPace(bool Everything, TimeSpan Spacing);

/// <summary>
/// What the emergency mode of a site reaches: which alarms begin it, and at which pace points are recorded while it is on. A device that is
/// scanned faster for one of its points gives more readings of its others as well; those are recorded as often as without it.
/// </summary>
public sealed class EmergencyReach
{
    private readonly bool[] _begins;
    private readonly ReportPace[] _paces;

    /// <param name="site">The checked site; it has an <see cref="Site.Emergency"/>.</param>
    public EmergencyReach(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var options = site.Emergency!;
        _begins = [.. site.Alarms.Select((_, i) => options.When.Contains(i))];
        _paces = [.. site.Points.Select((_, p) => Pace(site, options, p))];
    }

    /// <summary>This alarm begins it.</summary>
    public bool Begins(int alarm) => _begins[alarm];

    /// <summary>At which pace a point is recorded while the mode is on.</summary>
    public ReportPace PaceOf(int point) => _paces[point];

    private static ReportPace Pace(Site site, EmergencyOptions options, int point)
    {
        if (options.Points.Contains(point))
        {
            return new ReportPace(options.EveryReading, TimeSpan.Zero);
        }

        var devices = EmergencyOptions.DevicesOf(site, point).ToArray();
        if (devices.Length == 0 || devices.All(d => options.EveryOf(site, d) == site.Devices[d].Every))
        {
            return default;
        }

        // Scans jitter: the one that is nearest to the usual moment is to pass, and not the next one. What a group computes, each of its members
        // makes anew.
        var usual = TimeSpan.FromSeconds(1 / devices.Sum(d => 1 / site.Devices[d].Every.TotalSeconds));
        var spacing = usual - (options.Every!.Value / 2);
        return new ReportPace(false, spacing > TimeSpan.Zero ? spacing : TimeSpan.Zero);
    }
}
