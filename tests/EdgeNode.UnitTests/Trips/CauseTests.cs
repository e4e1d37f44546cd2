using System.Collections.Immutable;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Trips;

/// <summary>Causes: Kleene's logic against an oracle that knows no third value, and <c>after</c> by the clock.</summary>
public class CauseTests(ITestOutputHelper output)
{
    private static readonly bool?[] Values = [false, true, null];

    [Fact]
    public void Every_small_tree_says_with_every_value_what_all_that_the_unknown_ones_may_be_agree_on()
    {
        var (trees, cases) = (0, 0);
        foreach (var (tree, leaves) in Trees(2))
        {
            trees++;
            var read = new Fixed(new bool?[leaves]);
            var compiled = new CauseTree(tree);
            for (var n = 0; n < (int)Math.Pow(3, leaves); n++)
            {
                for (int i = 0, rest = n; i < leaves; i++, rest /= 3)
                {
                    read.Values[i] = Values[rest % 3];
                }

                var expected = Agreed(tree, read.Values);
                Assert.True(expected == compiled.Look(TimeSpan.Zero, read), $"{tree} of {string.Join(' ', read.Values)}");
                cases++;
            }
        }

        output.WriteLine($"counted: cause, {trees} trees of at most two storeys, each leaf its own, with every value of every leaf: {cases} cases.");
        Assert.True(trees > 1500 && cases > 300_000, $"{trees} trees, {cases} cases");
    }

    [Fact]
    public void Every_small_tree_says_soon_what_it_is_once_all_that_runs_towards_what_is_feared_has_run_out()
    {
        // An unknown one may have its on-delay run still; an off-delay runs of what is active alone.
        (bool? Now, bool? Next)[] kinds = [(false, null), (false, true), (true, null), (true, false), (null, null), (null, true)];
        var cases = 0;
        foreach (var (tree, leaves) in Trees(2).Where(t => t.Leaves <= 3))
        {
            foreach (var feared in new[] { true, false })
            {
                var (compiled, read) = (new CauseTree(tree, feared), new Fixed(new bool?[leaves]));
                for (var n = 0; n < (int)Math.Pow(kinds.Length, leaves); n++)
                {
                    for (int i = 0, rest = n; i < leaves; i++, rest /= kinds.Length)
                    {
                        (read.Values[i], read.Next[i]) = kinds[rest % kinds.Length];
                    }

                    Assert.Equal(Agreed(tree, read.Values), compiled.Look(TimeSpan.Zero, read));
                    Assert.True(Feared(tree, read, feared) == compiled.Soon, $"{tree} of {string.Join(' ', read.Values)}, then {string.Join(' ', read.Next)}, feared {feared}");
                    cases++;
                }
            }
        }

        Assert.True(cases > 50_000, $"{cases} cases");
    }

    [Fact]
    public void What_was_known_last_speaks_for_what_is_feared_and_never_against_it_in_every_small_tree()
    {
        (bool? Value, bool LastKnown)[] kinds = [(false, false), (true, false), (null, false), (true, true)];
        var cases = 0;
        foreach (var (tree, leaves) in Trees(2).Where(t => t.Leaves <= 3))
        {
            foreach (var feared in new[] { true, false })
            {
                var (compiled, read) = (new CauseTree(tree, feared), new Fixed(new bool?[leaves]));
                for (var n = 0; n < (int)Math.Pow(kinds.Length, leaves); n++)
                {
                    for (int i = 0, rest = n; i < leaves; i++, rest /= kinds.Length)
                    {
                        (read.Values[i], read.LastKnown[i]) = kinds[rest % kinds.Length];
                    }

                    var taken = read.Values.Select((v, i) => read.LastKnown[i] && !SpeaksWhenTrue(tree, i, feared) ? null : v).ToArray();
                    Assert.True(Agreed(tree, taken) == compiled.Look(TimeSpan.Zero, read), $"{tree} of {string.Join(' ', read.Values)}, last known {string.Join(' ', read.LastKnown)}, feared {feared}");
                    cases++;
                }
            }
        }

        Assert.True(cases > 20_000, $"{cases} cases");
    }

