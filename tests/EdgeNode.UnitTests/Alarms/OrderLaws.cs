using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.UnitTests.Trips;
using EdgeNode.UnitTests.Voting;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What holds of a high, a low and a group's alarm, and of the outputs behind them, however late steps are, however many samples one brings, and whatever people do to alarms.</summary>
public class OrderLaws
{
    private const int Value = 0;
    private const int MemberA = 1;
    private const int MemberB = 2;
    private const int GroupValue = 3;

    private static readonly AlarmInput[] Hands =
    [
        AlarmInput.Acknowledge, AlarmInput.Reset, AlarmInput.Shelve, AlarmInput.Unshelve, AlarmInput.RemoveFromService, AlarmInput.ReturnToService,
    ];

    private static readonly AlarmOptions[] Alarms =
    [
        Alarm(on: 1.5, off: 0.7) with { Id = "H", Priority = AlarmPriority.Medium, FirstOut = "g" },
        Alarm(AlarmKind.Low, 3, 0.5, 0.4, 1) with { Id = "L", Priority = AlarmPriority.High, Latch = true, FirstOut = "g" },
        Alarm(on: 1, off: 0.3, point: GroupValue) with { Id = "G", Group = 0, FirstOut = "g" },
        Alarm(on: 0, point: MemberA) with { Id = "A", Priority = AlarmPriority.Low, FirstOut = "g" },
    ];

    /// <summary>The trip waits for the group, or for the high alarm for a time; the output has a minimum time, and people hold it safe.</summary>
    private static readonly Site TheSite = Of(
        [
            .. new[] { "V.pressure", "A.pressure", "B.pressure" }.Select(n => Point(n, stale: 1e6, range: new ValueRange(0, 10))),
            Computed("G.value", "bar"), Computed("G.spread", "bar"), Computed("G.voting", "count"),
            Computed("close.tripped", "1"), Computed("close.inhibited", "1"), Computed("close.blind", "1"),
        ],
        Alarms) with
    {
        Groups = [new GroupOptions("G", [MemberA, MemberB], Bars.Bar, Bars.Rule("1oo2"), VoteRule.DefaultDegrade(Bars.Rule("1oo2"), 2)) { Points = new GroupPoints(GroupValue, 4, 5) }],
        Trips =
        [
            TripBench.Trip(new CauseAny([new CauseOf(new AlarmCause(true, 2)), new CauseAfter(Ms(800), new CauseOf(new AlarmCause(true, 0)))])) with
            {
                Id = "close", Points = new TripPoints(6, 7, 8), Settle = Ms(900),
            },
        ],
        Outputs = [TripBench.Of([]).Outputs[0] with { MinimumSafe = Ms(2500) }],
    };

    [Law(MaxTest = 300)]
    public Property Delays_are_exact_for_a_high_a_low_and_a_groups_alarm_however_late_the_step_comes() => Prop.ForAll(Histories(), history =>
    {
        var told = Told(history, Pace.Batched);
        return Exact(0, V(history, above: false, (v, was) => v >= (was ? 6.4 : 6.5)), 1500, 700)
            && Exact(1, V(history, above: false, (v, was) => v <= (was ? 3.5 : 3)), 400, 1000)
            && Exact(2, G(history), 1000, 300);

        bool Exact(int alarm, IEnumerable<(TimeSpan, bool?)> conditions, int on, int off) =>
            told.Where(t => t.Alarm == alarm && t.IsOfCondition).Select(t => (t.At, t.Active)).SequenceEqual(Delayed(conditions, Ms(on), Ms(off)));
    });

    [Law(MaxTest = 300)]
    public Property What_is_told_is_in_the_order_of_time_and_the_same_however_samples_come_together() => Prop.ForAll(Histories(), history =>
    {
        var (late, prompt) = (Told(history, Pace.Batched), Told(history, Pace.Prompt));
        return late.Select(Words).SequenceEqual(prompt.Select(Words)) && late.Zip(late.Skip(1)).All(p => p.First.At <= p.Second.At);

        static string Words(AlarmTransition t) => $"{t.Alarm} {t.Input} {t.State} {t.At} {t.FirstOut} {t.Chattering}";
    });

