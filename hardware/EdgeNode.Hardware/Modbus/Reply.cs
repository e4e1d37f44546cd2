namespace EdgeNode.Hardware.Modbus;

/// <summary>How a request ended.</summary>
internal enum Outcome
{
    /// <summary>The data came, or the confirmation of a write; after a broadcast, it went out.</summary>
    Answered,

    /// <summary>The device refused, with a code.</summary>
    Exception,

    /// <summary>Nothing came within the deadline.</summary>
    TimedOut,

    /// <summary>What came did not fit; the connection is closed.</summary>
    Wrong,

    /// <summary>The connection broke after the request was sent.</summary>
    Lost,

    /// <summary>There is no connection, and nothing was sent.</summary>
    NoLink,

    /// <summary>The caller stopped it; the link stays usable.</summary>
    Cancelled,
}

/// <summary>The end of one request. The data lie in the framer's buffer until the next request.</summary>
internal readonly ref struct Reply
{
    public Outcome Outcome { get; init; }

    /// <summary>Only with <see cref="Outcome.Exception"/>.</summary>
    public ExceptionCode Code { get; init; }

    /// <summary>Only with <see cref="Outcome.Answered"/>: registers of two bytes each, high byte first, or what else the function gives.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Only with <see cref="Outcome.Wrong"/>.</summary>
    public Mismatch Mismatch { get; init; }

    /// <summary>Only with <see cref="Outcome.TimedOut"/>: other requests were open beside it, which the peer may not know; it is worth asking alone.</summary>
    public bool WasCrowded { get; init; }

    /// <summary>Monotonic time at which it ended: the arrival of the reply, when there is one.</summary>
    public TimeSpan At { get; init; }
}
