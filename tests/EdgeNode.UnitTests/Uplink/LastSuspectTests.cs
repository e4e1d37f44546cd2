using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>A topic that takes nothing is probed as long as anything waits for it, though suspects be all that waits.</summary>
public class LastSuspectTests
{
    private static readonly PublishOutcome Format = PublishOutcome.Refused("payload format invalid", RefusalKind.ForGood);

    [Theory]
    [InlineData("event", "nobody listens")]
    [InlineData("event", "quota exceeded")]
    [InlineData("event", "not authorized")]
    [InlineData("telemetry", "nobody listens")]
    [InlineData("telemetry", "quota exceeded")]
    [InlineData("telemetry", "not authorized")]
    public void A_suspect_that_is_all_that_waits_is_the_probe_of_its_topic(string leaf, string words)
    {
        var (closed, probes) = words switch
        {
            "nobody listens" => (PublishOutcome.NobodyListens, 4),
            "quota exceeded" => (PublishOutcome.Refused(words), 2),
            _ => (PublishOutcome.Refused(words, RefusalKind.Configuration), 2),
        };
        using var broker = WithOneSuspect(leaf);
        broker.Run(30.5, () => Answer(broker, leaf, closed));
        Assert.Equal(2, broker.All.Count(s => s.Leaf == leaf));

        broker.Run(20, () => Answer(broker, leaf, closed)); // 5 s apart, or after 5 s and 10 s
        Assert.Equal(2 + probes, broker.All.Count(s => s.Leaf == leaf));
        broker.Run(21, () => broker.AnswerAll());

        Assert.Equal((0, 0), Waiting(broker));
        Assert.False(broker.Conversation.NobodyListens);
        Assert.Empty(broker.Outbox.Refusals);
    }

    [Theory]
    [InlineData("event")]
    [InlineData("telemetry")]
    public void A_suspect_that_is_all_that_waits_goes_in_the_next_session_though_its_topic_took_nothing(string leaf)
    {
        using var broker = WithOneSuspect(leaf);
        broker.Run(30.5, () => Answer(broker, leaf, PublishOutcome.NobodyListens));
        broker.Lose(SessionEnd.Other);

        broker.Connect();
        broker.Run(6, () => broker.AnswerAll());

        Assert.Equal((0, 0), Waiting(broker));
    }

    [Fact]
    public void A_topic_that_waits_for_one_more_poison_than_can_be_passed_over_still_tries_its_suspects()
    {
        using var broker = new ScriptedBroker();
        var most = broker.Settings.SuspectsMost;
        for (var i = 0; i <= most; i++)
        {
            broker.Outbox.AppendEvent(i == most ? "poison" : "node");
        }

        broker.ConnectQuietly();
        broker.Run(2, () => Answer(broker, "event", Format));
        Assert.Equal(most + 1, broker.Outbox.Waiting(StreamKind.Event));

        broker.Run(60, () =>
        {
            broker.AnswerAll(s => s.Text.Contains("poison", StringComparison.Ordinal), Format);
            broker.AnswerAll();
        });

        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Event));
        Assert.Empty(broker.Outbox.Refusals);
    }

    [Theory]
    [InlineData("event", true)]
    [InlineData("event", false)]
    [InlineData("telemetry", true)]
    [InlineData("telemetry", false)]
    public void A_suspect_and_what_else_waits_take_turns_as_the_probe(string leaf, bool suspectPasses)
    {
        using var broker = WithOneSuspect(leaf);
        var suspect = broker.All.Single(s => s.Leaf == leaf).Text;
        string Numbered(string text) => text[text.IndexOf("\"seq\"", StringComparison.Ordinal)..].Split(',')[0];
        if (!suspectPasses)
        {
            broker.Run(30.5, () => Answer(broker, leaf, PublishOutcome.Refused("quota exceeded")));
        }

        Append(broker, leaf);
        broker.Run(60, () =>
        {
            broker.AnswerAll(s => s.Leaf == leaf && (Numbered(s.Text) == Numbered(suspect)) != suspectPasses, PublishOutcome.Refused("quota exceeded"));
            broker.AnswerAll();
        });

        Assert.Equal(leaf == "event" ? (0, 1) : (1, 0), Waiting(broker));
        var taken = Assert.Single(broker.Outbox.Acknowledgements);
        Assert.Equal(suspectPasses ? 1UL : 2UL, taken.First);
    }

    private static ScriptedBroker WithOneSuspect(string leaf)
    {
        var broker = new ScriptedBroker();
        Append(broker, leaf);
        broker.ConnectQuietly();
        broker.Step();
        Answer(broker, leaf, Format);
        return broker;
    }

    private static void Append(ScriptedBroker broker, string leaf)
    {
        if (leaf == "event")
        {
            broker.Outbox.AppendEvent("node");
        }
        else
        {
            broker.Outbox.AppendNumbers(1);
        }
    }

    private static void Answer(ScriptedBroker broker, string leaf, PublishOutcome outcome)
    {
        broker.AnswerAll(s => s.Leaf == leaf, outcome);
        broker.AnswerAll();
    }

    private static (long Readings, long Events) Waiting(ScriptedBroker broker) =>
        (broker.Outbox.Waiting(StreamKind.Telemetry), broker.Outbox.Waiting(StreamKind.Event));
}
