using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool;

/// <summary>
/// The spool: an append-only journal of readings and events in segments of fixed size (README.md has the format).
/// One thread appends and commits; readers and acknowledgements come from other threads. <c>_gate</c> guards what both sides
/// know of the records and is never held during disk work.
/// </summary>
public sealed partial class Journal : IRecorder, IDisposable
{
    /// <summary>Records of a stream that are appended and not yet committed: at this many it commits by itself, so that an open gap has a true bound.</summary>
    public const int MaxUncommitted = 10_000;

    /// <summary>Largest event: kind and body, bytes.</summary>
    public const int MaxEventBytes = 64 * 1024;

    private const int MaxSamplesPerFrame = 2000;
    private const int MaxSampleBytes = 26;
    private const int FrameRoomBytes = 128;
    private const int MaxNamedLosses = 20_000;
    private const int MaxRepeatedLosses = 1024;
    private const int RepeatedLossBytes = 128;

    private readonly ISpoolDisk _disk;
    private readonly string _directory;
    private readonly IStationClock _clock;
    private readonly ImmutableArray<SpooledPoint> _points;
    private readonly long _limit;
    private readonly int _segmentBytes;
    private readonly int _samplesPerFrame;
    private readonly IDisposable _lock;

    private readonly Lock _gate = new();
    private readonly StreamBook _telemetry;
    private readonly StreamBook _events;
    private readonly List<Segment> _segments;
    private readonly List<Loss> _named;
    private readonly List<Loss> _givenUp = [];
    private readonly Dictionary<uint, SpooledPoint[]> _dictionaries;
    private readonly Outbox _outbox;

    // Of the appending thread alone.
    private readonly FrameBuffer _batch = new();
    private readonly List<FrameRecords> _records = [];
    private readonly List<Loss> _pending = [];
    private readonly FrameBuffer _held = new();
    private readonly List<FrameRecords> _heldRecords = [];
    private readonly FrameBuffer _dictionary = new();
    private readonly uint _dictionaryNumber;
    private Segment? _head;
    private bool _gapUnsynced;
    private bool _unsettled = true;
    private bool _markerDue = true;
    private int _uncommittedBytes;
    private ulong _committedTelemetry = 1;
    private ulong _committedEvents = 1;
    private bool _disposed;

    // Read by status without the gate.
    private volatile AppendOutcome _outcome;
    private long _dropped;
    private long _droppedAtLimit;

    /// <summary>This run's epoch.</summary>
    public Epoch Epoch { get; }

    /// <summary>What opening found.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>Hears of each event as it is appended, gaps included; of one that is copied from an old segment again. Set before the first append.</summary>
    public IEventLog? EventLog { get; set; }

