using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Record;
using EdgeNode.Gateway.Verbs;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What <c>trips report</c> makes of the events of trips.</summary>
public class ShadowReportTests
{
    [Fact]
    public void It_tells_how_often_when_for_how_long_by_what_and_which_outputs_would_have_moved()
    {
        var bench = new TripBench(Trip(effect: [Xv0, Xv1]) with { Armed = false }, Trip(Contact(1))).Ready();
        bench.Set(0, 1);
        bench.Set(0, 0, after: 12);
        bench.Wait(10);
        bench.Ask(TripAsk.Reset);
        bench.Set(0, 1, after: 60);
        bench.Set(1, 1); // the armed one
        var spells = Spells(bench);
        Assert.Equal([TimeSpan.FromSeconds(12), null], spells.Select(s => s.Length));
        Assert.Equal([6, 88], spells.Select(s => (s.From.UnixMicroseconds - CoreLaws.TestSite.At(0).Wall.UnixMicroseconds) / 1_000_000));
        Assert.All(spells, s => Assert.Equal(("close-inlet", "S-0.state", "XV-0, XV-1"), (s.Trip, string.Join(", ", s.By), string.Join(", ", s.Effect))));
        Assert.Equal(["close-inlet: 2 times, 12.0 s in all, 12.0 s at most; XV-0, XV-1 would have moved."], ShadowSpells.Sums(spells));
    }

    [Fact]
    public void What_came_up_in_an_inhibit_or_a_test_would_have_moved_nothing()
    {
        var bench = new TripBench(Trip() with { Armed = false }).Ready();
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Set(0, 1);
        bench.Set(0, 0);
        bench.Ask(TripAsk.EndInhibit);
        Assert.Empty(Spells(bench));
        bench.Ask(TripAsk.Inhibit, 60);
        bench.Set(0, 1);
        bench.Ask(TripAsk.EndInhibit);
        Assert.Single(Spells(bench)); // by the end of the inhibit it would have
    }

    [Fact]
    public void A_cause_that_can_no_longer_be_read_is_no_end()
    {
        var bench = new TripBench(Trip() with { Armed = false }).Ready();
        bench.Set(0, 1);
        bench.Set(0, 0);
        bench.Set(0, null);
        Assert.Null(Assert.Single(Spells(bench)).Length);
        bench.Set(0, 0, after: 3);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(Spells(bench)).Length);
    }

    private static List<ShadowSpell> Spells(TripBench bench) => ShadowSpells.Of(bench.Told.Select(t => EventBody.Trip(bench.Site, t)).Select(e => (e.Time, JsonElement.Parse(e.Body.Span))));
}
