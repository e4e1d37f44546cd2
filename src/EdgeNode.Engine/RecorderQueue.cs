using System.Buffers;
using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Engine;

/// <summary>
/// Keeps the hot path from waiting for the disk: the station's loop puts readings and events in, the recorder's thread takes them out.
/// Bounded: at the limit the oldest readings go, or the oldest event when events alone are too many; what goes is counted
/// and will be named in a gap.
/// </summary>
public sealed class RecorderQueue
{
    /// <summary>Most readings that wait: 100 s of 200 values a second.</summary>
    public const int ReadingLimit = 20_000;

    /// <summary>Most readings that are kept or dropped as one.</summary>
    private const int PartLimit = 1_000;

    /// <summary>Most events that wait.</summary>
    public const int EventLimit = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<ArraySegment<Reading>> _readings = new();
    private readonly Queue<EventRecord> _events = new();
    private int _waiting;
    private Loss _readingLoss;
    private Loss _eventLoss;
    private long _lost;
    private bool _held;

    /// <summary>Called after each put, from the putting thread: it must only signal.</summary>
    public event Action? Filled;

    /// <summary>Readings and events lost here since the start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Adds the readings of one step.</summary>
    public void Put(List<Reading> readings)
    {
        if (readings.Count == 0)
        {
            return;
        }

        for (var rest = CollectionsMarshal.AsSpan(readings); rest.Length > 0; rest = rest[Math.Min(PartLimit, rest.Length)..])
        {
            PutPart(rest[..Math.Min(PartLimit, rest.Length)]);
        }

        Filled?.Invoke();
    }

    /// <summary>Readings wait here from now on: it is not known yet how they are to be told.</summary>
    public void HoldReadings()
    {
        lock (_gate)
        {
            _held = true;
        }
    }

    /// <summary>Lets the readings go that were held.</summary>
    /// <param name="told">How each is to be told.</param>
    public void LetReadings(Func<Reading, Reading> told)
    {
        ArgumentNullException.ThrowIfNull(told);
        lock (_gate)
        {
            if (!_held)
            {
                return;
            }

            _held = false;
            foreach (var part in _readings)
            {
                foreach (ref var reading in part.AsSpan())
                {
                    reading = told(reading);
                }
            }
        }

        Filled?.Invoke();
    }

    private void PutPart(ReadOnlySpan<Reading> part)
    {
        var array = ArrayPool<Reading>.Shared.Rent(part.Length);
        part.CopyTo(array);
        lock (_gate)
        {
            while (_waiting + part.Length > ReadingLimit && _readings.TryDequeue(out var oldest))
            {
                _waiting -= oldest.Count;
                Volatile.Write(ref _lost, _lost + oldest.Count);
                _readingLoss.Add(oldest.Count, oldest[0].Time, oldest[^1].Time);
                ArrayPool<Reading>.Shared.Return(oldest.Array!);
            }

            _readings.Enqueue(new ArraySegment<Reading>(array, 0, part.Length));
            _waiting += part.Length;
        }
    }

    /// <summary>Adds an event.</summary>
    public void Put(EventRecord record)
    {
        lock (_gate)
        {
            if (_events.Count >= EventLimit)
            {
                var oldest = _events.Dequeue();
                Volatile.Write(ref _lost, _lost + 1);
                _eventLoss.Add(1, oldest.Time, oldest.Time);
            }

            _events.Enqueue(record);
        }

        Filled?.Invoke();
    }

    /// <summary>Takes what was lost of a stream since the last call; false when nothing was.</summary>
    internal bool TryTakeLoss(StreamKind stream, out Loss loss)
    {
        lock (_gate)
        {
            ref var own = ref stream == StreamKind.Event ? ref _eventLoss : ref _readingLoss;
            loss = own;
            own = default;
            return loss.Count > 0;
        }
    }

    /// <summary>Nothing waits that may be taken, and no loss waits to be named.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return (_held || _readings.Count == 0) && _events.Count == 0 && _readingLoss.Count == 0 && _eventLoss.Count == 0;
            }
        }
    }

    /// <summary>Takes the oldest event; none while a loss of events before it is unnamed.</summary>
    internal bool TryTakeEvent(out EventRecord record)
    {
        lock (_gate)
        {
            record = null!;
            return _eventLoss.Count == 0 && _events.TryDequeue(out record!);
        }
    }

    /// <summary>Takes the oldest readings, none while they are held or a loss of readings before them is unnamed; give them back with <see cref="Return"/>.</summary>
    internal bool TryTakeReadings(out ArraySegment<Reading> readings)
    {
        lock (_gate)
        {
            readings = default;
            if (_held || _readingLoss.Count > 0 || !_readings.TryDequeue(out readings))
            {
                return false;
            }

            _waiting -= readings.Count;
            return true;
        }
    }

    /// <summary>Gives an array back.</summary>
    internal static void Return(ArraySegment<Reading> readings) => ArrayPool<Reading>.Shared.Return(readings.Array!);

    /// <summary>What was lost, so that it can be named.</summary>
    internal struct Loss
    {
        public long Count;
        public SourceTime First;
        public SourceTime Last;

        public void Add(int count, SourceTime first, SourceTime last)
        {
            First = Count == 0 ? first : First;
            Last = last;
            Count += count;
        }
    }
}
