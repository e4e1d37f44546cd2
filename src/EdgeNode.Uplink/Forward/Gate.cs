using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Whether a topic takes messages. A message that was not delivered closes it; then one probe message at a time tries,
/// after a wait. Another topic's gate stays as it is: a platform that listens to telemetry alone gets its telemetry.
/// </summary>
internal sealed class Gate(string topic, UplinkSettings settings, ILogger log)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal); // names of reason codes: they are few
    private RefusalKind _kind;
    private TimeSpan _wait;
    private int _refusedProbes;

    /// <summary>Why it is closed; <see cref="Verdict.Delivered"/> while it is open.</summary>
    public Verdict State { get; private set; } = Verdict.Delivered;

    public bool IsOpen => State == Verdict.Delivered;

    /// <summary>When the next probe is due, while closed.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>A message was not delivered. Only a refusal of another kind begins anew: two codes that mean the same here are one state.</summary>
    public void Close(PublishOutcome outcome, bool probe, TimeSpan now)
    {
        var another = State != outcome.Verdict || _kind != outcome.Kind;
        (State, _kind) = (outcome.Verdict, outcome.Kind);
        if (another)
        {
            _told.Clear();
            _refusedProbes = 0;
            _wait = State == Verdict.NobodyListens ? settings.NobodyRetry : settings.RefusedRetry;
        }
        else if (probe && State == Verdict.Refused)
        {
            _refusedProbes++;
            _wait = TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, settings.RefusedRetryMax.Ticks));
        }

        if (_told.Add(outcome.Detail))
        {
            Tell(outcome);
        }

        RetryAt = now + _wait;
    }

    /// <summary>
    /// The refusal is to be taken as one of this message. Where the broker's words leave that open it is so only when the topic has waited
    /// through several probes, so that an hour of trouble at the broker does not change the order of what waits.
    /// </summary>
    public bool IsAboutMessage(PublishOutcome outcome, Outgoing message) =>
        outcome.IsOfMessage && (outcome.Kind == RefusalKind.ForGood || message.Retried || _refusedProbes >= settings.UnclearProbes);

    /// <summary>The next probe goes soon: the message is looked for that is refused for what it is, and each try narrows it down.</summary>
    public void RetrySoon(TimeSpan now) => RetryAt = now + settings.Isolate;

    /// <summary>The probe was delivered.</summary>
    public void Open()
    {
        if (!IsOpen)
        {
            State = Verdict.Delivered;
            _refusedProbes = 0;
            _told.Clear();
            log.TopicTakesMessages(topic);
        }
    }

    /// <summary>A new session: the probe may go at once.</summary>
    public void RetryNow(TimeSpan now) => RetryAt = now;

    private void Tell(PublishOutcome outcome)
    {
        if (outcome.Verdict == Verdict.NobodyListens)
        {
            log.NobodyListens(topic);
        }
        else
        {
            log.MessageRefused(topic, outcome.Words);
        }
    }
}
