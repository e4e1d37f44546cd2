using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>
/// Hands scans from the bus threads to the station's loop. Bounded: at the limit the oldest scan is dropped and counted,
/// and no bus ever waits. The lists go round, so a steady station allocates nothing here.
/// </summary>
public sealed class SampleMailbox
{
    /// <summary>Most scans that wait for the loop.</summary>
    public const int Limit = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<List<RawSample>> _waiting = new();
    private readonly Stack<List<RawSample>> _free = new();
    private readonly Action _signal;
    private long _dropped;

    /// <param name="signal">Called after each post, from the posting thread.</param>
    public SampleMailbox(Action signal) => _signal = signal;

    /// <summary>Samples that were dropped because the loop did not come to take them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>An empty list to fill.</summary>
    public List<RawSample> Rent()
    {
        lock (_gate)
        {
            return _free.TryPop(out var list) ? list : new List<RawSample>(32);
        }
    }

    /// <summary>Posts a filled list; it belongs to the mailbox from then on.</summary>
    public void Post(List<RawSample> samples)
    {
        lock (_gate)
        {
            if (_waiting.Count >= Limit)
            {
                var oldest = _waiting.Dequeue();
                Volatile.Write(ref _dropped, _dropped + oldest.Count);
                Free(oldest);
            }

            _waiting.Enqueue(samples);
        }

        _signal();
    }

    /// <summary>Takes the oldest scan, if there is one; give it back with <see cref="Return"/>.</summary>
    public bool TryTake(out List<RawSample> samples)
    {
        lock (_gate)
        {
            return _waiting.TryDequeue(out samples!);
        }
    }

    /// <summary>Gives a list back.</summary>
    public void Return(List<RawSample> samples)
    {
        lock (_gate)
        {
            Free(samples);
        }
    }

    private void Free(List<RawSample> list)
    {
        list.Clear();
        if (_free.Count < Limit)
        {
            _free.Push(list);
        }
    }
}
