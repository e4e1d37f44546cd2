using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Session;

namespace EdgeNode.Uplink;

/// <summary>What delivery has to say of the node itself: nobody listens, another client has its name, messages are refused for good.</summary>
internal sealed class UplinkAlarms(INodeAlarms alarms, UplinkSettings settings)
{
    private bool _nobody;
    private TimeSpan? _takenOver;
    private TimeSpan? _refusedUntil;
    private TimeSpan _now;

    /// <summary>A record was given up.</summary>
    public void Refused(string words)
    {
        alarms.Set(NodeAlarm.MessagesRefused, active: true, words);
        _refusedUntil = _now + settings.RefusedAlarm;
    }

    /// <summary>Another node with this one's identifier was noticed, and has not been quiet for long enough since.</summary>
    public bool SharesIdentity => _takenOver is not null;

    /// <summary>Another run of this node's identifier is at work.</summary>
    /// <returns>True when that is news.</returns>
    public bool Seen(OtherStatus other, string broker)
    {
        var news = _takenOver is null;
        _takenOver = _now;
        alarms.Set(NodeAlarm.IdentityTakenOver, active: true, $"another station with this node's id uses broker {broker}, its boot is {other.Boot}: look for a cloned card");
        return news;
    }

    /// <summary>A session was taken over.</summary>
    public void TakenOver(string broker)
    {
        _takenOver = _now;
        alarms.Set(NodeAlarm.IdentityTakenOver, active: true, $"another client with this node's identifier took the session with broker {broker} over: look for a second station with the same node id");
    }

    /// <summary>Called as time passes, in a session and between sessions.</summary>
    /// <param name="now">Monotonic.</param>
    /// <param name="nobodyListens">As the broker told last.</param>
    /// <param name="sessionSince">When the present session began; null without one.</param>
    /// <returns>True when a take-over is over by now.</returns>
    public bool Step(TimeSpan now, bool nobodyListens, TimeSpan? sessionSince)
    {
        _now = now;
        if (nobodyListens != _nobody)
        {
            _nobody = nobodyListens;
            alarms.Set(NodeAlarm.NobodyListens, nobodyListens, nobodyListens ? "the broker has no subscriber for this node's telemetry or events: they stay in the spool" : "");
        }

        if (now >= _refusedUntil)
        {
            _refusedUntil = null;
            alarms.Set(NodeAlarm.MessagesRefused, active: false);
        }

        if (_takenOver is not { } seen || sessionSince is not { } since || now < (seen > since ? seen : since) + settings.TakenOverCalm)
        {
            return false;
        }

        _takenOver = null;
        alarms.Set(NodeAlarm.IdentityTakenOver, active: false);
        return true;
    }
}
