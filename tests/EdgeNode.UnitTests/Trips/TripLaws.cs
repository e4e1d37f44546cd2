using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Trips.TripBench;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What holds of trips for every history of values, failures and hands.</summary>
public class TripLaws
{
    private static readonly TripAsk[] Hands = [TripAsk.Reset, TripAsk.Inhibit, TripAsk.EndInhibit, TripAsk.Trip, TripAsk.Test, TripAsk.EndTest, TripAsk.Reset, TripAsk.Keep];

    private static readonly AlarmInput[] AlarmHands =
    [
        AlarmInput.Acknowledge, AlarmInput.Reset, AlarmInput.Shelve, AlarmInput.Unshelve, AlarmInput.RemoveFromService, AlarmInput.ReturnToService,
    ];

    /// <summary>By a contact; by an alarm, a contact for a time and none of another; one that resets itself, by two of three; a shadow; one with a permissive that only holds.</summary>
    private static readonly TripOptions[] Trips =
    [
        Brief(Trip()),
        Brief(Trip(new CauseAny([new CauseOf(High), new CauseAll([new CauseAfter(Ms(1700), Contact(0)), new CauseNot(Contact(1))])]), effect: [Xv0, Xv1])),
        Brief(Trip(new CauseVote(2, [Contact(0), Contact(1), new CauseOf(High)]), effect: Xv1)) with { ManualReset = false },
        Brief(Trip(new CauseOf(High))) with { Armed = false },
        Brief(Trip(Contact(2), OnBadKind.Hold, Xv1)) with { Permissive = Contact(1) },
    ];

    private static readonly Site TheSite = Of(Trips, [Alarm(setpoint: 3, on: 0, point: Pressure) with { Id = "PAL", Latch = true, SuppressWhen = new AlarmCause(false, 2), Priority = AlarmPriority.Low }]);

    [Law(MaxTest = 300)]
    public Property What_people_do_to_alarms_changes_nothing_of_what_trips_want() => Prop.ForAll(Histories(), history =>
        Wants(history, alarms: true).SequenceEqual(Wants(history, alarms: false)));

    [Law(MaxTest = 300)]
    public Property No_output_leaves_its_safe_state_while_a_cause_stands_or_a_reset_is_missing() => Prop.ForAll(Histories(), history =>
    {
        var holds = true;
        var before = new bool[Trips.Length];
        Array.Fill(before, true);
        Play(history, (station, result) =>
        {
            for (var i = 0; i < Trips.Length; i++)
            {
                var trip = station.Trips[i];
                var released = result.Trips.Any(t => t.Trip == i && t.Change is TripChange.Reset or TripChange.Released or TripChange.Resumed or TripChange.ResetItself);
                var overridden = trip.Facts.IsInhibited || trip.Facts.IsInTest;
                holds &= !Trips[i].Armed || !before[i] || trip.WantsSafe || released; // a reset was missing
                holds &= !Trips[i].Armed || trip.Cause == false || trip.WantsSafe || overridden || (trip.Cause is null && !trip.Facts.Stands); // a cause stands
                before[i] = trip.WantsSafe;
            }

            for (var o = 0; o < TheSite.Outputs.Length; o++)
            {
                holds &= station.Trips.SafeWanted(o) == Enumerable.Range(0, Trips.Length).Any(t => TheSite.Trips[t].Effect.Contains(o) && station.Trips[t].WantsSafe);
            }
        });
        return holds;
    });

    [Law(MaxTest = 300)]
    public Property What_has_acted_is_ready_again_only_when_its_cause_has_been_gone_for_the_settle_time() => Prop.ForAll(Histories(), history =>
    {
        // By the samples themselves, for the trips whose cause is one contact: reset, released, resumed, or ready because an inhibit ended.
        var acted = Enumerable.Repeat(true, Trips.Length).ToArray();
        var holds = true;
        Play(history, (_, result) =>
        {
            foreach (var t in result.Trips)
            {
                acted[t.Trip] |= t.State != TripState.Ready && t.Acts(TheSite.Trips[t.Trip]);
                holds &= t.Change != TripChange.ResetItself || !Trips[t.Trip].ManualReset;
                holds &= t.Change != TripChange.Reset || t.By == "mei";
                if (t.State == TripState.Ready && acted[t.Trip] && t.Change is not (TripChange.Inhibited or TripChange.TestBegun))
                {
                    acted[t.Trip] = false;
                    holds &= TheSite.Trips[t.Trip].Cause is not CauseOf { What: { IsAlarm: false, Index: var contact } } || t.At - GoneSince(contact, t.At, t.By is not null) >= Trips[t.Trip].Settle;
                }
            }
        });
        return holds;

        // What comes due by itself comes before a sample of the same moment, what a person asks behind it.
        TimeSpan? GoneSince(int contact, TimeSpan by, bool hand)
        {
            TimeSpan? since = null;
            foreach (var (at, value) in Contacts(history, contact).TakeWhile(c => hand ? c.At <= by : c.At < by))
            {
                since = value == false ? since ?? at : null;
            }

            return since;
        }
    });

