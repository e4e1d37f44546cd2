namespace EdgeNode.Core.Act;

/// <summary>What an output is to do from now on. Told when it changes, and for every output in the first step.</summary>
/// <param name="Output">Index into <see cref="Model.Site.Outputs"/>.</param>
/// <param name="Energised">The position that is asked for.</param>
/// <param name="Safe">It is the safe state.</param>
public readonly record struct OutputCommand(int Output, bool Energised, bool Safe);
