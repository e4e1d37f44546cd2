using EdgeNode.Core.Model;
using EdgeNode.Uplink;

namespace EdgeNode.UnitTests.Uplink;

public class LanesTests
{
    [Fact]
    public void A_live_reading_goes_at_once_when_nothing_is_in_flight()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();

        broker.Outbox.AppendNumbers(3);
        broker.Step();

        var sent = Assert.Single(broker.UnansweredTelemetry);
        Assert.Equal([1UL, 2, 3], sent.Seqs);
        Assert.All(sent.Readings, r => Assert.True(r.Live));
        Assert.Empty(broker.Outbox.Acknowledgements);
    }

    [Fact]
    public void Live_readings_are_gathered_for_50_ms_while_one_message_is_in_flight()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();

        broker.Outbox.AppendNumbers(1);
        broker.Step();
        broker.Outbox.AppendNumbers(1);
        var step = broker.Step(0.030);
        Assert.Single(broker.UnansweredTelemetry);
        Assert.Equal(TimeSpan.FromMilliseconds(20), step.NextAt - broker.Now);
        broker.Step(0.020);

        Assert.Equal([2UL, 3], broker.UnansweredTelemetry.Last().Seqs);
    }

    [Fact]
    public void A_full_batch_does_not_wait()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();

        broker.Outbox.AppendNumbers(750);
        broker.Step();

        Assert.Equal([1, 500], broker.UnansweredTelemetry.Select(s => s.Readings.Count));
    }

    [Fact]
    public void The_cursor_moves_on_PUBACK_only()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(4);
        broker.Step();
        Assert.Equal(4, broker.Outbox.Waiting(StreamKind.Telemetry));

        broker.AnswerAll();

        Assert.Equal(new MemoryOutbox.Acknowledged(StreamKind.Telemetry, broker.Outbox.Epoch, 1, 4), Assert.Single(broker.Outbox.Acknowledgements));
        Assert.Equal(4, broker.Conversation.DeliveredReadings);
        Assert.Equal(0, broker.Conversation.InFlight);
    }

    [Fact]
    public void What_was_there_before_the_session_is_backlog_and_live_overtakes_it()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(2600);
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();

        var live = Assert.Single(broker.UnansweredTelemetry, s => s.Readings[0].Live);
        Assert.Equal([2601UL], live.Seqs);
        var backlog = broker.UnansweredTelemetry.Where(s => !s.Readings[0].Live).SelectMany(s => s.Seqs).ToArray();
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => (ulong)i), backlog);
    }

    [Fact]
    public void Backlog_is_limited_to_its_rate_and_loses_no_order()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(20_000);
        broker.ConnectQuietly();

        broker.Run(5, () => broker.AnswerAll());

        var sent = broker.Telemetry.SelectMany(s => s.Seqs).ToArray();
        Assert.Equal(Enumerable.Range(1, sent.Length).Select(i => (ulong)i), sent);
        Assert.InRange(sent.Length, 10_000, 12_500); // one second's worth at once, then 2,000 a second
    }

    [Fact]
    public void Backlog_takes_half_of_the_window_at_most()
    {
        using var broker = new ScriptedBroker(new UplinkSettings { BacklogPerSecond = 1_000_000 });
        broker.Outbox.AppendNumbers(20_000);
        broker.ConnectQuietly();

        broker.Step();

        Assert.Equal(8, broker.UnansweredTelemetry.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Never_more_is_in_flight_than_the_broker_takes(int receiveMaximum)
    {
        using var broker = new ScriptedBroker(new UplinkSettings { BacklogPerSecond = 1_000_000 });
        broker.Outbox.AppendNumbers(20_000);
        for (var i = 0; i < 40; i++)
        {
            broker.Outbox.AppendEvent("node");
        }

        broker.Connect(receiveMaximum);
        var most = 0;
        for (var i = 0; i < 500; i++)
        {
            broker.Outbox.AppendNumbers(1);
            broker.Step(0.1);
            most = Math.Max(most, broker.Unanswered.Count);
            if (broker.Unanswered.Count > 0)
            {
                broker.Deliver(broker.Unanswered[0]);
            }
        }

        Assert.Equal(receiveMaximum, most);
        Assert.Contains(broker.All, s => s.Leaf == "meta");
        Assert.Equal(40, broker.Conversation.DeliveredEvents);
        Assert.True(broker.Conversation.DeliveredReadings > 0);
    }

    [Fact]
    public void Events_go_before_readings()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(10);
        broker.Outbox.AppendEvent("alarm");
        broker.Connect();
        broker.Outbox.AppendNumbers(1);

        broker.Step();

        Assert.Equal("event", broker.All[0].Leaf);
        Assert.Contains(broker.All, s => s.Leaf == "telemetry");
    }

    [Fact]
    public void After_a_loss_the_same_keys_go_again_from_the_oldest()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(2);
        broker.Step();
        broker.Outbox.AppendNumbers(2);
        broker.Step();
        broker.Step(0.05);
        broker.Deliver(broker.UnansweredTelemetry.Last());
        broker.Lose();
        var before = broker.All.Count;

        broker.Outbox.AppendNumbers(1);
        broker.ConnectQuietly();
        broker.Step();
        broker.Run(1, () => broker.AnswerAll());

        var again = broker.All.Skip(before).Where(s => s.Leaf == "telemetry").ToArray();
        Assert.Equal([1UL, 2, 5], again.SelectMany(s => s.Seqs));
        Assert.All(again, s => Assert.False(s.Readings[0].Live));
        Assert.Equal(broker.Outbox.Epoch, again[0].Readings[0].Epoch);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void A_message_never_spans_epochs()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(3);
        broker.Outbox.Restart();
        broker.Outbox.AppendNumbers(2);
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();

        Assert.Equal(
            [(1u, 3, false), (2u, 1, true), (2u, 2, false)],
            broker.Telemetry.Select(s => (s.Readings[0].Epoch.Start, s.Readings.Count, s.Readings[0].Live)).Order().ToArray());
    }

    [Fact]
    public void What_piles_up_behind_the_live_lane_becomes_backlog()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();

        broker.Outbox.AppendNumbers(6000);
        broker.Step();
        broker.Outbox.AppendNumbers(1);
        broker.Step(0.05);
        broker.Step(0.05);

        Assert.Equal([1UL, 6002], broker.Telemetry.Where(s => s.Readings[0].Live).SelectMany(s => s.Seqs));
        Assert.Equal(2UL, broker.Telemetry.First(s => !s.Readings[0].Live).Seqs[0]); // the first, still in flight, is not sent twice
        broker.Run(10, () => broker.AnswerAll());
        Assert.Equal(6002, broker.Telemetry.SelectMany(s => s.Seqs).Count());
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void Lost_readings_are_passed_over()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(10);
        broker.Outbox.Lose(4, 6);
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(2);
        broker.Outbox.Lose(11, 12);
        broker.Step();
        broker.Outbox.AppendNumbers(1);
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal([1UL, 2, 3, 7, 8, 9, 10, 13], broker.Telemetry.SelectMany(s => s.Seqs).Order().ToArray());
    }

    [Fact]
    public void A_broker_with_a_small_largest_packet_gets_small_messages()
    {
        using var broker = new ScriptedBroker();
        broker.Connect(maximumPacketSize: 800);
        broker.Outbox.AppendNumbers(100);

        broker.Run(2, () => broker.AnswerAll());

        Assert.All(broker.Telemetry, s => Assert.InRange(s.Text.Length + s.Topic.Length, 1, 790));
        Assert.Equal(100, broker.Telemetry.Sum(s => s.Readings.Count));
        Assert.DoesNotContain(broker.All, s => s.Leaf == "meta");
        Assert.Single(broker.Log.Lines, l => l.Contains("meta takes", StringComparison.Ordinal));
    }

    [Fact]
    public void Messages_shrink_while_no_session_gets_one_through_and_grow_again_afterwards()
    {
        using var broker = new ScriptedBroker(new UplinkSettings { BacklogPerSecond = 1_000_000 });
        broker.Outbox.AppendNumbers(30_000);
        var sizes = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            broker.ConnectQuietly();
            broker.Step();
            sizes.Add(broker.UnansweredTelemetry.First().Text.Length);
            broker.Lose();
        }

        broker.ConnectQuietly();
        broker.Run(5, () => broker.AnswerAll());

        Assert.True(sizes.Zip(sizes.Skip(1)).Skip(1).All(p => p.Second < p.First * 0.6), string.Join(' ', sizes));
        Assert.Equal(500, broker.Telemetry.Last(s => s.Readings.Count > 400).Readings.Count);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readings_that_could_not_be_read_for_a_moment_are_delivered_in_the_same_session(bool live)
    {
        using var broker = new ScriptedBroker();
        if (!live)
        {
            broker.Outbox.AppendNumbers(700);
            broker.Outbox.Unreadable = true;
        }

        broker.ConnectQuietly();
        broker.Outbox.Unreadable = true;
        broker.Outbox.AppendNumbers(5);
        broker.Run(1, () => broker.AnswerAll());
        Assert.Empty(broker.Telemetry);
        broker.Outbox.Unreadable = false;
        for (var second = 0; second < 120; second++)
        {
            broker.Outbox.AppendNumbers(1);
            broker.Run(1, () => broker.AnswerAll());
        }

        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(live ? 125 : 825, broker.Telemetry.SelectMany(s => s.Seqs).Distinct().Count());
        Assert.Equal(broker.Telemetry.Sum(s => s.Seqs.Length), broker.Telemetry.SelectMany(s => s.Seqs).Distinct().Count());
    }

    [Fact]
    public void An_event_too_large_for_the_broker_is_passed_over_and_stays_in_the_spool()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendEvent("node", $$"""{"text":"{{new string('x', 2000)}}"}""");
        broker.Outbox.AppendEvent("alarm");
        broker.Connect(maximumPacketSize: 1000);
        broker.Outbox.AppendNumbers(1);
        broker.Run(2, () => broker.AnswerAll());

        Assert.All(broker.All, s => Assert.InRange(s.Text.Length + s.Topic.Length, 1, 990));
        Assert.Equal((1, 0), (broker.Outbox.Waiting(StreamKind.Event), broker.Outbox.Waiting(StreamKind.Telemetry)));
        Assert.Equal(2UL, Assert.Single(broker.Outbox.Acknowledgements, a => a.Stream == StreamKind.Event).First);
        Assert.Single(broker.Log.Lines, l => l.Contains("/event takes", StringComparison.Ordinal));

        // Another broker may take it.
        broker.Lose();
        broker.Connect();
        broker.Run(2, () => broker.AnswerAll());
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Event));
    }
}
