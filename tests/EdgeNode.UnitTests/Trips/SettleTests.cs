using System.Collections.Immutable;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What settles: a cause is gone from the last moment on at which nothing ran that may bring it. The settle time is 5 s.</summary>
public class SettleTests
{
    [Theory]
    [InlineData(TripAsk.Keep)]
    [InlineData(TripAsk.Reset)]
    public void A_value_past_its_setpoint_at_the_start_opens_nothing_while_its_on_delay_runs(TripAsk ask)
    {
        var bench = new TripBench(30, 0, Trip(new CauseOf(High)));
        if (ask == TripAsk.Keep)
        {
            bench.Ask(ask);
        }

        bench.Set(Pressure, 7);
        for (var second = 0; second < 29; second++)
        {
            bench.Wait(1);
            Assert.True(bench.Safe());
            Assert.Equal((false, true, null), (bench.Station.Trips[0].Cause, bench.Station.Trips[0].IsPending, bench.Station.Trips[0].SettledAt));
            if (ask == TripAsk.Reset)
            {
                Assert.Equal(TripOutcome.CausePending, bench.Ask(ask).Outcome);
            }
        }

        bench.Wait(1);
        Assert.True(bench.Safe());
        Assert.Equal((TripState.Tripped, false), (bench.State(), bench.Station.Trips[0].IsPending));
        Assert.Equal(ask == TripAsk.Keep ? "reset-kept, tripped" : "tripped", bench.Tell());
    }

    [Fact]
    public void What_resets_itself_waits_for_an_on_delay_and_a_person_is_told_of_it()
    {
        var bench = new TripBench(30, 0, Trip(new CauseOf(High)) with { ManualReset = false }).Ready();
        bench.Set(Pressure, 7);
        bench.Wait(30);
        bench.Set(Pressure, 6);
        bench.Set(Pressure, 7, 4); // again, a second before it has settled
        bench.Wait(10);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.CausePending, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(Pressure, 6); // and away: it begins to settle anew
        Assert.Equal((TripOutcome.NotSettled, Second * 5), (bench.Ask(TripAsk.Reset).Outcome, bench.Ask(TripAsk.Reset).Left));
        Assert.Equal(bench.Station.Trips[0].SettledAt, bench.Station.Trips[0].Deadline);
        bench.Wait(4.9);
        Assert.True(bench.Safe());
        bench.Wait(0.1);
        Assert.False(bench.Safe());
        Assert.Equal("tripped, cause-gone, reset-itself", bench.Tell());
    }

    [Fact]
    public void Without_a_settle_time_too_it_waits_until_nothing_is_pending()
    {
        var bench = new TripBench(30, 0, Trip(new CauseOf(High)) with { Settle = TimeSpan.Zero });
        bench.Ask(TripAsk.Keep);
        bench.Set(Pressure, 7);
        bench.Wait(29);
        Assert.True(bench.Safe());
        bench.Set(Pressure, 6, 0.5);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void An_after_that_counts_keeps_from_settling()
    {
        var bench = new TripBench(Trip(new CauseAfter(Second * 30, Contact(0))));
        bench.Ask(TripAsk.Keep);
        bench.Set(0, 1);
        bench.Wait(29);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.CausePending, bench.Ask(TripAsk.Reset).Outcome);
        bench.Set(0, 0, 0.5);
        bench.Wait(4.9);
        Assert.True(bench.Safe());
        bench.Wait(0.1);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void Under_a_not_it_is_the_off_delay_that_keeps_from_settling()
    {
        var bench = new TripBench(0, 30, Trip(new CauseNot(new CauseOf(High))) with { ManualReset = false });
        bench.Set(Pressure, 7);
        bench.Wait(5);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
        bench.Ask(TripAsk.Trip);
        bench.Set(Pressure, 6);
        bench.Wait(20);
        Assert.Equal((TripOutcome.CausePending, true), (bench.Ask(TripAsk.Reset).Outcome, bench.Safe()));
        bench.Set(Pressure, 7);
        bench.Wait(5);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);
    }

