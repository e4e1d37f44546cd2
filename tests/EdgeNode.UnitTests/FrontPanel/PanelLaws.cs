using EdgeNode.Core;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>What holds of the front panel for every history of values, buttons and lateness.</summary>
public class PanelLaws
{
    private static readonly InputMeaning[] Inputs =
        [InputMeaning.Acknowledge, InputMeaning.Silence, InputMeaning.Reset, InputMeaning.LampTest, InputMeaning.Maintenance, InputMeaning.Door];

    private static readonly AlarmOptions[] Alarms =
    [
        PanelBench.High(0, AlarmPriority.Critical) with { Latch = true },
        Alarm(on: 1.3, off: 0.6, point: 0) with { Id = "H", Priority = AlarmPriority.High, ReAlarm = TimeSpan.FromSeconds(7) },
        Alarm(AlarmKind.Low, 3, 0.5, 0.4, point: 0) with { Id = "M", Priority = AlarmPriority.Medium },
        Alarm(AlarmKind.Low, 2, on: 0.2, point: 1) with { Id = "C", Priority = AlarmPriority.Critical },
        Alarm(setpoint: 8, on: 0, point: 1) with { Id = "L", Priority = AlarmPriority.Low, SuppressWhen = new AlarmCause(true, 0) },
    ];

    [Law(MaxTest = 300)]
    public Property An_unacknowledged_critical_alarm_sounds_unless_it_was_silenced_where_that_is_allowed() => Prop.ForAll(Histories(), history =>
    {
        var (calls, silenced, holds) = (new TimeSpan[Alarms.Length], new bool[Alarms.Length], true);
        Play(history, (station, step) =>
        {
            foreach (var raised in step.Alarms.Where(t => t.Input is AlarmInput.Raise or AlarmInput.ReAlarm))
            {
                (calls[raised.Alarm], silenced[raised.Alarm]) = (raised.At, false);
            }

            foreach (var silence in step.Panel.Where(e => e is { Act: PanelAct.Silence, Outcome: PanelOutcome.Done }))
            {
                for (var i = 0; i < Alarms.Length; i++)
                {
                    silenced[i] |= calls[i] <= silence.Since; // before the finger went down, and not since
                }
            }

            for (var i = 0; i < Alarms.Length; i++)
            {
                if (Alarms[i].Priority == AlarmPriority.Critical && station.Alarm(i).State is AlarmState.Unacknowledged or AlarmState.LatchedUnacknowledged)
                {
                    holds &= station.Panel.IsActive(PanelBench.Bell) && (silenced[i] || station.Panel.IsActive(PanelBench.Siren));
                }
            }
        });
        return holds;
    });

    [Law(MaxTest = 300)]
    public Property With_nothing_to_announce_and_no_lamp_test_everything_is_still() => Prop.ForAll(Histories(), history =>
    {
        var (holds, testing) = (true, false);
        Play(history, (station, step) =>
        {
            testing = step.Panel.LastOrDefault(e => e.Act is PanelAct.LampTest or PanelAct.LampTestEnd) is { } test ? test.Act == PanelAct.LampTest : testing;
            var (calls, shows) = (false, false);
            for (var i = 0; i < Alarms.Length; i++)
            {
                calls |= station.Alarms.IsAnnounced(i);
                shows |= station.Alarm(i).State != AlarmState.Normal && !station.Alarm(i).State.IsSetAside();
            }

            holds &= testing
                ? Enumerable.Range(0, 3).All(station.Panel.IsActive)
                : (calls || (!station.Panel.IsActive(PanelBench.Siren) && !station.Panel.IsActive(PanelBench.Bell))) && (shows || !station.Panel.IsActive(PanelBench.Lamp));
        });
        return holds;
    });

