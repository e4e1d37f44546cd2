using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// The messages in flight of one session: never more than the broker's Receive Maximum, with room kept for retained topics,
/// and never more than half of it for the backlog.
/// </summary>
internal sealed class Window(int size)
{
    private readonly List<Outgoing> _inFlight = new(size);
    private readonly Stack<Outgoing> _free = new();

    public int Total => _inFlight.Count;

    /// <summary>Only one event or telemetry message at a time: when the session ends over it, it is known which.</summary>
    public bool Careful { get; set; }

    /// <summary>When something was last put into flight.</summary>
    public TimeSpan LastTakenAt { get; private set; }

    /// <summary>Events and telemetry in flight.</summary>
    public IEnumerable<Outgoing> Data => _inFlight.Where(m => !m.Retain);

    /// <summary>Retained topics may take a quarter, at least one.</summary>
    public bool RoomForRetained => Total < size && Count(m => m.Retain) < Math.Max(1, size / 4);

    /// <summary>Events and telemetry leave one place for retained topics.</summary>
    public bool RoomForData => Total < size && Count(m => !m.Retain) < (Careful ? 1 : Math.Max(1, size - 1));

    public bool RoomForBacklog => RoomForData && Count(m => m.Kind == OutgoingKind.Backlog) < Math.Max(1, size / 2);

    public bool HasTelemetry => Count(m => m.IsTelemetry) > 0;

    /// <summary>Readings in flight.</summary>
    public long Readings
    {
        get
        {
            long readings = 0;
            foreach (var message in _inFlight)
            {
                readings += message.IsTelemetry ? (long)(message.Last - message.First + 1) : 0;
            }

            return readings;
        }
    }

    public TimeSpan? OldestSentAt => _inFlight.Count == 0 ? null : _inFlight.Min(m => m.SentAt);

    public bool Has(OutgoingKind kind) => Count(m => m.Kind == kind) > 0;

    /// <summary>An empty message, its buffer used before. It counts as in flight from here.</summary>
    public Outgoing Take(OutgoingKind kind, string topic, TimeSpan now)
    {
        var message = _free.TryPop(out var used) ? used : new Outgoing();
        message.Kind = kind;
        message.Topic = topic;
        message.SentAt = now;
        message.Probe = false;
        message.Retried = false;
        LastTakenAt = now;
        message.Payload.Clear();
        _inFlight.Add(message);
        return message;
    }

    /// <summary>The PUBACK came, or the message was not sent after all.</summary>
    /// <returns>False when it is not of this session.</returns>
    public bool Return(Outgoing message)
    {
        if (!_inFlight.Remove(message))
        {
            return false;
        }

        _free.Push(message);
        return true;
    }

    /// <summary>The first span of telemetry within the given one that is not in flight.</summary>
    public (Position From, Position Until) Free(Position from, Position until)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var message in _inFlight)
            {
                if (message.IsTelemetry && message.FirstPosition <= from && from < message.AfterLast)
                {
                    from = message.AfterLast;
                    moved = true;
                }
            }
        }

        foreach (var message in _inFlight)
        {
            if (message.IsTelemetry && message.FirstPosition > from && message.FirstPosition < until)
            {
                until = message.FirstPosition;
            }
        }

        return (from, until);
    }

    private int Count(Func<Outgoing, bool> which)
    {
        var count = 0;
        foreach (var message in _inFlight)
        {
            count += which(message) ? 1 : 0;
        }

        return count;
    }
}
