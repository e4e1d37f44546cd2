using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// Trips whose causes follow from what they do. The site file refuses them; a step ends even so, and what does not come to rest stays tripped until a person resets it.
/// </summary>
public class RestlessTests
{
    private const int Most = 100;

    private static readonly TripOptions Quick = TripBench.Trip(onBad: OnBadKind.Hold) with { ManualReset = false, Settle = TimeSpan.Zero };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trip_by_its_own_output_being_normal_ends_tripped_and_waits_for_a_person(bool byAnAlarm)
    {
        // The alarm comes without a delay and goes so.
        var cause = new CauseNot(new CauseOf(byAnAlarm ? new AlarmCause(true, 1) : new AlarmCause(false, Safe(0, trips: 1))));
        var bench = new Bench([Quick with { Cause = cause }], Alarm(AlarmKind.Active, on: 0, point: Safe(0, trips: 1)));
        var step = bench.Reset(0);
        Assert.InRange(step.Outputs.Count, 2, Most);
        Assert.True(bench.IsSafe(0));
        Assert.Equal((true, TripOwes.ByHand), (bench.Trip(0).Facts.Stands, bench.Trip(0).Facts.Owes));
        Assert.Equal((TripChange.Tripped, TripEvaluator.Restless), Assert.Single(step.Trips.Select(t => (t.Change, t.Why)), t => t.Why.Length > 0));

        // Time alone does not bring it back.
        for (var t = 1; t < 100; t++)
        {
            Assert.Empty(bench.Wait(1).Outputs);
        }

        step = bench.Reset(0);
        Assert.InRange(step.Outputs.Count, 2, Most);
        Assert.True(bench.IsSafe(0));
    }

