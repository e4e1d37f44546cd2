using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The proof of a movement, every state by every input, against what the sentences of the rule say.</summary>
public class ProofTableTests
{
    [Fact]
    public void Every_state_by_every_input_is_as_the_rule_says()
    {
        var cases = 0;
        foreach (var state in Enum.GetValues<ProofState>())
        {
            foreach (var input in Enum.GetValues<ProofInput>())
            {
                Assert.True(Rule(state, input) == ProofTable.After(state, input), $"{state} by {input}");
                cases++;
            }
        }

        Assert.Equal(36, cases);
        TestContext.Current.TestOutputHelper?.WriteLine($"counted: proof of movement, {Enum.GetValues<ProofState>().Length} states by {Enum.GetValues<ProofInput>().Length} inputs: {cases} cases.");
    }

    [Fact]
    public void Only_a_way_and_an_arrival_are_no_fault() =>
        Assert.Equal([ProofState.Moving, ProofState.Proved], Enum.GetValues<ProofState>().Where(s => !ProofTable.IsFault(s)));

    private static ProofState Rule(ProofState state, ProofInput input)
    {
        // What the switches say of themselves goes before all else, and a command does not mend them.
        if (input == ProofInput.Both)
            return ProofState.Both;
        if (input == ProofInput.Blind)
            return ProofState.Blind;
        var broken = state is ProofState.Both or ProofState.Blind;
        return input switch
        {
            ProofInput.There => ProofState.Proved,
            ProofInput.Command => broken ? state : ProofState.Moving,
            ProofInput.Away => broken ? ProofState.Moving : state == ProofState.Proved ? ProofState.Left : state,
            _ => state == ProofState.Moving ? ProofState.Late : state,
        };
    }
}
