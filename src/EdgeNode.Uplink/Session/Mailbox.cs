using System.Buffers;
using System.Threading.Channels;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.Uplink.Session;

/// <summary>Something that a session told; nothing of it at all: a PINGRESP.</summary>
internal readonly record struct SessionNews(Outgoing? Message, PublishOutcome Outcome, string? AlarmHeld, BrokerFault? Lost)
{
    /// <summary>A status of another run came.</summary>
    public OtherStatus? Other { get; init; }
}

/// <summary>
/// Carries a session's news from its threads to the one that steps the conversation. One for each session, so that nothing of an
/// earlier one gets in. Bounded: beyond the limit news is dropped, and a dropped PUBACK is one that never came.
/// </summary>
internal sealed class Mailbox(string alarmPrefix, Namesake namesake, WakeSignal wake) : ISessionListener
{
    private const int Limit = 2048;

    private readonly Channel<SessionNews> _news = Channel.CreateBounded<SessionNews>(new BoundedChannelOptions(Limit) { SingleReader = true });

    public bool TryTake(out SessionNews news) => _news.Reader.TryRead(out news);

    public void Completed(Outgoing message, PublishOutcome outcome) => Post(new SessionNews(message, outcome, null, null));

    public void Pong() => Post(default);

    public void Lost(BrokerFault fault) => Post(new SessionNews(null, default, null, fault));

    public void Received(string topic, ReadOnlySequence<byte> payload)
    {
        if (payload.Length > 0 && topic.StartsWith(alarmPrefix, StringComparison.Ordinal))
        {
            Post(new SessionNews(null, default, topic[alarmPrefix.Length..], null));
        }
        else if (topic == namesake.Topic && namesake.Read(payload) is { } other)
        {
            Post(default(SessionNews) with { Other = other });
        }
    }

    private void Post(SessionNews news)
    {
        _news.Writer.TryWrite(news);
        wake.Set();
    }
}
