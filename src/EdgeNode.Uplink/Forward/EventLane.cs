using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Events, oldest first, before all telemetry. One that is larger than this broker's largest packet would end the session, and each one
/// after it: it is passed over and stays in the spool for a broker that takes it.
/// </summary>
internal sealed class EventLane(IOutbox outbox, Gate gate, string topic, ILogger log) : IDisposable
{
    /// <summary>Most that a packet's header takes beside topic and payload.</summary>
    private const int HeaderBytes = 16;

    private readonly EventEncoder _encoder = new();
    private Position _next;
    private Position _tooLarge;
    private long _maxPacket;

    /// <summary>Nothing is waiting to be sent, or nothing can be: who waits for the events before him need not wait longer.</summary>
    public bool Idle { get; private set; } = true;

    /// <summary>Events delivered since the start.</summary>
    public long Delivered { get; private set; }

    public void Begin(uint? maximumPacketSize, TimeSpan now)
    {
        _maxPacket = maximumPacketSize ?? long.MaxValue;
        _next = default;
        gate.RetryNow(now);
    }

    /// <returns>When to call again if nothing happens before; null when only an append or a PUBACK matters.</returns>
    public TimeSpan? Step(TimeSpan now, Window window, IPublishPort port)
    {
        Idle = false;
        while (window.RoomForData)
        {
            if (!gate.IsOpen && (window.Has(OutgoingKind.Event) || now < gate.RetryAt))
            {
                Idle = true;
                return window.Has(OutgoingKind.Event) ? null : gate.RetryAt;
            }

            if (outbox.TryReadEvent(_next) is not { } queued)
            {
                Idle = true;
                return null;
            }

            var message = window.Take(OutgoingKind.Event, topic, now);
            message.Epoch = queued.Epoch;
            message.First = message.Last = queued.Seq;
            message.Probe = !gate.IsOpen;
            _encoder.Encode(queued, message.Payload);
            _next = message.AfterLast;
            var bytes = message.Payload.Count + topic.Length + HeaderBytes;
            if (bytes > _maxPacket)
            {
                PassOver(message, bytes, window);
                continue;
            }

            port.Publish(message);
        }

        return null;
    }

    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        if (outcome.Verdict == Verdict.Delivered)
        {
            outbox.Acknowledge(StreamKind.Event, message.Epoch, message.First, message.Last);
            Delivered++;
            if (message.Probe)
            {
                gate.Open();
            }

            return;
        }

        gate.Close(outcome, message.Probe, now);
        if (message.FirstPosition < _next)
        {
            _next = message.FirstPosition;
        }
    }

    private void PassOver(Outgoing message, int bytes, Window window)
    {
        if (_tooLarge < message.FirstPosition)
        {
            _tooLarge = message.FirstPosition;
            log.MessageTooLarge(topic, bytes, _maxPacket);
        }

        window.Return(message);
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
