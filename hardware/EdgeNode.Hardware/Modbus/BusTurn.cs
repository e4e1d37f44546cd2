using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Whose turn it is on a bus. A scan holds it and offers it up between two requests; a write takes it then, before anything else is polled.
/// So a write waits for the request that is under way and for nothing else.
/// The time for which somebody has it is the bus's busy time.
/// </summary>
internal sealed class BusTurn(TimeProvider time, Counters counters)
{
    /// <summary>Longest time for which a cancellation goes unnoticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    private readonly object _lock = new();
    private volatile int _urgent;
    private bool _isTaken;
    private int _waiting;
    private TimeSpan _takenAt;

    /// <summary>A write waits, or is about to.</summary>
    public bool IsWanted => _urgent > 0;

    /// <summary>For a scan: after every write that waits.</summary>
    /// <returns>False when cancelled.</returns>
    public bool Take(CancellationToken stop) => Take(urgent: false, stop);

    /// <summary>For a write: before every scan.</summary>
    /// <returns>False when cancelled.</returns>
    public bool TakeUrgent(CancellationToken stop)
    {
        using var urgent = Reserve();
        return Take(urgent: true, stop);
    }

    /// <summary>
    /// No scan has its turn until this is given back: the next write may come a moment after the one before, and a scan that began in between would hold it up for a timeout. Never waits.
    /// </summary>
    public IDisposable Reserve()
    {
        lock (_lock)
            _urgent++;
        return new Reservation(this);
    }

    /// <summary>Between two requests of a scan: lets a write go first, if one waits.</summary>
    /// <returns>False when cancelled; the turn is held again all the same.</returns>
    public bool Offer(CancellationToken stop)
    {
        if (!IsWanted)
            return true;
        Release();
        if (Take(stop))
            return true;
        Take(urgent: false, CancellationToken.None);
        return false;
    }

    public void Release()
    {
        lock (_lock)
        {
            counters.Busy(time.Monotonic() - _takenAt);
            _isTaken = false;
            if (_waiting > 0)
                Monitor.PulseAll(_lock); // as a rule nobody waits, and every scan would pay for it
        }
    }

    private void GiveBack()
    {
        lock (_lock)
        {
            _urgent--;
            Monitor.PulseAll(_lock);
        }
    }

    private bool Take(bool urgent, CancellationToken stop)
    {
        lock (_lock)
        {
            while (_isTaken || (!urgent && _urgent > 0))
            {
                if (stop.IsCancellationRequested)
                    return false;
                _waiting++;
                Monitor.Wait(_lock, Slice);
                _waiting--;
            }

            (_isTaken, _takenAt) = (true, time.Monotonic());
            return true;
        }
    }

    private sealed class Reservation(BusTurn turn) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
                turn.GiveBack();
        }
    }
}