    [Fact]
    public void What_is_pending_where_it_cannot_bring_the_cause_keeps_from_nothing()
    {
        var bench = new TripBench(30, 0, Trip(new CauseAll([new CauseOf(High), Contact(0)])));
        bench.Set(0, 0);
        bench.Set(Pressure, 7);
        bench.Wait(4);
        Assert.False(bench.Station.Trips[0].IsPending);
        Assert.Equal(TripOutcome.Done, bench.Ask(TripAsk.Reset).Outcome);

        // With the other one unknown it may come to be unknown, and that is no cause that is gone.
        bench.Ask(TripAsk.Trip);
        bench.Set(Pressure, 6);
        bench.Set(0, null);
        Assert.False(bench.Station.Trips[0].Cause);
        bench.Set(Pressure, 7);
        Assert.Equal((false, true), (bench.Station.Trips[0].Cause, bench.Station.Trips[0].IsPending));
        bench.Wait(10);
        Assert.Equal(TripOutcome.CausePending, bench.Ask(TripAsk.Reset).Outcome);
    }

    [Fact]
    public void A_trip_that_is_ready_waits_for_its_on_delay_as_ever()
    {
        var bench = new TripBench(30, 0, Trip(new CauseOf(High))).Ready();
        bench.Set(Pressure, 7);
        bench.Wait(29.9);
        Assert.False(bench.Safe());
        bench.Wait(0.1);
        Assert.Equal((true, "tripped"), (bench.Safe(), bench.Tell()));
    }

    [Fact]
    public void A_permissive_that_is_about_to_go_permits_nothing_and_one_that_is_about_to_come_does_not_yet()
    {
        var bench = new TripBench(30, 30, Trip() with { Permissive = new CauseNot(new CauseOf(High)) });
        bench.Ask(TripAsk.Keep);
        bench.Set(0, 0);
        bench.Set(Pressure, 7); // its on-delay runs, so that the permissive is true still
        bench.Wait(20);
        Assert.True(bench.Safe());
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        bench.Wait(10);
        bench.Set(Pressure, 6);
        bench.Wait(29.9);
        Assert.Equal(TripOutcome.NotPermitted, bench.Ask(TripAsk.Reset).Outcome);
        bench.Wait(0.1);
        Assert.False(bench.Safe());
    }

    [Fact]
    public void Who_releases_under_an_inhibit_is_not_kept_by_what_is_pending_and_it_trips_when_the_inhibit_ends_meanwhile()
    {
        var bench = new TripBench(30, 0, Trip(new CauseOf(High))).Ready();
        bench.Ask(TripAsk.Trip);
        bench.Wait(10);
        bench.Set(Pressure, 7);
        Assert.Equal(TripOutcome.CausePending, bench.Ask(TripAsk.Reset).Outcome);
        bench.Ask(TripAsk.Inhibit, 10);
        Assert.Equal(TripOutcome.CausePending, bench.Ask(TripAsk.Reset, ofAll: true).Outcome);
        Assert.Equal((TripOutcome.Done, true), bench.Ask(TripAsk.Reset) is var answer ? (answer.Outcome, answer.UnderInhibit) : default);
        Assert.False(bench.Safe());
        bench.Wait(10);
        Assert.True(bench.Safe());
    }

    [Law(MaxTest = 500)]
    public Property No_output_leaves_its_safe_state_before_what_was_measured_has_said_for_the_settle_time_that_the_cause_is_gone() => Prop.ForAll(Cases(), c =>
    {
        var bench = new TripBench(c.On, c.Off, Trip(c.Of()) with { Settle = Second * c.Settle, ManualReset = c.Manual });
        var (holds, at, quiet) = (true, TimeSpan.Zero, (TimeSpan?)null);
        var leaves = new bool?[4];
        if (c.Kept)
        {
            bench.Ask(TripAsk.Keep);
        }

        foreach (var move in c.Moves.Concat(c.Calm()))
        {
            // What comes due by itself comes before a sample of the same moment, what a person asks behind it.
            bench.Set(move.Point, move.Value, move.Gap);
            at += TimeSpan.FromSeconds(move.Gap);
            Look();
            leaves[move.Point] = move.Value is not { } value ? move.Point == Pressure && leaves[Pressure] == true ? true : null
                : move.Point < Pressure ? value > 5
                : value >= 6.5 - (leaves[Pressure] == true ? 0.1 : 0);
            quiet = Measured(c.Of(), leaves) == false ? quiet ?? at : null;
            if (move.Resets)
            {
                bench.Ask(TripAsk.Reset);
                Look();
            }
        }

        return holds && bench.State() == TripState.Ready && !bench.Safe();

        void Look()
        {
            foreach (var t in bench.Told.Where(t => t.State == TripState.Ready))
            {
                holds &= t.At - quiet >= Second * c.Settle;
            }

            holds &= bench.Told.TrueForAll(t => t.Change != TripChange.Reset || t.By == "mei");
            bench.Told.Clear();
        }
    });

