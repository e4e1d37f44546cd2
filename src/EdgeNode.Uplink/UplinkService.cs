using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Payload;
using EdgeNode.Uplink.Session;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink;

/// <summary>
/// Delivers what is in the spool to the first broker that takes it: one MQTT session at a time, our own reconnect with a back-off,
/// back to an earlier broker when it is there again, the spool's cursor moved on PUBACK only. Brokers, networks and files that fail are states with a sentence in the log, once per change.
/// </summary>
public sealed class UplinkService
{
    private readonly Site _site;
    private readonly UplinkOptions _options;
    private readonly IOutbox _outbox;
    private readonly IStationState _state;
    private readonly IStationClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _version;
    private readonly UplinkSettings _settings;
    private readonly ISessionFactory _sessions;
    private readonly UplinkAlarms _alarms;
    private readonly Backoff _backoff;
    private readonly Backoff _takenOver;
    private readonly ImmutableArray<BrokerRecord> _brokers;
    private readonly Namesake _namesake;

    private Conversation? _conversation;
    private int? _changeTo;
    private UplinkSnapshot _snapshot = new(false, "", "not started", 0, 0, 0, 0, 0, false);

    /// <summary>Prepares the uplink of a site; nothing is connected before <see cref="RunAsync"/>.</summary>
    /// <exception cref="ArgumentException">The site has no uplink.</exception>
    public UplinkService(
        Site site, IOutbox outbox, IStationState state, INodeAlarms alarms, IStationClock clock, TimeProvider time, ILogger<UplinkService> logger, string version)
        : this(site, outbox, state, alarms, clock, time, logger, version, new UplinkSettings(), new MqttSessionFactory(time), Random.Shared.NextDouble)
    {
    }

    internal UplinkService(
        Site site, IOutbox outbox, IStationState state, INodeAlarms alarms, IStationClock clock, TimeProvider time, ILogger logger, string version,
        UplinkSettings settings, ISessionFactory sessions, Func<double> random)
    {
        _site = site;
        _options = site.Uplink ?? throw new ArgumentException("The site has no uplink.", nameof(site));
        _outbox = outbox;
        _state = state;
        _clock = clock;
        _time = time;
        _log = logger;
        _version = version;
        _settings = settings;
        _sessions = sessions;
        _alarms = new UplinkAlarms(alarms, settings);
        _backoff = new Backoff(settings.Reconnect, settings.ReconnectMax, random);
        _takenOver = new Backoff(settings.TakenOver, settings.TakenOverMax, random);
        _brokers = [.. _options.Brokers.Select(b => new BrokerRecord(b, logger))];
        _namesake = new Namesake(_options.Topic + "/status", clock.Read().Wall.UnixMicroseconds / 1_000_000m);
    }

    /// <summary>How delivery stands; may be read from any thread.</summary>
    public UplinkSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>
    /// Delivers until stopped. At an orderly stop it waits a moment for the last acknowledgements, says offline and disconnects;
    /// then it returns. No failure of a broker, a network or a file comes out of it.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var wake = new WakeSignal(_time);
        using var conversation = new Conversation(_site, _options.Topic, _outbox, _state, Status, _settings, _log, _alarms.Refused);
        await using var lookout = new Lookout(_sessions, _options.Brokers, _settings, _time);
        _conversation = conversation;
        _outbox.Appended += wake.Set;
        _state.AlarmsChanged += wake.Set;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (await RoundAsync(conversation, lookout, wake, stop) is { } pause)
                {
                    await PauseAsync(pause, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while connecting or waiting: there is nobody to say goodbye to.
        }
        finally
        {
            _outbox.Appended -= wake.Set;
            _state.AlarmsChanged -= wake.Set;
            _conversation = null;
        }
    }

