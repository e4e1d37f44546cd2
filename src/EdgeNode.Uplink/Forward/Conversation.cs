using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>What a session turned out to allow.</summary>
/// <param name="Protocol">For the log: MQTT 5 or MQTT 3.1.1.</param>
/// <param name="ReceiveMaximum">Messages in flight that the broker takes.</param>
/// <param name="MaximumPacketSize">Bytes of the largest packet that it takes; null without a limit.</param>
internal readonly record struct SessionTraits(string Protocol, int ReceiveMaximum, uint? MaximumPacketSize)
{
    /// <summary>The keep alive that the broker wants in place of ours: after one and a half of it without a packet it ends the session.</summary>
    public TimeSpan? ServerKeepAlive { get; init; }

    /// <summary>It is spoken to in 3.1.1, since it dropped MQTT 5 without an answer: it may take 5 after all.</summary>
    public bool Fallback { get; init; }
}

/// <summary>What the end of a session says of the messages in flight.</summary>
internal enum SessionEnd
{
    /// <summary>Nothing: an orderly end, a link that was cut, a broker that hangs.</summary>
    Other,

    /// <summary>The connection was closed without a word: perhaps over one of them.</summary>
    Closed,

    /// <summary>The broker says that one of them was too large for it.</summary>
    TooLarge,

    /// <summary>The broker says that one of them was malformed to it.</summary>
    Malformed,

