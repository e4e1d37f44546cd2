using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What holds of alarms for every history of values and hands.</summary>
public class AlarmLaws
{
    private static readonly AlarmInput[] Hands =
    [
        AlarmInput.Acknowledge, AlarmInput.Reset, AlarmInput.Shelve, AlarmInput.Unshelve, AlarmInput.RemoveFromService, AlarmInput.ReturnToService,
    ];

    /// <summary>High, low with a latch and re-alarm, critical, one suppressed by the switch (point 1), one by an alarm.</summary>
    private static readonly AlarmOptions[] Alarms =
    [
        Alarm(on: 1.5, off: 0.7) with { Id = "A", Priority = AlarmPriority.Medium, FirstOut = "g", ShelveAtMost = TimeSpan.FromSeconds(20) },
        Alarm(AlarmKind.Low, 3, 0.5, 0.4, 1) with { Id = "B", Priority = AlarmPriority.High, Latch = true, ReAlarm = TimeSpan.FromSeconds(6), FirstOut = "g" },
        Alarm(setpoint: 8, on: 0) with { Id = "C", SuppressWhen = new AlarmCause(false, 1), Latch = true, FirstOut = "g" },
        Alarm(AlarmKind.Low, 4, on: 0.5, off: 1.2) with { Id = "D", Priority = AlarmPriority.Low, SuppressWhen = new AlarmCause(false, 1) },
        Alarm(on: 0) with { Id = "E", Priority = AlarmPriority.Low, SuppressWhen = new AlarmCause(true, 2) },
    ];

    [Law(MaxTest = 300)]
    public Property What_people_do_changes_no_condition_and_no_delay() => Prop.ForAll(Histories(), history =>
        Conditions(history, hands: true).SequenceEqual(Conditions(history, hands: false)));

    [Law(MaxTest = 300)]
    public Property Acknowledging_never_makes_an_active_alarm_normal_and_nothing_a_person_does_makes_it_so() => Prop.ForAll(Histories(), history =>
        Run(history, true, (station, result) => !result.Alarms.Any(t => t.Active && t.State is AlarmState.Normal or AlarmState.ReturnedUnacknowledged)
            && Enumerable.Range(0, Alarms.Length).All(i => !station.Alarm(i).Active || station.Alarm(i).State is AlarmState.Unacknowledged or AlarmState.Acknowledged
                || station.Alarm(i).State.IsSetAside())));

    [Law(MaxTest = 300)]
    public Property A_shelf_always_ends() => Prop.ForAll(Histories(), history =>
    {
        var station = Make();
        var now = Play(station, history, hands: true, (_, _) => true);
        for (var i = 0; i < Alarms.Length; i++)
        {
            // Past its end only for what is known to be gone, and for its off-delay.
            var off = IsGone(history, i) ? Alarms[i].OffDelay : TimeSpan.Zero;
            if (station.Alarm(i).State == AlarmState.Shelved
                && !(station.Alarm(i).Facts.ShelvedUntil is { } until && until + off > now && until <= now + Alarms[i].ShelveAtMost && station.Deadline() <= until + off))
            {
                return false;
            }
        }

        var later = now + AlarmOptions.ShelveDefault;
        station.Step(new ClockReading(later, At(later.TotalSeconds).Wall), []);
        return Enumerable.Range(0, Alarms.Length).All(i => station.Alarm(i).State != AlarmState.Shelved);
    });

    [Law(MaxTest = 300)]
    public Property A_suppression_that_is_over_hides_nothing_that_stands() => Prop.ForAll(Histories(), history =>
    {
        // The switch of D, by its samples: while it cannot be read it suppresses nothing.
        var (step, at, offSince, holds) = (0, TimeSpan.Zero, TimeSpan.Zero, true);
        Play(Make(), history, hands: true, (station, _) =>
        {
            var move = history[step++];
            at += TimeSpan.FromSeconds(move.Gap);
            var suppresses = move.Point == 1 && !move.Bad && move.Value > 5;
            offSince = move.Point != 1 ? offSince : suppresses ? TimeSpan.MaxValue : offSince < at ? offSince : at;
            holds &= station.Alarm(3).State != AlarmState.SuppressedByDesign || !station.Alarm(3).Active || IsGone(history[..step], 3) || offSince > at - Alarms[3].OnDelay;
            return true;
        });
        return holds;
    });

    [Law(MaxTest = 300)]
    public Property Nothing_but_a_persons_hand_hides_a_critical_alarm() => Prop.ForAll(Histories(), history =>
        Run(history, true, (station, _) => !station.Alarm(2).Active || station.Alarm(2).State switch
        {
            AlarmState.Unacknowledged => station.Alarms.IsAnnounced(2), // in a flood and chattering too
            AlarmState.SuppressedByDesign => false,
            _ => true,
        }));

    [Law(MaxTest = 300)]
    public Property A_wall_clock_that_jumps_changes_no_state_and_no_order() => Prop.ForAll(Histories(), history =>
    {
        static List<string> States(Move[] history, bool jumping)
        {
            var told = new List<string>();
            Play(Make(), history, true, (_, result) =>
            {
                told.AddRange(result.Alarms.Select(t => $"{t.Alarm} {t.Input} {t.State} {t.At} {t.FirstOut}"));
                return true;
            }, jumping);
            return told;
        }

        return States(history, false).SequenceEqual(States(history, true));
    });

