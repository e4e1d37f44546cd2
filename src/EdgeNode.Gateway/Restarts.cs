namespace EdgeNode.Gateway;

/// <summary>Keeps a part at work that protection does not hang on: one that ends by a programming error is told of and begins anew.</summary>
internal static class Restarts
{
    /// <summary>Between the end of a part and its next beginning: an error that comes at once, again and again, must not fill the log or take a core.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Runs the part until it is stopped, or ends by itself in order.</summary>
    /// <param name="part">Makes it and runs it.</param>
    /// <param name="failed">Told with each end by a programming error.</param>
    /// <param name="time">The clock of the pause.</param>
    /// <param name="stop">Ends it for good.</param>
    public static async Task RunAsync(Func<CancellationToken, Task> part, Action<Exception> failed, TimeProvider time, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await part(stop).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The last resort: anything that comes here is a programming error.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed(e);
            }

            try
            {
                await Task.Delay(Pause, time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
