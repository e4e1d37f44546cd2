using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.UnitTests.Uplink;

public class RefusedTests
{
    [Fact]
    public void When_nobody_listens_the_cursor_stays_and_one_probe_goes_every_5_s()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1600);
        broker.ConnectQuietly();
        broker.Step();
        var first = broker.UnansweredTelemetry.Count();

        broker.AnswerAll(s => s.Leaf == "telemetry", PublishOutcome.NobodyListens);
        Assert.True(broker.Conversation.NobodyListens);
        broker.Run(21, () => broker.AnswerAll(s => s.Leaf == "telemetry", PublishOutcome.NobodyListens));

        Assert.Equal(4, first);
        Assert.Equal(4, broker.Telemetry.Count() - first);
        Assert.All(broker.Telemetry.Skip(first), s => Assert.Equal(1UL, s.Seqs[0]));
        Assert.Empty(broker.Outbox.Acknowledgements);
        Assert.Single(broker.Log.Lines, l => l.Contains("Nobody listens", StringComparison.Ordinal));
    }

    [Fact]
    public void When_somebody_listens_again_everything_goes_in_order()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();
        broker.AnswerAll(s => s.Leaf == "telemetry", PublishOutcome.NobodyListens);
        broker.Outbox.AppendNumbers(700);
        broker.Run(4);
        var before = broker.All.Count;

        broker.Run(3, () => broker.AnswerAll());

        var sent = broker.All.Skip(before).Where(s => s.Leaf == "telemetry").ToArray();
        Assert.Equal(Enumerable.Range(1, 701).Select(i => (ulong)i), sent.SelectMany(s => s.Seqs));
        Assert.False(sent[0].Readings[0].Live); // it was live once; as it failed it is history
        Assert.False(broker.Conversation.NobodyListens);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Single(broker.Log.Lines, l => l.Contains("delivered again", StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_session_tries_again_with_one_message()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1600);
        broker.ConnectQuietly();
        broker.Step();
        broker.AnswerAll(s => s.Leaf == "telemetry", PublishOutcome.NobodyListens);
        broker.Lose();

        broker.ConnectQuietly();
        broker.Step();

        Assert.Single(broker.UnansweredTelemetry);
        Assert.True(broker.Conversation.NobodyListens);
    }

    [Fact]
    public void Nobody_listening_to_events_does_not_hold_the_readings()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendEvent("node");
        broker.Step();
        broker.AnswerAll(s => s.Leaf == "event", PublishOutcome.NobodyListens);

        broker.Outbox.AppendNumbers(5);
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal(5, broker.Conversation.DeliveredReadings);
        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Event));
        Assert.True(broker.Conversation.NobodyListens);
    }

    [Fact]
    public void Refused_messages_are_named_once_and_tried_with_growing_waits()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(10);
        broker.ConnectQuietly();
        broker.Step();
        var start = broker.Now;
        var tries = new List<double>();

        broker.Run(100, () =>
        {
            foreach (var sent in broker.UnansweredTelemetry.ToArray())
            {
                tries.Add((broker.Now - start).TotalSeconds);
                broker.Answer(sent, PublishOutcome.Refused("quota exceeded"));
            }

            broker.AnswerAll();
        });

        Assert.Equal([0d, 5, 15, 35, 75], tries);
        Assert.Empty(broker.Outbox.Acknowledgements);
        Assert.Contains("quota exceeded", Assert.Single(broker.Log.Lines, l => l.Contains("refuses", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Later_batches_do_not_overtake_a_refused_one()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(4000);
        broker.ConnectQuietly();
        broker.Step();
        var inFlight = broker.UnansweredTelemetry.ToArray();
        Assert.Equal(4, inFlight.Length);

        broker.Answer(inFlight[1], PublishOutcome.Refused("quota exceeded"));
        broker.Outbox.AppendNumbers(100);
        broker.Run(4.9); // nothing new while the others are unanswered, nor before the wait is over
        Assert.Equal(3, broker.UnansweredTelemetry.Count());
        broker.Deliver(inFlight[0]);
        broker.Deliver(inFlight[2]);
        broker.Deliver(inFlight[3]);
        var before = broker.All.Count;
        broker.Run(10, () => broker.AnswerAll());

        var later = broker.All.Skip(before).Where(s => s.Leaf == "telemetry").ToArray();
        Assert.Equal(inFlight[1].Seqs, later[0].Seqs);
        var backlog = later.Where(s => !s.Readings[0].Live).SelectMany(s => s.Seqs).ToArray();
        Assert.Equal(backlog.Order(), backlog);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void A_refused_event_goes_again_before_later_ones()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendEvent("node");
        broker.Outbox.AppendEvent("alarm");
        broker.ConnectQuietly();
        broker.AnswerAll(s => s.Text.Contains("node", StringComparison.Ordinal), PublishOutcome.Refused("quota exceeded"));
        broker.AnswerAll();
        broker.Outbox.AppendEvent("gap");
        var before = broker.All.Count;

        broker.Run(6, () => broker.AnswerAll());

        var kinds = broker.All.Skip(before).Where(s => s.Leaf == "event").Select(s => s.Text).ToArray();
        Assert.Contains("node", kinds[0], StringComparison.Ordinal);
        Assert.Contains("gap", kinds[1], StringComparison.Ordinal);
        Assert.Equal(2, kinds.Length);
    }

    [Fact]
    public void A_broker_that_refuses_large_messages_gets_smaller_ones_in_the_same_session()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(2000);
        broker.ConnectQuietly();

        broker.Run(600, () =>
        {
            broker.AnswerAll(s => s.Text.Length > 10_000, PublishOutcome.Refused("message too large"));
            broker.AnswerAll();
        });

        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(2000, broker.Conversation.DeliveredReadings);
    }
}