    [Law(MaxTest = 300)]
    public Property Inhibit_and_test_always_end() => Prop.ForAll(Histories(), history =>
    {
        var (station, now) = Play(history, (_, _) => { });
        for (var i = 0; i < Trips.Length; i++)
        {
            var facts = station.Trips[i].Facts;
            if ((facts.InhibitedUntil is { } i1 && !(i1 > now && i1 <= now + Trips[i].InhibitAtMost && station.Deadline() <= i1))
                || (facts.TestUntil is { } t1 && !(t1 > now && t1 <= now + Trips[i].TestAtMost && station.Deadline() <= t1)))
            {
                return false;
            }
        }

        var later = now + TimeSpan.FromHours(2);
        station.Step(new ClockReading(later, At(later.TotalSeconds).Wall), []);
        return Enumerable.Range(0, Trips.Length).All(i => station.Trips[i].Facts is { IsInhibited: false, IsInTest: false, Suppressed: false });
    });

    [Law(MaxTest = 300)]
    public Property A_wall_clock_that_jumps_changes_nothing() => Prop.ForAll(Histories(), history => Story(history, jumping: true).SequenceEqual(Story(history)));

    [Law(MaxTest = 300)]
    public Property It_makes_no_difference_how_samples_come_together_in_steps() => Prop.ForAll(Histories(), history =>
    {
        var quiet = history.Select(m => m with { Hand = -1, AlarmHand = -1 }).ToArray();
        return Story(quiet, batch: 1).SequenceEqual(Story(quiet, batch: 7)) && Story(quiet, batch: 1, late: false).SequenceEqual(Story(quiet, batch: 3));
    });

    [Law(MaxTest = 300)]
    public Property An_after_is_exact_however_late_the_step_comes() => Prop.ForAll(Histories(), history =>
    {
        // An oracle of its own, of the contact S-0 alone: true for 1.7 s together, an unknown one neither counts nor begins anew.
        var told = new List<TimeSpan>();
        var site = Of([Brief(Trip(new CauseAfter(Ms(1700), Contact(0)), OnBadKind.Hold)) with { ManualReset = false, Settle = TimeSpan.Zero }]);
        var station = new Station(site, TimeSpan.Zero);
        Play(station, history, (_, result) => told.AddRange(result.Trips.Where(t => t.Change == TripChange.Tripped).Select(t => t.At)), hands: false, alarms: false);
        var expected = new List<TimeSpan>();
        var (counted, at, value, up) = (TimeSpan.Zero, TimeSpan.Zero, (bool?)null, false);
        foreach (var (time, next) in Contacts(history, 0).Append((history.Aggregate(TimeSpan.Zero, (t, m) => t + m.Gap) + (2 * Second), null)))
        {
            if (value == true)
            {
                var end = at + (Ms(1700) - counted);
                if (end <= time && !up)
                {
                    expected.Add(end);
                    up = true;
                }

                counted += time - at;
            }

            (at, value) = (time, next);
            (counted, up) = next == false ? (TimeSpan.Zero, false) : (counted, up);
        }

        return told.SequenceEqual(expected);
    });

    private static IEnumerable<(TimeSpan At, bool? Value)> Contacts(Move[] history, int contact)
    {
        var at = TimeSpan.Zero;
        foreach (var move in history)
        {
            at += move.Gap;
            if (move.Point == contact)
            {
                yield return (at, move.Bad ? null : move.Value > 5);
            }
        }
    }

