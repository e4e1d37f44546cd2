namespace EdgeNode.Core.Ports;

/// <summary>
/// Where the queryable history hears of each event that the spool has appended. Called on the recorder's thread: it must not wait,
/// must not throw, and may drop, since the spool holds the event.
/// </summary>
public interface IEventLog
{
    /// <summary>An event was appended, with its place in the stream.</summary>
    void Add(QueuedEvent appended);
}
