namespace EdgeNode.Core.Act;

/// <summary>What a person, or the node itself, asks of an output.</summary>
/// <param name="Output">Index into <see cref="Model.Site.Outputs"/>.</param>
/// <param name="Hold">True: to its safe state, until a reset. False: that reset.</param>
/// <param name="By">Who.</param>
public readonly record struct OutputAsk(int Output, bool Hold, string By);

/// <summary>What became of it.</summary>
public enum OutputAnswer : byte
{
    /// <summary>It is so from now on.</summary>
    Done,

    /// <summary>It was so already.</summary>
    Nothing,

    /// <summary>There is no such output.</summary>
    NoSuchOutput,
}