    /// <summary>Nothing: we ended it, over a packet of the broker's that is larger than what is taken.</summary>
    Flooded,
}

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
    private TimeSpan _lastPing;
    private TimeSpan? _sweepUntil;
    private TimeSpan _sweepAgain = TimeSpan.MinValue;
    private TimeSpan? _serverKeepAlive;
    private (Position Position, bool Event) _endedOver;
    private int _endedOverInRow;
    private int _aloneInRow;
    private bool _careful;
    private long _carefulUntil;
    private bool _acceptedAny;

    public Conversation(Site site, string root, IOutbox outbox, IStationState state, Func<StationStatus> status, UplinkSettings settings, ILogger log, Action<string> refused)
    {
        _settings = settings;
        _status = status;
        _telemetryTopic = root + "/telemetry";
        _alarmFilter = root + "/alarm/+";
        _limit = new BatchLimit(settings);
        _eventGate = new Gate(root + "/event", settings, log);
        _telemetryGate = new Gate(_telemetryTopic, settings, log);
        _events = new EventLane(outbox, _eventGate, new Suspects(StreamKind.Event, outbox, settings, log, refused), root + "/event", settings, log);
        var suspects = new Suspects(StreamKind.Telemetry, outbox, settings, log, refused);
        _telemetry = new TelemetryLanes(outbox, _telemetryGate, _limit, suspects, site.Node.Id, _telemetryTopic, settings);
        _retained = new RetainedTopics(site, state, root, settings, log);
    }

    /// <summary>A topic of ours has no subscriber.</summary>
    public bool NobodyListens => _eventGate.State == Verdict.NobodyListens || _telemetryGate.State == Verdict.NobodyListens;

    public long DeliveredReadings => _telemetry.Delivered;

    public long DeliveredEvents => _events.Delivered;

    public int InFlight => _window.Total;

    /// <summary>No retained message of a stranger ended a session a while ago. Until then nothing is subscribed to.</summary>
    public bool MayListen(TimeSpan now) => now >= _sweepAgain;

    /// <summary>A session stands.</summary>
    public void Begin(IPublishPort port, SessionTraits traits, TimeSpan now)
    {
        _port = port;
        _window = new Window(Math.Clamp(traits.ReceiveMaximum, 1, _settings.Window)) { Careful = _careful };
        _carefulUntil = Delivered + _settings.CarefulMessages;
        _serverKeepAlive = traits.ServerKeepAlive;
        _lastHeard = now;
        _acceptedAny = false;
        _pingedAt = null;
        _lastPing = now;
        _limit.Begin(traits.MaximumPacketSize, _telemetryTopic);
        _events.Begin(traits.MaximumPacketSize, now);
        _telemetry.Begin(traits.MaximumPacketSize, now);
        _retained.Begin(traits.MaximumPacketSize, now);
        _sweepUntil = null;
        if (MayListen(now))
        {
            _sweepUntil = now + _settings.AlarmSweep;
            port.Listen(_alarmFilter, on: true);
        }
    }

    /// <summary>The session is gone; what was in flight is undelivered and will be sent again with the same keys.</summary>
    public void End(SessionEnd end, TimeSpan now)
    {
        Outgoing[] inFlight = end is SessionEnd.Other or SessionEnd.Flooded ? [] : [.. _window.Data];
        if (inFlight.Length > 0)
        {
            Blame(end, inFlight, now);
        }
        else
        {
            _endedOverInRow = 0;
        }

        if (end == SessionEnd.Flooded)
        {
            _sweepAgain = now + _settings.SweepAgain; // a stranger's retained message must not cost the readings
        }

        // Not one message came through: perhaps none of this size can, on this link or at this broker.
        if (end == SessionEnd.TooLarge || (end != SessionEnd.Flooded && _window.HasTelemetry && _telemetry.DeliveredMessages == 0))
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
        _acceptedAny |= outcome.Verdict != Verdict.Refused;
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
        if (_careful && Delivered >= _carefulUntil)
        {
            _careful = _window.Careful = false;
        }
    }

    /// <summary>PINGRESP.</summary>
    public void Pong(TimeSpan now)
    {
        _lastHeard = now;
        _pingedAt = null;
    }

    /// <summary>The broker holds a retained alarm of this id.</summary>
    public void AlarmHeld(string id) => _retained.Held(id);

    /// <summary>The last words of an orderly end.</summary>
    public void SayOffline(string reason, TimeSpan now)
    {
        if (_port is { } port)
        {
            _retained.SayOffline(_status() with { Online = false, Reason = reason }, now, _window, port);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _telemetry.Dispose();
        _retained.Dispose();
    }

    /// <summary>Events and telemetry messages delivered since the start, for counting differences.</summary>
    private long Delivered => _events.Delivered + _telemetry.DeliveredMessagesInAll;

    private static TimeSpan Earlier(TimeSpan a, TimeSpan? b) => b < a ? b.Value : a;

    /// <summary>
    /// A broker that cannot refuse a message (3.1.1), or will not, ends the session over it, and over each redelivery. With several in
    /// flight it is not known which one it was, and one end may have been the network's. So after the broker's word, or after a few ends
    /// in a row over the same oldest message, the next session sends one at a time; and one record over which session after session ends, alone
    /// in flight, is a suspect.
    /// </summary>
    private void Blame(SessionEnd end, Outgoing[] inFlight, TimeSpan now)
    {
        var oldest = inFlight.MinBy(m => (m.Kind != OutgoingKind.Event, m.FirstPosition.Start, m.FirstPosition.Seq))!;
        var over = (oldest.FirstPosition, oldest.Kind == OutgoingKind.Event);
        _endedOverInRow = over == _endedOver ? _endedOverInRow + 1 : 1;
        var known = end is SessionEnd.TooLarge or SessionEnd.Malformed;
        var alone = inFlight.Length == 1;
        _aloneInRow = !alone ? 0 : over == _endedOver && oldest.IsSingle && _acceptedAny ? _aloneInRow + 1 : 1;
        _endedOver = over;
        if (alone && (known || oldest.Retried || (_window.Careful && (!oldest.IsSingle || _aloneInRow >= _settings.SessionsOverOneRecord))))
        {
            var why = end switch
            {
                SessionEnd.TooLarge => TooLarge.Words,
                SessionEnd.Malformed => "malformed packet",
                _ => "the session is closed over it",
            };
            if (oldest.IsTelemetry)
            {
                _telemetry.EndedOver(oldest, why, known, now);
            }
            else
            {
                _events.EndedOver(oldest, why, known, now);
            }
        }

        _careful = _careful || known || _endedOverInRow >= _settings.SessionsOverOneMessage;
    }

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

        // The broker counts what we send, we count what we hear.
        var pingAt = _lastPing > _window.LastTakenAt ? _lastPing : _window.LastTakenAt;
        pingAt += _serverKeepAlive / 2 ?? TimeSpan.MaxValue - pingAt;
        var due = AnswerDue();
        if (due is null)
        {
            pingAt = Earlier(pingAt, _lastHeard + _settings.PingAfter);
        }

        if (now < pingAt)
        {
            return (Earlier(pingAt, due), null);
        }

        _lastPing = now;
        _pingedAt ??= now;
        port.Ping();
        return (Earlier(now + _settings.AnswerDeadline, due), null);
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