    /// <summary>What the samples say of a cause without any delay: a person's plain reading, with what is unknown taken both ways. A pressure that was past its setpoint when it was lost is so still.</summary>
    private static bool? Measured(Cause cause, bool?[] leaves)
    {
        switch (cause)
        {
            case CauseOf { What: var what }:
                return leaves[what.IsAlarm ? Pressure : what.Index];
            case CauseNot not:
                return !Measured(not.Of, leaves);
            case CauseAfter after:
                return Measured(after.Of, leaves);
            case CauseAny any:
                return any.Of.Select(c => Measured(c, leaves)).Aggregate((bool?)false, (a, b) => a | b);
            case CauseAll all:
                return all.Of.Select(c => Measured(c, leaves)).Aggregate((bool?)true, (a, b) => a & b);
            case CauseVote vote:
                var said = vote.Of.Select(c => Measured(c, leaves)).ToList();
                return said.Count(s => s == true) >= vote.Needs ? true : said.Count(s => s != false) < vote.Needs ? false : null;
            default:
                throw new InvalidOperationException();
        }
    }

    private static readonly (Func<int, Cause> Of, double[] Calm)[] Shapes =
    [
        (_ => new CauseOf(High), [0, 0, 0, 0]),
        (after => new CauseAfter(Second * after, new CauseOf(High)), [0, 0, 0, 0]),
        (_ => new CauseNot(new CauseOf(High)), [0, 0, 0, 10]),
        (after => new CauseAny([new CauseOf(High), new CauseAfter(Second * after, Contact(0))]), [0, 0, 0, 0]),
        (after => new CauseAll([new CauseAfter(Second * after, new CauseNot(new CauseOf(High))), Contact(0)]), [10, 0, 0, 10]),
        (after => new CauseVote(2, [new CauseOf(High), Contact(1), new CauseAfter(Second * after, Contact(2))]), [0, 10, 0, 0]),
        (after => new CauseNot(new CauseAny([new CauseAfter(Second * after, new CauseOf(High)), Contact(0)])), [0, 0, 0, 10]),
    ];

    private static Arbitrary<Case> Cases()
    {
        var move = from gap in Gen.Choose(1, 16)
                   from value in Gen.Frequency((1, Gen.Constant(-1)), (5, Gen.Choose(0, 100)))
                   from point in Gen.Elements(0, 1, 2, Pressure, Pressure)
                   from resets in Gen.Choose(0, 2)
                   select new Move(gap / 4.0, point, value < 0 ? null : point == Pressure ? value / 10.0 : value > 50 ? 10 : 0, resets == 0);
        return (from shape in Gen.Choose(0, Shapes.Length - 1)
                from onDelay in Gen.Choose(0, 8)
                from offDelay in Gen.Choose(0, 8)
                from after in Gen.Choose(0, 8)
                from settle in Gen.Choose(1, 4)
                from kept in Gen.Elements(true, false)
                from manual in Gen.Elements(true, false)
                from moves in move.ListOf()
                select new Case(shape, onDelay, offDelay, after, settle, kept, manual, [.. moves])).ToArbitrary();
    }

    private sealed record Move(double Gap, int Point, double? Value, bool Resets);

    /// <summary>Delays and settle time in seconds.</summary>
    private sealed record Case(int Shape, int On, int Off, int After, int Settle, bool Kept, bool Manual, ImmutableArray<Move> Moves)
    {
        public Cause Of() => Shapes[Shape].Of(After);

        /// <summary>At the end everything says for long enough that the cause is gone, and somebody resets it: it may not wait for ever either.</summary>
        public IEnumerable<Move> Calm() =>
        [
            .. Shapes[Shape].Calm.Select((value, point) => new Move(1, point, value, false)),
            new Move(On + Off + After + Settle + 1, 0, Shapes[Shape].Calm[0], true),
        ];
    }
}
