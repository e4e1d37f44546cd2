namespace EdgeNode.Gateway.Verbs;

/// <summary>What a verb reads of a disk that may hang, with a limit: outputs do not wait for it.</summary>
internal static class SlowDisk
{
    /// <summary>How long it may take. Such a disk may be why the gateway died.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>Reads on a thread of its own; one that hangs in the kernel is left to the end of the process.</summary>
    /// <returns>Answered: false when the limit has passed.</returns>
    public static async Task<(bool Answered, T? Value)> ReadAsync<T>(Func<T> read)
    {
        try
        {
            return (true, await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Wait).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            return (false, default);
        }
    }
}
