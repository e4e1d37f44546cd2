using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Observed;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Session;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>How the broker and the way to it behave. Parts are of one message in so many; 0 is never.</summary>
internal sealed record BrokerMood
{
    /// <summary>It can be reached.</summary>
    public bool Up { get; init; } = true;

    /// <summary>It takes the connection and the messages, and answers nothing.</summary>
    public bool Hangs { get; init; }

    /// <summary>One way, the least and the most.</summary>
    public TimeSpan LeastDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan MostDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>One PUBACK in so many is lost, though the session stands.</summary>
    public int LosesAck { get; init; }

    /// <summary>The session ends at one message in so many: before it arrived, or after.</summary>
    public int Cuts { get; init; }

    /// <summary>One message in so many is refused.</summary>
    public int Refuses { get; init; }

    /// <summary>Nobody has subscribed.</summary>
    public bool NobodyListens { get; init; }

    public int ReceiveMaximum { get; init; } = 65_535;

    public uint? MaximumPacketSize { get; init; }
}

/// <summary>The broker and the network before it, in virtual time: a message arrives in order or not at all, answers take their time.</summary>
internal sealed class SimulatedBroker(World world, Platform platform) : ISessionFactory
{
    private readonly List<SimulatedSession> _sessions = [];
    private BrokerMood _mood = new();

    public BrokerMood Mood
    {
        get => _mood;
        set
        {
            platform.OrderExcused |= value.Refuses > 0 || value.NobodyListens;
            _mood = value;
            if (!value.Up)
            {
                CutAll();
            }
        }
    }

    public long Sessions { get; private set; }

    /// <summary>Telemetry and event messages acknowledged to the node.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Every session ends at once; what is on its way is lost.</summary>
    public void CutAll()
    {
        foreach (var session in _sessions.ToArray())
        {
            session.Lose();
        }
    }

    public Task<ConnectOutcome> ConnectAsync(BrokerOptions broker, SessionOptions options, ISessionListener listener, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<ConnectOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        stop.Register(() => answer.TrySetCanceled(stop));
        var wait = Mood.Hangs ? options.ConnectDeadline : Delay() + Delay();
        world.Later(wait, 10, () =>
        {
            if (answer.Task.IsCompleted)
            {
                return;
            }

            if (!Mood.Up || Mood.Hangs)
            {
                answer.TrySetResult(new ConnectOutcome(null, Mood.Hangs
                    ? new BrokerFault(FaultKind.NoAnswer, "no answer") : new BrokerFault(FaultKind.Unreachable, "connection refused")));
                return;
            }

            Sessions++;
            _sessions.ToList().ForEach(s => s.Close()); // a client has one session: the new one takes over
            var session = new SimulatedSession(this, listener);
            _sessions.Add(session);
            answer.TrySetResult(new ConnectOutcome(session, null));
        });
        return answer.Task;
    }

    private TimeSpan Delay() => world.Between(Mood.LeastDelay, Mood.MostDelay);

    private bool OneIn(int count) => count > 0 && world.Random.Next(count) == 0;

    private World World => world;

    private Platform Platform => platform;

    private sealed class SimulatedSession(SimulatedBroker broker, ISessionListener listener) : ISession
    {
        private readonly World _world = broker.World;
        private TimeSpan _lastArrival;
        private bool _open = true;
        private int _inFlight;

        public SessionTraits Traits { get; } = new("MQTT 5", broker.Mood.ReceiveMaximum, broker.Mood.MaximumPacketSize);

        public void Publish(Outgoing message)
        {
            if (!_open)
            {
                return;
            }

            if (++_inFlight > Traits.ReceiveMaximum)
            {
                _world.Ledger.Find($"{_inFlight} messages in flight, and the broker takes {Traits.ReceiveMaximum}");
            }

            // In order, as TCP carries it.
            var at = _world.Clock.Now + broker.Delay();
            _lastArrival = at > _lastArrival ? at : _lastArrival;
            _world.Later(_lastArrival - _world.Clock.Now, 11, () => Arrive(message));
        }

        public void Ping()
        {
            if (!broker.Mood.Hangs)
            {
                _world.Later(broker.Delay() + broker.Delay(), 12, () =>
                {
                    if (_open)
                    {
                        listener.Pong();
                    }
                });
            }
        }

        public void Listen(string filter, bool on)
        {
        }

        public Task<bool> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken stop) => Task.FromResult(true);

        public Task CloseAsync(CancellationToken stop)
        {
            Close();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Close();
            return ValueTask.CompletedTask;
        }

        public void Lose(BrokerFault? fault = null)
        {
            if (_open)
            {
                Close();
                listener.Lost(fault ?? new BrokerFault(FaultKind.Lost, "the connection was lost"));
            }
        }

        public void Close()
        {
            _open = false;
            broker._sessions.Remove(this);
        }

        private void Arrive(Outgoing message)
        {
            if (!_open)
            {
                return;
            }

            var mood = broker.Mood;
            if (Traits.MaximumPacketSize is { } most && message.Payload.Count + message.Topic.Length > most)
            {
                Lose(new BrokerFault(FaultKind.PacketTooLarge, "it closed the session: a message was too large for it"));
                return;
            }

            if (broker.OneIn(mood.Cuts))
            {
                if (_world.Random.Next(2) == 0)
                {
                    Deliver(message);
                }

                Lose();
                return;
            }

            var outcome = mood.NobodyListens && !message.Retain ? PublishOutcome.NobodyListens
                : broker.OneIn(mood.Refuses) ? PublishOutcome.Refused("quota exceeded")
                : PublishOutcome.Delivered;
            if (outcome.Verdict == Verdict.Delivered)
            {
                Deliver(message);
            }

            if (mood.Hangs || broker.OneIn(mood.LosesAck))
            {
                return;
            }

            _world.Later(broker.Delay(), 13, () => Answer(message, outcome));
        }

        private void Answer(Outgoing message, PublishOutcome outcome)
        {
            if (_open)
            {
                _inFlight--;
                broker.Acknowledged++;
                listener.Completed(message, outcome);
            }
        }

        private void Deliver(Outgoing message)
        {
            _world.Trace.Add(_world.Clock.Now, 20 + (int)message.Kind, (long)message.First, (long)message.Last);
            switch (message.Topic.AsSpan(message.Topic.LastIndexOf('/') + 1))
            {
                case "telemetry":
                    broker.Platform.Telemetry(message.Payload.Written);
                    break;
                case "event":
                    broker.Platform.Event(message.Payload.Written);
                    break;
                case "status":
                    broker.Platform.Tap?.Status(message.Payload.Written);
                    break;
                default:
                    break;
            }
        }
    }
}