    /// <summary>Tries the brokers in order until one has held a session for a while.</summary>
    /// <returns>How long to wait before the next round; null for none: it is changed over to another broker.</returns>
    private async Task<TimeSpan?> RoundAsync(Conversation conversation, Lookout lookout, WakeSignal wake, CancellationToken stop)
    {
        (var changedTo, _changeTo) = (_changeTo, null);
        for (var i = changedTo ?? 0; i < _brokers.Length; i++)
        {
            var broker = _brokers[i];
            var mailbox = new Mailbox(_options.Topic + "/alarm/", _namesake, wake);
            var (session, fault) = await _sessions.ConnectAsync(_options.Brokers[i], ConnectOptions(), mailbox, stop);
            if (session is null)
            {
                broker.Failed(fault!);
                Publish(broker.Address, connected: false, fault!.Told);
            }
            else
            {
                await using var open = session;
                var since = _time.Monotonic();
                broker.Connected(session.Traits.Protocol);
                lookout.Begin(i, session.Traits, since);
                fault = await ConverseAsync(conversation, session, mailbox, lookout, wake, broker, since, stop);
                await lookout.EndAsync();
                if (fault is null)
                {
                    return _changeTo is null ? TimeSpan.Zero : null;
                }

                if (fault.Kind == FaultKind.Lost && _alarms.SharesIdentity)
                {
                    fault = Shared;
                }

                Publish(broker.Address, connected: false, fault.Told);
                if (fault.Kind == FaultKind.TakenOver)
                {
                    _alarms.TakenOver(broker.Address);
                    broker.TakenOver(fault);
                    return _takenOver.Next();
                }

                var held = _time.Monotonic() >= since + _settings.StableSession;
                broker.Ended(fault, held);
                if (held)
                {
                    lookout.WasForGood(i);
                    _backoff.Reset();
                    break; // the next round begins with the preferred broker
                }
            }

            if (i == changedTo)
            {
                lookout.WasNotForGood();
            }
        }

        return _backoff.Next();
    }

    /// <returns>Why the session ended; null when it was ended in order, at a stop or to change over to another broker.</returns>
    private async Task<BrokerFault?> ConverseAsync(
        Conversation conversation, ISession session, Mailbox mailbox, Lookout lookout, WakeSignal wake, BrokerRecord broker, TimeSpan since, CancellationToken stop)
    {
        BrokerFault? fault = null;
        conversation.Begin(session, session.Traits, since);
        if (conversation.MayListen(since))
        {
            session.Listen(_namesake.Topic, on: true);
        }

        try
        {
            while (!stop.IsCancellationRequested && _changeTo is null)
            {
                fault = Drain(conversation, mailbox, broker);
                if (fault is not null)
                {
                    return fault;
                }

                var now = _time.Monotonic();
                if (now >= since + _settings.StableSession)
                {
                    broker.Held(session.Traits.Protocol);
                }

                var step = conversation.Step(now);
                if (_alarms.Step(now, conversation.NobodyListens, since))
                {
                    _takenOver.Reset();
                }

                Publish(broker.Address, connected: true, session.Traits.Protocol);
                if (step.Dead is { } why)
                {
                    fault = new BrokerFault(FaultKind.NoAnswer, why);
                    return fault;
                }

                _changeTo = lookout.Step(now, LookOptions, wake.Set);
                if (_changeTo is null)
                {
                    await WaitAsync(wake, lookout.NextAt < step.NextAt ? lookout.NextAt.Value : step.NextAt, now, stop);
                }
            }

            await LeaveAsync(conversation, session, mailbox, wake, broker);
            return null;
        }
        finally
        {
            conversation.End(Over(fault), _time.Monotonic());
        }
    }

