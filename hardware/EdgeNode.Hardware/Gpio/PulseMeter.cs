using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Gpio;

/// <summary>
/// A pulse meter on the kernel's numbered edges. Between scans the chip's own thread takes the edges out of their short queue.
/// Edges that were dropped all the same are counted by their numbers: the total stays right, and says that it was in doubt.
/// </summary>
internal sealed class PulseMeter : ILineDevice
{
    /// <summary>2^53, the last whole number that a value can hold exactly; a meter of 10 kHz gets there in 28000 years.</summary>
    public const long MostPulses = 1L << 53;

    private readonly PulseMeterOptions _options;
    private readonly string _key;
    private readonly IGpioChip _chip;
    private readonly ITotals _totals;
    private readonly TimeProvider _time;
    private readonly LineState _state;
    private readonly Lock _taking = new();
    private readonly LineEdge[] _edges = new LineEdge[64];
    private IEdgeLine? _line;
    private PulseCount _count = new();
    private PulseRate? _rate;
    private bool _gone;
    private long _seen;
    private long _seenLost;
    private long _lostBefore;
    private bool _losing;
    private long _uncounted;
    private long? _total;

    public PulseMeter(PulseMeterOptions options, string key, IGpioChip chip, ITotals totals, TimeProvider time, LineState state)
    {
        _options = options;
        _key = key;
        _chip = chip;
        _totals = totals;
        _time = time;
        _state = state;
    }

    public TimeSpan? Pending => null;

    public long LostEdges
    {
        get
        {
            lock (_taking)
                return _lostBefore + _count.Lost;
        }
    }

    public void Scan(List<RawSample> samples)
    {
        var now = _time.Monotonic();
        if (_line is null && !Open(now))
        {
            Bad(samples, Reason.LinkDown, now);
            return;
        }

        Take();
        long edges, lost;
        double? rate;
        lock (_taking)
        {
            (edges, lost) = (_count.Edges - _seen, _count.Lost - _seenLost);
            (_seen, _seenLost) = (_count.Edges, _count.Lost);
            rate = _rate!.Take(_count, edges, now);
            _count.Mark();
        }

        Count(edges);
        if (_gone)
        {
            Close();
            _state.Down("the line is gone");
            Bad(samples, Reason.LinkDown, now);
            return;
        }

        _state.Up();
        if (lost > 0 && !_losing)
            _state.Lost(lost, LostEdges);
        _losing = lost > 0;
        var quality = lost > 0 ? Quality.Uncertain(Reason.LostEdges) : Quality.Good;
        samples.Add(rate is { } r ? new RawSample(_options.RatePoint, r, quality, now) : new RawSample(_options.RatePoint, 0, Quality.Bad(Reason.NotYetRead), now));
        samples.Add(_total is { } total ? new RawSample(_options.TotalPoint, total, quality, now) : new RawSample(_options.TotalPoint, 0, Quality.Bad(Reason.NotYetRead), now));
    }

    public void Resume(List<RawSample> samples)
    {
    }

    public void Dispose() => Close();

    private bool Open(TimeSpan now)
    {
        var line = _state.Find();
        _line = line is null ? null : _chip.OpenEdges(
            new EdgeRequest(line.Value, _options.Line.ActiveLow, _options.Line.Pull, _options.Line.Debounce, Take));
        if (_line is null)
        {
            _state.Down(_chip.Fault);
            return false;
        }

        _rate = new PulseRate(now, _options.ZeroAfter);
        return true;
    }

    /// <summary>Adds to the total, which is kept as soon as it changes. Until it is known where it begins, what comes is only counted.</summary>
    private void Count(long edges)
    {
        _uncounted += edges;
        if (!_totals.IsReady)
            return;
        _total ??= _totals.Restore(_key) is { } kept and >= 0 and < MostPulses ? (long)kept : 0;
        if (_uncounted == 0)
            return;
        _total = (_total + _uncounted) % (_options.RollOver > 0 ? _options.RollOver : MostPulses);
        _uncounted = 0;
        _totals.Keep(_key, _total.Value);
    }

    /// <summary>Empties the queue; called by the scan, and by the chip's thread as soon as edges wait.</summary>
    private void Take()
    {
        lock (_taking)
        {
            while (_line is { } line && !_gone)
            {
                _gone = !line.TryTake(_edges, out var count);
                _count.Take(_edges.AsSpan(0, count));
                if (count < _edges.Length)
                    return;
            }
        }
    }

    private void Close()
    {
        // Not under the lock: disposing waits for the thread that may be about to take it.
        _line?.Dispose();
        lock (_taking)
        {
            _lostBefore += _count.Lost;
            (_line, _gone, _seen, _seenLost) = (null, false, 0, 0);
            _count = new PulseCount();
        }
    }

    private void Bad(List<RawSample> samples, Reason reason, TimeSpan at)
    {
        samples.Add(new RawSample(_options.RatePoint, 0, Quality.Bad(reason), at));
        samples.Add(new RawSample(_options.TotalPoint, 0, Quality.Bad(reason), at));
    }
}
