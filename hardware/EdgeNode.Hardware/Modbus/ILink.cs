namespace EdgeNode.Hardware.Modbus;

/// <summary>How a step on a link ended.</summary>
internal enum LinkResult
{
    /// <summary>Done; bytes are there.</summary>
    Done,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The link is closed or broken; <see cref="ILink.Fault"/> says why.</summary>
    Closed,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,
}

/// <summary>
/// Bytes to and from a peer, and the only place where a bus waits. One thread at a time. A failing link is a result, never an exception.
/// </summary>
internal interface ILink : IDisposable
{
    /// <summary>The peer as the log names it, for example host:port.</summary>
    string Peer { get; }

    /// <summary>Why the link closed or did not open.</summary>
    string Fault { get; }

    /// <summary>Opens a fresh link.</summary>
    LinkResult Connect(TimeSpan timeout, CancellationToken stop);

    /// <summary>Sends all bytes or fails.</summary>
    LinkResult Send(ReadOnlySpan<byte> bytes);

    /// <summary>Waits for bytes; with a timeout of 0 takes only what is already there.</summary>
    LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count);

    /// <summary>Lets time pass, less when cancelled.</summary>
    void Wait(TimeSpan span, CancellationToken stop);

    /// <summary>Closes the link, if open.</summary>
    void Close();
}
