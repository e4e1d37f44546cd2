using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>A group of readings that is recorded together, again and again.</summary>
/// <param name="Every">How often.</param>
/// <param name="Readings">How many.</param>
/// <param name="SpoolBytes">Its frame in the spool.</param>
/// <param name="LinkBytes">Its message on the link, both ways.</param>
public readonly record struct RecordedGroup(TimeSpan Every, int Readings, int SpoolBytes, int LinkBytes);

/// <summary>What the parts of the house need for a record, as they say themselves.</summary>
/// <param name="Spool">The site file's.</param>
/// <param name="SegmentBytes">A file of the journal.</param>
/// <param name="SegmentHeadBytes">What each begins with.</param>
/// <param name="CommitBytes">What a commit adds: the delivery cursor and the mark behind it.</param>
/// <param name="BacklogLinkBytes">A reading in a full message of the backlog, both ways.</param>
/// <param name="BacklogPerSecond">Readings of the backlog a second.</param>
/// <param name="StatusLinkBytesPerDay">The status messages.</param>
public sealed record RecordingCosts(
    SpoolOptions Spool, int SegmentBytes, int SegmentHeadBytes, int CommitBytes, double BacklogLinkBytes, int BacklogPerSecond, double StatusLinkBytesPerDay);

/// <summary>How a card is worn. The figures are measured: tests/EdgeNode.Benchmarks, <c>wear</c>.</summary>
/// <param name="PageBytes">A page is written whole, however little of it is new.</param>
/// <param name="FileSystemBytes">What ext4 writes for itself with each of its own transactions.</param>
/// <param name="FileSystemEvery">How often it does, at most.</param>
/// <param name="LifeBytes">What the card takes before it is worn out: 7.3 TB for one of 32 GB, assumed.</param>
public sealed record CardModel(int PageBytes, double FileSystemBytes, TimeSpan FileSystemEvery, double LifeBytes)
{
    /// <summary>ext4 with its defaults, on a card of 32 GB.</summary>
    public static CardModel Default { get; } = new(4096, 12_400, TimeSpan.FromSeconds(5), 7.3e12);
}

/// <summary>What recording comes to: how long the spool lasts without a broker, what goes over the link, what wears the card.</summary>
/// <param name="ReadingsPerSecond">Readings recorded.</param>
/// <param name="SpoolBytesPerReading">Bytes in the journal, frames and heads of segments.</param>
/// <param name="Buffer">From the loss of the broker until the first reading is given up.</param>
/// <param name="Backlog">Readings that wait then.</param>
/// <param name="Drain">To deliver them at the backlog's limit, if the link carries it.</param>
/// <param name="DrainLinkBytesPerSecond">What the link has to carry for that, beside the live readings.</param>
/// <param name="LinkBytesPerDay">Both ways.</param>
/// <param name="CardBytesPerDay">What reaches the card.</param>
/// <param name="CardYears">Until it is worn out.</param>
public sealed record BufferPlan(
    double ReadingsPerSecond, double SpoolBytesPerReading, TimeSpan Buffer, double Backlog, TimeSpan Drain, double DrainLinkBytesPerSecond,
    double LinkBytesPerDay, double CardBytesPerDay, double CardYears)
{
    private const double SecondsPerDay = 86_400;
    private const double DaysPerYear = 365.25;

    /// <summary>Longer than this is as good as for ever, and not every clock can hold it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>Adds up.</summary>
    /// <param name="groups">All that is recorded.</param>
    public static BufferPlan Of(ImmutableArray<RecordedGroup> groups, RecordingCosts costs, CardModel card)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(card);
        var readings = Rate(groups, g => g.Readings);
        var frames = Rate(groups, g => g.SpoolBytes);

        // A segment's head is paid for once a segment.
        var spool = frames * costs.SegmentBytes / (costs.SegmentBytes - costs.SegmentHeadBytes);

        // Within the limit one segment is kept free, and the oldest goes as a whole: so much is there in the worst moment.
        // Without a broker there is nothing delivered to note, so a commit adds nothing.
        var room = Math.Max(0.0, costs.Spool.LimitBytes - (2.0 * costs.SegmentBytes));
        var buffer = Span(Math.Min(room / spool, costs.Spool.Age?.TotalSeconds ?? double.MaxValue));
        var backlog = readings * buffer.TotalSeconds;

        var commits = Math.Min(1 / costs.Spool.Commit.TotalSeconds, Rate(groups, _ => 1));
        var perCommit = (spool / commits) + costs.CommitBytes;
        var pages = 1 + ((perCommit - 1) / card.PageBytes); // it begins anywhere in a page
        var cardPerSecond = (commits * pages * card.PageBytes) + (Math.Min(commits, 1 / card.FileSystemEvery.TotalSeconds) * card.FileSystemBytes);
        var cardPerDay = cardPerSecond * SecondsPerDay;
        return new BufferPlan(
            readings, spool / readings, buffer, backlog, Span(backlog / costs.BacklogPerSecond), costs.BacklogPerSecond * costs.BacklogLinkBytes,
            (Rate(groups, g => g.LinkBytes) * SecondsPerDay) + costs.StatusLinkBytesPerDay, cardPerDay, card.LifeBytes / cardPerDay / DaysPerYear);
    }

    /// <summary>The limit at which the spool would last so long.</summary>
    public double LimitFor(TimeSpan buffer, int segmentBytes) => (buffer.TotalSeconds * ReadingsPerSecond * SpoolBytesPerReading) + (2.0 * segmentBytes);

    private static double Rate(ImmutableArray<RecordedGroup> groups, Func<RecordedGroup, double> amount) =>
        groups.Sum(g => amount(g) / g.Every.TotalSeconds);

    private static TimeSpan Span(double seconds) => seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
}

/// <summary>Which readings of a site are recorded together, and how often.</summary>
public static class RecordedGroups
{
    /// <summary>Every reading of every device: the most there can be.</summary>
    public static IEnumerable<(TimeSpan Every, ImmutableArray<int> Points)> Most(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return Enumerable.Range(0, site.Points.Length).GroupBy(p => (site.Points[p].Device, site.GroupOf(p))).Select(g => (site.EveryOf(g.First()), g.ToImmutableArray()));
    }

    /// <summary>Nothing moves: what has a <c>report</c> rule is recorded at its <c>at-least-every</c>, the rest with each scan.</summary>
    public static IEnumerable<(TimeSpan Every, ImmutableArray<int> Points)> Least(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return Enumerable.Range(0, site.Points.Length)
            .GroupBy(p => (site.Points[p].Device, site.GroupOf(p), Every: QuietEvery(site, p)))
            .Select(g => (g.Key.Every, g.ToImmutableArray()));
    }

    // A rule is looked at with each scan, so its time is rounded up to whole scans.
    private static TimeSpan QuietEvery(Site site, int point)
    {
        var every = site.EveryOf(point);
        return site.Points[point].Report is { } report ? every * Math.Max(1, Math.Ceiling(report.AtLeastEvery / every)) : every;
    }
}
