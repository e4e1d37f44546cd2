using System.Buffers;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Session;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>One CONNECT.</summary>
internal sealed record Attempt(string Host, TimeSpan At, SessionOptions Options);

/// <summary>
/// A service on a clock that the test drives, and sessions that it grants or refuses. All of the service runs on the test's thread:
/// its continuations are queued here and run before the clock moves on, so nothing depends on the machine's speed.
/// </summary>
internal sealed class ServiceRun : SynchronizationContext, ISessionFactory, IDisposable
{
    public static readonly BrokerFault Refused = new(FaultKind.Unreachable, "it cannot be reached: the connection is refused");

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly WallClock _clocks;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Action> _queue = new();

    public ServiceRun(params ReadOnlySpan<BrokerOptions> brokers)
    {
        _clocks = new WallClock(_time);
        Answer = _ => Open ? null : Refused;
        var site = Stations.Site([.. brokers]);
        Service = new UplinkService(
            site, Outbox, new StationBoard(site), Alarms, new StationClock(_clocks), _clocks, Log, "1.2.3", new UplinkSettings(), this, () => 1);
        Finished = Here(() => Service.RunAsync(_stop.Token));
    }

    public UplinkService Service { get; }

    public MemoryOutbox Outbox { get; } = new();

    public LogLines Log { get; } = new();

    public AlarmBoard Alarms { get; } = new();

    /// <summary>Every broker takes sessions.</summary>
    public bool Open { get; set; }

    /// <summary>What the broker holds on a topic that a session listens to.</summary>
    public (string Topic, string Text)? Held { get; set; }

    /// <summary>What a broker answers to a CONNECT; null takes it.</summary>
    public Func<string, BrokerFault?> Answer { get; set; }

    public SessionTraits Traits { get; set; } = new("MQTT 5", 65535, null);

    /// <summary>Sessions that only looked whether a broker is there.</summary>
    public List<FakeSession> Looks { get; } = [];

    public TimeSpan Now => _time.Monotonic();

    public Task Finished { get; }

    public List<Attempt> Attempts { get; } = [];

    public List<FakeSession> Sessions { get; } = [];

    public Task<ConnectOutcome> ConnectAsync(BrokerOptions broker, SessionOptions options, ISessionListener listener, CancellationToken stop)
    {
        Attempts.Add(new Attempt(broker.Host, _time.Monotonic(), options));
        if (Answer(broker.Host) is { } fault)
        {
            return Task.FromResult(new ConnectOutcome(null, fault));
        }

        var session = new FakeSession(broker.Host, options, Traits, listener) { Held = Held };
        (options.Will is null ? Looks : Sessions).Add(session);
        return Task.FromResult(new ConnectOutcome(session, null));
    }

    public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue(() => d(state));

    public void Advance(double seconds)
    {
        for (var until = _time.Monotonic() + TimeSpan.FromSeconds(seconds); _time.Monotonic() < until;)
        {
            Settle();
            _time.Advance(Tick);
        }

        Settle();
    }

    public void Until(Func<bool> what)
    {
        var limit = _time.Monotonic() + TimeSpan.FromMinutes(30);
        for (Settle(); !what(); Advance(Tick.TotalSeconds))
        {
            Assert.True(_time.Monotonic() < limit, "not within 30 minutes of the test's clock:\n" + string.Join('\n', Log.Lines));
        }
    }

    /// <summary>Steps the wall clock alone: durations know nothing of it.</summary>
    public void StepWallClock(TimeSpan by) => _clocks.Step += by;

    public void StopNow() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Cancel();
        Until(() => Finished.IsCompleted);
        Assert.True(Finished.IsCompletedSuccessfully, Finished.Exception?.ToString());
        _stop.Dispose();
    }

    private void Settle() => Here(() =>
    {
        while (_queue.TryDequeue(out var next))
        {
            next();
        }

        return true;
    });

    private T Here<T>(Func<T> work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return work();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}

/// <summary>The test's clock with a wall clock that can be stepped by itself, as a time server or a person does.</summary>
internal sealed class WallClock(TimeProvider monotonic) : TimeProvider
{
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => monotonic.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => monotonic.GetUtcNow() + Step;

    public override long GetTimestamp() => monotonic.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => monotonic.CreateTimer(callback, state, dueTime, period);
}

/// <summary>A session whose answers the test gives.</summary>
internal sealed class FakeSession(string host, SessionOptions options, SessionTraits traits, ISessionListener listener) : ISession
{
    private readonly List<Outgoing> _unanswered = [];
    private bool _autoAnswer = true;

    public ISessionListener Listener => listener;

    public SessionTraits Traits => traits;

    public string Host => host;

    public SessionOptions Options => options;

    public bool Closed { get; private set; }

    public bool Disposed { get; private set; }

    public int Unanswered => _unanswered.Count;

    public Func<Outgoing, PublishOutcome> Outcome { get; set; } = _ => PublishOutcome.Delivered;

    public List<string> Texts { get; } = [];

    public (string Topic, string Text)? Held { get; init; }

    public bool AutoAnswer
    {
        get => _autoAnswer;
        set
        {
            _autoAnswer = value;
            if (value)
            {
                _unanswered.ForEach(m => listener.Completed(m, Outcome(m)));
                _unanswered.Clear();
            }
        }
    }

    public void Publish(Outgoing message)
    {
        Texts.Add(Encoding.UTF8.GetString(message.Payload.Written.Span));
        if (_autoAnswer)
        {
            listener.Completed(message, Outcome(message));
        }
        else
        {
            _unanswered.Add(message);
        }
    }

    public void Ping()
    {
        if (_autoAnswer)
        {
            listener.Pong();
        }
    }

    public void Listen(string filter, bool on)
    {
        if (on && Held is { } held && held.Topic == filter)
        {
            listener.Received(filter, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(held.Text)));
        }
    }

    public Task<bool> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken stop) => Task.FromResult(true);

    public Task CloseAsync(CancellationToken stop)
    {
        Closed = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
