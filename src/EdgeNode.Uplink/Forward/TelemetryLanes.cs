using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Readings in two lanes. What was undelivered when the session began is backlog; what is appended from then on is live.
/// Live goes first, as soon as it is appended; the backlog goes beside it, oldest first, at a limited rate.
/// A live message that was not delivered becomes backlog, so each lane stays in order.
/// </summary>
internal sealed class TelemetryLanes(IOutbox outbox, Gate gate, BatchLimit limit, Suspects suspects, string node, string topic, UplinkSettings settings) : IDisposable
{
    private readonly SenmlEncoder _encoder = new(node);
    private readonly ReadingBatch _batch = new();
    private readonly TokenBucket _bucket = new(settings.BacklogPerSecond);
    private Position _backlogNext;
    private Position _backlogEnd;
    private Position _liveNext;
    private TimeSpan? _liveSince;
    private TimeSpan _lookAgainAt;
    private int _narrow = int.MaxValue;
    private Position _narrowUntil;
    private bool _retrying;
    private TimeSpan? _holdUntil;
    private bool _suspectNext;

    /// <summary>Readings delivered since the start.</summary>
    public long Delivered { get; private set; }

    /// <summary>Messages delivered since the start.</summary>
    public long DeliveredMessagesInAll { get; private set; }

    /// <summary>Messages delivered in this session.</summary>
    public int DeliveredMessages { get; private set; }

    public void Begin(uint? maximumPacketSize, TimeSpan now)
    {
        _backlogNext = default;
        _backlogEnd = _liveNext = outbox.End(StreamKind.Telemetry);
        _liveSince = null;
        _lookAgainAt = now + settings.LookAgain;
        DeliveredMessages = 0;
        _retrying = false;
        _holdUntil = null;
        gate.RetryNow(now);
        suspects.Begin(maximumPacketSize ?? long.MaxValue, now);
    }

    /// <returns>When to call again if nothing happens before; null when only an append or a PUBACK matters.</returns>
    public TimeSpan? Step(TimeSpan now, Window window, IPublishPort port)
    {
        LeaveBehind();
        LookForStrays(now, window);
        if (_retrying)
        {
            return null;
        }

        if (now < _holdUntil)
        {
            return _holdUntil;
        }

        _holdUntil = null;

        if (gate.IsOpen)
        {
            if (TryAgain(now, window, port))
            {
                return null; // alone: until its answer nothing else of the stream
            }

            var live = StepLive(now, window, port);
            return Earlier(Earlier(live, StepBacklog(now, window, port)), NextSuspectAt(now));
        }

        if (window.HasTelemetry)
        {
            return null;
        }

        if (now < gate.RetryAt)
        {
            return gate.RetryAt;
        }

        if ((_suspectNext && TryAgain(now, window, port)) || !window.RoomForData || TrySendBacklog(now, limit.Readings, window, port))
        {
            return null;
        }

        if (Pending(outbox.End(StreamKind.Telemetry)) > 0)
        {
            TrySendLive(now, window, port);
        }

        return TryAgain(now, window, port) ? null : Earlier(_holdUntil, NextSuspectAt(now));
    }

    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        _retrying &= !message.Retried;
        if (outcome.Verdict == Verdict.Delivered)
        {
            outbox.Acknowledge(StreamKind.Telemetry, message.Epoch, message.First, message.Last);
            Delivered += (long)(message.Last - message.First + 1);
            DeliveredMessages++;
            DeliveredMessagesInAll++;
            limit.Delivered();
            suspects.Delivered(message.FirstPosition, message.AfterLast);
            if (message.Probe)
            {
                gate.Open();
                suspects.RetryNow(now);
            }

            return;
        }

        var aboutMessage = gate.IsAboutMessage(outcome, message);
        if (aboutMessage && message.IsSingle && suspects.Strike(message.Epoch, message.First, outcome, now))
        {
            return; // the next one shows whether the broker takes others
        }

        gate.Close(outcome, message.Probe, now);
        _suspectNext = !message.Retried;
        if (message.Retried)
        {
            suspects.Postpone(message.FirstPosition, gate.RetryAt);
            return;
        }

        if (message.Probe && outcome is { Verdict: Verdict.Refused, Kind: not RefusalKind.Configuration })
        {
            limit.Halve(); // perhaps it takes smaller ones: not every broker tells its limit
        }

        if (aboutMessage && !message.IsSingle)
        {
            Narrow(message);
            gate.RetrySoon(now);
        }

