using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// A thread for each writer. At a stop one that rests does not end: the station steps for as long as the buses take, and what it asks for by then is driven as at any other time, a trip of
/// what a planned restart was to leave above all.
/// </summary>
/// <param name="writers">The writers.</param>
/// <param name="threads">Starts threads.</param>
/// <param name="log">Where is named what could not be made safe.</param>
internal sealed class WriterThreads(IReadOnlyList<OutputWriter> writers, EngineThreads threads, ILogger log) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ManualResetEventSlim[] _rested = [.. writers.Select(_ => new ManualResetEventSlim())];
    private readonly Thread?[] _threads = new Thread?[writers.Count];
    private volatile bool _stopping;
    private volatile bool _asksOver;

    /// <summary>A thread has not ended: its ports are in use.</summary>
    public bool IsAlive => Array.Exists(_threads, t => t is { IsAlive: true });

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        for (var i = 0; i < writers.Count; i++)
        {
            var (writer, rested) = (writers[i], _rested[i]);
            _threads[i] = threads.Run("writer " + writer.Bus, () => Run(writer, rested));
        }
    }

    /// <summary>The process ends: everything goes to its rest. From any thread, and never waits.</summary>
    public void SafeForGood()
    {
        _stopping = true;
        foreach (var writer in writers)
        {
            writer.SafeForGood();
        }
    }

    /// <summary>After <see cref="SafeForGood"/>: waits until everything has come to rest once.</summary>
    /// <param name="until">Monotonic time after which nothing is waited for.</param>
    public void AwaitRest(TimeSpan until)
    {
        for (var i = 0; i < writers.Count; i++)
        {
            if (_threads[i] is not null)
            {
                _rested[i].Wait(threads.Left(until));
            }
        }
    }

    /// <summary>Nobody asks for anything any more. Names what does not rest.</summary>
    /// <param name="wait">The time for what was asked after <see cref="AwaitRest"/>; who did not come to rest by then had his.</param>
    public void End(TimeSpan wait)
    {
        bool[] hadRested = [.. _rested.Select(r => r.IsSet)];
        _asksOver = true;
        Wake();
        var until = threads.Until(wait);
        for (var i = 0; i < writers.Count; i++)
        {
            if (hadRested[i])
            {
                _threads[i]?.Join(threads.Left(until));
            }
        }

        _end.Cancel();
        Wake();
        foreach (var writer in writers)
        {
            foreach (var (id, fault) in writer.NotAtRest)
            {
                log.NotSafeAtStop(id, writer.Bus, fault);
            }
        }

        threads.Wait(wait, _threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Dispose();
        foreach (var rested in _rested)
        {
            rested.Dispose();
        }
    }

    private void Wake()
    {
        foreach (var writer in writers)
        {
            writer.Signal.Set();
        }
    }

    private void Run(OutputWriter writer, ManualResetEventSlim rested)
    {
        try
        {
            while (!_end.IsCancellationRequested && !(_asksOver && writer.IsAtRest))
            {
                var wait = writer.RunDue(_end.Token);
                if (_stopping && writer.IsAtRest)
                {
                    rested.Set();
                }

                if (wait > TimeSpan.Zero)
                {
                    writer.Signal.WaitOne(EngineThreads.RoundUp(wait));
                }
            }
        }
        finally
        {
            rested.Set(); // of a thread that has died nobody waits for more
        }
    }
}
