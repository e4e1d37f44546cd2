using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using EdgeNode.Uplink.Tapping;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Uplink;

public class TapTests
{
    private static readonly Epoch First = new(0x9f02c1d277aa0b13, 1);

    private static void Telemetry(TapLedger ledger, Epoch epoch, ulong seq, int count, bool live = true, double add = 0)
    {
        using var encoder = new SenmlEncoder("en-0042");
        var batch = new ReadingBatch { Epoch = epoch, FirstSeq = seq };
        batch.Readings.AddRange(Enumerable.Range(0, count).Select(i => Readings.At(seq + (ulong)i + add)));
        var buffer = new PayloadBuffer();
        encoder.Encode(batch, live, int.MaxValue, buffer);
        ledger.Telemetry(buffer.Written, []);
    }

    private static void Event(TapLedger ledger, ulong seq, string kind, string body) =>
        ledger.Event(Encoding.UTF8.GetBytes($$"""{"epoch":"{{First}}","seq":{{seq}},"t":1795374600,"{{kind}}":{{body}}}"""));

    [Fact]
    public void What_arrives_whole_and_in_order_is_sound()
    {
        var ledger = new TapLedger(fromStart: true);
        Telemetry(ledger, First, 6, 5);
        Telemetry(ledger, First, 1, 5, live: false);
        Event(ledger, 1, "node", "{}");
        ledger.Status("""{"online":true}"""u8.ToArray());

        var report = ledger.Report(true, "following");

        Assert.True(report.Sound, string.Join('\n', report.Findings));
        Assert.Equal((10, 5, 5, 1, 2), (report.Readings, report.Live, report.Backlog, report.Events, report.Messages));
        Assert.True(report.NodeOnline);
    }

    [Fact]
    public void A_redelivery_is_allowed_and_another_content_is_not()
    {
        var ledger = new TapLedger(fromStart: false);
        Telemetry(ledger, First, 1, 5);
        Telemetry(ledger, First, 3, 3, live: false);
        Assert.True(ledger.Report(true, "").Sound);

        Telemetry(ledger, First, 5, 1, add: 0.5);

        var report = ledger.Report(true, "");
        Assert.Equal((5, 3, 1), (report.Readings, report.Redelivered, report.Conflicts));
        Assert.Contains("other content", Assert.Single(report.Findings), StringComparison.Ordinal);
        Assert.False(report.Sound);
    }

    [Fact]
    public void A_hole_is_missing_until_it_is_filled_or_named_in_a_gap()
    {
        var ledger = new TapLedger(fromStart: true);
        Telemetry(ledger, First, 3, 2);
        Telemetry(ledger, First, 10, 1);
        Assert.Equal(
            [new MissingRange(StreamKind.Telemetry, First, 1, 2, 2), new MissingRange(StreamKind.Telemetry, First, 5, 9, 5)],
            ledger.Report(true, "").MissingRanges);

        Telemetry(ledger, First, 1, 2, live: false);
        Event(ledger, 1, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":6,"to":9,"count":4,"reason":"spool-full"}""");

        var report = ledger.Report(true, "");
        Assert.Equal((1, 4), (report.Missing, report.Lost));
        Assert.Equal(new MissingRange(StreamKind.Telemetry, First, 5, 5, 1), Assert.Single(report.MissingRanges));
        Assert.Equal(new GapNotice(StreamKind.Telemetry, First, 6, 9, 4, "spool-full"), Assert.Single(report.Gaps));
    }

    [Fact]
    public void An_open_gap_explains_what_may_be_missing_and_is_listed()
    {
        var ledger = new TapLedger(fromStart: false);
        Telemetry(ledger, First, 1, 3);
        Telemetry(ledger, First, 7, 1);
        Event(ledger, 1, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":4,"to":null,"atMost":20,"reason":"unclean-stop"}""");

        var report = ledger.Report(true, "");

        Assert.Equal((0, 0, 3), (report.Missing, report.Lost, report.Explained));
        Assert.Equal(new GapNotice(StreamKind.Telemetry, First, 4, null, 20, "unclean-stop") { ClosedBy = 7, Absent = 3 }, Assert.Single(report.Gaps));
    }

    [Fact]
    public void A_missing_event_is_missing()
    {
        var ledger = new TapLedger(fromStart: false);
        Event(ledger, 1, "node", "{}");
        Event(ledger, 3, "node", "{}");

        Assert.Equal(new MissingRange(StreamKind.Event, First, 2, 2, 1), Assert.Single(ledger.Report(true, "").MissingRanges));
    }

    [Fact]
    public void A_later_reading_of_the_same_lane_must_not_come_first()
    {
        var ledger = new TapLedger(fromStart: false);
        Telemetry(ledger, First, 5, 1);
        Telemetry(ledger, First, 1, 1, live: false);
        Telemetry(ledger, First with { Start = 2 }, 1, 1);
        Assert.Equal(0, ledger.Report(true, "").OutOfOrder);

        Telemetry(ledger, First, 4, 1);

        Assert.Equal(1, ledger.Report(true, "").OutOfOrder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[7]")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"q":"good"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"vs":"bad:timeout","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"q":"fine","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1e400,"v":1,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1e25,"v":1,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"q":"good","epoch":"7","seq":1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":-1,"lane":"live"}]""")]
    [InlineData("""[{"n":"x","u":"Pa","t":1,"v":1,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":1,"lane":"middle"}]""")]
    public void A_message_that_breaks_the_contract_is_counted_and_nothing_of_it_is_taken(string payload)
    {
        var ledger = new TapLedger(fromStart: false);
        var fresh = new List<TapReading>();

        ledger.Telemetry(Encoding.UTF8.GetBytes(payload), fresh);
        ledger.Event(Encoding.UTF8.GetBytes(payload));
        ledger.Status(Encoding.UTF8.GetBytes(payload));

        var report = ledger.Report(true, "");
        Assert.Equal((3, 0, 0), (report.Malformed, report.Readings, report.Events));
        Assert.Empty(fresh);
    }

