namespace EdgeNode.Core.Ports;

/// <summary>
/// Lets a drive be taken back until it can have its effect: it may wait for its bus, and what it is to do may be over by then. A port asks as late as it can, right before it sends.
/// </summary>
/// <param name="isOld">It was asked for so long ago that nobody knows whether it still holds.</param>
public sealed class Withdrawal(Func<bool> isOld) : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Ends a wait before anything is sent. What has been sent is finished all the same.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>It is not to be sent any more.</summary>
    public bool IsDue => _source.IsCancellationRequested || isOld();

    /// <summary>Takes it back. From any thread, and never waits.</summary>
    public void Withdraw() => _source.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
