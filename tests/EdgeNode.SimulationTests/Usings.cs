global using Xunit;

// One world at a time: the figures of memory and of time belong to one test.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
