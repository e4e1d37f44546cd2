using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// Looks, while a later broker is in use, whether an earlier one is back; and, while 3.1.1 is spoken with a broker that dropped MQTT 5
/// without an answer, whether it takes 5 by now. To look is one CONNECT under an identifier of its own, without a will, closed at once.
/// A broker that turned out not to be back for good is looked for half as often.
/// </summary>
internal sealed class Lookout(
    ISessionFactory sessions, ImmutableArray<BrokerOptions> brokers, UplinkSettings settings, TimeProvider time) : IAsyncDisposable
{
    private const int Nothing = -1;

    private readonly ISessionListener _deaf = new Deaf();
    private TimeSpan _every = settings.PreferredProbe;
    private TimeSpan _fiveEvery = settings.Mqtt5Again;
    private CancellationTokenSource _stop = new();
    private Task _look = Task.CompletedTask;
    private int _current;
    private TimeSpan? _earlierAt;
    private TimeSpan? _fiveAt;
    private volatile bool _looking;
    private volatile int _found = Nothing;

    /// <summary>When there is something to do; null when there is nothing to look for.</summary>
    public TimeSpan? NextAt => _looking ? null : _fiveAt is null || _earlierAt < _fiveAt ? _earlierAt : _fiveAt;

    /// <summary>A session with this broker begins.</summary>
    public void Begin(int broker, SessionTraits traits, TimeSpan now)
    {
        _current = broker;
        _found = Nothing;
        _earlierAt = broker > 0 ? now + _every : null;
        _fiveEvery = traits.Fallback ? _fiveEvery : settings.Mqtt5Again;
        _fiveAt = traits.Fallback ? now + _fiveEvery : null;
    }

    /// <summary>Looks when it is time to.</summary>
    /// <param name="now">Monotonic.</param>
    /// <param name="options">Made anew for each CONNECT.</param>
    /// <param name="wake">Called when a look has ended.</param>
    /// <returns>The broker to change over to.</returns>
    public int? Step(TimeSpan now, Func<SessionOptions> options, Action wake)
    {
        if (_found != Nothing)
        {
            return _found;
        }

        if (!_looking && now >= NextAt)
        {
            var (earlier, five) = (now >= _earlierAt, now >= _fiveAt);
            _earlierAt = earlier ? now + _every : _earlierAt;
            _fiveEvery = five ? Double(_fiveEvery) : _fiveEvery;
            _fiveAt = five ? now + _fiveEvery : _fiveAt;
            _looking = true;
            _look = LookAsync(earlier, five, options, wake, _stop.Token);
        }

        return null;
    }

    /// <summary>The session has ended, or is about to: a look under way is broken off.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _look;
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _looking = false;
        _found = Nothing;
    }

    /// <summary>A session with this broker lasted. If it was an earlier one it is back for good.</summary>
    public void WasForGood(int broker) => _every = broker == 0 ? settings.PreferredProbe : _every;

    /// <summary>It was not back after all.</summary>
    public void WasNotForGood() => _every = Double(_every);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private TimeSpan Double(TimeSpan wait) => TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, settings.PreferredProbeMax.Ticks));

    private async Task LookAsync(bool earlier, bool five, Func<SessionOptions> options, Action wake, CancellationToken stop)
    {
        try
        {
            for (var i = 0; earlier && i < _current && _found == Nothing; i++)
            {
                _found = await TakesUsAsync(i, options(), stop) ? i : Nothing;
            }

            if (five && _found == Nothing && await TakesUsAsync(_current, options() with { OnlyMqtt5 = true }, stop))
            {
                _found = _current;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody asks any more.
        }
        finally
        {
            _looking = false;
            wake();
        }
    }

    private async Task<bool> TakesUsAsync(int broker, SessionOptions options, CancellationToken stop)
    {
        var (session, fault) = await sessions.ConnectAsync(brokers[broker], options, _deaf, stop);
        if (session is null)
        {
            // Who refuses this identifier may take the node's own: whether it does shows when we change over.
            return fault!.Kind is FaultKind.IdentifierRefused or FaultKind.CredentialsRefused && !options.OnlyMqtt5;
        }

        await using (session)
        {
            using var deadline = new CancellationTokenSource(settings.StopDeadline, time);
            await session.CloseAsync(deadline.Token);
            return true;
        }
    }

    private sealed class Deaf : ISessionListener
    {
        public void Completed(Outgoing message, PublishOutcome outcome)
        {
        }

        public void Pong()
        {
        }

        public void Received(string topic, System.Buffers.ReadOnlySequence<byte> payload)
        {
        }

        public void Lost(BrokerFault fault)
        {
        }
    }
}
