using System.Diagnostics;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>Waits for what other threads bring about.</summary>
internal static class TestWait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<bool> reached, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"not within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
