using System.Buffers;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Session;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Tapping;

/// <summary>
/// The platform's side of the contract: subscribes to a node's telemetry, events and status, and checks order, duplicates and holes.
/// It reconnects by itself and asks the broker to keep its session meanwhile, so that its own outage makes no holes (MQTT 5).
/// </summary>
public sealed class Tap
{
    /// <summary>
    /// How long the broker keeps the tap's session after a loss. Not longer: while it is kept, the node's readings count as delivered to it.
    /// </summary>
    private const uint KeepSessionSeconds = 120;

    private readonly TapOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly UplinkSettings _settings;
    private readonly ISessionFactory _sessions;
    private readonly TapLedger _ledger;
    private readonly string _clientId = "edgenode-tap-" + Guid.NewGuid().ToString("N")[..12];

    private volatile bool _subscribed;
    private volatile string _state = "not started";
    private string? _faultWords;

    /// <summary>Prepares a tap; nothing is connected before <see cref="RunAsync"/>.</summary>
    public Tap(TapOptions options, TimeProvider time, ILogger<Tap> logger)
        : this(options, time, logger, new UplinkSettings(), new MqttSessionFactory(time))
    {
    }

    internal Tap(TapOptions options, TimeProvider time, ILogger logger, UplinkSettings settings, ISessionFactory sessions)
    {
        _options = options;
        _time = time;
        _log = logger;
        _settings = settings;
        _sessions = sessions;
        _ledger = new TapLedger(options.FromStart);
    }

    /// <summary>Called for each reading with a new key, from the session's thread, before the message is acknowledged: it must not wait. Set before the start.</summary>
    public Action<TapReading>? OnReading { get; init; }

    /// <summary>What was seen so far; from any thread.</summary>
    public TapReport Report() => _ledger.Report(_subscribed, _state);

    /// <summary>Waits until the report says what is asked for; looks every 20 ms.</summary>
    /// <exception cref="OperationCanceledException">It did not before the token was cancelled.</exception>
    public async Task<TapReport> WaitAsync(Func<TapReport, bool> until, CancellationToken stop)
    {
        while (true)
        {
            var report = Report();
            if (until(report))
            {
                return report;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), _time, stop);
        }
    }

    /// <summary>Follows the node until stopped; a failing broker is a state and a line in the log.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff(_settings.Reconnect, _settings.ReconnectMax, Random.Shared.NextDouble);
        var first = true;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                using var wake = new WakeSignal(_time);
                var listener = new Listener(this, wake);
                var (session, fault) = await _sessions.ConnectAsync(_options.Broker, Connect(first), listener, stop);
                if (session is not null)
                {
                    await using (session)
                    {
                        first = false;
                        var since = _time.Monotonic();
                        fault = await FollowAsync(session, listener, wake, stop);
                        _subscribed = false;
                        if (_time.Monotonic() - since >= _settings.StableSession)
                        {
                            backoff.Reset();
                        }
                    }
                }

                if (fault is not null)
                {
                    Fault(fault);
                    await Task.Delay(backoff.Next(), _time, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }

        _subscribed = false;
    }

    private SessionOptions Connect(bool first) => new(
        _clientId, _options.User, _options.PasswordFile, _options.CaFile, null, _settings.KeepAlive, _settings.ConnectDeadline)
    {
        ExpirySeconds = KeepSessionSeconds,
        CertificateFile = _options.CertificateFile,
        KeyFile = _options.KeyFile,
        MostPacketBytes = UplinkSettings.PacketTappedMost,
        CleanStart = first,
    };

    private async Task<BrokerFault?> FollowAsync(ISession session, Listener listener, WakeSignal wake, CancellationToken stop)
    {
        var root = _options.Topic;
        if (!await session.SubscribeAsync([root + "/telemetry", root + "/event", root + "/status"], stop))
        {
            return listener.Fault ?? new BrokerFault(FaultKind.CredentialsRefused, $"it refuses the subscription to {root}");
        }

        _subscribed = true;
        _state = "following";
        _faultWords = null;
        _log.Connected(_options.Broker.Address(), session.Traits.Protocol);
        TimeSpan? pingedAt = null;
        try
        {
            while (!stop.IsCancellationRequested && listener.Fault is null)
            {
                var now = _time.Monotonic();
                if (listener.LastHeard >= pingedAt)
                {
                    pingedAt = null;
                }

                if (now >= pingedAt + _settings.AnswerDeadline)
                {
                    return new BrokerFault(FaultKind.NoAnswer, "it does not answer: it hangs, or the link is cut");
                }

                if (pingedAt is null && now >= listener.LastHeard + _settings.PingAfter)
                {
                    pingedAt = now;
                    session.Ping();
                }

                await wake.WaitAsync((pingedAt + _settings.AnswerDeadline ?? listener.LastHeard + _settings.PingAfter) - now, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            using var deadline = new CancellationTokenSource(_settings.StopDeadline, _time);
            await session.CloseAsync(deadline.Token);
        }

        return listener.Fault;
    }

    private void Fault(BrokerFault fault)
    {
        if (_faultWords != fault.Words)
        {
            _log.TapFault(_options.Broker.Address(), fault.Told);
        }

        (_faultWords, _state) = (fault.Words, fault.Told);
    }

    /// <summary>Takes what a session brings, on the session's thread.</summary>
    private sealed class Listener(Tap tap, WakeSignal wake) : ISessionListener
    {
        private readonly List<TapReading> _fresh = [];
        private long _lastHeardTicks = tap._time.Monotonic().Ticks;
        private volatile BrokerFault? _fault;

        public BrokerFault? Fault => _fault;

        public TimeSpan LastHeard => TimeSpan.FromTicks(Interlocked.Read(ref _lastHeardTicks));

        public void Received(string topic, ReadOnlySequence<byte> payload)
        {
            Heard();
            var bytes = payload.IsSingleSegment ? payload.First : payload.ToArray();
            switch (topic.AsSpan(Math.Min(topic.Length, tap._options.Topic.Length)))
            {
                case "/telemetry":
                    _fresh.Clear();
                    tap._ledger.Telemetry(bytes, _fresh);
                    foreach (var reading in _fresh)
                    {
                        tap.OnReading?.Invoke(reading);
                    }

                    break;
                case "/event":
                    tap._ledger.Event(bytes);
                    break;
                case "/status" when bytes.Length > 0:
                    tap._ledger.Status(bytes);
                    break;
                default:
                    break;
            }
        }

        public void Pong()
        {
            Heard();
            wake.Set();
        }

        public void Lost(BrokerFault fault)
        {
            _fault ??= fault;
            wake.Set();
        }

        public void Completed(Outgoing message, PublishOutcome outcome) => Heard();

        private void Heard() => Interlocked.Exchange(ref _lastHeardTicks, tap._time.Monotonic().Ticks);
    }
}
