using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Format;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>The reading side. The journal's gate is held for looking up only; bytes are fetched outside of it.</summary>
internal sealed class Outbox(Journal journal) : IOutbox
{
    // A reader that meets this much damage in one call goes on with the next call.
    private const int MaxFindings = 1000;

    // So many spans in one call that the disk does not give: it may give nothing at all now, and each try can take seconds.
    private const int MaxUnread = 3;

    private readonly Lock _reading = new();
    private readonly SegmentReader _reader = new();
    private readonly Unread _unread = new();

    public event Action? Appended;

    public Epoch Epoch => journal.Epoch;

    public SpoolFill Fill => journal.Fill;

    public Position End(StreamKind stream)
    {
        lock (journal.Gate)
        {
            return new Position(Epoch.Start, journal.Book(stream).Current.Next);
        }
    }

    public long Waiting(StreamKind stream) => journal.Waiting(stream);

    public bool TryRead(Position from, Position until, int maxRecords, ReadingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Readings.Clear();
        lock (_reading)
        {
            var now = journal.Monotonic;
            var (findings, unread) = (0, 0);
            while (batch.Readings.Count < maxRecords && findings < MaxFindings)
            {
                if (!Find(StreamKind.Telemetry, from, until, out var run, out var mark, out var end, out var first, out var last)
                    || (batch.Readings.Count > 0 && (run.Start != batch.Epoch.Start || first != batch.LastSeq + 1)))
                {
                    break;
                }

                if (_unread.IsPostponed(StreamKind.Telemetry, run.Start, first, now, out var dark, out _))
                {
                    if (batch.Readings.Count > 0)
                    {
                        break;
                    }

                    from = new Position(run.Start, dark + 1);
                }
                else if (_reader.TryFind(StreamKind.Telemetry, run, mark, end, first, out var records, out var body)
                    && Decode(body, run, first, Math.Min(last, records.Last), maxRecords, batch, out var next))
                {
                    _unread.Answered(StreamKind.Telemetry, run.Start, first);
                    from = new Position(run.Start, next);
                }
                else if (batch.Readings.Count > 0 || !Mourn(StreamKind.Telemetry, run, first, records, out dark))
                {
                    break;
                }
                else if (dark == 0)
                {
                    findings++;
                }
                else
                {
                    _unread.Failed(StreamKind.Telemetry, run.Start, first, dark, now);
                    from = new Position(run.Start, dark + 1);
                    if (++unread == MaxUnread)
                    {
                        break;
                    }
                }
            }
        }

        return batch.Readings.Count > 0;
    }

    public QueuedEvent? TryReadEvent(Position from)
    {
        lock (_reading)
        {
            var now = journal.Monotonic;
            var unread = 0;
            for (var findings = 0; findings < MaxFindings; findings++)
            {
                if (!Find(StreamKind.Event, from, new Position(uint.MaxValue, ulong.MaxValue), out var run, out var mark, out var end, out var first, out _))
                {
                    return null;
                }

                if (_unread.IsPostponed(StreamKind.Event, run.Start, first, now, out var dark, out var since))
                {
                    if (now - since < Unread.EventPatience)
                    {
                        return null;
                    }

                    from = new Position(run.Start, dark + 1);
                    continue;
                }

                if (_reader.TryFind(StreamKind.Event, run, mark, end, first, out var records, out var body)
                    && EventFrame.TryRead(body, out _, out var record) && record is not null)
                {
                    _unread.Answered(StreamKind.Event, run.Start, first);
                    return new QueuedEvent(Epoch with { Start = run.Start }, first, record with { Time = journal.TimeOf(run.Start, record.Time) });
                }

                if (!Mourn(StreamKind.Event, run, first, records, out dark))
                {
                    return null;
                }

                if (dark > 0)
                {
                    since = _unread.Failed(StreamKind.Event, run.Start, first, dark, now);
                    if (now - since < Unread.EventPatience || ++unread == MaxUnread)
                    {
                        return null;
                    }

                    from = new Position(run.Start, dark + 1);
                }
            }

            return null;
        }
    }

