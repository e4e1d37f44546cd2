using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Records;

/// <summary>
/// Keeps the history up to date: takes events from the recorder's thread without waiting and writes them in batches from a thread of its
/// own. It is an index. Whatever happens to its file, the gateway goes on; the file is put aside and rebuilt from what could be salvaged
/// and what the journal still has.
/// </summary>
public sealed class HistoryLog : IEventLog, IDisposable
{
    private const int StackBytes = 512 * 1024;
    private const int LockTries = 3;

    /// <summary>How long events gather: one small commit costs 140 to 180 KB of writes, and the journal holds them durably meanwhile.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LockedAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DiskAgain = TimeSpan.FromSeconds(30);

    /// <summary>A look into the journal reads all of its segments, so a queue that runs over again and again does not ask for one each time.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    private readonly HistoryStore _store;
    private readonly Func<IEnumerable<QueuedEvent>> _journal;
    private readonly INodeAlarms _alarms;
    private readonly IAudit _audit;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<QueuedEvent> _queue = new();
    private readonly List<QueuedEvent> _inHand = [];
    private readonly AutoResetEvent _signal = new(false);
    private long _dropped;
    private long _droppedSeen;
    private bool _ready;
    private int _lockTries;
    private TimeSpan? _dueAt;
    private TimeSpan? _retryAt;
    private TimeSpan? _lookedAt;
    private Thread? _thread;
    private volatile bool _stop;

    /// <param name="directory">Where the history lies.</param>
    /// <param name="journal">All events that the journal still has, in the order of their positions. May throw an <see cref="IOException"/>.</param>
    /// <param name="alarms">Where a damaged history is told.</param>
    /// <param name="audit">Likewise.</param>
    /// <param name="time">The clock of the batches.</param>
    public HistoryLog(string directory, Func<IEnumerable<QueuedEvent>> journal, INodeAlarms alarms, IAudit audit, TimeProvider time)
    {
        _store = new HistoryStore(directory);
        (_journal, _alarms, _audit, _time) = (journal, alarms, audit, time);
    }

    /// <summary>Called when the thread ended by a programming error; the history stays as it is, and the alarm is raised.</summary>
    public Action<Exception>? Died { get; init; }

    /// <summary>Events that the full queue has dropped since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <inheritdoc/>
    public void Add(QueuedEvent appended)
    {
        lock (_gate)
        {
            if (_queue.Count >= HistoryLimits.Queue)
            {
                _queue.Dequeue();
                Volatile.Write(ref _dropped, _dropped + 1);
            }

            _queue.Enqueue(appended);
        }

        _signal.Set();
    }

