using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Spool;
using EdgeNode.Uplink;

namespace EdgeNode.Gateway;

/// <summary>What a site comes to, from the sizes that spool and uplink really give to its readings.</summary>
/// <param name="Most">Every reading is reported.</param>
/// <param name="Least">No value moves: only what the site file asks for all the same.</param>
internal sealed record SitePlan(Site Site, BufferPlan Most, BufferPlan Least, int SegmentBytes)
{
    /// <summary>Scans that are encoded for each device: values differ in length, so one is not enough.</summary>
    private const int Samples = 20;

    /// <summary>What the readings take of each bus.</summary>
    public ImmutableArray<BusPlan> Buses { get; } = BusPlan.All(Site);

    /// <summary>What the emergency mode takes of them; null where there is none, or it scans nothing faster.</summary>
    public EmergencyPlan? Emergency { get; } = EmergencyPlan.Of(Site, BusPlan.All(Site));

    private static readonly SourceTime SomeDay = new(1_795_374_600_125_250, ClockQuality.Synchronised);

    public static SitePlan Of(Site site)
    {
        Func<double> noise = new Random(1).NextDouble;
        var now = new ClockReading(TimeSpan.FromDays(20), SomeDay.Add(TimeSpan.FromMilliseconds(1)));
        using var link = site.Uplink is { } uplink ? new LinkSizes(site.Node.Id, uplink.Topic, uplink.Brokers[0].Tls) : null;
        var segment = RecordSizes.Segment(site.Spool.LimitBytes);
        var costs = new RecordingCosts(
            site.Spool, segment, RecordSizes.SegmentHead([.. site.Points.Select(Spooled)], now), RecordSizes.Cursor() + RecordSizes.EndMark,
            BacklogBytes(), LinkSizes.BacklogPerSecond, link is null ? 0 : link.Status * (TimeSpan.FromDays(1) / LinkSizes.StatusEvery));
        return new SitePlan(site, Plan(RecordedGroups.Most(site)), Plan(RecordedGroups.Least(site)), segment);

        BufferPlan Plan(IEnumerable<(TimeSpan Every, ImmutableArray<int> Points)> groups) =>
            BufferPlan.Of([.. groups.Select(g => Encoded(g.Every, g.Points))], costs, CardModel.Default);

        RecordedGroup Encoded(TimeSpan every, ImmutableArray<int> points)
        {
            var (spool, wire) = (0, 0);
            for (var i = 0; i < Samples; i++)
            {
                var scan = TypicalScan.Of(site, points, SomeDay, noise);
                spool += RecordSizes.Scan(scan, now);
                wire += OnTheLink(scan, live: true);
            }

            return new RecordedGroup(every, points.Length, spool / Samples, wire / Samples);
        }

        double BacklogBytes()
        {
            var readings = new List<Reading>();
            while (readings.Count < LinkSizes.BatchReadings)
            {
                readings.AddRange(TypicalScan.Of(site, [.. Enumerable.Range(0, site.Points.Length)], SomeDay, noise));
            }

            return OnTheLink([.. readings.Take(LinkSizes.BatchReadings)], live: false) / (double)LinkSizes.BatchReadings;
        }

        int OnTheLink(Reading[] readings, bool live)
        {
            if (link is null)
            {
                return 0;
            }

            // A scan of more readings than a message takes goes in several.
            var bytes = 0;
            foreach (var part in readings.Chunk(LinkSizes.BatchReadings))
            {
                var batch = new ReadingBatch { Epoch = new Epoch(0x9f02c1d277aa0b13, 30), FirstSeq = 10_000_000 };
                batch.Readings.AddRange(part.Select(r => new SpooledReading(Spooled(site.Points[r.Point]), r.Value, r.Quality, r.Time)));
                bytes += link.Telemetry(batch, live);
            }

            return bytes;
        }
    }

    private static SpooledPoint Spooled(PointOptions point) => new(point.Name, point.Unit.Symbol, point.Simulated);
}