    private static TripOptions Brief(TripOptions trip) => trip with
    {
        Settle = Ms(900), OnBad = trip.OnBad with { After = Ms(1300) }, InhibitAtMost = Ms(6000), TestAtMost = Ms(4000),
    };

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);

    private static List<string> Wants(Move[] history, bool alarms)
    {
        var wants = new List<string>();
        Play(new Station(TheSite, TimeSpan.Zero), history, (station, result) => wants.Add(
            $"{station.Trips.SafeWanted(Xv0)} {station.Trips.SafeWanted(Xv1)} {string.Join(',', result.Trips.Select(t => $"{t.Trip} {t.Change} {t.At}"))}"), alarms: alarms);
        return wants;
    }

    private static List<string> Story(Move[] history, bool jumping = false, int batch = 1, bool late = true)
    {
        var told = new List<string>();
        Play(new Station(TheSite, TimeSpan.Zero), history, (_, result) => told.AddRange(result.Trips.Select(t => $"{t.Trip} {t.Change} {t.State} {t.At} {t.SuppressedBy}")), jumping, batch, late);
        return told;
    }

    private static (Station Station, TimeSpan Now) Play(Move[] history, Action<Station, StepResult> look)
    {
        var station = new Station(TheSite, TimeSpan.Zero);
        return (station, Play(station, history, look));
    }

    /// <summary>Each move is a sample; so many of them go into one step, which may come late. At the end a step that comes 2 s later.</summary>
    /// <returns>Monotonic time of the last step.</returns>
    private static TimeSpan Play(
        Station station, Move[] history, Action<Station, StepResult> look, bool jumping = false, int batch = 1, bool late = true, bool hands = true, bool alarms = true)
    {
        var (at, now, samples) = (TimeSpan.Zero, TimeSpan.Zero, new List<RawSample>());
        for (var i = 0; i < history.Length; i++)
        {
            var move = history[i];
            at += move.Gap;
            var value = move.Point == Pressure ? move.Value : move.Value > 5 ? 1 : 0;
            samples.Add(new RawSample(move.Point, value, move.Bad ? Quality.Bad(Reason.Timeout) : default, at));
            if (samples.Count < batch && i < history.Length - 1)
            {
                continue;
            }

            // Not later than the next sample: one that is older than what has run out is a case of its own.
            var most = i < history.Length - 1 ? history[i + 1].Gap - Ms(1) : Second;
            now = at + (late ? (Ms(move.Late) < most ? Ms(move.Late) : most) : TimeSpan.Zero);
            TripCommand[] trips = hands && move.Hand >= 0 ? [new TripCommand(move.Trip, Hands[move.Hand], "mei") { Time = Ms(1 + (move.Late * 25)) }] : [];
            AlarmCommand[] asked = alarms && move.AlarmHand >= 0 ? [new AlarmCommand(move.Alarm, AlarmHands[move.AlarmHand], "mei") { Time = Ms(1 + move.Late) }] : [];
            look(station, station.Step(Clock(now, jumping ? move.Late : null), [.. samples], commands: asked, trips: trips));
            samples.Clear();
        }

        now = at + (2 * Second);
        look(station, station.Step(Clock(now, jumping ? 77 : null), []));
        return now;

        static ClockReading Clock(TimeSpan now, int? hours)
        {
            var wall = At(now.TotalSeconds).Wall;
            return new ClockReading(now, hours is { } h ? wall.Add(TimeSpan.FromHours(h - 150)) with { Clock = h % 2 == 0 ? ClockQuality.Synchronised : ClockQuality.Unsynchronised } : wall);
        }
    }

    /// <summary>A reading, and perhaps hands.</summary>
    private sealed record Move(TimeSpan Gap, double Value, bool Bad, int Point, int Late, int Hand, int Trip, int AlarmHand, int Alarm);

    private static Arbitrary<Move[]> Histories()
    {
        var move = from gap in Gen.Choose(2, 15)
                   from value in Gen.Choose(0, 100)
                   from bad in Gen.Choose(0, 7)
                   from point in Gen.Choose(0, Pressure)
                   from late in Gen.Choose(0, 300)
                   from hand in Gen.Choose(-Hands.Length, Hands.Length - 1)
                   from trip in Gen.Choose(0, Trips.Length - 1)
                   from alarmHand in Gen.Choose(-6, AlarmHands.Length - 1)
                   from alarm in Gen.Choose(0, 1)
                   select new Move(Ms(gap * 100), value / 10.0, bad == 0, point, late, hand, trip, alarmHand, alarm);
        return move.ListOf().Select(m => m.ToArray()).ToArbitrary();
    }
}