    /// <summary>Starts the writing thread. The spool must be open by then: its lock keeps a second gateway away from this file too.</summary>
    public void Start()
    {
        _thread = new Thread(Run, StackBytes) { Name = "history", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Writes what waits and ends the thread; the caller says how long it is ready to wait by not waiting longer.</summary>
    public void Dispose()
    {
        _stop = true;
        _signal.Set();
        _thread?.Join();
    }

    /// <summary>Opens the history and writes a batch, each when due.</summary>
    /// <returns>How long until something is due; null when only the next event matters.</returns>
    internal TimeSpan? RunDue(bool ending = false)
    {
        var now = _time.Monotonic();
        if (!ending && _retryAt is { } retry && now < retry)
        {
            return retry - now;
        }

        _retryAt = null;
        try
        {
            if (!_ready)
            {
                Begin();
            }

            if (Waiting() == 0 && _inHand.Count == 0)
            {
                _dueAt = null;
                return null;
            }

            _dueAt ??= now + Gather;
            if (!ending && now < _dueAt && Waiting() < HistoryLimits.Batch)
            {
                return _dueAt - now;
            }

            WriteAll();
            _dueAt = null;
            return null;
        }
        catch (HistoryFault fault)
        {
            return Handle(fault, now);
        }
    }

    /// <summary>Ends in order: everything written, and the marker says so.</summary>
    internal void End()
    {
        RunDue(ending: true);
        try
        {
            if (_ready && Waiting() == 0 && _inHand.Count == 0)
            {
                _store.Close();
            }
        }
        catch (HistoryFault)
        {
            // The next start looks into the journal.
        }
    }

    private void Begin()
    {
        var closed = _store.Check();
        if (closed is null)
        {
            _store.Create();
        }

        if (closed != true)
        {
            CatchUp([]);
        }

        Well();
    }

    private void WriteAll()
    {
        if (Dropped > _droppedSeen && (_lookedAt is not { } at || _time.Monotonic() - at >= LookAgain))
        {
            // The journal still has what the queue had to drop; what is in the queue comes after it.
            CatchUp([]);
        }

        while (Take())
        {
            _store.Write(_inHand);
            _inHand.Clear();
        }

        Well();
    }

    private void Well()
    {
        _ready = true;
        _lockTries = 0;
        _alarms.Set(NodeAlarm.HistoryDamaged, false);
    }

    private TimeSpan? Handle(HistoryFault fault, TimeSpan now)
    {
        _ready = false;
        _alarms.Set(NodeAlarm.HistoryDamaged, true, "The history of alarms and events " + fault.Kind switch
        {
            HistoryFaultKind.Locked => $"is locked by another process: {fault.Message}",
            HistoryFaultKind.Disk => $"cannot be written: {fault.Message}",
            _ => $"is damaged and is rebuilt: {fault.Message}",
        });
        if (fault.Kind == HistoryFaultKind.Disk || (fault.Kind == HistoryFaultKind.Locked && ++_lockTries < LockTries))
        {
            var wait = fault.Kind == HistoryFaultKind.Disk ? DiskAgain : LockedAgain;
            _retryAt = now + wait;
            return wait;
        }

        try
        {
            var salvaged = _store.PutAside();
            TellAudit(fault, salvaged.Count);
            _store.Create();
            CatchUp(salvaged);
            Well();
            return TimeSpan.Zero;
        }
        catch (HistoryFault)
        {
            _retryAt = now + DiskAgain;
            return DiskAgain;
        }
    }

    /// <summary>Writes what the journal has and the history has not. Older than that is only what was salvaged.</summary>
    private void CatchUp(List<QueuedEvent> salvaged)
    {
        _droppedSeen = Dropped;
        _lookedAt = _time.Monotonic();
        try
        {
            QueuedEvent? first = null;
            foreach (var chunk in _journal().Chunk(HistoryLimits.Batch))
            {
                if (first is null)
                {
                    first = chunk[0];
                    WriteSalvaged(salvaged, first);
                }

                _store.Write(chunk);
            }

            if (first is null)
            {
                WriteSalvaged(salvaged, null);
            }
        }
        catch (IOException)
        {
            // The journal cannot be read now; the history goes on with what comes.
        }
    }

    private void WriteSalvaged(List<QueuedEvent> salvaged, QueuedEvent? journal)
    {
        var older = salvaged.Where(e => journal is null || e.Epoch.Spool != journal.Epoch.Spool
            || new Position(e.Epoch.Start, e.Seq) < new Position(journal.Epoch.Start, journal.Seq));
        foreach (var chunk in older.OrderBy(e => e.Epoch.Spool == journal?.Epoch.Spool).ThenBy(e => new Position(e.Epoch.Start, e.Seq)).Chunk(HistoryLimits.Batch))
        {
            _store.Write(chunk);
        }
    }

    private void TellAudit(HistoryFault fault, int salvaged) => _audit.Add(AuditWho.System, AuditKind.HistoryDamage, json =>
    {
        json.WriteString("what", fault.Kind == HistoryFaultKind.Locked ? "locked" : "damaged");
        json.WriteString("detail", fault.Message);
        json.WriteNumber("salvaged", salvaged);
    });

    private int Waiting()
    {
        lock (_gate)
        {
            return _queue.Count;
        }
    }

    private bool Take()
    {
        lock (_gate)
        {
            while (_inHand.Count < HistoryLimits.Batch && _queue.TryDequeue(out var next))
            {
                _inHand.Add(next);
            }
        }

        return _inHand.Count > 0;
    }

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

            End();
        }
#pragma warning disable CA1031 // The last resort of a thread: anything that comes here is a programming error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _alarms.Set(NodeAlarm.HistoryDamaged, true, $"The history's thread ended by a programming error ({e.GetType().Name}): it stays as it is until the next start.");
            Died?.Invoke(e);
        }
    }
}
