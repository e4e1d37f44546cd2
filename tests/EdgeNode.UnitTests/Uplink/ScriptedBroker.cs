using System.Text;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Payload;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>What was published, decoded at that moment: the buffer is used again afterwards.</summary>
internal sealed record Sent(Outgoing Message, string Topic, bool Retain, string Text)
{
    public string Leaf => Topic[(Stations.Topic.Length + 1)..];

    public List<TapReading> Readings
    {
        get
        {
            var readings = new List<TapReading>();
            SenmlDecoder.Decode(Encoding.UTF8.GetBytes(Text), readings);
            return readings;
        }
    }

    public ulong[] Seqs => [.. Readings.Select(r => r.Seq)];
}

/// <summary>A conversation with a broker whose every answer the test gives, in virtual time.</summary>
internal sealed class ScriptedBroker : IPublishPort, IDisposable
{
    private readonly List<Sent> _unanswered = [];
    private bool _pinged;
    private int _answers;

    public ScriptedBroker(UplinkSettings? settings = null)
    {
        var site = Stations.Site();
        Board = new StationBoard(site);
        Settings = settings ?? new UplinkSettings();
        Conversation = new Conversation(site, Stations.Topic, Outbox, Board, Status, Settings, Log, GivenUp.Add);
    }

    /// <summary>What was said of records that were given up.</summary>
    public List<string> GivenUp { get; } = [];

    public MemoryOutbox Outbox { get; } = new();

    public StationBoard Board { get; }

    public UplinkSettings Settings { get; }

    public Conversation Conversation { get; }

    public LogLines Log { get; } = new();

    public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

    public List<Sent> All { get; } = [];

    public int Pings { get; private set; }

    /// <summary>PINGs are not answered.</summary>
    public bool Mute { get; set; }

    public List<string> Listening { get; } = [];

    public IEnumerable<Sent> Telemetry => All.Where(s => s.Leaf == "telemetry");

    /// <summary>Sent and neither answered nor lost, oldest first.</summary>
    public IReadOnlyList<Sent> Unanswered => _unanswered;

    public IEnumerable<Sent> UnansweredTelemetry => _unanswered.Where(s => s.Leaf == "telemetry");

    public void Connect(int receiveMaximum = 65535, uint? maximumPacketSize = null)
    {
        Conversation.Begin(this, new SessionTraits("MQTT 5", receiveMaximum, maximumPacketSize), Now);
    }

    /// <summary>Connects and answers the retained messages, so that only data is left to look at.</summary>
    public void ConnectQuietly(int receiveMaximum = 65535)
    {
        Connect(receiveMaximum);
        Step();
        while (_unanswered.Any(s => s.Retain))
        {
            AnswerAll(s => s.Retain);
            Step();
        }
    }

    public void Lose(SessionEnd end = SessionEnd.Closed)
    {
        _unanswered.Clear();
        Conversation.End(end, Now);
    }

    public StepResult Step(double afterSeconds = 0)
    {
        Now += TimeSpan.FromSeconds(afterSeconds);
        return Conversation.Step(Now);
    }

    /// <summary>
    /// Steps through the given time as the service does: when something is due, and at once after an answer. PINGs are answered unless
    /// <see cref="Mute"/>. Returns why the session died, if it did.
    /// </summary>
    public string? Run(double seconds, Action? between = null)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var step = Conversation.Step(Now);
            if (step.Dead is not null)
            {
                return step.Dead;
            }

            var answers = _answers;
            between?.Invoke();
            if (_pinged && !Mute)
            {
                _pinged = false;
                Conversation.Pong(Now);
            }

            if (_answers > answers)
            {
                continue;
            }

            if (step.NextAt > until)
            {
                Now = until;
                return null;
            }

            Assert.True(step.NextAt > Now, "a step that asks to be repeated at once");
            Now = step.NextAt;
        }
    }

    public void Answer(Sent sent, PublishOutcome outcome)
    {
        Assert.True(_unanswered.Remove(sent));
        _answers++;
        Conversation.Completed(sent.Message, outcome, Now);
    }

    public void Deliver(Sent sent) => Answer(sent, PublishOutcome.Delivered);

    public void AnswerAll(Func<Sent, bool>? which = null, PublishOutcome? outcome = null)
    {
        foreach (var sent in _unanswered.Where(s => which?.Invoke(s) ?? true).ToArray())
        {
            Answer(sent, outcome ?? PublishOutcome.Delivered);
        }
    }

    public void Publish(Outgoing message)
    {
        var sent = new Sent(message, message.Topic, message.Retain, Encoding.UTF8.GetString(message.Payload.Written.Span));
        All.Add(sent);
        _unanswered.Add(sent);
    }

    public void Ping()
    {
        Pings++;
        _pinged = true;
    }

    public void Listen(string filter, bool on) => Listening.Add((on ? "+" : "-") + filter);

    public void Dispose() => Conversation.Dispose();

    private StationStatus Status() => new(
        true, null, Readings.Moment, "1.2.3", "0123456789ab", Outbox.Epoch, Outbox.Waiting(Core.Model.StreamKind.Telemetry),
        Outbox.Waiting(Core.Model.StreamKind.Event), Outbox.Fill, default, Conversation.NobodyListens, []);
}
