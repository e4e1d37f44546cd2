using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>Starts the engine's threads, and waits for their end.</summary>
/// <param name="time">The clock of the waits.</param>
/// <param name="log">Where a thread that hangs is named.</param>
/// <param name="died">Called on a thread that ends by an exception, with its name.</param>
internal sealed class EngineThreads(TimeProvider time, ILogger log, Action<string, Exception> died)
{
    /// <summary>Stack of each thread; a small station has a dozen of them.</summary>
    private const int StackBytes = 512 * 1024;

    /// <summary>Waits have whole milliseconds; rounding down would spin through the last one.</summary>
    public static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    /// <summary>Starts a thread.</summary>
    public Thread Run(string name, Action body)
    {
        var thread = new Thread(
            () =>
            {
                try
                {
                    body();
                }
#pragma warning disable CA1031 // The last resort of a thread: anything that comes here is a programming error.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    died(name, e);
                }
            },
            StackBytes)
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    /// <summary>Waits for the end of threads, and names those that hang.</summary>
    /// <param name="together">How long, all together.</param>
    /// <param name="threads">The threads; null for one that was never started.</param>
    public void Wait(TimeSpan together, params ReadOnlySpan<Thread?> threads)
    {
        var until = Until(together);
        foreach (var thread in threads)
        {
            if (thread?.Join(Left(until)) == false)
            {
                log.ThreadHangs(thread.Name ?? "", together.TotalSeconds);
            }
        }
    }

    /// <summary>Monotonic end of a wait that begins now.</summary>
    public TimeSpan Until(TimeSpan wait) => time.Monotonic() + wait;

    /// <summary>How long until then; 0 when it is over.</summary>
    public TimeSpan Left(TimeSpan until)
    {
        var left = until - time.Monotonic();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
