using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>Keeps which faults the node itself has; each change becomes an event and a line in the log. Safe from any thread, waits for nothing.</summary>
/// <param name="queue">Where the events go.</param>
/// <param name="clock">For their stamps.</param>
/// <param name="log">The log.</param>
public sealed class NodeAlarmBoard(RecorderQueue queue, IStationClock clock, ILogger log) : INodeAlarms
{
    private readonly Lock _gate = new();
    private readonly NodeAlarmStatus[] _present = new NodeAlarmStatus[NodeAlarmIds.Count];

    /// <summary>Called after each change, from the thread that told it: it must only signal.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public void Set(NodeAlarm alarm, bool active, string detail = "")
    {
        ArgumentNullException.ThrowIfNull(detail);
        lock (_gate)
        {
            if (_present[(int)alarm].Active == active)
            {
                return;
            }

            var now = clock.Read().Wall;
            _present[(int)alarm] = new NodeAlarmStatus(active, now, detail);

            // Within the lock, so that two changes of one alarm are told in their order.
            queue.Put(EventBody.NodeAlarm(alarm, _present[(int)alarm]));
        }

        if (active)
        {
            log.NodeAlarmRaised(alarm.Id(), detail);
        }
        else
        {
            log.NodeAlarmCleared(alarm.Id());
        }

        Changed?.Invoke();
    }

    /// <summary>Present state of each, by <see cref="NodeAlarm"/>.</summary>
    public void Copy(Span<NodeAlarmStatus> into)
    {
        lock (_gate)
        {
            _present.CopyTo(into);
        }
    }
}