    [Law(MaxTest = 300)]
    public Property A_delay_is_exact_however_late_the_step_comes() => Prop.ForAll(Histories(), history =>
    {
        // An oracle of its own: the alarm A is up from 1.5 s after the first of a row of values at or above 6.5, and down again 0.7 s
        // after the first of a row below 6.4 that no failed read breaks.
        var expected = Expected(history);
        var told = new List<(TimeSpan, bool)>();
        var station = Make();
        var now = Play(station, history, false, (_, result) => Note(result));
        Note(station.Step(new ClockReading(now + (10 * Second), At((now + (10 * Second)).TotalSeconds).Wall), []));
        return told.SequenceEqual(expected);

        bool Note(StepResult result)
        {
            told.AddRange(result.Alarms.Where(t => t.Alarm == 0).Select(t => (t.At, t.Active)));
            return true;
        }
    });

    private static List<(TimeSpan, bool)> Expected(Move[] history)
    {
        var (expected, above, active, unknown, since, at) = (new List<(TimeSpan, bool)>(), false, false, false, TimeSpan.Zero, TimeSpan.Zero);
        foreach (var move in history)
        {
            at += TimeSpan.FromSeconds(move.Gap);
            Ends(at);
            if (move.Point != 0)
                continue;
            if (!move.Bad)
            {
                var now = move.Value >= (above ? 6.4 : 6.5);
                (above, since) = now == above && !(unknown && active && !now) ? (above, since) : (now, at);
            }

            unknown = move.Bad;
        }

        Ends(TimeSpan.MaxValue);
        return expected;

        void Ends(TimeSpan by)
        {
            var end = since + TimeSpan.FromSeconds(above ? 1.5 : 0.7);
            if (above != active && end <= by && !(active && unknown))
            {
                active = above;
                expected.Add((end, active));
            }
        }
    }

    /// <summary>By the last sample its condition is known to be gone.</summary>
    private static bool IsGone(IEnumerable<Move> history, int alarm)
    {
        var (options, stands, bad) = (Alarms[alarm], false, true);
        foreach (var move in history.Where(m => m.Point == 0))
        {
            var past = options.Kind == AlarmKind.High ? move.Value - options.Setpoint : options.Setpoint - move.Value;
            bad = move.Bad;
            stands = bad ? stands : past >= (stands ? -options.Deadband - 1e-9 : -1e-9);
        }

        return !bad && !stands;
    }

    private static Station Make() => new(Of([Point(stale: 1e6), Point("HS-1.state", stale: 1e6)], Alarms), TimeSpan.Zero);

    private static List<string> Conditions(Move[] history, bool hands)
    {
        var told = new List<string>();
        Run(history, hands, (_, result) =>
        {
            told.AddRange(result.Alarms.Where(t => t.IsOfCondition).Select(t => $"{t.Alarm} {t.Active} {t.Time} {t.Value}"));
            return true;
        });

        // Alarm by alarm: which of two is told first within a step is no part of the law.
        return [.. told.OrderBy(line => line.Split(' ')[0], StringComparer.Ordinal)];
    }

    private static bool Run(Move[] history, bool hands, Func<Station, StepResult, bool> check)
    {
        var holds = true;
        Play(Make(), history, hands, (station, result) => holds &= check(station, result));
        return holds;
    }

    /// <summary>Each move is one scan, taken up by a step that comes up to 300 ms late.</summary>
    /// <returns>Monotonic time of the last step.</returns>
    private static TimeSpan Play(Station station, Move[] history, bool hands, Func<Station, StepResult, bool> look, bool jumping = false)
    {
        var (at, now) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var move in history)
        {
            at += TimeSpan.FromSeconds(move.Gap);
            var step = at + TimeSpan.FromMilliseconds(move.Late);
            now = step > now ? step : now;
            var wall = At(now.TotalSeconds).Wall;
            var clock = new ClockReading(now, jumping ? wall.Add(TimeSpan.FromHours(move.Late - 150)) : wall);
            var sample = new RawSample(move.Point, move.Point == 1 ? move.Value > 5 ? 1 : 0 : move.Value, move.Bad ? Quality.Bad(Reason.Timeout) : default, at);
            AlarmCommand[] commands = hands && move.Hand >= 0
                ? [new AlarmCommand(move.Alarm, Hands[move.Hand], "mei") { Time = TimeSpan.FromSeconds(move.Late), OneShot = move.Late % 2 == 0 }]
                : [];
            look(station, station.Step(clock, [sample], commands: commands));
        }

        return now;
    }

    /// <summary>A reading, and perhaps a hand.</summary>
    private sealed record Move(double Gap, double Value, bool Bad, int Point, int Late, int Hand, int Alarm);

    private static Arbitrary<Move[]> Histories()
    {
        var move = from gap in Gen.Choose(4, 30)
                   from value in Gen.Choose(0, 100)
                   from bad in Gen.Choose(0, 7)
                   from point in Gen.Choose(0, 4)
                   from late in Gen.Choose(0, 300)
                   from hand in Gen.Choose(-6, Hands.Length - 1)
                   from alarm in Gen.Choose(0, Alarms.Length - 1)
                   select new Move(gap * 0.1, value / 10.0, bad == 0, point == 0 ? 1 : 0, late, hand, alarm);
        return move.ListOf().Select(m => m.ToArray()).ToArbitrary();
    }
}