    private static async Task WaitAsync(WakeSignal wake, TimeSpan until, TimeSpan now, CancellationToken stop)
    {
        try
        {
            await wake.WaitAsync(until - now, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The loop that waits sees it.
        }
    }

    private static BrokerFault Shared { get; } = new(FaultKind.TakenOver, "the session is lost while another station uses this node id.");

    private static SessionEnd Over(BrokerFault? fault) => fault?.Kind switch
    {
        FaultKind.PacketTooLarge => SessionEnd.TooLarge,
        FaultKind.MessageMalformed => SessionEnd.Malformed,
        FaultKind.Flooded => SessionEnd.Flooded,
        FaultKind.Lost => SessionEnd.Closed,
        _ => SessionEnd.Other,
    };

    /// <summary>In order: to another broker, or for good. What has no PUBACK by then goes over the next session, with the same keys.</summary>
    private async Task LeaveAsync(Conversation conversation, ISession session, Mailbox mailbox, WakeSignal wake, BrokerRecord broker)
    {
        if (_changeTo is not { } next)
        {
            await SayGoodbyeAsync(conversation, session, mailbox, wake, broker, "stopped");
            _log.Stopped(broker.Address);
        }
        else if (_brokers[next] == broker)
        {
            _log.TakesMqtt5(broker.Address);
            await SayGoodbyeAsync(conversation, session, mailbox, wake, broker, null);
        }
        else
        {
            _log.PreferredIsBack(_brokers[next].Address, broker.Address);
            broker.StandsBy();
            await SayGoodbyeAsync(conversation, session, mailbox, wake, broker, "changed-broker");
        }
    }

    /// <summary>A last moment for PUBACKs under way, then the offline status, then DISCONNECT.</summary>
    private async Task SayGoodbyeAsync(Conversation conversation, ISession session, Mailbox mailbox, WakeSignal wake, BrokerRecord broker, string? reason)
    {
        using var deadline = new CancellationTokenSource(_settings.StopDeadline, _time);
        try
        {
            for (var said = reason is null; ;)
            {
                if (Drain(conversation, mailbox, broker) is not null)
                {
                    return;
                }

                if (conversation.InFlight == 0)
                {
                    if (said)
                    {
                        break;
                    }

                    conversation.SayOffline(reason!, _time.Monotonic());
                    said = true;
                }

                await wake.WaitAsync(_settings.StopDeadline, deadline.Token);
            }

            await session.CloseAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // The broker answers too slowly: it will publish the will, which says the same.
        }
    }

    private BrokerFault? Drain(Conversation conversation, Mailbox mailbox, BrokerRecord broker)
    {
        while (mailbox.TryTake(out var news))
        {
            if (news.Lost is { } lost)
            {
                return lost;
            }

            if (news.Message is { } message)
            {
                broker.HasOurStatus |= message.Kind == OutgoingKind.Status && news.Outcome.Verdict != Verdict.Refused;
                conversation.Completed(message, news.Outcome, _time.Monotonic());
            }
            else if (news.AlarmHeld is { } id)
            {
                conversation.AlarmHeld(id);
            }
            else if (news.Other is { } other)
            {
                // We stay: whoever has the session just now delivers. The wait comes when it is taken from us.
                if (_namesake.IsAnother(other, broker.HasOurStatus) && _alarms.Seen(other, broker.Address))
                {
                    _log.OtherNode(broker.Address, other.Boot, other.Run);
                }
            }
            else
            {
                conversation.Pong(_time.Monotonic());
            }
        }

        return null;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        var until = _time.Monotonic() + pause;
        while (_time.Monotonic() is var now && now < until)
        {
            _alarms.Step(now, _conversation?.NobodyListens ?? false, null);
            Publish(Snapshot.Broker, connected: false, Snapshot.State);
            var left = until - now;

            // Whole milliseconds, rounded up: Task.Delay cuts the rest off, and the last one would be spun through.
            left = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.Delay(left < _settings.StatusCheck ? left : _settings.StatusCheck, _time, stop);
        }
    }

    private SessionOptions ConnectOptions()
    {
        var buffer = new PayloadBuffer();
        using var encoder = new StatusEncoder();
        encoder.Encode(Status() with { Online = false, Reason = "lost" }, buffer);
        return new SessionOptions(
            _site.Node.Id, _options.User, _options.PasswordFile, _options.CaFile,
            new Will(_options.Topic + "/status", buffer.Written.ToArray()), _settings.KeepAlive, _settings.ConnectDeadline)
        {
            CertificateFile = _options.CertificateFile,
            KeyFile = _options.KeyFile,
        };
    }

    /// <summary>An identifier of its own: the node's would take over its own session where brokers share them.</summary>
    private SessionOptions LookOptions() => ConnectOptions() with { ClientId = _site.Node.Id + "-look", Will = null };

    private StationStatus Status() => new(
        Online: true,
        Reason: null,
        _clock.Read().Wall,
        _version,
        _site.Revision,
        _outbox.Epoch,
        _outbox.Waiting(StreamKind.Telemetry),
        _outbox.Waiting(StreamKind.Event),
        _outbox.Fill,
        _state.Counters,
        _conversation?.NobodyListens ?? false,
        [.. _brokers.Select(b => b.Status)])
    {
        Boot = _clock.BootId,
        Run = _namesake.Run,
        Emergency = _state.Emergency.On,
        Maintenance = _state.Maintenance,
    };

    private void Publish(string broker, bool connected, string state) => Volatile.Write(ref _snapshot, new UplinkSnapshot(
        connected,
        broker,
        state,
        _conversation?.DeliveredReadings ?? 0,
        _conversation?.DeliveredEvents ?? 0,
        connected ? _conversation?.InFlight ?? 0 : 0,
        _outbox.Waiting(StreamKind.Telemetry),
        _outbox.Waiting(StreamKind.Event),
        _conversation?.NobodyListens ?? false));
}
