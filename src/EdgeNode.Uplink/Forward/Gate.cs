using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>
/// Whether a topic takes messages. A message that was not delivered closes it; then one probe message at a time tries,
/// after a wait. Another topic's gate stays as it is: a platform that listens to telemetry alone gets its telemetry.
/// </summary>
internal sealed class Gate(string topic, UplinkSettings settings, ILogger log)
{
    private string _detail = "";
    private TimeSpan _wait;
    private int _refusedProbes;

    /// <summary>Why it is closed; <see cref="Verdict.Delivered"/> while it is open.</summary>
    public Verdict State { get; private set; } = Verdict.Delivered;

    public bool IsOpen => State == Verdict.Delivered;

    /// <summary>When the next probe is due, while closed.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>A message was not delivered.</summary>
    public void Close(PublishOutcome outcome, bool probe, TimeSpan now)
    {
        if (State != outcome.Verdict || _detail != outcome.Detail)
        {
            State = outcome.Verdict;
            _detail = outcome.Detail;
            _refusedProbes = 0;
            _wait = State == Verdict.NobodyListens ? settings.NobodyRetry : settings.RefusedRetry;
            if (State == Verdict.NobodyListens)
            {
                log.NobodyListens(topic);
            }
            else
            {
                log.MessageRefused(topic, outcome.Detail);
            }
        }
        else if (probe && State == Verdict.Refused)
        {
            _refusedProbes++;
            _wait = TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, settings.RefusedRetryMax.Ticks));
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
            _detail = "";
            log.TopicTakesMessages(topic);
        }
    }

    /// <summary>A new session: the probe may go at once.</summary>
    public void RetryNow(TimeSpan now) => RetryAt = now;
}