    [Fact]
    public void Two_trips_that_move_each_other_through_their_outputs_end_safe()
    {
        var (first, second) = (Safe(0, trips: 2), Safe(1, trips: 2));
        var bench = new Bench(
            [Quick with { Cause = new CauseNot(Of(second)), Effect = [0] }, Quick with { Cause = Of(first), Effect = [1] }]);
        bench.Reset(0);
        Assert.InRange(bench.Reset(1).Outputs.Count, 2, Most);
        Assert.Contains(Enumerable.Range(0, 2), t => bench.Trip(t).Facts is { Stands: true, Owes: TripOwes.ByHand } && bench.IsSafe(t));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Empty(bench.Wait(1).Outputs));
    }

    [Fact]
    public void Two_trips_that_make_each_other_blind_for_ever_hold_up_neither_the_step_nor_others()
    {
        // Contact 0 is never read: "all" with it is unknown or false, "any" with it true or unknown.
        var (firstBlind, secondBlind) = (4 + 2, 4 + 3 + 2);
        var bench = new Bench(
        [
            Quick with { Cause = new CauseAll([Of(secondBlind), Of(0)]), Effect = [1] },
            Quick with { Cause = new CauseAny([Of(firstBlind), Of(0)]), Effect = [1] },
            Quick with { Cause = Of(1), Effect = [0] },
        ]);
        bench.Reset(2);
        Assert.False(bench.IsSafe(0));
        bench.Set(1, 1);
        Assert.True(bench.IsSafe(0));
        bench.Set(1, 0);
        Assert.False(bench.IsSafe(0));
    }

    [Fact]
    public void A_trip_that_trips_and_resets_itself_once_at_each_moment_is_at_rest_and_owes_nobody_a_reset()
    {
        var bench = new Bench([Quick with { Cause = Of(0) }]);
        bench.Set(0, 0);
        bench.Reset(0);
        for (var t = 0; t < 50; t++)
        {
            bench.Set(0, 1, 0);
            Assert.True(bench.IsSafe(0));
            bench.Set(0, 0, 0); // all at one moment
            Assert.False(bench.IsSafe(0));
        }

        Assert.Equal(TripOwes.Nobody, bench.Trip(0).Facts.Owes);
    }

    [Fact]
    public void What_people_ask_again_and_again_at_one_moment_is_not_without_rest()
    {
        var bench = new Bench([TripBench.Trip(Of(0)) with { Settle = TimeSpan.Zero }, Quick with { Cause = Of(4) }]); // the second by the first
        bench.Set(0, 0);
        bench.Reset(0);
        bench.Reset(1);
        for (var n = 0; n < 50; n++)
        {
            bench.Ask(0, TripAsk.Trip);
            Assert.True(bench.Trip(1).Facts.Stands);
            bench.Reset(0);
            Assert.Equal(TripState.Ready, bench.Trip(1).Facts.State);
        }
    }

    [Law(MaxTest = 300)]
    public Property Whatever_names_whatever_each_step_ends_and_no_trip_that_stands_leaves_its_output_normal() => Prop.ForAll(Sites(), given =>
    {
        var bench = new Bench(given.Trips, Alarm(AlarmKind.Active, on: 0, point: Safe(0, trips: 2)));
        foreach (var (what, value) in given.Moves)
        {
            var step = what < 3 ? bench.Set(what, value > 1 ? null : value, value) : bench.Reset(what - 3);
            Assert.InRange(step.Outputs.Count, 0, Most);
            for (var trip = 0; trip < 2; trip++)
            {
                var (facts, cause) = (bench.Trip(trip).Facts, bench.Trip(trip).Cause);
                Assert.All(given.Trips[trip].Effect, o => Assert.True(!facts.Stands || bench.IsSafe(o), $"trip {trip} is {facts}, and output {o} is normal"));
                Assert.True(facts.Stands || cause != true, $"trip {trip} is ready, and its cause is true");
            }
        }

        return true;
    });

    private static int Safe(int output, int trips) => 4 + (3 * trips) + output;

    private static Cause Of(int point) => new CauseOf(new AlarmCause(false, point));

    /// <summary>Causes of contacts, of what the trips say of themselves, of their outputs and of an alarm of one of these.</summary>
    private static Arbitrary<(TripOptions[] Trips, (int What, int Value)[] Moves)> Sites()
    {
        var leaf = Gen.OneOf(Gen.Choose(0, 2), Gen.Choose(4, 11)).Select(Of);
        var name = Gen.Frequency((8, leaf), (1, Gen.Constant((Cause)new CauseOf(new AlarmCause(true, 1)))));
        var single = from one in name from not in Gen.Choose(0, 1) select not == 0 ? one : new CauseNot(one);
        var cause = from a in single
                    from b in single
                    from form in Gen.Choose(0, 3)
                    select form switch { 0 => a, 1 => new CauseAny([a, b]), 2 => new CauseAll([a, b]), _ => new CauseNot(new CauseAll([a, b])) };
        var trip = from its in cause
                   from effect in Gen.Choose(0, 2)
                   from settle in Gen.Choose(0, 3)
                   from manual in Gen.Choose(0, 3)
                   from bad in Gen.Choose(0, 1)
                   select Quick with
                   {
                       Cause = its, Effect = effect == 2 ? [0, 1] : [effect], Settle = settle == 0 ? Second : TimeSpan.Zero, ManualReset = manual == 0,
                       OnBad = bad == 0 ? new OnBad(OnBadKind.Hold, TimeSpan.Zero) : new OnBad(OnBadKind.TripAfter, TimeSpan.Zero),
                   };
        var move = from what in Gen.Choose(0, 4) from value in Gen.Choose(0, 2) select (what, value);
        return (from first in trip from second in trip from moves in move.ListOf() select (new[] { first, second }, moves.ToArray())).ToArbitrary();
    }

    /// <summary>A <see cref="TripBench"/> whose outputs have points of their own behind those of the trips, and no hold of their own.</summary>
    private sealed class Bench
    {
        private readonly Station _station;
        private readonly Dictionary<int, bool> _safe = [];
        private double _now;

        public Bench(TripOptions[] trips, params AlarmOptions[] alarms)
        {
            var site = TripBench.Of(trips, alarms);
            var first = site.Points.Length;
            _station = new Station(
                site with
                {
                    Points = [.. site.Points, Digital("XV-0.safe"), Digital("XV-1.safe")],
                    Outputs = [.. site.Outputs.Select((o, i) => o with { Points = new OutputPoints(first + i, -1) })],
                },
                TimeSpan.Zero);
            _station.Outputs.Restore(0, null);
            _station.Outputs.Restore(1, new OutputKept(false, "", true));
            Step([Sample(0, 0, point: 1), Sample(0, 0, point: 2), Sample(0, 0, point: TripBench.Pressure)]);

            static PointOptions Digital(string name) => Point(name, PointOptions.Computed, stale: 1e6) with { Unit = UnitTable.Get("1") };
        }

        public TripEvaluator Trip(int trip) => _station.Trips[trip];

        public bool IsSafe(int output) => _safe[output];

        public StepResult Set(int point, double? value, double after = 1)
        {
            _now += after;
            return Step([Sample(_now, value ?? 0, value is null ? Quality.Bad(Reason.Timeout) : default, point)]);
        }

        public StepResult Wait(double seconds)
        {
            _now += seconds;
            return Step([]);
        }

        public StepResult Reset(int trip) => Ask(trip, TripAsk.Reset);

        public StepResult Ask(int trip, TripAsk ask) => Step([], new TripCommand(trip, ask, "mei"));

        private StepResult Step(RawSample[] samples, params TripCommand[] asked)
        {
            var result = _station.Step(At(_now), samples, trips: asked);
            foreach (var command in result.Outputs)
            {
                _safe[command.Output] = command.Safe;
            }

            return result;
        }
    }
}
