using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>
/// Opens the spool on the recorder's own thread, with its first append: opening reads every segment, minutes on a slow card,
/// and measuring and alarms wait for no disk. Meanwhile readings gather in the recorder's bounded queue. A disk that cannot be used
/// is tried again; a spool that another process has open is not ours to wait for, and ends the node.
/// </summary>
internal sealed class LateSpool : IRecorder, IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly Func<Journal> _open;
    private readonly TimeProvider _time;
    private readonly INodeAlarms _alarms;
    private readonly ILogger _log;
    private readonly CancellationToken _stop;
    private readonly TaskCompletionSource<Journal> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Journal? _journal;
    private TimeSpan _tryAt;
    private bool _told;

    /// <param name="open">Opens the journal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="alarms">Told while the spool cannot be opened; what its disk does afterwards is told by who appends.</param>
    /// <param name="log">Where the state is told, once per change.</param>
    /// <param name="stop">Ends the opening: what was not recorded by then never will be.</param>
    public LateSpool(Func<Journal> open, TimeProvider time, INodeAlarms alarms, ILogger log, CancellationToken stop)
    {
        _open = open;
        _time = time;
        _alarms = alarms;
        _log = log;
        _stop = stop;
    }

    /// <summary>Done when the journal is open; faulted when another process has it.</summary>
    public Task<Journal> Opened => _opened.Task;

    /// <inheritdoc/>
    public AppendOutcome AppendReadings(ReadOnlySpan<Reading> readings) => Ready()?.AppendReadings(readings) ?? AppendOutcome.DiskFailed;

    /// <inheritdoc/>
    public AppendOutcome AppendEvent(EventRecord record) => Ready()?.AppendEvent(record) ?? AppendOutcome.DiskFailed;

    /// <inheritdoc/>
    public AppendOutcome AppendLoss(StreamKind stream, long count, SourceTime first, SourceTime last, string reason) =>
        Ready()?.AppendLoss(stream, count, first, last, reason) ?? AppendOutcome.DiskFailed;

    /// <inheritdoc/>
    public AppendOutcome Commit() => Ready()?.Commit() ?? AppendOutcome.DiskFailed;

    /// <inheritdoc/>
    public SpoolFill Fill => _journal?.Fill ?? default;

    /// <summary>Closes the journal in order. Belongs to the recorder's thread, or after its end.</summary>
    public void Dispose() => _journal?.Dispose();

    /// <summary>The journal; waits for it, so that the bounded queue and not this place decides what is dropped.</summary>
    public Journal? Ready()
    {
        while (_journal is null && !_opened.Task.IsFaulted && !_stop.IsCancellationRequested)
        {
            var wait = _tryAt - _time.Monotonic();
            if (wait > TimeSpan.Zero && _stop.WaitHandle.WaitOne(wait))
            {
                break;
            }

            try
            {
                _journal = _open();
                _alarms.Set(NodeAlarm.SpoolDisk, false);
                _opened.SetResult(_journal);
            }
            catch (SpoolUnavailableException e) when (e.InUse)
            {
                _opened.SetException(e);
            }
            catch (SpoolUnavailableException e)
            {
                _tryAt = _time.Monotonic() + Again;
                if (!_told)
                {
                    _told = true;
                    Log.SpoolUnavailable(_log, e.Message, Again.TotalSeconds);
                    _alarms.Set(NodeAlarm.SpoolDisk, true, $"{e.Message} Nothing is recorded or delivered; it is tried again every {Again.TotalSeconds} s.");
                }
            }
        }

        return _journal;
    }
}