    [Theory]
    [InlineData(true, false, true)] // while it counts it is false, and soon true
    [InlineData(false, false, false)] // where true is not what is feared it is false as long as it can be
    public void An_after_that_counts_is_soon_what_is_feared(bool feared, bool now, bool soon)
    {
        var (tree, read) = (new CauseTree(new CauseAfter(Seconds(5), Leaf(0)), feared), new Fixed([true]));
        Assert.Equal((now, soon), (tree.Look(Seconds(0), read), tree.Soon));
        Assert.Equal((true, true), (tree.Look(Seconds(5), read), tree.Soon));
        read.Next[0] = false;
        Assert.Equal((true, feared), (tree.Look(Seconds(6), read), tree.Soon)); // an off-delay runs below it
        (read.Values[0], read.Next[0]) = (null, null);
        Assert.Equal((null, null), (tree.Look(Seconds(7), read), tree.Soon));
        read.Values[0] = false;
        Assert.Equal((false, false), (tree.Look(Seconds(8), read), tree.Soon));
        read.Next[0] = true;
        Assert.Equal((false, feared), (tree.Look(Seconds(9), read), tree.Soon)); // an on-delay runs below it
    }

    [Fact]
    public void Under_a_not_an_after_that_counts_takes_the_cause_away_and_an_off_delay_brings_it()
    {
        var (tree, read) = (new CauseTree(new CauseNot(new CauseAfter(Seconds(5), Leaf(0)))), new Fixed([true]));
        Assert.Equal((true, true), (tree.Look(Seconds(0), read), tree.Soon));
        Assert.Equal((false, false), (tree.Look(Seconds(5), read), tree.Soon));
        read.Next[0] = false;
        Assert.Equal((false, true), (tree.Look(Seconds(6), read), tree.Soon));
        Assert.True(tree.IsPending(0));
        Assert.True(tree.Leaves.Single().IsPending);
        read.Values[0] = false;
        Assert.Equal((true, true), (tree.Look(Seconds(7), read), tree.Soon));
        Assert.False(tree.IsPending(0)); // it speaks for the cause
    }

    [Fact]
    public void What_is_named_twice_is_not_known_to_agree_with_itself()
    {
        // Kleene's logic knows no tautology: any of x and not x is unknown while x is.
        var x = new CauseOf(new AlarmCause(false, 0));
        var tree = new CauseTree(new CauseAny([x, new CauseNot(x)]));
        Assert.Null(tree.Look(TimeSpan.Zero, new Fixed([null])));
        Assert.True(tree.Look(TimeSpan.Zero, new Fixed([false])));
    }

    [Fact]
    public void After_is_true_to_the_tick_and_no_sooner()
    {
        var (tree, read) = (new CauseTree(new CauseAfter(Seconds(5), Leaf(0))), new Fixed([true]));
        Assert.False(tree.Look(Seconds(1), read));
        Assert.Equal(Seconds(6), tree.Deadline);
        Assert.False(tree.Look(Seconds(6) - TimeSpan.FromTicks(1), read));
        Assert.True(tree.Look(Seconds(6), read));
        Assert.Null(tree.Deadline);
        read.Values[0] = false;
        Assert.False(tree.Look(Seconds(7), read));
        read.Values[0] = true;
        Assert.False(tree.Look(Seconds(8), read));
        Assert.Equal(Seconds(13), tree.Deadline);
    }

