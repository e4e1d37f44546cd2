using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The emergency mode as those see it who look from another thread, and the way of what the step says of it, and of the evidence that came late, to
/// the recorder. The station's loop writes it.
/// </summary>
/// <param name="site">The checked site.</param>
/// <param name="witness">Whose mode it is.</param>
/// <param name="queue">Where events go.</param>
/// <param name="clock">Both clocks.</param>
/// <param name="log">Where its beginning and end are told.</param>
internal sealed class EmergencyBook(Site site, StationWitness witness, RecorderQueue queue, IStationClock clock, ILogger log)
{
    private readonly Lock _look = new();
    private EmergencyStatus _present;

    /// <summary>Called when the mode has begun or is over, from the station's loop: it must only signal.</summary>
    public event Action<bool>? Changed;

    /// <summary>How it stands.</summary>
    public EmergencyStatus Present
    {
        get
        {
            lock (_look)
            {
                return _present.On ? _present with { Since = clock.Correct(_present.Since), Until = clock.Correct(_present.Until) } : _present;
            }
        }
    }

    /// <summary>Takes what a step came to, and replies to those who asked.</summary>
    /// <returns>True when it has begun or is over.</returns>
    public bool Take(StepResult result, Asked<EmergencyCommand, EmergencyReply> asked, ClockReading now)
    {
        var status = witness.Emergency(now);
        lock (_look)
        {
            _present = status;
        }

        foreach (var change in result.Emergencies)
        {
            queue.Put(EventBody.Emergency(site, change));
            Tell(change);
        }

        if (result.Emergencies.Count > 0)
        {
            Changed?.Invoke(status.On);
        }

        Put(result.Snapshots);
        for (var i = 0; i < asked.Commands.Count; i++)
        {
            asked.Reply(i, new EmergencyReply(result.EmergencyAnswers[i], status));
        }

        return result.Emergencies.Count > 0;
    }

    /// <summary>The run ends: evidence that is still awaited is told with what there is.</summary>
    public void End() => Put(witness.End());

    private void Put(IReadOnlyList<LateSnapshot> snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            queue.Put(EventBody.Snapshot(site, snapshot));
        }
    }

    private void Tell(in EmergencyChange change)
    {
        var cause = change.Why.Alarm is { } alarm ? "alarm " + site.Alarms[alarm].Id : change.Why.By ?? "its time";
        if (change.On)
        {
            log.EmergencyBegins(cause, change.Until.ToDateTimeOffset());
        }
        else
        {
            log.EmergencyEnds(cause);
        }
    }
}
