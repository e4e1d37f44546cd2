using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using EdgeNode.Uplink.Tapping;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>What is not here: late, lost and said so, or missing. The account adds up to the last number.</summary>
public class TapAccountTests
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
    public void An_open_gap_explains_no_more_than_it_says()
    {
        var ledger = new TapLedger(fromStart: false);
        Telemetry(ledger, First, 1, 3);
        Event(ledger, 1, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":4,"to":null,"atMost":20,"reason":"unclean-stop"}""");
        Assert.Null(Assert.Single(ledger.Report(true, "").Gaps).ClosedBy);

        Telemetry(ledger, First, 30, 1);

        var report = ledger.Report(true, "");
        Assert.Equal((6, 20), (report.Missing, report.Explained));
        Assert.Equal(new MissingRange(StreamKind.Telemetry, First, 24, 29, 6), Assert.Single(report.MissingRanges));
    }

    [Fact]
    public void A_gap_that_thins_a_span_explains_so_many_of_it_and_no_more()
    {
        var ledger = new TapLedger(fromStart: true);
        Event(ledger, 1, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":1,"to":10,"count":5,"reason":"spool-full"}""");
        foreach (var seq in new ulong[] { 1, 3, 5, 7 })
        {
            Telemetry(ledger, First, seq, 1, live: false);
        }

        Telemetry(ledger, First, 11, 1);
        var report = ledger.Report(true, "");
        Assert.Equal((1, 5, 5), (report.Missing, report.Explained, report.Lost));
        Assert.Equal(new MissingRange(StreamKind.Telemetry, First, 1, 10, 1), Assert.Single(report.MissingRanges));

        Telemetry(ledger, First, 9, 1, live: false);
        Assert.True(ledger.Report(true, "").Sound);

        // What was thinned is thinned again: the counts add up.
        Event(ledger, 2, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":12,"to":21,"count":5,"reason":"spool-full"}""");
        Event(ledger, 3, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":12,"to":21,"count":4,"reason":"spool-full"}""");
        Telemetry(ledger, First, 16, 1, live: false);
        report = ledger.Report(true, "");
        Assert.Equal((0, 14, 14), (report.Missing, report.Explained, report.Lost));
    }

    [Fact]
    public void What_the_node_still_has_is_late_and_not_missing()
    {
        var ledger = new TapLedger(fromStart: true);
        Telemetry(ledger, First, 101, 10);
        Assert.Equal((100, 0), (ledger.Report(true, "").Missing, ledger.Report(true, "").Late));

        ledger.Status("""{"online":true,"spool":{"readings":100,"events":0}}"""u8.ToArray());
        var report = ledger.Report(true, "");
        Assert.Equal((0, 100, false), (report.Missing, report.Late, report.Sound));
        Assert.Empty(report.MissingRanges);

        // The backlog goes oldest first: what it has passed will not come any more.
        Telemetry(ledger, First, 1, 40, live: false);
        Telemetry(ledger, First, 46, 5, live: false);
        report = ledger.Report(true, "");
        Assert.Equal((5, 50), (report.Missing, report.Late));
        Assert.Equal(new MissingRange(StreamKind.Telemetry, First, 41, 45, 5), Assert.Single(report.MissingRanges));

        // A status that tells of fewer: the rest is not there.
        ledger.Status("""{"online":true,"spool":{"readings":30,"events":0}}"""u8.ToArray());
        report = ledger.Report(true, "");
        Assert.Equal((25, 30), (report.Missing, report.Late));

        // The will was made at the connect.
        ledger.Status("""{"online":false,"reason":"lost","spool":{"readings":5000,"events":0}}"""u8.ToArray());
        Assert.Equal((false, 30), (ledger.Report(true, "").NodeOnline, ledger.Report(true, "").Late));
    }

    [Fact]
    public void A_missing_event_is_never_late()
    {
        var ledger = new TapLedger(fromStart: true);
        ledger.Status("""{"online":true,"spool":{"readings":0,"events":3}}"""u8.ToArray());
        Event(ledger, 2, "node", "{}");

        Assert.Equal((1, 0), (ledger.Report(true, "").Missing, ledger.Report(true, "").Late));
    }

    [Fact]
    public void A_hole_in_an_epoch_that_the_backlog_has_left_is_missing_and_one_in_a_later_epoch_is_late()
    {
        var ledger = new TapLedger(fromStart: true);
        ledger.Status("""{"online":true,"spool":{"readings":1000,"events":0}}"""u8.ToArray());
        Telemetry(ledger, First, 5, 1, live: false);
        Telemetry(ledger, First with { Start = 2 }, 1, 3, live: false);
        Telemetry(ledger, First with { Start = 3 }, 8, 1);

        var report = ledger.Report(true, "");
        Assert.Equal((4, 7), (report.Missing, report.Late));
    }

    [Fact]
    public void Restarts_another_spool_and_time_corrections_are_shown()
    {
        var ledger = new TapLedger(fromStart: false);
        ledger.Status(Encoding.UTF8.GetBytes($$"""{"online":true,"epoch":"{{First}}"}"""));
        Telemetry(ledger, First with { Start = 4 }, 1, 1);
        Assert.Equal((3, 0), (ledger.Report(true, "").Restarts, ledger.Report(true, "").NewSpools));

        Event(ledger, 1, "time-correction", $$"""{"boot":"b","epochs":["{{First}}"],"from":1,"to":2,"offset":-3600.000001,"gradual":false}""");
        Telemetry(ledger, new Epoch(7, 1), 1, 1);

        var report = ledger.Report(true, "");
        Assert.Equal((3, 1, 1, new Epoch(7, 1)), (report.Restarts, report.NewSpools, report.Corrections, report.Epoch));
        Assert.Equal(new TimeCorrectionNotice("b", [First], -3600.000001m), report.LastCorrection);
    }

    [Fact]
    public void A_stamp_that_the_node_has_corrected_meanwhile_is_a_redelivery_and_another_one_is_not()
    {
        const string Record = """[{"n":"en:x","u":"Pa","t":T,"v":1,"q":"good",TQ"epoch":"9f02c1d277aa0b13-1","seq":1,"lane":"live"}]""";
        static byte[] Message(string t, bool doubt) => Encoding.UTF8.GetBytes(
            Record.Replace("T,", t + ",", StringComparison.Ordinal).Replace("TQ", doubt ? "\"tq\":\"unsynchronised\"," : "", StringComparison.Ordinal));
        var ledger = new TapLedger(fromStart: false);
        ledger.Telemetry(Message("100", doubt: true), []);
        ledger.Telemetry(Message("100", doubt: true), []);
        ledger.Telemetry(Message("1795374600.5", doubt: false), []);
        Assert.Equal((2, 0), (ledger.Report(true, "").Redelivered, ledger.Report(true, "").Conflicts));

        ledger.Telemetry(Message("101", doubt: true), []);
        Assert.Equal((2, 1), (ledger.Report(true, "").Redelivered, ledger.Report(true, "").Conflicts));
    }

    [Theory]
    [InlineData("""{"stream":"telemetry","epoch":"9f02c1d277aa0b13-1","from":9,"to":8,"count":1,"reason":"x"}""")]
    [InlineData("""{"stream":"telemetry","epoch":"9f02c1d277aa0b13-1","from":1,"to":8,"count":9,"reason":"x"}""")]
    [InlineData("""{"stream":"telemetry","epoch":"9f02c1d277aa0b13-1","from":1,"to":8,"count":null,"reason":"x"}""")]
    [InlineData("""{"stream":"water","epoch":"9f02c1d277aa0b13-1","from":1,"to":8,"count":8,"reason":"x"}""")]
    [InlineData("""{"stream":"telemetry","epoch":"9f02c1d277aa0b13-1","from":18446744073709551615,"to":null,"atMost":9,"reason":"x"}""")]
    public void A_gap_that_makes_no_sense_is_malformed(string body)
    {
        var ledger = new TapLedger(fromStart: false);
        Event(ledger, 1, "gap", body);
        Assert.Equal((1, 0), (ledger.Report(true, "").Malformed, ledger.Report(true, "").Lost));
    }

    /// <summary>What a spool may do with its numbers, against what it did: the account adds up to the last number, whatever came in whatever order.</summary>
    [Law(MaxTest = 200)]
    public Property Received_explained_and_outstanding_are_all_numbers()
    {
        // For each block of ten numbers: sent, dropped whole, thinned once or twice, or kept back in silence.
        var fates = Gen.Choose(0, 4).NonEmptyListOf();
        return Prop.ForAll(fates.Zip(Gen.Choose(0, 1 << 20)).ToArbitrary(), p =>
        {
            var (ledger, random, said) = (new TapLedger(fromStart: true), new Random(p.Item2), 0UL);
            var (sent, dropped, silent) = (new List<ulong>(), 0, 0);
            void Gap(ulong from, int count)
            {
                Event(ledger, ++said, "gap", $$"""{"stream":"telemetry","epoch":"{{First}}","from":{{from}},"to":{{from + 9}},"count":{{count}},"reason":"spool-full"}""");
                dropped += count;
            }

            for (var i = 0; i < p.Item1.Count; i++)
            {
                var from = ((ulong)i * 10) + 1;
                var block = Enumerable.Range(0, 10).Select(n => from + (ulong)n).ToArray();
                random.Shuffle(block);
                var drop = p.Item1[i] switch { 0 => 0, 1 => 10, 2 => 5, 3 => 8, _ => 0 };
                var kept = block[drop..].ToList();
                switch (p.Item1[i])
                {
                    case 1 or 2: Gap(from, drop); break;
                    case 3:
                        Gap(from, 5);
                        Gap(from, 3);
                        break;
                    case 4:
                        var lost = random.Next(1, 10);
                        silent += lost;
                        kept.RemoveRange(0, lost);
                        break;
                    default: break;
                }

                sent.AddRange(kept.Order());
            }

            var end = ((ulong)p.Item1.Count * 10) + 1;
            foreach (var seq in sent)
            {
                Telemetry(ledger, First, seq, 1, live: false);
            }

            Telemetry(ledger, First, end, 1);
            var report = ledger.Report(true, "");
            Assert.Equal((sent.Count + 1, silent, dropped, dropped), (report.Readings, report.Missing, report.Lost, report.Explained));
            Assert.Equal((long)end, report.Readings + report.Missing + report.Explained);
            Assert.Equal(silent, report.MissingRanges.Sum(r => (long)r.Count));
        });
    }
}