    /// <summary>The reading side of an uplink. There is one so far: id 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another id.</exception>
    public IOutbox Outbox(int uplinkId)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(uplinkId, CursorFrame.Uplink);
        return _outbox;
    }

    /// <inheritdoc/>
    public SpoolFill Fill => FillNow();

    internal Lock Gate => _gate;

    internal bool IsDisposed => _disposed;

    internal StreamBook Book(StreamKind stream) => stream == StreamKind.Telemetry ? _telemetry : _events;

    /// <inheritdoc/>
    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var outcome = AppendOutcome.Kept;
        while (readings.Length > 0)
        {
            var part = readings[..Math.Min(readings.Length, _samplesPerFrame)];
            var now = AppendFrame(part);
            outcome = now == AppendOutcome.Kept ? outcome : now;
            readings = readings[part.Length..];
        }

        return outcome;
    }

    private AppendOutcome AppendFrame(ReadOnlySpan<Reading> readings)
    {
        foreach (ref readonly var reading in readings)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)reading.Point, (uint)_points.Length, nameof(readings));
        }

        if (_telemetry.Current.Next - _committedTelemetry + (ulong)readings.Length > MaxUncommitted)
        {
            Commit();
        }

        var written = NameLosses() && EnsureRoom((readings.Length * MaxSampleBytes) + FrameRoomBytes);
        var first = _telemetry.Current.Next;
        if (written)
        {
            _batch.Clear();
            _records.Clear();
            SampleFrame.Write(_batch, Epoch.Start, first, _clock.Read(), _dictionaryNumber, readings);
            _records.Add(new FrameRecords(
                StreamKind.Telemetry, Epoch.Start, first, first + (ulong)readings.Length - 1,
                readings[0].Time.UnixMicroseconds, readings[^1].Time.UnixMicroseconds, 0, _batch.Length));
            written = WriteBatch(_batch, _records);
        }

        if (!written)
        {
            UseUp(_telemetry, readings.Length, readings[0].Time.UnixMicroseconds, readings[^1].Time.UnixMicroseconds, RefusedReason);
            return _outcome;
        }

        _outcome = AppendOutcome.Kept;
        _outbox.RaiseAppended();
        return AppendOutcome.Kept;
    }

    /// <inheritdoc/>
    public AppendOutcome AppendEvent(EventRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var bytes = (record.Kind.Length * 3) + record.Body.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Math.Min(MaxEventBytes, _segmentBytes / 4), nameof(record));
        if (_events.Current.Next - _committedEvents >= MaxUncommitted)
        {
            Commit();
        }

        var written = NameLosses() && EnsureRoom(bytes + FrameRoomBytes);
        var seq = _events.Current.Next;
        var time = record.Time.UnixMicroseconds;
        if (written)
        {
            _batch.Clear();
            _records.Clear();
            EventFrame.Write(_batch, Epoch.Start, seq, _clock.Read().Monotonic, record);
            _records.Add(new FrameRecords(StreamKind.Event, Epoch.Start, seq, seq, time, time, 0, _batch.Length));
            written = WriteBatch(_batch, _records);
        }

        if (!written)
        {
            UseUp(_events, 1, time, time, RefusedReason);
            return _outcome;
        }

        _outcome = AppendOutcome.Kept;
        _outbox.RaiseAppended();
        return AppendOutcome.Kept;
    }

    /// <inheritdoc/>
    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ObjectDisposedException.ThrowIf(_disposed, this);
        UseUp(Book(stream), count, first.UnixMicroseconds, last.UnixMicroseconds, reason);
        if (!NameLosses())
        {
            return _outcome;
        }

        _outcome = AppendOutcome.Kept;
        _outbox.RaiseAppended();
        return AppendOutcome.Kept;
    }

    /// <inheritdoc/>
    public AppendOutcome Commit()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Expire();
        if (_head is null && _held.Length == 0 && _pending.Count == 0 && _givenUp.Count == 0 && !AnythingChanged())
        {
            return AppendOutcome.Kept;
        }

        return CommitAll(close: false) ? _outcome = AppendOutcome.Kept : _outcome;
    }

    // A gap event is durable before a cursor frame says that its records are done: the disk may keep the later of two
    // unflushed writes and lose the earlier.
    private bool CommitAll(bool close)
    {
        if (!EnsureHead() || !NameLosses() || (_gapUnsynced && !SyncHead()))
        {
            return false;
        }

        Segment? delivered = null;
        _batch.Clear();
        _records.Clear();
        lock (_gate)
        {
            _telemetry.RaiseFloor();
            _events.RaiseFloor();
            if (_segments[0] != _head && NothingWaitsIn(_segments[0]))
            {
                delivered = _segments[0];
            }

            CursorFrame.Write(_batch, Epoch.Spool, _telemetry, _events, all: false);
            _telemetry.Clean();
            _events.Clean();
        }

        if (!_head!.HasRoom(_batch.Length + FrameRoomBytes))
        {
            // The new segment begins with the whole of it.
            if (!Roll())
            {
                return false;
            }

            _batch.Clear();
        }

        if (close)
        {
            new CloseFrame(Epoch.Start, _telemetry.Current.Next, _events.Current.Next).Write(_batch);
        }

        if (_batch.Length > 0 && !WriteBatch(_batch, _records))
        {
            return false;
        }

        if (_uncommittedBytes > 0 && !SyncHead())
        {
            return false;
        }

        if (delivered is not null)
        {
            ReleaseDone(delivered);
        }

        return true;
    }

    /// <summary>Commits, marks the orderly end and lets go of the directory.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (!CommitAll(close: true))
        {
            // What was refused has no name then, so the end must not look like one of which all is known.
            TrySeal();
        }

        lock (_gate)
        {
            _disposed = true;
            foreach (var segment in _segments)
            {
                segment.File.Dispose();
            }
        }

        CloseSpares();
        _lock.Dispose();
    }

    private string RefusedReason => _outcome == AppendOutcome.DiskFull ? "disk-full" : "disk-failed";

    private bool AnythingChanged()
    {
        lock (_gate)
        {
            return _telemetry.Starts.Exists(s => s.Dirty) || _events.Starts.Exists(s => s.Dirty);
        }
    }
}
