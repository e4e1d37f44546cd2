using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Core.Vote;
using EdgeNode.UnitTests.Voting;
using FsCheck;
using FsCheck.Fluent;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Validate;

/// <summary>Good is a word for a fresh valid sample alone: of a point of a group, of what the group computes of it, and beside values that people put in.</summary>
public sealed class GoodLaws
{
    private const int Members = 3;
    private const int Value = 3;
    private const int Spread = 4;
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(3);

    private enum What
    {
        Good,
        Uncertain,
        Bad,
        NoNumber,
        BeyondTheRange,
        Substitute,
        EndSubstitute,
        Bypass,
        Nothing,
    }

    private sealed record Move(int Wait, int Member, What What, int Number);

    [Law(MaxTest = 500)]
    public Property No_good_quality_without_a_fresh_valid_sample_neither_of_a_member_nor_of_its_group() => Prop.ForAll(Histories(), Gen.Elements("2oo3", "median", "average").ToArbitrary(), (history, vote) =>
    {
        var station = GroupSite.Make(vote);
        var valid = new List<(int Point, TimeSpan At, double Value)>();
        var last = new (TimeSpan At, bool Valid)[Members];
        var byHand = new TimeSpan[Members];
        var at = 0.0;
        foreach (var move in history)
        {
            at = Math.Round(at + (move.Wait / 10.0), 1);
            var (now, value, m) = (At(at), move.Number / 10.0, move.Member);
            var until = now.Monotonic + TimeSpan.FromSeconds(1 + (move.Number / 10));
            var quality = move.What switch { What.Uncertain => Quality.Uncertain(Reason.LostEdges), What.Bad => Quality.Bad(Reason.Timeout), _ => Quality.Good };
            value = move.What switch { What.NoNumber => double.NaN, What.BeyondTheRange => 10.1 + value, _ => value };
            if (move.What <= What.BeyondTheRange)
            {
                last[m] = (now.Monotonic, move.What == What.Good);
                if (move.What == What.Good)
                    valid.Add((m, now.Monotonic, value));
            }

            var result = move.What switch
            {
                <= What.BeyondTheRange => station.Step(now, [new RawSample(m, value, quality, now.Monotonic)]),
                What.Substitute => station.Step(now, [], substitutes: [new SubstituteCommand(m, value, until)]),
                What.EndSubstitute => station.Step(now, [], substitutes: [new SubstituteCommand(m, 0, null)]),
                What.Bypass => station.Step(now, [], [new BypassCommand(0, m, until)]),
                _ => station.Step(now, []),
            };
            foreach (var e in result.Substitutions)
            {
                byHand[e.Command.Point] = e.Outcome switch { SubstituteOutcome.Granted => e.Command.Until!.Value, SubstituteOutcome.Ended or SubstituteOutcome.Expired => default, _ => byHand[e.Command.Point] };
            }

            foreach (var reading in result.Readings.Where(r => r.Quality.IsGood && r.Point < Members))
            {
                Assert.Contains(valid, v => v.Point == reading.Point && At(v.At.TotalSeconds).Wall == reading.Time && v.Value == reading.Value);
            }

            // What is shown now: of each member by its own last sample, of the group, when it is told, by all of those that vote.
            var members = station.Members(0);
            for (var i = 0; i < Members; i++)
            {
                Assert.True(!station.Last(i).Quality.IsGood || IsFresh(i), $"member {i} is good");
            }

            foreach (var point in new[] { Value, Spread })
            {
                if (station.Last(point) is { Quality.IsGood: true } shown)
                {
                    var voting = Enumerable.Range(0, Members).Where(i => members.Standing(i) == Standing.Votes).ToList();
                    Assert.NotEmpty(voting);

                    // Between its rounds it shows what the last one gave, with the time of that.
                    Assert.True(voting.TrueForAll(IsFresh) || result.Readings.TrueForAll(r => r.Point != point), $"point {point} is told to be good, and a member of it is not");
                    Assert.True(now.Wall.UnixMicroseconds - shown.Time.UnixMicroseconds < Stale.TotalMicroseconds, $"point {point} is good and of {shown.Time.UnixMicroseconds - At(0).Wall.UnixMicroseconds} us at {at} s, voting {string.Join(' ', voting.Select(i => $"{i} {last[i]}"))}");
                }
            }

            bool IsFresh(int i) => last[i].Valid && now.Monotonic - last[i].At < Stale && byHand[i] <= now.Monotonic;
        }

        return true;
    });

    private static Arbitrary<Move[]> Histories() =>
        (from wait in Gen.OneOf(Gen.Choose(0, 8), Gen.Choose(9, 40))
         from member in Gen.Choose(0, Members - 1)
         from what in Gen.OneOf(Gen.Constant(What.Good), Gen.Elements(Enum.GetValues<What>()))
         from number in Gen.Choose(0, 100)
         select new Move(wait, member, what, number)).ListOf().Select(h => h.ToArray()).ToArbitrary();
}