    [Fact]
    public void While_unknown_after_stands_still_and_says_so()
    {
        var (tree, read) = (new CauseTree(new CauseAfter(Seconds(5), Leaf(0))), new Fixed([true]));
        Assert.False(tree.Look(Seconds(0), read));
        read.Values[0] = null;
        Assert.Null(tree.Look(Seconds(2), read));
        Assert.Null(tree.Deadline);
        Assert.Null(tree.Look(Seconds(100), read));
        read.Values[0] = true;
        Assert.False(tree.Look(Seconds(100), read));
        Assert.Equal(Seconds(103), tree.Deadline);
        Assert.True(tree.Look(Seconds(103), read));
        read.Values[0] = null;
        Assert.Null(tree.Look(Seconds(104), read));
        read.Values[0] = true;
        Assert.True(tree.Look(Seconds(105), read));
    }

    [Fact]
    public void One_after_in_another_begins_when_the_inner_one_has_come_true()
    {
        var tree = new CauseTree(new CauseAfter(Seconds(2), new CauseAny([new CauseAfter(Seconds(3), Leaf(0)), Leaf(1)])));
        var read = new Fixed([true, false]);
        Assert.False(tree.Look(Seconds(0), read));
        Assert.Equal(Seconds(3), tree.Deadline);
        Assert.False(tree.Look(Seconds(3), read));
        Assert.Equal(Seconds(5), tree.Deadline);
        Assert.True(tree.Look(Seconds(5), read));
    }

    [Fact]
    public void An_after_below_a_branch_that_decides_already_counts_on()
    {
        var tree = new CauseTree(new CauseAny([Leaf(1), new CauseAfter(Seconds(3), Leaf(0))]));
        var read = new Fixed([true, true]);
        Assert.True(tree.Look(Seconds(0), read));
        read.Values[1] = false;
        Assert.False(tree.Look(Seconds(1), read));
        Assert.True(tree.Look(Seconds(3), read));
    }

    [Fact]
    public void Leaves_say_what_they_are_since_when_and_whether_they_speak_for_the_cause()
    {
        var tree = new CauseTree(new CauseAll([Leaf(0), new CauseNot(new CauseAny([Leaf(1), Leaf(0)]))]));
        tree.Look(Seconds(1), new Fixed([true, null]));
        tree.Look(Seconds(2), new Fixed([true, false]));
        Assert.Equal(
            [
                new CauseLeaf(new AlarmCause(false, 0), true, Seconds(1), true), new CauseLeaf(new AlarmCause(false, 1), false, Seconds(2), false),
                new CauseLeaf(new AlarmCause(false, 0), true, Seconds(1), false),
            ],
            tree.Leaves);
        Assert.Equal([true, true, false], tree.Leaves.Select(l => l.Speaks));
    }

    private static TimeSpan Seconds(double s) => TimeSpan.FromSeconds(s);

    private static CauseOf Leaf(int n) => new(new AlarmCause(false, n));

    /// <summary>Every value that the unknown ones may have is tried in two-valued logic, as a person would. It knows one only if all agree.</summary>
    private static bool? Agreed(Cause tree, bool?[] values)
    {
        var unknown = Enumerable.Range(0, values.Length).Where(i => values[i] is null).ToArray();
        var (some, all) = (false, true);
        for (var bits = 0; bits < 1 << unknown.Length; bits++)
        {
            var filled = values.Select((v, i) => v ?? (bits >> Array.IndexOf(unknown, i) & 1) == 1).ToArray();
            var said = Said(tree, filled);
            some |= said;
            all &= said;
        }

        return all ? true : some ? null : false;
    }

    /// <summary>
    /// Each that is about to change has done so or not, each way is tried: what is feared is so soon when it is agreed on in one of these ways, and is not when none of them leaves it open.
    /// </summary>
    private static bool? Feared(Cause tree, Fixed read, bool feared)
    {
        var changing = Enumerable.Range(0, read.Values.Length).Where(i => read.Next[i] is not null).ToArray();
        var ways = Enumerable.Range(0, 1 << changing.Length)
            .Select(bits => Agreed(tree, [.. read.Values.Select((v, i) => Array.IndexOf(changing, i) is >= 0 and var c && (bits >> c & 1) == 1 ? read.Next[i] : v)])).ToList();
        return ways.Contains(feared) ? feared : ways.Contains(null) ? null : !feared;
    }

