namespace EdgeNode.SimulationTests.Simulated;

/// <summary>Where the asynchronous parts of one life run: posted work waits for the world to run it, in the order in which it was posted.</summary>
internal sealed class PumpContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Work, object? State)> _posted = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Something of the node ran on a thread of its own: the world would not be the same twice.");
        }

        _posted.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody waits here.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one piece of work; false when there is none.</summary>
    public bool TryRun()
    {
        if (!_posted.TryDequeue(out var next))
        {
            return false;
        }

        next.Work(next.State);
        return true;
    }
}
