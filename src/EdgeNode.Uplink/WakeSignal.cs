using System.Threading.Channels;

namespace EdgeNode.Uplink;

/// <summary>Wakes one waiter: at once when something happened, or at a given time. Setting it only signals, from any thread.</summary>
internal sealed class WakeSignal : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ITimer _timer;

    public WakeSignal(TimeProvider time)
    {
        _timer = time.CreateTimer(static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Returns after a signal, set before or during the call, or after <paramref name="wait"/>.</summary>
    public async ValueTask WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        if (wait <= TimeSpan.Zero)
        {
            _signal.Reader.TryRead(out _);
            return;
        }

        // Timers count whole milliseconds: rounded up, or the waiter would spin through the last one.
        var whole = TimeSpan.FromMilliseconds(Math.Ceiling((wait < Longest ? wait : Longest).TotalMilliseconds));
        _timer.Change(whole, Timeout.InfiniteTimeSpan);
        await _signal.Reader.ReadAsync(stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