        ToBacklog(message.FirstPosition);
    }

    /// <summary>The session ended over this message, alone in flight.</summary>
    public void EndedOver(Outgoing message, string why, bool clear, TimeSpan now)
    {
        if (message.IsSingle)
        {
            suspects.Strike(message.Epoch, message.First, why, clear, now);
        }
        else
        {
            Narrow(message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    /// <summary>Something in this message is not taken: its readings go in halves, until it is one.</summary>
    private void Narrow(Outgoing message)
    {
        _narrow = (int)((message.Last - message.First + 1) / 2);
        _narrowUntil = message.AfterLast > _narrowUntil ? message.AfterLast : _narrowUntil;
    }

    private TimeSpan? NextSuspectAt(TimeSpan now) => suspects.NextAt is { } retry && retry > now ? retry : null;

    /// <summary>
    /// A suspect whose time has come. While the topic takes nothing it is the probe, in turn with what else waits, so that neither holds up
    /// the other; where nothing else waits the topic would have no probe without it, and stay closed until the next append.
    /// </summary>
    private bool TryAgain(TimeSpan now, Window window, IPublishPort port)
    {
        while (suspects.Due(now) is { } suspect)
        {
            if (window.HasTelemetry || !window.RoomForData)
            {
                return window.HasTelemetry;
            }

            if (!outbox.TryRead(suspect.Position, suspect.After, 1, _batch))
            {
                suspects.Forget(suspect);
                continue;
            }

            if (Send(OutgoingKind.Backlog, now, window, port, retried: true) is not null)
            {
                _retrying = true;
                return true;
            }
        }

        return false;
    }

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
        if (waiting > window.Readings + suspects.Count + Pending(outbox.End(StreamKind.Telemetry)))
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

            if (!window.RoomForData || _holdUntil is not null)
            {
                return _holdUntil;
            }

            TrySendLive(now, window, port);
        }
    }

    private void TrySendLive(TimeSpan now, Window window, IPublishPort port)
    {
        var end = outbox.End(StreamKind.Telemetry);
        _liveSince = null;
        if (!outbox.TryRead(_liveNext, end, limit.Readings, _batch))
        {
            _liveNext = end; // lost before it could be sent: a gap event names it
            return;
        }

        var first = new Position(_batch.Epoch.Start, _batch.FirstSeq);
        _liveNext = Send(OutgoingKind.Live, now, window, port) ?? first with { Seq = first.Seq + 1 };
        if (_holdUntil is not null)
        {
            ToBacklog(first);
        }
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
                return _holdUntil;
            }
        }

        return null;
    }

    private bool TrySendBacklog(TimeSpan now, int maxReadings, Window window, IPublishPort port)
    {
        while (_backlogNext < _backlogEnd)
        {
            var (from, until) = Free(window);
            var most = from < _narrowUntil ? Math.Min(maxReadings, Math.Max(1, _narrow)) : maxReadings;
            if (from < until && outbox.TryRead(from, until, most, _batch))
            {
                var first = new Position(_batch.Epoch.Start, _batch.FirstSeq);
                var sent = Send(OutgoingKind.Backlog, now, window, port);
                _backlogNext = sent ?? first; // where it was not sent it is a suspect by now, or the lane waits
                if (sent is not null || _holdUntil is not null)
                {
                    return sent is not null;
                }

                continue;
            }

            _backlogNext = from < until ? until : _backlogEnd;
        }

        return false;
    }

    /// <summary>The first span of the backlog that is neither in flight nor passed over.</summary>
    private (Position From, Position Until) Free(Window window)
    {
        var (from, until) = window.Free(_backlogNext, _backlogEnd);
        while (true)
        {
            var (past, before) = suspects.Free(from, until);
            if (past == from)
            {
                return (from, before);
            }

            (from, until) = window.Free(past, _backlogEnd);
        }
    }

    /// <returns>The position after what was sent; null when not even one reading fits the broker's largest packet, and it is a suspect.</returns>
    private Position? Send(OutgoingKind kind, TimeSpan now, Window window, IPublishPort port, bool retried = false)
    {
        var message = window.Take(kind, topic, now);
        var count = _encoder.Encode(_batch, kind == OutgoingKind.Live, limit.Bytes, message.Payload);
        message.Epoch = _batch.Epoch;
        message.First = _batch.FirstSeq;
        message.Last = _batch.FirstSeq + (ulong)count - 1;
        message.Probe = !gate.IsOpen;
        message.Retried = retried;
        if (!limit.Fits(message.Payload.Count))
        {
            if (!suspects.Strike(message.Epoch, message.First, TooLarge.Words, clear: true, now, limit.PacketOf(message.Payload.Count)))
            {
                _holdUntil = now + settings.LookAgain; // this broker takes none: it ends the session over each
            }

            window.Return(message);
            return null;
        }

        if (kind == OutgoingKind.Backlog)
        {
            _bucket.Take(count);
        }

        port.Publish(message);
        return message.AfterLast;
    }
}