    [Law(MaxTest = 300)]
    public Property Spans_hold_the_same_numbers_as_a_plain_set()
    {
        var spans = Gen.Choose(0, 60).Two().Select(p => new Span((ulong)p.Item1, (ulong)(p.Item1 + (p.Item2 % 9))));
        return Prop.ForAll(spans.ListOf().ToArbitrary(), added =>
        {
            var (set, model) = (new RangeSet(), new SortedSet<ulong>());
            foreach (var span in added)
            {
                set.Add(span.First, span.Last);
                for (var n = span.First; n <= span.Last; n++)
                {
                    model.Add(n);
                }
            }

            var all = new Span(0, 80);
            var holes = set.HolesIn(all).SelectMany(Numbers).ToArray();
            Assert.Equal(Numbers(all).Where(n => !model.Contains(n)), holes);
            Assert.All(Numbers(all), n => Assert.Equal(model.Contains(n), set.Contains(n)));
            Assert.All(set.Spans.Zip(set.Spans.Skip(1)), p => Assert.True(p.First.Last + 1 < p.Second.First));
        });
    }

    [Fact]
    public void A_set_with_too_many_spans_forgets_the_lowest_hole_and_counts_it()
    {
        var set = new RangeSet(limit: 2);
        set.Add(1, 1);
        set.Add(5, 5);
        set.Add(9, 9);

        Assert.Equal([new Span(1, 5), new Span(9, 9)], set.Spans);
        Assert.Equal(3UL, set.Forgotten);
    }

    [Law(MaxTest = 200)]
    public Property The_ledger_agrees_with_a_simple_model()
    {
        // A delivery: epoch 1 or 2, first number, how many, lane, and whether its content differs from the true one.
        var deliveries = Gen.Choose(1, 2).Zip(Gen.Choose(1, 40)).Zip(Gen.Choose(1, 6).Zip(Gen.Choose(0, 9)))
            .Select(p => (Start: (uint)p.Item1.Item1, First: (ulong)p.Item1.Item2, Count: p.Item2.Item1, Live: p.Item2.Item2 % 2 == 0, Forged: p.Item2.Item2 == 9));
        return Prop.ForAll(deliveries.ListOf().ToArbitrary(), list =>
        {
            var ledger = new TapLedger(fromStart: false);
            var seen = new Dictionary<(uint, ulong), bool>();
            var last = new Dictionary<(uint, bool), ulong>();
            var (redelivered, conflicts, disorder) = (0, 0, 0);
            foreach (var d in list)
            {
                Telemetry(ledger, First with { Start = d.Start }, d.First, d.Count, d.Live, d.Forged ? 0.25 : 0);
                for (var seq = d.First; seq < d.First + (ulong)d.Count; seq++)
                {
                    if (seen.TryGetValue((d.Start, seq), out var forged))
                    {
                        redelivered += forged == d.Forged ? 1 : 0;
                        conflicts += forged == d.Forged ? 0 : 1;
                        continue;
                    }

                    seen[(d.Start, seq)] = d.Forged;
                    var before = last.GetValueOrDefault((d.Start, d.Live));
                    disorder += seq < before ? 1 : 0;
                    last[(d.Start, d.Live)] = Math.Max(before, seq);
                }
            }

            var missing = seen.Keys.GroupBy(k => k.Item1).Sum(g => (long)(g.Max(k => k.Item2) - g.Min(k => k.Item2)) + 1 - g.Count());
            var report = ledger.Report(true, "");
            Assert.Equal((seen.Count, missing), (report.Readings, report.Missing));

            // The memory of contents has one place for each number modulo its size: two epochs share it, and what was pushed out counts as a redelivery.
            Assert.Equal(redelivered + conflicts, report.Redelivered + report.Conflicts);
            Assert.True(report.Conflicts <= conflicts);
            Assert.True(list.Any(d => d.Start == 2) || report.Conflicts == conflicts);
            Assert.Equal(disorder, report.OutOfOrder);
        });
    }

    [Theory]
    [InlineData("mqtt://broker-a", "broker-a", 1883, false)]
    [InlineData("mqtts://broker-a.city.example", "broker-a.city.example", 8883, true)]
    [InlineData("mqtt://127.0.0.1:18830/", "127.0.0.1", 18830, false)]
    [InlineData("mqtts://[::1]:8884", "::1", 8884, true)]
    public void A_broker_s_address_is_read(string url, string host, int port, bool tls)
    {
        Assert.True(TapOptions.TryParseBroker(url, out var broker, out var fault), fault);
        Assert.Equal(new BrokerOptions(host, port, tls), broker);
    }

    [Theory]
    [InlineData("broker-a")]
    [InlineData("http://broker-a")]
    [InlineData("mqtt://user:secret@broker-a")]
    [InlineData("mqtt://broker-a/city")]
    [InlineData("")]
    public void A_wrong_address_is_answered_with_a_sentence(string url)
    {
        Assert.False(TapOptions.TryParseBroker(url, out _, out var fault));
        Assert.NotNull(fault);
    }

    private static IEnumerable<ulong> Numbers(Span span)
    {
        for (var n = span.First; n <= span.Last; n++)
        {
            yield return n;
        }
    }
}
