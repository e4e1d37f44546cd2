using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Readings in two lanes. What was undelivered when the session began is backlog; what is appended from then on is live.
/// Live goes first, as soon as it is appended; the backlog goes beside it, oldest first, at a limited rate.
/// A live message that was not delivered becomes backlog, so each lane stays in order.
/// </summary>
internal sealed class TelemetryLanes(IOutbox outbox, Gate gate, BatchLimit limit, string node, string topic, UplinkSettings settings) : IDisposable
{
    private readonly SenmlEncoder _encoder = new(node);
    private readonly ReadingBatch _batch = new();
    private readonly TokenBucket _bucket = new(settings.BacklogPerSecond);
    private Position _backlogNext;
    private Position _backlogEnd;
    private Position _liveNext;
    private TimeSpan? _liveSince;
    private TimeSpan _lookAgainAt;

    /// <summary>Readings delivered since the start.</summary>
    public long Delivered { get; private set; }

    /// <summary>Messages delivered in this session.</summary>
    public int DeliveredMessages { get; private set; }

    public void Begin(TimeSpan now)
    {
        _backlogNext = default;
        _backlogEnd = _liveNext = outbox.End(StreamKind.Telemetry);
        _liveSince = null;
        _lookAgainAt = now + settings.LookAgain;
        DeliveredMessages = 0;
        gate.RetryNow(now);
    }

    /// <returns>When to call again if nothing happens before; null when only an append or a PUBACK matters.</returns>
    public TimeSpan? Step(TimeSpan now, Window window, IPublishPort port)
    {
        LeaveBehind();
        LookForStrays(now, window);
        if (gate.IsOpen)
        {
            var live = StepLive(now, window, port);
            return Earlier(live, StepBacklog(now, window, port));
        }

        if (window.HasTelemetry)
        {
            return null;
        }

        if (now < gate.RetryAt)
        {
            return gate.RetryAt;
        }

        if (window.RoomForData && !TrySendBacklog(now, limit.Readings, window, port))
        {
            TrySendLive(now, window, port);
        }

        return null;
    }

    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        if (outcome.Verdict == Verdict.Delivered)
        {
            outbox.Acknowledge(StreamKind.Telemetry, message.Epoch, message.First, message.Last);
            Delivered += (long)(message.Last - message.First + 1);
            DeliveredMessages++;
            limit.Delivered();
            if (message.Probe)
            {
                gate.Open();
            }

            return;
        }

        gate.Close(outcome, message.Probe, now);
        if (message.Probe && outcome.Verdict == Verdict.Refused)
        {
            limit.Halve(); // perhaps it takes smaller ones: not every broker tells its limit
        }

        ToBacklog(message.FirstPosition);
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private void ToBacklog(Position from)
    {
        if (_backlogNext >= _backlogEnd || from < _backlogNext)
        {
            _backlogNext = from;
        }

        if (_backlogEnd < _liveNext)
        {
            _backlogEnd = _liveNext;
        }
    }

    /// <summary>The live lane carries the present. What piled up behind it is history, and waits its turn as such.</summary>
    private void LeaveBehind()
    {
        var end = outbox.End(StreamKind.Telemetry);
        if (Pending(end) <= settings.LiveBehind)
        {
            return;
        }

        var first = _liveNext;
        _liveNext = end;
        _liveSince = null;
        ToBacklog(first);
    }

    /// <summary>
    /// What could not be read when its turn came, as on a disk that fails for a moment, is passed over. So is what the spool forgot
    /// to be delivered. It waits and is in neither lane; without this it would wait for the next session.
    /// </summary>
    private void LookForStrays(TimeSpan now, Window window)
    {
        if (_backlogNext < _backlogEnd || now < _lookAgainAt)
        {
            return;
        }

        _lookAgainAt = now + settings.LookAgain;
        var waiting = outbox.Waiting(StreamKind.Telemetry); // first: what is appended meanwhile must not look like a stray
        if (waiting > window.Readings + Pending(outbox.End(StreamKind.Telemetry)))
        {
            (_backlogNext, _backlogEnd) = (default, _liveNext);
        }
    }

    private long Pending(Position end) =>
        end <= _liveNext ? 0 : end.Start == _liveNext.Start ? (long)(end.Seq - _liveNext.Seq) : long.MaxValue;

    private TimeSpan? StepLive(TimeSpan now, Window window, IPublishPort port)
    {
        while (true)
        {
            var pending = Pending(outbox.End(StreamKind.Telemetry));
            if (pending == 0)
            {
                _liveSince = null;
                return null;
            }

            _liveSince ??= now;
            if (window.Has(OutgoingKind.Live) && pending < limit.Readings && now < _liveSince + settings.LiveAge)
            {
                return _liveSince + settings.LiveAge;
            }

            if (!window.RoomForData)
            {
                return null;
            }

            TrySendLive(now, window, port);
        }
    }

    private void TrySendLive(TimeSpan now, Window window, IPublishPort port)
    {
        var end = outbox.End(StreamKind.Telemetry);
        _liveNext = outbox.TryRead(_liveNext, end, limit.Readings, _batch)
            ? Send(OutgoingKind.Live, now, window, port)
            : end; // lost before it could be sent: a gap event names it
        _liveSince = null;
    }

    private TimeSpan? StepBacklog(TimeSpan now, Window window, IPublishPort port)
    {
        while (_backlogNext < _backlogEnd && window.RoomForBacklog)
        {
            // Whole batches rather than a trickle of small ones.
            var wanted = Math.Min(limit.Readings, settings.BacklogPerSecond);
            if (_bucket.Available(now) < wanted)
            {
                return _bucket.ReadyAt(wanted, now);
            }

            if (!TrySendBacklog(now, wanted, window, port))
            {
                return null;
            }
        }

        return null;
    }

    private bool TrySendBacklog(TimeSpan now, int maxReadings, Window window, IPublishPort port)
    {
        while (_backlogNext < _backlogEnd)
        {
            var (from, until) = window.Free(_backlogNext, _backlogEnd);
            if (from < until && outbox.TryRead(from, until, maxReadings, _batch))
            {
                _backlogNext = Send(OutgoingKind.Backlog, now, window, port);
                return true;
            }

            _backlogNext = from < until ? until : _backlogEnd;
        }

        return false;
    }

    private Position Send(OutgoingKind kind, TimeSpan now, Window window, IPublishPort port)
    {
        var message = window.Take(kind, topic, now);
        var count = _encoder.Encode(_batch, kind == OutgoingKind.Live, limit.Bytes, message.Payload);
        message.Epoch = _batch.Epoch;
        message.First = _batch.FirstSeq;
        message.Last = _batch.FirstSeq + (ulong)count - 1;
        message.Probe = !gate.IsOpen;
        if (kind == OutgoingKind.Backlog)
        {
            _bucket.Take(count);
        }

        port.Publish(message);
        return message.AfterLast;
    }
}
