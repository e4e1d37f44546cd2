using EdgeNode.Core.Model;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>What holds of every device with status words, whatever it says and whatever it refuses, scan by scan.</summary>
public sealed class StatusLaws
{
    private const int Points = 4;

    // Values at registers 0 to 3, words from here on: the first adjoins the values, the others are requests of their own.
    private static readonly int[] Words = [5, 100, 200];

    private sealed record Move(int Word, ushort Bits, int Refused, bool Dead, int Seconds);

    /// <summary>Which points go by which word, and by word the class of each bit: 0 none, 1 M, 2 S, 3 C, 4 F.</summary>
    private sealed record Plan(int[] Of, int[][] Classes);

    [Law(MaxTest = 400)]
    public Property No_good_value_beside_a_failed_bit_or_an_unread_word_and_each_has_the_worst_that_is_said_of_it() => Prop.ForAll(Plans(), Moves(), (plan, moves) =>
    {
        var unit = new StatusUnit();
        for (ushort i = 0; i < Points; i++)
            unit.Registers[i] = (ushort)(1000 + i);
        var device = Plant.Device(1, [.. Enumerable.Range(0, Points).Select(i => Plant.Value(i, i))]) with
        {
            Status = [.. plan.Classes.Select((classes, w) => new StatusWord(
                Plant.Value(-1, Words[w]), Mask(classes, 4), Mask(classes, 3), Mask(classes, 2), Mask(classes, 1), [.. Enumerable.Range(0, Points).Where(p => (plan.Of[w] & (1 << p)) != 0)]))],
        };
        using var rig = new Rig(unit.Script, device);
        foreach (var move in moves)
        {
            unit.Registers[Words[move.Word]] = move.Bits;
            unit.IsDead = move.Dead;
            unit.Refused.Clear();
            if (move.Refused < Words.Length)
                unit.Refused.Add(Words[move.Refused]);
            var from = rig.Link.Requests.Count;
            var samples = rig.Scan().ToDictionary(s => s.Point);
            Assert.Equal(Points, samples.Count);

            // What was asked for and given in this very scan, by the wire.
            var given = move.Dead ? [] : rig.Link.Requests.Skip(from).Select(r => r.Ask)
                .Where(a => !Enumerable.Range(a.Register, a.Count).Any(unit.Refused.Contains)).SelectMany(a => Enumerable.Range(a.Register, a.Count)).ToHashSet();
            for (var p = 0; p < Points; p++)
            {
                var sample = samples[p];
                Assert.Equal(sample.Quality.IsBad ? 0 : 1000 + p, sample.Raw);
                if (!given.Contains(p))
                {
                    Assert.True(sample.Quality.IsBad);
                    continue;
                }

                var worst = 0;
                var unread = false;
                for (var w = 0; w < Words.Length; w++)
                {
                    if ((plan.Of[w] & (1 << p)) == 0)
                        continue;
                    unread |= !given.Contains(Words[w]);
                    for (var bit = 0; bit < 16 && given.Contains(Words[w]); bit++)
                        worst = Math.Max(worst, (unit.Registers[Words[w]] & (1 << bit)) != 0 ? plan.Classes[w][bit] : 0);
                }

                if (unread)
                {
                    Assert.True(sample.Quality.Status() >= (Ne107)Math.Max(worst, (int)Ne107.OutOfSpecification), $"{sample.Quality} with an unread word beside class {worst}");
                }
                else
                {
                    Assert.Equal((Ne107)worst, sample.Quality.Status());
                    Assert.Equal(worst == 4, sample.Quality.IsBad);
                    Assert.Equal(worst == 0, sample.Quality.IsGood);
                }
            }

            rig.Pass(move.Seconds);
        }

        return true;
    });

    private static ulong Mask(int[] classes, int of) => classes.Select((c, bit) => c == of ? 1UL << bit : 0).Aggregate((a, b) => a | b);

    private static Arbitrary<Plan> Plans() =>
        (from of in Gen.Choose(0, 15).ArrayOf(Words.Length)
         from classes in Gen.Choose(0, 4).ArrayOf(16).ArrayOf(Words.Length)
         select new Plan(of, classes)).ToArbitrary();

    private static Arbitrary<Move[]> Moves() =>
        (from word in Gen.Choose(0, Words.Length - 1)
         from bits in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 15).Select(b => 1 << b), Gen.Choose(0, ushort.MaxValue))
         from refused in Gen.Choose(0, Words.Length + 3)
         from dead in Gen.Choose(0, 7)
         from seconds in Gen.Elements(1, 1, 1, 40, 700)
         select new Move(word, (ushort)bits, refused, dead == 0, seconds)).ArrayOf().ToArbitrary();
}
