using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.UnitTests.House;

namespace EdgeNode.UnitTests.Trips;

/// <summary>The trip machine against its table: in the document, and in an oracle that knows neither.</summary>
public class TripTableTests(ITestOutputHelper output)
{
    private static readonly TripState[] States = Enum.GetValues<TripState>();
    private static readonly TripInput[] Inputs = Enum.GetValues<TripInput>();
    private static readonly TimeSpan End = TimeSpan.FromHours(1);

    [Fact]
    public void The_document_shows_the_table_that_the_machine_goes_by()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "src/EdgeNode.Core/Act/TripTable.md"))
            .Where(l => l.StartsWith('|')).Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray()).ToList();
        var named = rows.Where(r => r.Length == 4 && r[0].Length == 1).ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal);
        Assert.Equal(States.Select(s => s.Text()), named.Values);
        var header = rows.FindIndex(r => r.Length > 10);
        Assert.Equal(Inputs.Select(i => i.Text()), rows[header][^TripTable.Inputs..]);
        var cells = rows.Skip(header + 2).ToList();
        Assert.Equal(named.Keys, cells.Select(r => r[0]));
        foreach (var state in States)
        {
            Assert.Equal(Inputs.Select(i => Shown(TripTable.Move(state, i))), cells[(int)state].Skip(1));
        }

        Assert.Equal(TripStates.Count, States.Length);
        Assert.Equal(TripTable.Inputs, Inputs.Length);
    }

    [Fact]
    public void Every_state_by_every_input_goes_where_it_is_said_to()
    {
        var tried = 0;
        foreach (var state in States)
        {
            foreach (var input in Inputs)
            {
                foreach (var owes in Enum.GetValues<TripOwes>())
                {
                    foreach (var cause in new bool?[] { false, true, null })
                    {
                        for (var bits = 0; bits < 16; bits++)
                        {
                            var facts = new TripFacts(state, (bits & 1) != 0, owes, (bits & 2) != 0 ? End : null, (bits & 4) != 0 ? End : null) { Released = (bits & 8) != 0 };
                            var expected = Oracle(facts, input, cause);
                            Assert.True(expected == TripMachine.Next(facts, input, cause), $"{facts}, {input}, cause {cause}: {TripMachine.Next(facts, input, cause)}, the oracle says {expected}");
                            tried++;
                        }
                    }
                }
            }
        }

        output.WriteLine($"counted: trip, {States.Length} states by {Inputs.Length} inputs, with every cause, inhibit, test, suppression, release and reset that is due: {tried} cases.");
        Assert.Equal(5 * 13 * 3 * 3 * 16, tried);
    }

    /// <summary>The rules in sentences, written without a look at the table.</summary>
    private static TripFacts Oracle(TripFacts facts, TripInput input, bool? cause)
    {
        var ready = facts.State == TripState.Ready;
        var tripped = facts.State == TripState.Tripped;
        var settling = facts.State == TripState.Settling;
        var sinceStart = facts.State is TripState.NotReset or TripState.Resuming;
        var armed = facts.InhibitedUntil is null && facts.TestUntil is null;
        var stands = cause == false ? TripState.Settling : TripState.Tripped;
        var becomesReady = facts with { State = TripState.Ready, Suppressed = false, Released = false, Owes = TripOwes.Nobody };
        switch (input)
        {
            case TripInput.CauseTrue: // trips whatever was; whether it acts was decided when it came up
                return facts with { State = TripState.Tripped, Suppressed = ready ? !armed : facts.Suppressed };
            case TripInput.CauseFalse: // begins to settle what stands by its cause
                return tripped ? facts with { State = TripState.Settling } : Same();
            case TripInput.CauseUnknown: // is not a cause that is gone
                return settling ? facts with { State = TripState.Tripped } : Same();
            case TripInput.UnknownTooLong: // trips what is ready; what is safe is safe
                return ready ? facts with { State = TripState.Tripped, Suppressed = !armed } : Same();
            case TripInput.Settled: // only the reset of the run before takes effect without a hand
                return facts.State == TripState.Resuming ? becomesReady : Same();
            case TripInput.SettledAutomatic:
                return facts.State is TripState.Resuming or TripState.Settling ? becomesReady : Same();
            case TripInput.Reset: // a cause that stands knows no reset
                return tripped ? facts : becomesReady;
            case TripInput.EarlyReset:
                return Same();
            case TripInput.Release: // under an inhibit the cause counts for nothing: it stands and leaves its outputs alone, and it is known whether it had acted
                return ready ? Same()
                    : facts with { State = sinceStart ? stands : facts.State, Suppressed = true, Released = !facts.Suppressed || facts.Released, Owes = TripOwes.Nobody };
            case TripInput.Trip: // acts, inhibited or in test, which ends by it, and waits for a hand
                return facts with { State = ready || sinceStart ? stands : facts.State, Suppressed = false, Released = false, Owes = TripOwes.ByHand, TestUntil = null };
            case TripInput.Kept: // what a person has tripped meanwhile is not reset by it
                var state = facts.State == TripState.NotReset ? TripState.Resuming : facts.State;
                return ready ? becomesReady with { Suppressed = false } : facts with { State = state, Owes = facts.Owes == TripOwes.SinceStart ? TripOwes.Nobody : facts.Owes };
            case TripInput.Unsuppress: // what has not acted and is over needs no reset
                return settling ? becomesReady : ready ? Same() : facts with { Suppressed = false, Released = false };
            case TripInput.ReleaseEnds: // what had acted acts again
                return ready ? Same() : facts with { Suppressed = false, Released = false };
            default:
                throw new ArgumentOutOfRangeException(nameof(input));
        }

        // What is ready leaves no output alone, and nobody has to reset it.
        TripFacts Same() => ready ? becomesReady : facts;
    }

    private static string Shown(TripMove move) => move switch
    {
        TripMove.Stay => ".",
        TripMove.Refuse => "!",
        TripMove.Stand => "stand",
        _ => move.ToString(),
    };
}