    [Law(MaxTest = 300)]
    public Property A_sample_that_is_older_than_what_was_told_ends_nothing_before_it_began_and_is_not_lost() => Prop.ForAll(Histories(), history =>
    {
        history = [.. history.Select(m => m with { Bad = false })];
        var told = Told(history, Pace.Late);
        var holds = true;
        for (var alarm = 0; alarm < Alarms.Length; alarm++)
        {
            var its = told.Where(t => t.Alarm == alarm && t.IsOfCondition).ToList();
            holds &= its.Zip(its.Skip(1)).All(p => p.First.At <= p.Second.At && p.First.Active != p.Second.Active);
        }

        // At rest it is as if each sample had come at once.
        var prompt = Told(history, Pace.Prompt);
        return holds && Enumerable.Range(0, Alarms.Length).All(a => Last(told, a) == Last(prompt, a));

        static bool Last(List<AlarmTransition> told, int alarm) => told.LastOrDefault(t => t.Alarm == alarm && t.IsOfCondition).Active;
    });

    [Law(MaxTest = 300)]
    public Property Whatever_people_do_to_alarms_the_outputs_are_commanded_the_same() => Prop.ForAll(Histories(), history =>
        Commands(history, alarms: true).SequenceEqual(Commands(history, alarms: false)));

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);

    private static PointOptions Computed(string name, string unit) => Point(name, PointOptions.Computed, stale: 1e6) with { Unit = UnitTable.Get(unit) };

    private static List<AlarmTransition> Told(Move[] history, Pace pace)
    {
        var told = new List<AlarmTransition>();
        Play(history, pace, alarms: false, result => told.AddRange(result.Alarms));
        return told;
    }

    /// <summary>Each step's commands, what is told of the outputs and when, answers and trips.</summary>
    private static List<string> Commands(Move[] history, bool alarms)
    {
        var told = new List<string>();
        Play(history, Pace.Batched, alarms, result => told.Add(
            $"{string.Join(',', result.Outputs)} {string.Join(',', result.OutputEvents.Select(e => $"{e.Output} {e.Change} {e.Energised} {e.Safe} {e.By} {e.Time.UnixMicroseconds}"))} {string.Join(',', result.OutputAnswers)} {string.Join(',', result.Trips.Select(t => $"{t.Change} {t.At}"))}"),
            hands: true);
        return told;
    }

    /// <summary>The conditions of the pressure V: an unknown one while it cannot be read.</summary>
    private static IEnumerable<(TimeSpan, bool?)> V(Move[] history, bool above, Func<double, bool, bool> judge)
    {
        foreach (var (at, move) in Timed(history).Where(m => m.Move.Point == Value))
        {
            above = move.Bad ? above : judge(move.Value, above);
            yield return (at, move.Bad ? null : above);
        }
    }

    /// <summary>The condition of the group: one of its members is past the setpoint, each with a deadband of its own.</summary>
    private static IEnumerable<(TimeSpan, bool?)> G(Move[] history)
    {
        var high = new bool[3];
        foreach (var (at, move) in Timed(history).Where(m => m.Move.Point != Value))
        {
            high[move.Point] = move.Value >= (high[move.Point] ? 6.4 : 6.5);
            yield return (at, high[MemberA] || high[MemberB]);
        }
    }

    /// <summary>An oracle of its own. An unknown condition says nothing; while it is up the off-delay begins anew behind it.</summary>
    private static List<(TimeSpan, bool)> Delayed(IEnumerable<(TimeSpan At, bool? Is)> conditions, TimeSpan on, TimeSpan off)
    {
        var (expected, condition, active, unknown, since) = (new List<(TimeSpan, bool)>(), false, false, false, TimeSpan.Zero);
        foreach (var (at, now) in conditions.Append((TimeSpan.MaxValue, null)))
        {
            var end = since + (condition ? on : off);
            if (condition != active && end <= at && !(active && unknown))
            {
                active = condition;
                expected.Add((end, active));
            }

            if (now is { } known && (known != condition || (unknown && active && !known)))
            {
                (condition, since) = (known, at);
            }

            unknown = now is null;
        }

        return expected;
    }

    private static IEnumerable<(TimeSpan At, Move Move)> Timed(Move[] history)
    {
        var at = TimeSpan.Zero;
        foreach (var move in history)
        {
            yield return (at += move.Gap, move);
        }
    }

    private static void Play(Move[] history, Pace pace, bool alarms, Action<StepResult> look, bool hands = false)
    {
        var (station, samples, now, timed) = (new Station(TheSite, TimeSpan.Zero), new List<RawSample>(), TimeSpan.Zero, Timed(history).ToList());
        look(station.Step(Clock(TimeSpan.Zero), [.. Enumerable.Range(0, 3).Select(p => new RawSample(p, 5, default, TimeSpan.Zero))]));
        for (var i = 0; i < timed.Count; i++)
        {
            var (at, move) = timed[i];
            samples.Add(new RawSample(move.Point, move.Value, move.Bad ? Quality.Bad(Reason.Timeout) : default, at));
            if (pace != Pace.Prompt && !move.Step && i < timed.Count - 1)
            {
                continue;
            }

            var next = i < timed.Count - 1 ? timed[i + 1].At - Ms(1) : at + Second;
            var late = at + Ms(move.Late);
            late = pace switch { Pace.Prompt => at, Pace.Batched => late < next ? late : next, _ => late };
            now = late > now ? late : now;
            AlarmCommand[] asked = alarms && move.Hand >= 0 ? [new AlarmCommand(move.Alarm, Hands[move.Hand], "mei") { Time = Ms(1 + move.Late), OneShot = move.Late % 2 == 0 }] : [];
            OutputAsk[] holds = hands && move.Late % 5 == 0 ? [new OutputAsk(0, move.Late % 2 == 0, "mei")] : [];
            TripCommand[] trips = hands && move.Late % 3 == 0 ? [new TripCommand(0, TripAsk.Reset, "mei")] : [];
            look(station.Step(Clock(now), [.. samples], commands: asked, asks: holds, trips: trips));
            samples.Clear();
        }

        look(station.Step(Clock(now + (20 * Second)), []));

        static ClockReading Clock(TimeSpan at) => new(at, At(at.TotalSeconds).Wall);
    }

    private enum Pace
    {
        /// <summary>A step for each sample, at once.</summary>
        Prompt,

        /// <summary>Several samples in one step, which comes later by seconds than the first of them, and before the next one.</summary>
        Batched,

        /// <summary>The same, up to 5 s later still, so that samples are older than what the step before has told.</summary>
        Late,
    }

    /// <summary>A reading, and perhaps hands.</summary>
    private sealed record Move(TimeSpan Gap, double Value, bool Bad, int Point, bool Step, int Late, int Hand, int Alarm);

    private static Arbitrary<Move[]> Histories()
    {
        var move = from gap in Gen.Choose(2, 60)
                   from value in Gen.Choose(0, 100)
                   from bad in Gen.Choose(0, 7)
                   from point in Gen.Choose(0, 2)
                   from step in Gen.Choose(0, 3)
                   from late in Gen.Choose(0, 5000)
                   from hand in Gen.Choose(-6, Hands.Length - 1)
                   from alarm in Gen.Choose(0, Alarms.Length - 1)
                   select new Move(Ms(gap * 50), value / 10.0, bad == 0 && point == Value, point, step == 0, late, hand, alarm);
        return move.ListOf().Select(m => m.ToArray()).ToArbitrary();
    }
}
