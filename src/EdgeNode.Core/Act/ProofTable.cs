using EdgeNode.Core.Model;
using static EdgeNode.Core.Model.ProofState;

namespace EdgeNode.Core.Act;

/// <summary>What can happen to the proof of a movement.</summary>
public enum ProofInput : byte
{
    /// <summary>The other end is asked for.</summary>
    Command,

    /// <summary>The switch of the end that is asked for is closed, the other one open.</summary>
    There,

    /// <summary>It is at neither end, or at the other one.</summary>
    Away,

    /// <summary>Both have been closed for longer than it takes to read both.</summary>
    Both,

    /// <summary>One of them has not been readable for longer than a travel may take.</summary>
    Blind,

    /// <summary>The time of a travel has passed since the command, and it is not there.</summary>
    TimeUp,
}

/// <summary>The proof of a movement by two limit switches, every state by every input.</summary>
public static class ProofTable
{
    // Rows: Moving, Proved, Late, Left, Both, Blind. Columns: Command, There, Away, Both, Blind, TimeUp.
    // A command begins a travel anew, and says nothing about switches that contradict each other or cannot be read.
    private static readonly ProofState[,] Next =
    {
        { Moving, Proved, Moving, Both, Blind, Late },
        { Moving, Proved, Left, Both, Blind, Proved },
        { Moving, Proved, Late, Both, Blind, Late },
        { Moving, Proved, Left, Both, Blind, Left },
        { Both, Proved, Moving, Both, Blind, Both },
        { Blind, Proved, Moving, Both, Blind, Blind },
    };

    /// <summary>The state after an input.</summary>
    public static ProofState After(ProofState state, ProofInput input) => Next[(int)state, (int)input];

    /// <summary>The state is a fault.</summary>
    public static bool IsFault(ProofState state) => state is Late or Left or Both or Blind;
}
