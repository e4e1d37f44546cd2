using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Events, oldest first, before all telemetry. One that this broker does not take, since it is larger than its largest packet or is refused
/// alone, becomes a suspect: it is passed over, and tried again later.
/// </summary>
internal sealed class EventLane(IOutbox outbox, Gate gate, Suspects suspects, string topic, UplinkSettings settings, ILogger log) : IDisposable
{
    /// <summary>Most that a packet's header takes beside topic and payload.</summary>
    private const int HeaderBytes = 16;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly EventEncoder _encoder = new();
    private Position _next;
    private TimeSpan _lookAgainAt;
    private Position _tooLarge;
    private long _maxPacket;
    private bool _retrying;
    private TimeSpan? _holdUntil;
    private bool _suspectNext;

    /// <summary>Nothing is waiting to be sent, or nothing can be: who waits for the events before him need not wait longer.</summary>
    public bool Idle { get; private set; } = true;

    /// <summary>Events delivered since the start.</summary>
    public long Delivered { get; private set; }

    public void Begin(uint? maximumPacketSize, TimeSpan now)
    {
        _maxPacket = maximumPacketSize ?? long.MaxValue;
        _next = default;
        _retrying = false;
        _holdUntil = null;
        gate.RetryNow(now);
        suspects.Begin(_maxPacket, now);
    }

    /// <returns>When to call again if nothing happens before; null when only an append or a PUBACK matters.</returns>
    public TimeSpan? Step(TimeSpan now, Window window, IPublishPort port)
    {
        Idle = false;
        if (now < _holdUntil)
        {
            Idle = true;
            return _holdUntil;
        }

        _holdUntil = null;
        if (_retrying)
        {
            return null;
        }

        if (MustWait(now, window))
        {
            Idle = true;
            return window.Has(OutgoingKind.Event) ? null : gate.RetryAt;
        }

        if ((gate.IsOpen || _suspectNext) && TryAgain(now, window, port))
        {
            return null; // alone: until its answer nothing else of the stream
        }

        while (window.RoomForData)
        {
            if (MustWait(now, window))
            {
                Idle = true;
                return window.Has(OutgoingKind.Event) ? null : gate.RetryAt;
            }

            if (outbox.TryReadEvent(_next) is not { } queued)
            {
                Idle = true;
                if (_next != default && !window.Has(OutgoingKind.Event) && now >= _lookAgainAt)
                {
                    // What the disk did not give when its turn came was passed over.
                    _lookAgainAt = now + LookAgain;
                    _next = default;
                    continue;
                }

                return !gate.IsOpen && TryAgain(now, window, port) ? null : suspects.NextAt;
            }

            var message = Take(queued, now, window);
            _next = message.AfterLast;
            if (suspects.Contains(message.FirstPosition))
            {
                window.Return(message);
                continue;
            }

            if (SizeOf(message) > _maxPacket)
            {
                if (!PassOver(message, now, window))
                {
                    _next = message.FirstPosition;
                    _holdUntil = now + settings.LookAgain; // this broker takes none of them: the lane waits, in order
                    Idle = true;
                    return !gate.IsOpen && TryAgain(now, window, port) ? null : _holdUntil;
                }

                continue;
            }

            port.Publish(message);
        }

        return null;
    }

    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        _retrying &= !message.Retried;
        if (outcome.Verdict == Verdict.Delivered)
        {
            outbox.Acknowledge(StreamKind.Event, message.Epoch, message.First, message.Last);
            Delivered++;
            suspects.Delivered(message.FirstPosition, message.AfterLast);
            if (message.Probe)
            {
                gate.Open();
                suspects.RetryNow(now);
            }

            return;
        }

        if (gate.IsAboutMessage(outcome, message) && suspects.Strike(message.Epoch, message.First, outcome, now))
        {
            return; // the next one shows whether the broker takes others
        }

        gate.Close(outcome, message.Probe, now);
        _suspectNext = !message.Retried;
        if (message.Retried)
        {
            suspects.Postpone(message.FirstPosition, gate.RetryAt);
        }
        else if (message.FirstPosition < _next)
        {
            _next = message.FirstPosition;
        }
    }

    /// <summary>The session ended over this one event, alone in flight.</summary>
    public void EndedOver(Outgoing message, string why, bool clear, TimeSpan now) => suspects.Strike(message.Epoch, message.First, why, clear, now);

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    /// <summary>The topic takes nothing, and its next probe is not due yet or has no answer yet.</summary>
    private bool MustWait(TimeSpan now, Window window) => !gate.IsOpen && (window.Has(OutgoingKind.Event) || now < gate.RetryAt);

    /// <summary>
    /// A suspect whose time has come. While the topic takes nothing it is the probe, in turn with what else waits, so that neither holds up
    /// the other; where nothing else waits the topic would have no probe without it, and stay closed until the next append.
    /// </summary>
    private bool TryAgain(TimeSpan now, Window window, IPublishPort port)
    {
        while (suspects.Due(now) is { } suspect)
        {
            if (window.Has(OutgoingKind.Event) || !window.RoomForData)
            {
                return window.Has(OutgoingKind.Event);
            }

            if (outbox.TryReadEvent(suspect.Position) is not { } queued || queued.Epoch != suspect.Epoch || queued.Seq != suspect.Seq)
            {
                suspects.Forget(suspect);
                continue;
            }

            var message = Take(queued, now, window);
            if (SizeOf(message) > _maxPacket)
            {
                PassOver(message, now, window);
                continue;
            }

            _retrying = message.Retried = true;
            port.Publish(message);
            return true;
        }

        return false;
    }

    private Outgoing Take(QueuedEvent queued, TimeSpan now, Window window)
    {
        var message = window.Take(OutgoingKind.Event, topic, now);
        message.Epoch = queued.Epoch;
        message.First = message.Last = queued.Seq;
        message.Probe = !gate.IsOpen;
        _encoder.Encode(queued, message.Payload);
        return message;
    }

    private int SizeOf(Outgoing message) => message.Payload.Count + topic.Length + HeaderBytes;

    /// <summary>It would end the session, and each one after it.</summary>
    /// <returns>False when there is no room for another suspect.</returns>
    private bool PassOver(Outgoing message, TimeSpan now, Window window)
    {
        if (_tooLarge < message.FirstPosition)
        {
            _tooLarge = message.FirstPosition;
            log.MessageTooLarge(topic, SizeOf(message), _maxPacket);
        }

        var passedOver = suspects.Strike(message.Epoch, message.First, TooLarge.Words, clear: true, now, SizeOf(message));
        window.Return(message);
        return passedOver;
    }
}

/// <summary>The reason of a gap whose record no packet of the broker holds.</summary>
internal static class TooLarge
{
    public const string Words = "packet too large";
}