    [Law(MaxTest = 300)]
    public Property A_button_acknowledges_nothing_that_came_up_after_it_was_last_seen_released() => Prop.ForAll(Histories(), history =>
    {
        var (released, calls, holds) = (TimeSpan.MinValue, new TimeSpan[Alarms.Length], true);
        var samples = Steps(history).SelectMany(s => s.Samples).Where(s => s.Point == 2).ToArray();
        Play(history, (station, step) =>
        {
            foreach (var t in step.Alarms)
            {
                if (t.Input is AlarmInput.Raise or AlarmInput.ReAlarm)
                {
                    calls[t.Alarm] = t.At;
                }
                else if (t.Input == AlarmInput.Acknowledge)
                {
                    released = samples.Last(s => s.TakenAt < t.At && s.Quality.IsGood && s.Raw == 0).TakenAt;
                    holds &= calls[t.Alarm] <= released;
                }
            }
        });
        return holds;
    });

    [Law(MaxTest = 300)]
    public Property Maintenance_lasts_while_any_key_or_the_command_keeps_it_and_each_ends_its_own() => Prop.ForAll(
        (from gap in Gen.Choose(0, 50) from who in Gen.Choose(0, 2) from span in Gen.Choose(0, 60) select (gap, who, span)).ListOf().ToArbitrary(), asked =>
    {
        var (maintenance, ends, now, holds) = (new Maintenance(new MaintenanceOptions(TimeSpan.FromSeconds(60)), 2), new Dictionary<int, TimeSpan>(), TimeSpan.Zero, true);
        foreach (var (gap, who, span) in asked)
        {
            now += TimeSpan.FromSeconds(gap);
            foreach (var over in ends.Where(e => e.Value <= now).OrderBy(e => e.Value).ThenBy(e => e.Key).ToArray())
            {
                holds &= maintenance.TryExpire(now, out var told) && told.Until == over.Value && told.By == $"{over.Key}";
                ends.Remove(over.Key);
            }

            int? owner = who == 2 ? null : who;
            holds &= !maintenance.TryExpire(now, out _);
            if (span == 0)
            {
                holds &= maintenance.End(owner, now) is not null == ends.Remove(who);
            }
            else
            {
                maintenance.Begin(owner, now, TimeSpan.FromSeconds(span), $"{who}", "");
                ends[who] = now + TimeSpan.FromSeconds(span);
            }

            holds &= maintenance.Covers(now) == ends.Count > 0
                && maintenance.Present?.By == (ends.Count > 0 ? string.Join(", ", ends.Keys.Order()) : null)
                && maintenance.Present?.Until == (ends.Count > 0 ? ends.Values.Max() : null)
                && maintenance.Deadline == (ends.Count > 0 ? ends.Values.Min() : null);
        }

        return holds;
    });

    [Law(MaxTest = 300)]
    public Property The_panel_changes_no_condition_and_no_delay() => Prop.ForAll(Histories(), history =>
        Conditions(history, panel: true).SequenceEqual(Conditions(history, panel: false)));

    [Law(MaxTest = 300)]
    public Property Batching_changes_nothing() => Prop.ForAll(Histories(), history =>
    {
        var (fine, coarse) = (new List<string>(), new List<string>());
        Play(history, (station, step) => Note(station, step, coarse));
        PlayFinely(history, fine);
        return fine.SequenceEqual(coarse);
    });

    [Law(MaxTest = 300)]
    public Property Maintenance_always_ends_and_marks_all_and_only_what_is_taken_in_it() => Prop.ForAll(Histories(), history =>
    {
        var (holds, last, on) = (true, default(Station), (MaintenanceSpan?)null);
        var now = Play(history, (station, step) =>
        {
            (last, on) = (station, station.Panel.Maintenance ?? on);
            holds &= station.Panel.Maintenance is not { } span || (station.Deadline() <= span.Until && span.Until <= span.Since + TimeSpan.FromHours(2));
        });
        var after = now + TimeSpan.FromHours(2);
        var end = last?.Step(new ClockReading(after, At(after.TotalSeconds).Wall), [new RawSample(0, 5, Quality.Good, after)]);
        return holds && (end is null || (last!.Panel.Maintenance is null && end.Readings.All(r => r.Quality.IsGood)));
    });

    private static Station Make(bool panel = true)
    {
        var site = PanelBench.Make(Alarms, Inputs);
        return new Station(panel ? site : site with { Inputs = [], Annunciators = [] }, TimeSpan.Zero);
    }

