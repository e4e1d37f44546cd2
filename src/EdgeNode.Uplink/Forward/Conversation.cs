using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>What a session turned out to allow.</summary>
/// <param name="Protocol">For the log: MQTT 5 or MQTT 3.1.1.</param>
internal readonly record struct SessionTraits(string Protocol, int ReceiveMaximum, uint? MaximumPacketSize);

/// <summary>Why a session must be closed, or when to look again.</summary>
internal readonly record struct StepResult(TimeSpan NextAt, string? Dead);

/// <summary>
/// All that is said over one session after the other: which message goes next, what its answer means, when the broker counts as hung.
/// It knows no socket, no thread and no timer: it is stepped with the monotonic time, so it can be tested in virtual time.
/// One thread at a time.
/// </summary>
internal sealed class Conversation : IDisposable
{
    private readonly UplinkSettings _settings;
    private readonly BatchLimit _limit;
    private readonly EventLane _events;
    private readonly TelemetryLanes _telemetry;
    private readonly RetainedTopics _retained;
    private readonly Gate _eventGate;
    private readonly Gate _telemetryGate;
    private readonly Func<StationStatus> _status;
    private readonly string _telemetryTopic;
    private readonly string _alarmFilter;

    private Window _window = new(1);
    private IPublishPort? _port;
    private TimeSpan _lastHeard;
    private TimeSpan? _pingedAt;
    private TimeSpan? _sweepUntil;

    public Conversation(Site site, string root, IOutbox outbox, IStationState state, Func<StationStatus> status, UplinkSettings settings, ILogger log)
    {
        _settings = settings;
        _status = status;
        _telemetryTopic = root + "/telemetry";
        _alarmFilter = root + "/alarm/+";
        _limit = new BatchLimit(settings);
        _eventGate = new Gate(root + "/event", settings, log);
        _telemetryGate = new Gate(_telemetryTopic, settings, log);
        _events = new EventLane(outbox, _eventGate, root + "/event", log);
        _telemetry = new TelemetryLanes(outbox, _telemetryGate, _limit, site.Node.Id, _telemetryTopic, settings);
        _retained = new RetainedTopics(site, state, root, settings, log);
    }

    /// <summary>A topic of ours has no subscriber.</summary>
    public bool NobodyListens => _eventGate.State == Verdict.NobodyListens || _telemetryGate.State == Verdict.NobodyListens;

    public long DeliveredReadings => _telemetry.Delivered;

    public long DeliveredEvents => _events.Delivered;

    public int InFlight => _window.Total;

    /// <summary>A session stands.</summary>
    public void Begin(IPublishPort port, SessionTraits traits, TimeSpan now)
    {
        _port = port;
        _window = new Window(Math.Clamp(traits.ReceiveMaximum, 1, _settings.Window));
        _lastHeard = now;
        _pingedAt = null;
        _sweepUntil = now + _settings.AlarmSweep;
        _limit.Begin(traits.MaximumPacketSize, _telemetryTopic);
        _events.Begin(traits.MaximumPacketSize, now);
        _telemetry.Begin(now);
        _retained.Begin(traits.MaximumPacketSize, now);
        port.Listen(_alarmFilter, on: true);
    }

    /// <summary>The session is gone; what was in flight is undelivered and will be sent again with the same keys.</summary>
    public void End(bool packetTooLarge)
    {
        // Not one message came through: perhaps none of this size can, on this link or at this broker.
        if (packetTooLarge || (_window.HasTelemetry && _telemetry.DeliveredMessages == 0))
        {
            _limit.Halve();
        }

        _window = new Window(1);
        _port = null;
    }

    /// <summary>Sends what may be sent now.</summary>
    public StepResult Step(TimeSpan now)
    {
        var port = _port ?? throw new InvalidOperationException("There is no session.");
        var (checkAt, dead) = Watch(now, port);
        if (dead is not null)
        {
            return new StepResult(now, dead);
        }

        if (now >= _sweepUntil)
        {
            _sweepUntil = null;
            port.Listen(_alarmFilter, on: false);
        }

        var next = checkAt;
        next = Earlier(next, _sweepUntil);
        next = Earlier(next, _events.Step(now, _window, port));
        next = Earlier(next, _retained.Step(now, _status, _events.Idle, _window, port));
        next = Earlier(next, _telemetry.Step(now, _window, port));
        next = Earlier(next, AnswerDue()); // what was just sent has a deadline too
        return new StepResult(next, null);
    }

    /// <summary>The broker's answer to one message.</summary>
    public void Completed(Outgoing message, PublishOutcome outcome, TimeSpan now)
    {
        _lastHeard = now;
        switch (message.Kind)
        {
            case OutgoingKind.Event:
                _events.Completed(message, outcome, now);
                break;
            case OutgoingKind.Live or OutgoingKind.Backlog:
                _telemetry.Completed(message, outcome, now);
                break;
            default:
                _retained.Completed(message, outcome, now);
                break;
        }

        _window.Return(message);
    }

    /// <summary>PINGRESP.</summary>
    public void Pong(TimeSpan now)
    {
        _lastHeard = now;
        _pingedAt = null;
    }

    /// <summary>The broker holds a retained alarm of this id.</summary>
    public void AlarmHeld(string id) => _retained.Held(id);

    /// <summary>The last words of an orderly stop.</summary>
    public void SayOffline(TimeSpan now)
    {
        if (_port is { } port)
        {
            _retained.SayOffline(_status() with { Online = false, Reason = "stopped" }, now, _window, port);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _telemetry.Dispose();
        _retained.Dispose();
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan? b) => b < a ? b.Value : a;

    private (TimeSpan CheckAt, string? Dead) Watch(TimeSpan now, IPublishPort port)
    {
        if (SilenceEnds() is { } silence && now >= silence)
        {
            return (now, string.Create(CultureInfo.InvariantCulture, $"no answer for {_settings.AnswerDeadline.TotalSeconds:0.#} s: it hangs, or the link is cut"));
        }

        if (now >= _window.OldestSentAt + _settings.PubackDeadline)
        {
            return (now, string.Create(CultureInfo.InvariantCulture, $"it left a message unacknowledged for {_settings.PubackDeadline.TotalSeconds:0.#} s"));
        }

        if (AnswerDue() is { } due)
        {
            return (due, null);
        }

        if (now >= _lastHeard + _settings.PingAfter)
        {
            _pingedAt = now;
            port.Ping();
            return (now + _settings.AnswerDeadline, null);
        }

        return (_lastHeard + _settings.PingAfter, null);
    }

    private TimeSpan? AnswerDue() => SilenceEnds() is { } silence ? Earlier(silence, _window.OldestSentAt + _settings.PubackDeadline) : null;

    /// <summary>With a question outstanding, something must come back: when the wait for it ends. Null while nothing is outstanding.</summary>
    private TimeSpan? SilenceEnds()
    {
        var asked = _window.OldestSentAt;
        if (asked is null || _pingedAt < asked)
        {
            asked = _pingedAt ?? asked;
        }

        return (asked > _lastHeard ? asked : asked is null ? null : _lastHeard) + _settings.AnswerDeadline;
    }
}
