using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Voting.GroupSite;

namespace EdgeNode.UnitTests.Voting;

/// <summary>What holds of a group whatever comes.</summary>
public class GroupLaws
{
    private static readonly string[] Rules = ["1oo3", "2oo3", "3oo3", "median", "average"];

    /// <summary>One thing that happens: to a member a reading or a bypass, after a wait.</summary>
    private sealed record Happens(int Member, double Wait, int Value, int Kind)
    {
        public bool IsBypass => Kind == 0;

        public Quality Quality => Kind == 1 ? Quality.Bad(Reason.Timeout) : Kind == 2 ? Quality.Uncertain(Reason.FunctionCheck) : default;
    }

    [Law(MaxTest = 300)]
    public Property The_order_of_the_members_does_not_matter() => Prop.ForAll(Histories(), Rule(), (history, rule) =>
    {
        int[] turned = [2, 0, 1];
        var straight = Run(history, rule, m => m);
        var other = Run(history, rule, m => turned[m]);
        return straight.SequenceEqual(other);
    });

    [Law(MaxTest = 300)]
    public Property A_clock_that_jumps_changes_nothing() => Prop.ForAll(Histories(), Rule(), (history, rule) =>
        Run(history, rule, m => m).SequenceEqual(Run(history, rule, m => m, wall: i => i % 3 * 3_600_000_000L)));

    [Law(MaxTest = 300)]
    public Property However_samples_are_batched_the_outcome_is_the_same() => Prop.ForAll(Histories(), Rule(), (history, rule) =>
    {
        var samples = Timed(history).Where(h => !h.What.IsBypass).Select(h => Sample(h.At, h.What.Value / 10.0, h.What.Quality, h.What.Member)).ToArray();
        List<string> Told(int most)
        {
            var station = Make(rule);
            var told = new List<string>();
            station.Step(At(0), [], [new BypassCommand(0, 0, TimeSpan.FromSeconds(4.05))]);
            for (var i = 0; i < samples.Length; i += most)
            {
                var batch = samples.AsSpan(i, Math.Min(most, samples.Length - i));
                var result = station.Step(At(batch[^1].TakenAt.TotalSeconds), batch);
                told.AddRange(result.Alarms.Select(a => a.ToString()));
                told.AddRange(result.Bypasses.Select(b => b.ToString()));
            }

            return [.. told.Order(StringComparer.Ordinal)];
        }

        return Told(1).SequenceEqual(Told(4));
    });

    [Law(MaxTest = 300)]
    public Property A_bypass_always_ends_by_itself_and_one_member_always_has_a_vote_of_its_own() => Prop.ForAll(Histories(), history =>
    {
        var station = Make();
        var end = 0.0;
        foreach (var (at, what) in Timed(history))
        {
            Step(station, at, what, m => m);
            end = at;
            if (station.Members(0).Bypassed.Count > 2)
                return false;
        }

        station.Step(At(end + (8 * 3600)), []);
        return station.Members(0).Bypassed.Count == 0;
    });

    [Law(MaxTest = 300)]
    public Property A_member_that_dies_or_reads_in_doubt_takes_nothing_back() => Prop.ForAll(Histories(), Rule(), Gen.Choose(0, 17).ToArbitrary(), (history, rule, choice) =>
    {
        var (quality, allBad, which) = (choice / 9 == 0 ? Quality.Bad(Reason.LinkDown) : Quality.Uncertain(Reason.FunctionCheck), (AllBad)(choice % 9 / 3), choice % 3);
        var station = Make(rule, allBad: allBad, on: 0);
        station.Scan(0.05, 5, 5, 5); // who has never said anything is not counted by what it said last
        var now = 0.0;
        foreach (var (at, what) in Timed(history))
        {
            Step(station, now = at, what, m => m);
        }

        var before = station.Alarm(Setpoint).Active;
        station.Step(At(now + 0.001), [Sample(now + 0.001, 0, quality, which)]);
        return !before || station.Alarm(Setpoint).Active;
    });

    [Law(MaxTest = 300)]
    public Property A_true_overpressure_beyond_the_range_votes_whatever_was_before() => Prop.ForAll(Histories(), Gen.Elements(Rules).ToArbitrary(), (history, rule) =>
    {
        var station = Make(rule, on: 0);
        var now = 0.0;
        foreach (var (at, what) in Timed(history))
        {
            Step(station, now = at, what, m => m);
        }

        station.Scan(now + 0.01, 10.4, 11, 12);
        return station.Alarm(Setpoint).Active && !station.Last(3).Quality.IsGood;
    });

