using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Audit;

/// <summary>What opening the trail found.</summary>
/// <param name="LastStart">Body of the newest <c>start</c> entry of a run before; empty when there is none.</param>
/// <param name="Faults">Where the trail does not hold.</param>
/// <param name="TailBytes">Bytes at its end that were no entry; the next file says so.</param>
public sealed record AuditOpening(ReadOnlyMemory<byte> LastStart, IReadOnlyList<AuditFault> Faults, long TailBytes)
{
    /// <summary>The site file's revision at the start before; null when that does not say one.</summary>
    public string? LastRevision
    {
        get
        {
            using var body = AuditBody.Of(LastStart);
            return body.Text("revision");
        }
    }
}

/// <summary>
/// The trail as the node uses it: entries gather in a bounded queue, one thread writes them, each flushed before the next. A disk that
/// fails or hangs holds this thread and nothing else. What comes while the queue is full is counted, and an entry <c>lost</c> says how
/// many and from when to when: of what happened the first is kept, so that a flood cannot wash away what began it.
/// </summary>
public sealed class AuditTrail : IAudit, IDisposable
{
    /// <summary>Most entries that wait for the disk.</summary>
    public const int QueueLimit = 256;

    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly ISpoolDisk _disk;
    private readonly string _directory;
    private readonly AuditOptions _options;
    private readonly IStationClock _clock;
    private readonly INodeAlarms _alarms;
    private readonly Action<EventRecord> _anchored;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly TaskCompletionSource<AuditOpening> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Loss _loss;
    private AuditChain? _chain;
    private TimeSpan? _retryAt;
    private Thread? _thread;
    private volatile bool _stop;

    /// <param name="disk">The disk.</param>
    /// <param name="directory">The trail's directory.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="clock">For stamps, and for when to try again.</param>
    /// <param name="alarms">Where a trail that does not hold or cannot be written is told.</param>
    /// <param name="anchored">Gets an event with number and hash of each entry on the disk, so that the platform holds an anchor; it must only queue it.</param>
    public AuditTrail(ISpoolDisk disk, string directory, AuditOptions options, IStationClock clock, INodeAlarms alarms, Action<EventRecord> anchored)
    {
        (_disk, _directory, _options, _clock, _alarms, _anchored) = (disk, directory, options, clock, alarms, anchored);
    }

    /// <summary>Done when the trail is open.</summary>
    public Task<AuditOpening> Opened => _opened.Task;

    /// <summary>Called when the thread ended by a programming error; the trail takes no more, and the alarm is raised.</summary>
    public Action<Exception>? Died { get; init; }

    /// <inheritdoc/>
    public void Add(string who, string what, ReadOnlyMemory<byte> body)
    {
        var now = _clock.Read().Wall;
        lock (_gate)
        {
            if (_queue.Count >= QueueLimit || _loss.Count > 0)
            {
                _loss.Add(now);
            }
            else
            {
                _queue.Enqueue(new Waiting(now, who, what, body));
            }
        }

        _signal.Set();
    }

    /// <summary>Starts the writing thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run, StackBytes) { Name = "audit", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Nothing waits to be written.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count == 0 && _loss.Count == 0;
            }
        }
    }

    /// <summary>Writes what waits and ends the thread; the caller says how long it is ready to wait by not waiting longer.</summary>
    public void Dispose()
    {
        _stop = true;
        _signal.Set();
        _thread?.Join();
        _chain?.Dispose();
        _chain = null;
        _opened.TrySetCanceled();
    }

    /// <summary>Opens the trail when that is due and writes all that waits.</summary>
    /// <returns>How long until it is to be tried again; null when only the next entry matters.</returns>
    internal TimeSpan? RunDue()
    {
        var now = _clock.Read().Monotonic;
        if (_retryAt is { } at && now < at)
        {
            return at - now;
        }

        _retryAt = null;
        var error = _chain is null ? Open() : DiskError.None;
        while (error == DiskError.None && Next() is { } next)
        {
            error = _chain!.Append(next.Time, next.Who, next.What, next.Body);
            if (error == DiskError.None)
            {
                Done(next);
            }
        }

        if (error != DiskError.None)
        {
            _alarms.Set(NodeAlarm.AuditBroken, true, error == DiskError.InUse
                ? $"The audit trail in {_directory} is being written by another process."
                : $"The audit trail in {_directory} cannot be written ({error}); it is tried again every {Again.TotalSeconds} s.");
            _retryAt = now + Again;
            return Again;
        }

        if (_chain!.Faults.Count == 0)
        {
            _alarms.Set(NodeAlarm.AuditBroken, false);
        }

        return null;
    }

    private DiskError Open()
    {
        var error = AuditChain.Open(_disk, _directory, _options, _clock, Anchor, out _chain);
        if (_chain is { } chain)
        {
            if (chain.Faults.Count > 0)
            {
                _alarms.Set(NodeAlarm.AuditBroken, true, $"The audit trail does not hold: {chain.Faults[0]}; {chain.Faults.Count} faults. See audit verify.");
            }

            _opened.TrySetResult(new AuditOpening(chain.LastStart?.Body ?? default, chain.Faults, chain.TailBytes));
        }

        return error;
    }

    private Waiting? Next()
    {
        lock (_gate)
        {
            return _queue.TryPeek(out var first) ? first : _loss.Count > 0 ? _loss.Entry() : null;
        }
    }

    private void Done(Waiting written)
    {
        lock (_gate)
        {
            if (_queue.TryPeek(out var first) && ReferenceEquals(first, written))
            {
                _queue.Dequeue();
            }
            else
            {
                _loss.Take(written.Counts);
            }
        }
    }

    private void Anchor(AuditEntry entry) => _anchored(new EventRecord(AuditInspector.AnchorKind, entry.Time, AuditEntry.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("n", entry.Number);
        json.WriteString("who", entry.Who);
        json.WriteString("what", entry.What);
        json.WriteString("hash", entry.Hash);
        json.WriteEndObject();
    })));

    private void Run()
    {
        try
        {
            while (!_stop)
            {
                if (RunDue() is { } wait)
                {
                    _signal.WaitOne(wait);
                }
                else
                {
                    _signal.WaitOne();
                }
            }

            _retryAt = null;
            RunDue();
        }
#pragma warning disable CA1031 // The last resort of a thread: anything that comes here is a programming error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _alarms.Set(NodeAlarm.AuditBroken, true, $"The audit trail's thread ended by a programming error ({e.GetType().Name}): nothing more is entered until the next start.");
            Died?.Invoke(e);
        }
    }

    /// <summary>An entry on its way.</summary>
    /// <param name="Counts">Lost entries that it names.</param>
    private sealed record Waiting(SourceTime Time, string Who, string What, ReadOnlyMemory<byte> Body, long Counts = 0);

    /// <summary>Entries that found the queue full.</summary>
    private struct Loss
    {
        private SourceTime _first;
        private SourceTime _last;

        public long Count { get; private set; }

        public void Add(SourceTime time)
        {
            _first = Count == 0 ? time : _first;
            _last = time;
            Count++;
        }

        /// <summary>Those that were named; more may have come meanwhile.</summary>
        public void Take(long named) => Count -= named;

        public readonly Waiting Entry()
        {
            var (count, first, last) = (Count, _first, _last);
            return new Waiting(last, AuditWho.System, AuditChain.Lost, AuditEntry.Write(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("count", count);
                json.WriteNumber("first", first.UnixMicroseconds / 1_000_000m);
                json.WriteNumber("last", last.UnixMicroseconds / 1_000_000m);
                json.WriteEndObject();
            }), count);
        }
    }
}