    public void Acknowledge(StreamKind stream, Epoch epoch, ulong first, ulong last)
    {
        if (epoch.Spool == Epoch.Spool && first <= last && first > 0)
        {
            journal.Delivered(stream, epoch.Start, first, last);
        }
    }

    public void Refuse(StreamKind stream, Epoch epoch, ulong first, ulong last, string reason)
    {
        if (epoch.Spool == Epoch.Spool && first <= last && first > 0)
        {
            journal.GiveUp(stream, epoch.Start, first, last, reason);
        }
    }

    internal void RaiseAppended() => Appended?.Invoke();

    private bool Find(
        StreamKind stream, Position from, Position until, out Run run, out int mark, out int end, out ulong first, out ulong last)
    {
        lock (journal.Gate)
        {
            mark = end = 0;
            first = last = 0;
            run = null!;
            if (journal.IsDisposed || !journal.Book(stream).TryFind(from, until, out var found, out first, out last))
            {
                return false;
            }

            run = found!;
            mark = run.OffsetFor(first);
            end = run.EndOffset;
            return true;
        }
    }

    /// <param name="next">Where to go on.</param>
    /// <returns>False when there is nothing to be had of it: the values have no names, or it makes no sense.</returns>
    private bool Decode(ReadOnlySpan<byte> frameBody, Run run, ulong first, ulong last, int maxRecords, ReadingBatch batch, out ulong next)
    {
        next = first;
        if (!SampleWalk.TryOpen(run.Kept ? FrameType.Kept : FrameType.Samples, frameBody, out var walk)
            || journal.Dictionary(walk.Dictionary) is not { } points)
        {
            return false;
        }

        while (batch.Readings.Count < maxRecords && next <= last && walk.Next())
        {
            if (walk.Seq < first)
            {
                continue;
            }

            if (walk.Seq > next)
            {
                // What is not listed ends a batch: its numbers are consecutive. At the next call it is done and passed over.
                journal.StepOver(run.Start, next, Math.Min(walk.Seq - 1, run.Last));
                next = Math.Min(walk.Seq, last + 1);
                if (batch.Readings.Count > 0 || walk.Seq > last)
                {
                    return true;
                }
            }

            if ((uint)walk.Reading.Point >= (uint)points.Length)
            {
                return next > first;
            }

            if (batch.Readings.Count == 0)
            {
                batch.Epoch = Epoch with { Start = run.Start };
                batch.FirstSeq = walk.Seq;
            }

            var reading = walk.Reading;
            batch.Readings.Add(new SpooledReading(points[reading.Point], reading.Value, reading.Quality, journal.TimeOf(run.Start, reading.Time)));
            next = walk.Seq + 1;
        }

        if (run.Kept && walk.Ended && next <= last && batch.Readings.Count < maxRecords)
        {
            journal.StepOver(run.Start, next, last);
            next = last + 1;
        }

        return next > first;
    }

    /// <summary>
    /// A frame could not be read. Either it moved away meanwhile, or the disk did not give it, or it was read well and is damaged: only
    /// then what is lost is reported.
    /// </summary>
    /// <param name="dark">Up to here the disk gives nothing now; 0 when it is not that.</param>
    /// <returns>False when there is nothing to do but try later.</returns>
    private bool Mourn(StreamKind stream, Run run, ulong first, in FrameRecords unreadable, out ulong dark)
    {
        dark = 0;
        if (run.Gone)
        {
            return true;
        }

        if (journal.IsHeld(stream, run.Start, first))
        {
            return false;
        }

        // Sound, but of a dictionary that is lost: the values have no names.
        var last = Math.Min(run.Last, unreadable.Last);
        if (unreadable.Bytes == 0)
        {
            var next = _reader.Salvage(stream, run, first);
            if (next == first)
            {
                return true;
            }

            last = next is { } n ? n - 1 : run.Last;
            if (_reader.Failed)
            {
                // A segment is closed when it is released; that is no failure of the disk.
                dark = run.Gone ? 0 : last;
                return true;
            }
        }

        _unread.Answered(stream, run.Start, first);

        lock (journal.Gate)
        {
            if (!run.Gone)
            {
                journal.GiveUp(stream, run.Start, first, last, Reckoning.Damaged);
            }
        }

        return true;
    }
}