    [Law(MaxTest = 300)]
    public Property What_the_group_shows_lies_between_its_members_and_is_good_only_by_good_ones() => Prop.ForAll(Histories(), Rule(), (history, rule) =>
    {
        var station = Make(rule);
        var members = station.Members(0);
        foreach (var (at, what) in Timed(history))
        {
            station.Step(At(at), []); // what comes due is shown before the new reading
            var shown = Step(station, at, what, m => m).Readings.LastOrDefault(r => r.Point == 3);
            var voting = Enumerable.Range(0, 3).Where(i => members.Standing(i) == Standing.Votes).ToArray();
            if (shown.Point == 3 && !shown.Quality.IsBad
                && !(shown.Value >= voting.Min(i => members.Value(i)) - 1e-9 && shown.Value <= voting.Max(i => members.Value(i)) + 1e-9
                    && (!shown.Quality.IsGood || voting.All(i => members.QualityOf(i).IsGood))))
                return false;
        }

        return true;
    });

    [Law(MaxTest = 300)]
    public Property Nothing_happens_before_the_deadline_that_the_station_names() => Prop.ForAll(Histories(), history =>
    {
        var station = Make();
        foreach (var (at, what) in Timed(history))
        {
            Step(station, at, what, m => m);
            if (station.Deadline() is { } deadline && deadline > TimeSpan.FromSeconds(at))
            {
                var before = deadline - TimeSpan.FromTicks(1);
                var result = station.Step(new ClockReading(before, At(before.TotalSeconds).Wall), []);
                if (result.Readings.Count + result.Alarms.Count + result.Bypasses.Count > 0)
                    return false;
                break; // from here on the history would go back in time
            }
        }

        return true;
    });

    private static List<string> Run(Happens[] history, string rule, Func<int, int> place, Func<int, long>? wall = null)
    {
        var station = Make(rule);
        var told = new List<string>();
        var i = 0;
        for (var m = 0; m < 3; m++)
        {
            // Each was read once, so that no two run out at one moment.
            Step(station, 0.01 * (m + 1), new Happens(m, 0, 50, 9), place);
        }

        foreach (var (at, what) in Timed(history))
        {
            var result = Step(station, at, what, place, wall?.Invoke(i++) ?? 0);
            told.AddRange(result.Alarms.Select(a => $"{at} {a.Alarm} {a.Active} {a.Value} {a.Quality} {a.Votes.About.Count} {a.Votes.Lost.Count}").Order(StringComparer.Ordinal));
            told.AddRange(result.Readings.Where(r => r.Point >= 3).GroupBy(r => (r.Point, r.Time)).Select(r => $"{at} {r.Key.Point} {r.Last().Value} {r.Last().Quality}")); // what a moment comes to
            told.AddRange(result.Bypasses.Select(b => $"{at} {b.Outcome} {b.At}"));
        }

        return [.. told.Distinct()]; // two members that run out at one moment say the same twice or once
    }

    private static StepResult Step(Station station, double at, Happens what, Func<int, int> place, long wall = 0)
    {
        var now = At(at);
        now = now with { Wall = now.Wall with { UnixMicroseconds = now.Wall.UnixMicroseconds + wall } };
        return what.IsBypass
            ? station.Step(now, [], [new BypassCommand(0, place(what.Member), TimeSpan.FromSeconds(at + what.Value + ((what.Member + 1) / 100.0)))]) // never at the moment of anything else
            : station.Step(now, [Sample(at, what.Value / 10.0, what.Quality, place(what.Member))]);
    }

    private static IEnumerable<(double At, Happens What)> Timed(Happens[] history)
    {
        var at = 0.0;
        foreach (var what in history)
        {
            yield return (at = Math.Round(at + what.Wait, 1), what);
        }
    }

    private static Arbitrary<string> Rule() => Gen.Elements(Rules).ToArbitrary();

    private static Arbitrary<Happens[]> Histories() =>
        (from member in Gen.Choose(0, 2)
         from wait in Gen.Choose(1, 12)
         from value in Gen.Choose(0, 110)
         from kind in Gen.Choose(0, 9)
         select new Happens(member, wait / 10.0, value, kind)).ListOf().Select(h => h.ToArray()).ToArbitrary();
}
