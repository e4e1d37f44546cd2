namespace EdgeNode.Hardware.Modbus;

/// <summary>Whether a request can be sent.</summary>
internal enum ChannelState
{
    Ready,
    Down,
    Cancelled,

    /// <summary>A write waits for the turn, and this request would only have waited for a silence.</summary>
    Preempted,
}

/// <summary>One open request at a time over one link: sends it and finds its own reply among whatever comes. It knows nothing of devices.</summary>
internal interface IChannel : IDisposable
{
    string Peer { get; }

    string Bus { get; }

    /// <summary>Opens the link when needed and allowed, keeps the pauses, and throws away what came unasked.</summary>
    /// <param name="unit">Whom the next request is for.</param>
    /// <param name="turn">A scan's own turn; a wait for what a unit still owes ends when a write wants it. Null for a write.</param>
    /// <param name="overtakes">No other reply can pass for the one to this request, so it does not wait for what the unit still owes.</param>
    ChannelState Ready(byte unit, BusTurn? turn, CancellationToken stop, bool overtakes = false);

    /// <summary>Monotonic time before which a request to the unit would make the whole bus wait.</summary>
    TimeSpan NotBefore(byte unit);

    /// <summary>Sends a request and waits for its reply; only after <see cref="Ready"/>.</summary>
    /// <param name="anyUnitEcho">Accept unit 0 or 255 in the reply; over TCP only.</param>
    /// <param name="deadline">Monotonic time at which the wait ends, whatever comes meanwhile.</param>
    Reply Exchange(scoped in Request request, bool anyUnitEcho, TimeSpan deadline, CancellationToken stop);

    /// <summary>Most requests that may be open at once.</summary>
    int Depth { get; }

    /// <summary>A request that will follow; where <see cref="Depth"/> allows it goes out right behind the next one.</summary>
    void Follow(scoped in Request request);

    /// <summary>Nothing of what was announced follows.</summary>
    void FollowNothing();

    /// <summary>Lets time pass between two requests.</summary>
    void Wait(TimeSpan span, CancellationToken stop);

    /// <summary>Closes without a fault; the next request opens again at once.</summary>
    void CloseInOrder();
}
