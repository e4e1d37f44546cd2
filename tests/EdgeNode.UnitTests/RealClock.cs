namespace EdgeNode.UnitTests;

/// <summary>
/// Tests on real sockets, ttys and disks. They run alone: their deadlines are real, and a test beside them that takes both cores
/// would decide the outcome.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealClock
{
    public const string Name = "real clock";
}