    /// <summary>Where all others are so that this leaf decides, it brings what is feared when it becomes true: no tree here names a leaf twice, so one such case says it.</summary>
    private static bool SpeaksWhenTrue(Cause tree, int leaf, bool feared)
    {
        var values = new bool[tree.Leaves.Count()];
        for (var others = 0; others < 1 << values.Length; others++)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (others >> i & 1) == 1;
            }

            values[leaf] = true;
            var with = Said(tree, values);
            values[leaf] = false;
            if (Said(tree, values) != with)
            {
                return with == feared;
            }
        }

        throw new InvalidOperationException($"{tree}: leaf {leaf} decides nothing");
    }

    private static bool Said(Cause tree, bool[] values) => tree switch
    {
        CauseOf of => values[of.What.Index],
        CauseAny any => any.Of.Any(c => Said(c, values)),
        CauseAll all => all.Of.All(c => Said(c, values)),
        CauseVote vote => vote.Of.Count(c => Said(c, values)) >= vote.Needs,
        CauseNot not => !Said(not.Of, values),
        CauseAfter after => Said(after.Of, values), // without a delay here
        _ => throw new InvalidOperationException(),
    };

    /// <summary>All trees up to so many storeys, of up to three branches each; each leaf has its own number, from 0.</summary>
    private static IEnumerable<(Cause Tree, int Leaves)> Trees(int storeys)
    {
        var below = storeys == 1 ? [(Leaf(0), 1)] : Trees(storeys - 1).ToList();
        if (storeys > 1)
        {
            yield return (Leaf(0), 1);
        }

        foreach (var (tree, leaves) in below)
        {
            yield return (new CauseNot(tree), leaves);
            yield return (new CauseAfter(TimeSpan.Zero, tree), leaves);
        }

        for (var branches = 1; branches <= 3; branches++)
        {
            for (var n = 0; n < (int)Math.Pow(below.Count, branches); n++)
            {
                var (of, leaves) = (ImmutableArray.CreateBuilder<Cause>(), 0);
                for (int b = 0, rest = n; b < branches; b++, rest /= below.Count)
                {
                    var (tree, its) = below[rest % below.Count];
                    of.Add(Shifted(tree, leaves));
                    leaves += its;
                }

                if (leaves > 5)
                {
                    continue;
                }

                yield return (new CauseAny(of.ToImmutable()), leaves);
                yield return (new CauseAll(of.ToImmutable()), leaves);
                for (var needs = 1; needs <= branches; needs++)
                {
                    yield return (new CauseVote(needs, of.ToImmutable()), leaves);
                }
            }
        }
    }

    private static Cause Shifted(Cause tree, int by) => tree switch
    {
        CauseOf of => Leaf(of.What.Index + by),
        CauseAny any => new CauseAny([.. any.Of.Select(c => Shifted(c, by))]),
        CauseAll all => new CauseAll([.. all.Of.Select(c => Shifted(c, by))]),
        CauseVote vote => new CauseVote(vote.Needs, [.. vote.Of.Select(c => Shifted(c, by))]),
        CauseNot not => new CauseNot(Shifted(not.Of, by)),
        CauseAfter after => new CauseAfter(after.Delay, Shifted(after.Of, by)),
        _ => throw new InvalidOperationException(),
    };

    private sealed class Fixed(bool?[] values) : ICauseSource
    {
        public bool?[] Values => values;

        /// <summary>What each is about to become; null: nothing runs.</summary>
        public bool?[] Next { get; } = new bool?[values.Length];

        /// <summary>Which are so by what was known last.</summary>
        public bool[] LastKnown { get; } = new bool[values.Length];

        public bool? Read(AlarmCause what) => values[what.Index];

        public bool IsSaid(AlarmCause what) => !LastKnown[what.Index];

        public bool? Pending(AlarmCause what) => Next[what.Index];

        public GroupVotes Votes(AlarmCause what) => default;
    }
}
