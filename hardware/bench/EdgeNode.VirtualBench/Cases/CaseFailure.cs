namespace EdgeNode.VirtualBench.Cases;

/// <summary>Something is not as the case wants it.</summary>
internal sealed class CaseFailure(string what) : Exception(what);

/// <summary>One thing that the bench shows.</summary>
/// <param name="Name">What is typed to run it alone.</param>
/// <param name="Run">Runs it.</param>
internal sealed record Case(string Name, Func<Station, string> Run);