    private static List<string> Conditions(Move[] history, bool panel)
    {
        var told = new List<string>();
        Play(history, (_, step) => told.AddRange(step.Alarms.Where(t => t.IsOfCondition).Select(t => $"{t.Alarm} {t.Active} {t.Time} {t.Value} {t.Quality}").Order()), panel);
        return told;
    }

    private static void Note(Station station, StepResult step, List<string> into)
    {
        into.AddRange(step.Panel.Select(e => $"{e.Act} {e.Outcome} {e.By} {e.At} {e.Until} {string.Join(',', e.Alarms)} {string.Join(',', e.Silenced.Stilled)}").Order());
        into.Add(string.Join(' ', Enumerable.Range(0, 3).Select(station.Panel.IsActive)) + string.Join(' ', Enumerable.Range(0, Alarms.Length).Select(a => station.Alarm(a).State))
            + station.Panel.Maintenance);
    }

    /// <summary>Samples come singly, steps in bundles and late.</summary>
    /// <returns>Monotonic time of the last step.</returns>
    private static TimeSpan Play(Move[] history, Action<Station, StepResult> look, bool panel = true)
    {
        var station = Make(panel);
        var now = TimeSpan.Zero;
        foreach (var (samples, step) in Steps(history))
        {
            look(station, station.Step(new ClockReading(step, At(step.TotalSeconds).Wall), samples));
            now = step;
        }

        return now;
    }

    /// <summary>The same, with a step for each sample and for each moment at which the station asks for one.</summary>
    private static void PlayFinely(Move[] history, List<string> into)
    {
        var station = Make();
        foreach (var (samples, end) in Steps(history))
        {
            var told = new List<string>();
            foreach (var sample in samples)
            {
                UpTo(sample.TakenAt);
                Step(sample.TakenAt, [sample]);
            }

            UpTo(end);
            Step(end, []);
            into.AddRange(told.Order());
            Note(station, new StepResult(), into);

            void UpTo(TimeSpan until)
            {
                while (station.Deadline() is { } due && due < until)
                {
                    Step(due, []);
                }
            }

            void Step(TimeSpan at, RawSample[] taken)
            {
                var step = station.Step(new ClockReading(at, At(at.TotalSeconds).Wall), taken);
                var noted = new List<string>();
                Note(station, step, noted);
                told.AddRange(noted[..^1]);
            }
        }
    }

    private static IEnumerable<(RawSample[] Samples, TimeSpan Step)> Steps(Move[] history)
    {
        var (at, bundle) = (TimeSpan.Zero, new List<RawSample>());
        foreach (var move in history)
        {
            at += TimeSpan.FromMilliseconds(move.Gap * 100);
            var quality = move.Bad ? Quality.Bad(Reason.Timeout) : default;
            bundle.Add(move.Point < 2 ? new RawSample(move.Point, move.Value, quality, at) : new RawSample(move.Point, move.Value > 5 ? 1 : 0, quality, at));
            if (move.Ends)
            {
                // Before the next sample at the latest: what is in hand is what a step takes.
                yield return ([.. bundle], at + TimeSpan.FromMilliseconds(move.Late));
                bundle.Clear();
                at += TimeSpan.FromMilliseconds(move.Late);
            }
        }
    }

    /// <summary>A reading; the last of a step or not.</summary>
    private sealed record Move(int Gap, double Value, bool Bad, int Point, int Late, bool Ends);

    private static Arbitrary<Move[]> Histories()
    {
        var move = from gap in Gen.Frequency((20, Gen.Choose(1, 25)), (1, Gen.Choose(500, 10_000)))
                   from value in Gen.Choose(0, 100)
                   from bad in Gen.Choose(0, 12)
                   from point in Gen.Choose(0, 1 + Inputs.Length)
                   from late in Gen.Choose(0, 900)
                   from ends in Gen.Choose(0, 2)
                   select new Move(gap, value / 10.0, bad == 0, point, late, ends == 0);
        return move.ListOf().Select(m => m.ToArray()).ToArbitrary();
    }
}
