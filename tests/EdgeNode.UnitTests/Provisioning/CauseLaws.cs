using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Causes of three contacts, nested at random: the loader refuses those that are never or always true, and no others.</summary>
public sealed class CauseLaws
{
    private const int Contacts = 3;

    private static readonly string Head = TestFiles.Small.Replace("buses:\n", "buses:\n  gpio0: { gpio: /dev/gpiochip0 }\n", StringComparison.Ordinal) + """
        inputs:
          - { id: S0, bus: gpio0, line: 1 }
          - { id: S1, bus: gpio0, line: 2 }
          - { id: S2, bus: gpio0, line: 3 }
        outputs: [ { id: XV-1, bus: gpio0, line: 4, normal: energised, safe: de-energised, backstop: hard-wired } ]

        """;

    /// <summary>A cause as the file writes it, and the truth table that it ought to have, bit n for the combination n.</summary>
    private sealed record Tree(string Text, int Truth, bool Constant);

    [Law(MaxTest = 300)]
    public Property A_cause_is_refused_when_some_part_of_it_is_constant_and_only_then() => Prop.ForAll(
        Cause(3).ToArbitrary(),
        tree =>
        {
            var faults = TestFiles.Parse(Head + $"trips: [ {{ id: t, cause: {tree.Text}, effect: XV-1, on-bad: hold, process-safety-time: 2min }} ]\n").Faults;
            return tree.Constant
                ? faults.Length > 0 && faults.All(f => f.Message.Contains("can never be true", StringComparison.Ordinal) || f.Message.Contains("always true", StringComparison.Ordinal))
                : faults.IsEmpty;
        });

    private static Gen<Tree> Cause(int depth) => depth == 0 ? Leaf() : Gen.OneOf(Leaf(), Not(depth), Several(depth));

    private static Gen<Tree> Leaf() => Gen.Choose(0, Contacts - 1).Select(i => new Tree($"S{i}", Bits(n => (n >> i & 1) != 0), Constant: false));

    private static Gen<Tree> Not(int depth) => Cause(depth - 1).Select(t => Of($"{{ not: {t.Text} }}", ~t.Truth & All, [t]));

    private static Gen<Tree> Several(int depth) =>
        from count in Gen.Choose(1, 3)
        from parts in Cause(depth - 1).ArrayOf(count)
        from needs in Gen.Choose(1, count)
        from word in Gen.Elements("any", "all", "vote")
        let least = word switch { "any" => 1, "all" => count, _ => needs }
        select Of(
            $"{{ {(word == "vote" ? $"{needs}oo{count}" : word)}: [ {string.Join(", ", parts.Select(p => p.Text))} ] }}",
            Bits(n => parts.Count(p => (p.Truth >> n & 1) != 0) >= least), parts);

    private static Tree Of(string text, int truth, Tree[] parts) => new(text, truth, truth is 0 or All || parts.Any(p => p.Constant));

    private const int All = (1 << (1 << Contacts)) - 1;

    private static int Bits(Func<int, bool> truth) => Enumerable.Range(0, 1 << Contacts).Sum(n => truth(n) ? 1 << n : 0);
}
