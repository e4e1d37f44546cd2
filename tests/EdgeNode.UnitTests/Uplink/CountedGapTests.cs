using System.Globalization;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>Gap events that count only some of a span, as a spool with kept and thinned points writes them.</summary>
public class CountedGapTests
{
    private const string Epoch = "9f02c1d277aa0b13-7";
    private readonly TapLedger _ledger = new(fromStart: true);
    private ulong _events;

    private void Receive(params IEnumerable<int> numbers)
    {
        foreach (var n in numbers)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $$"""[{"n":"en-1:PT-1.p","u":"Pa","t":1795374600.125,"v":{{n}},"q":"good","epoch":"{{Epoch}}","seq":{{n}},"lane":"backlog"}]""");
            _ledger.Telemetry(System.Text.Encoding.UTF8.GetBytes(text), []);
        }
    }

    private void Gap(int from, int to, int count, int? left = null)
    {
        var some = left is { } n ? string.Create(CultureInfo.InvariantCulture, $",\"left\":{n}") : "";
        var text = string.Create(CultureInfo.InvariantCulture, $$$"""{"epoch":"{{{Epoch}}}","seq":{{{++_events}}},"t":1795374600.125,"gap":{"stream":"telemetry","epoch":"{{{Epoch}}}","from":{{{from}}},"to":{{{to}}},"count":{{{count}}}{{{some}}},"first":null,"last":null,"reason":"spool-full"}}""");
        _ledger.Event(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private TapReport Report => _ledger.Report(true, "connected");

    [Fact]
    public void A_span_is_complete_when_what_came_and_the_count_make_it_up()
    {
        Receive(1, 2);
        Gap(3, 12, 8, left: 2);
        Receive(13);
        Assert.Equal(2, Report.Missing);
        Receive(5);
        Assert.Equal(1, Report.Missing);
        Assert.Equal(3UL, Assert.Single(Report.MissingRanges).From);
        Receive(9);
        Assert.Equal(0, Report.Missing);
        Assert.Equal(8, Report.Lost);
        Assert.Equal(0, Report.Malformed);
    }

    [Fact]
    public void What_goes_later_of_the_same_span_is_added_and_what_is_told_again_is_not()
    {
        Receive(1);
        Gap(2, 11, 5, left: 5);
        Gap(2, 11, 5, left: 5); // told again
        Receive(12);
        Assert.Equal((5, 5L), (Report.Missing, Report.Lost));
        Gap(2, 11, 5, left: 0);
        Assert.Equal((0, 10L), (Report.Missing, Report.Lost));
    }

    [Fact]
    public void Holes_beside_and_between_such_spans_are_still_found()
    {
        Receive(1, 2, 5, 20, 21, 25, 40);
        Gap(3, 10, 6, left: 2);   // 5 and one more of 3..10
        Gap(22, 30, 8, left: 1);  // 25
        Assert.Equal(1 + 9 + 9, Report.Missing);
        Assert.Equal([(3UL, 10UL), (11UL, 19UL), (31UL, 39UL)], Report.MissingRanges.Select(r => (r.From, r.To)).Order());
        Gap(11, 19, 9);
        Gap(31, 39, 9);
        Receive(7);
        Assert.Equal(0, Report.Missing);
    }

    [Fact]
    public void A_gap_within_a_counted_span_that_takes_all_of_it_explains_the_rest()
    {
        Receive(1, 12);
        Gap(2, 11, 8, left: 2);
        Gap(2, 11, 10); // its frame was damaged: none of the span will come
        Assert.Equal(0, Report.Missing);
    }
}
