namespace EdgeNode.Engine;

/// <summary>
/// The trace that a run leaves in this boot of the machine without any disk: a file in memory that names the run that began last. It is there until the machine goes down.
/// </summary>
/// <param name="Run">This run, a name that no other has.</param>
/// <param name="Before">The run that began before this one, in this boot; null when there was none.</param>
public sealed record RunTrace(Guid Run, Guid? Before);
