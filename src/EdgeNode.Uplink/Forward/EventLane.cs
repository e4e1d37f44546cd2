using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;

namespace EdgeNode.Uplink.Forward;

/// <summary>Events, oldest first, before all telemetry.</summary>
internal sealed class EventLane(IOutbox outbox, Gate gate, string topic) : IDisposable
{
    private readonly EventEncoder _encoder = new();
    private Position _next;

    /// <summary>Nothing is waiting to be sent, or nothing can be: who waits for the events before him need not wait longer.</summary>
    public bool Idle { get; private set; } = true;

    /// <summary>Events delivered since the start.</summary>
    public long Delivered { get; private set; }

    public void Begin(TimeSpan now)
    {
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

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
