using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Gateway;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;
using EdgeNode.UnitTests.Spool;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.UnitTests.Plan;

/// <summary>What <c>plan</c> foretells against a journal that is really filled.</summary>
public class SitePlanTests(ITestOutputHelper output)
{
    private const double Tolerance = 0.1;

    private static Site Example(string name, long limit)
    {
        var result = SiteFile.Load(Path.Combine(TestFiles.Examples, name), TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site! with { Spool = result.Site.Spool with { LimitBytes = limit } };
    }

    /// <summary>Two points of one device that report on change and one that does not, by scans of a second.</summary>
    private static Site Quiet()
    {
        var text = """
            node: { id: en-1, site: s }
            uplink: { brokers: [ mqtts://b ], topic: "a/{node}" }
            buses: { field: { modbus-tcp: 127.0.0.1 } }
            devices:
              - id: A
                bus: field
                address: 1
                every: 7s
                registers:
                  - { name: x, function: 3, register: 0, type: uint16, scale: 0.1, unit: bar }
                  - { name: y, function: 3, register: 1, type: uint16, unit: bar }
                  - { name: z, function: 3, register: 2, type: uint16, unit: bar }
            points:
              - { id: A.x, report: { change: 1 bar, at-least-every: 60s } }
              - { id: A.y, report: { change: 1 bar, at-least-every: 5s } }
            """;
        var result = SiteFile.Parse("quiet.yaml", Encoding.UTF8.GetBytes(text), "/", TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site!;
    }

    /// <summary>Lets a site's devices be scanned in virtual time and says what happens with each append.</summary>
    private static void Scan(Site site, HandClock clock, Func<Reading[], bool> append)
    {
        var random = new Random(99);
        var groups = RecordedGroups.Most(site).ToArray();
        var due = new PriorityQueue<int, long>();
        for (var g = 0; g < groups.Length; g++)
        {
            due.Enqueue(g, clock.Microseconds + (groups[g].Every.Ticks / 10 / groups.Length * g));
        }

        while (due.TryDequeue(out var g, out var at))
        {
            clock.Microseconds = Math.Max(clock.Microseconds, at);
            due.Enqueue(g, at + (groups[g].Every.Ticks / 10));

            // The reply came a while before the append.
            if (!append(TypicalScan.Of(site, groups[g].Points, clock.Read().Wall.Add(-TimeSpan.FromMicroseconds(random.Next(200, 3000))), random.NextDouble)))
            {
                return;
            }
        }
    }

    [Theory]
    [InlineData("demo.yaml")]
    [InlineData("pump-station.yaml")]
    public void The_journal_fills_as_fast_as_foretold(string example)
    {
        var site = Example(example, 1 << 20);
        var plan = SitePlan.Of(site);
        var bench = new Bench { Limit = site.Spool.LimitBytes, Points = [.. site.Points.Select(p => new SpooledPoint(p.Name, p.Unit.Symbol, p.Simulated))] };
        bench.Open();
        var (started, committed, readings) = (bench.Clock.Microseconds, bench.Clock.Microseconds, 0L);
        Scan(site, bench.Clock, scan =>
        {
            bench.Journal.AppendReadings(scan);
            readings += scan.Length;
            if (bench.Clock.Microseconds - committed >= site.Spool.Commit.TotalMicroseconds)
            {
                bench.Journal.Commit();
                committed = bench.Clock.Microseconds;
            }

            return bench.Outbox.Fill.Dropped == 0;
        });

        // An eighth is kept free, and at the first drop the rest is full; where it began is the head's beginning.
        var lasted = TimeSpan.FromMicroseconds(bench.Clock.Microseconds - started);
        var bytesEach = 7.0 * plan.SegmentBytes / readings;
        output.WriteLine($"{example}: {bytesEach:0.00} bytes a reading, foretold {plan.Most.SpoolBytesPerReading:0.00}; lasted {lasted}, foretold at least {plan.Most.Buffer}");
        Assert.InRange(plan.Most.SpoolBytesPerReading, bytesEach * (1 - Tolerance), bytesEach * (1 + Tolerance));
        Assert.InRange(plan.Most.Buffer * 7 / 6, lasted * (1 - Tolerance), lasted * (1 + Tolerance));
        Assert.True(plan.Most.Buffer <= lasted, "it promises more than it holds");
        Assert.InRange(plan.Most.ReadingsPerSecond, readings / lasted.TotalSeconds * 0.98, readings / lasted.TotalSeconds * 1.02);
    }

    [Fact]
    public void What_no_value_moves_records_is_what_the_report_filter_lets_through()
    {
        var site = Quiet();
        var least = RecordedGroups.Least(site).ToList();
        Assert.Equal([TimeSpan.FromSeconds(63), TimeSpan.FromSeconds(7)], least.Select(g => g.Every));

        var filters = site.Points.Select(p => new ReportFilter(p.Report)).ToArray();
        var passed = 0;
        for (var s = 0; s < 63 * 1000; s += 7)
        {
            passed += site.Points.Select((_, i) => filters[i].Pass(new Reading(i, 3, Quality.Good, default), TimeSpan.FromSeconds(s)) ? 1 : 0).Sum();
        }

        var plan = SitePlan.Of(site);
        Assert.Equal(passed / 63_000.0, plan.Least.ReadingsPerSecond, 1e-6);
        Assert.Equal(3 / 7.0, plan.Most.ReadingsPerSecond, 1e-9);
        Assert.True(plan.Least.Buffer > plan.Most.Buffer && plan.Least.LinkBytesPerDay < plan.Most.LinkBytesPerDay);
    }

    [Fact]
    public void The_link_carries_the_messages_and_their_envelopes()
    {
        var site = Quiet();
        using var encoder = new SenmlEncoder(site.Node.Id);
        var random = new Random(3);
        var payload = new PayloadBuffer();
        var bytes = 0;
        for (var i = 0; i < 50; i++)
        {
            var batch = new ReadingBatch { Epoch = new Epoch(ulong.MaxValue, 30), FirstSeq = 12_345_678 };
            batch.Readings.AddRange(TypicalScan.Of(site, [0, 1, 2], new SourceTime(1_795_374_600_125_250, ClockQuality.Synchronised), random.NextDouble)
                .Select(r => new SpooledReading(new SpooledPoint(site.Points[r.Point].Name, "bar", false), r.Value, r.Quality, r.Time)));
            encoder.Encode(batch, live: true, int.MaxValue, payload);
            bytes += payload.Count;
        }

        // MQTT: 3 of header, 2 and the topic, 2 of packet identifier, 1 of properties. TLS 22 each way, TCP/IP 52 three times, PUBACK 4.
        var message = (bytes / 50.0) + 3 + 2 + "a/en-1/telemetry".Length + 2 + 1 + 22 + 52 + 4 + 22 + 52 + 52;
        var perDay = SitePlan.Of(site).Most.LinkBytesPerDay;
        Assert.InRange(perDay, message * 86_400 / 7, (message * 86_400 / 7 * 1.02) + (1440 * 800));
        Assert.True(perDay - (message * 86_400 / 7) > 1440 * 500, "a status each minute is part of it");
    }

    [Fact]
    public void Without_an_uplink_there_is_no_link()
    {
        var plan = SitePlan.Of(Quiet() with { Uplink = null });
        Assert.Equal(0, plan.Most.LinkBytesPerDay);
        Assert.True(plan.Most.Buffer > TimeSpan.Zero);
    }
}
