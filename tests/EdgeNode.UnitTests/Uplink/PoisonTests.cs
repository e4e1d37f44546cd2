using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>A message that a broker refuses for what it is holds up nothing else, and nothing is given up for another reason.</summary>
public class PoisonTests
{
    private const string Format = "payload format invalid";

    [Fact]
    public void One_reading_that_is_refused_for_its_format_is_found_passed_over_and_given_up()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(2000);
        broker.ConnectQuietly();
        var tries = new List<TimeSpan>();

        broker.Run(60, () => Answer(broker, 777, tries));

        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Empty(broker.Outbox.Refusals);

        for (var i = 0; i < 120; i++)
        {
            broker.Outbox.AppendNumbers(1); // the session otherwise accepts
            broker.Run(10, () => Answer(broker, 777, tries));
        }

        var refused = Assert.Single(broker.Outbox.Refusals);
        Assert.Equal((StreamKind.Telemetry, 777UL, 777UL), (refused.Stream, refused.First, refused.Last));
        Assert.Equal("refused: payload format invalid", Assert.Single(broker.Outbox.RefusalReasons));
        Assert.Contains("777", Assert.Single(broker.GivenUp), StringComparison.Ordinal);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(2119, broker.Conversation.DeliveredReadings);
        Assert.InRange(tries.Count, broker.Settings.SuspectStrikes, 10);
        Assert.True(tries[^1] - tries[0] >= broker.Settings.SuspectAge);
    }

    [Fact]
    public void One_event_that_is_refused_for_its_format_holds_up_neither_events_nor_readings()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendEvent("poison");
        broker.Outbox.AppendEvent("alarm");
        broker.ConnectQuietly();
        void Between()
        {
            broker.AnswerAll(s => s.Text.Contains("poison", StringComparison.Ordinal), PublishOutcome.Refused(Format, RefusalKind.ForGood));
            broker.AnswerAll();
        }

        broker.Outbox.AppendNumbers(5);
        broker.Run(1, Between);
        Assert.Equal((1, 0), (broker.Outbox.Waiting(StreamKind.Event), broker.Outbox.Waiting(StreamKind.Telemetry)));

        for (var i = 0; i < 20; i++)
        {
            broker.Outbox.AppendEvent("node");
            broker.Run(60, Between);
        }

        Assert.Equal(1UL, Assert.Single(broker.Outbox.Refusals).First);
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Event));
    }

    [Fact]
    public void A_broker_that_refuses_everything_as_malformed_costs_nothing()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(500);
        broker.Outbox.AppendEvent("node");
        broker.ConnectQuietly();
        for (var i = 0; i < 600; i++)
        {
            broker.Outbox.AppendNumbers(1);
            broker.Outbox.AppendEvent("alarm");
            broker.Run(600, () =>
            {
                broker.AnswerAll(s => s.Retain);
                broker.AnswerAll(outcome: PublishOutcome.Refused(Format, RefusalKind.ForGood));
            });
        }

        Assert.Empty(broker.Outbox.Refusals);
        Assert.Empty(broker.Outbox.Acknowledgements);
        broker.Run(1000, () => broker.AnswerAll());
        Assert.Equal((0, 0), (broker.Outbox.Waiting(StreamKind.Telemetry), broker.Outbox.Waiting(StreamKind.Event)));
        Assert.Equal((1100, 601), (broker.Conversation.DeliveredReadings, broker.Conversation.DeliveredEvents));
    }

    [Theory]
    [InlineData("not authorized", false)]
    [InlineData("quota exceeded", true)]
    public void What_a_person_or_time_repairs_gives_nothing_up_and_keeps_the_order(string words, bool passes)
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1000);
        broker.Outbox.AppendEvent("node");
        broker.ConnectQuietly();
        var refusal = PublishOutcome.Refused(words, passes ? RefusalKind.Transient : RefusalKind.Configuration);

        broker.Run(20_000, () =>
        {
            broker.AnswerAll(s => s.Retain);
            broker.AnswerAll(outcome: refusal);
        });
        Assert.Empty(broker.Outbox.Refusals);
        var before = broker.All.Count;
        broker.Run(200, () => broker.AnswerAll());

        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        var seqs = broker.All.Skip(before).Where(s => s.Leaf == "telemetry").SelectMany(s => s.Seqs).ToArray();
        Assert.Equal(seqs.Order(), seqs);
    }

    [Fact]
    public void An_hour_of_unspecified_errors_gives_nothing_up()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(400);
        broker.ConnectQuietly();
        var refusal = PublishOutcome.Refused("unspecified error", RefusalKind.Unclear);
        broker.Run(3600, () =>
        {
            broker.AnswerAll(s => s.Retain);
            broker.AnswerAll(outcome: refusal);
        });

        broker.Run(3600, () => broker.AnswerAll());

        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(400, broker.Conversation.DeliveredReadings);
        Assert.Empty(broker.Outbox.Refusals);
    }

    [Fact]
    public void What_may_be_something_else_is_given_up_after_a_day_only()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(3);
        broker.ConnectQuietly();
        void Between()
        {
            broker.AnswerAll(s => s.Leaf == "telemetry" && s.Seqs.Contains(2UL), PublishOutcome.Refused("implementation specific error", RefusalKind.Unclear, "no rule"));
            broker.AnswerAll();
        }

        void Hours(int count)
        {
            for (var i = 0; i < count * 6; i++)
            {
                broker.Outbox.AppendNumbers(1);
                broker.Run(600, Between);
            }
        }

        Hours(23);
        Assert.Empty(broker.Outbox.Refusals);
        Hours(3);

        Assert.Equal(2UL, Assert.Single(broker.Outbox.Refusals).First);
        Assert.Equal("refused: implementation specific error", Assert.Single(broker.Outbox.RefusalReasons));
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void Words_that_differ_each_time_keep_no_poison_hidden_and_fill_no_log()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1000);
        broker.ConnectQuietly();
        var ticket = 0;

        broker.Run(600, () =>
        {
            foreach (var sent in broker.UnansweredTelemetry.Where(s => s.Seqs.Contains(333UL)).ToArray())
            {
                broker.Answer(sent, PublishOutcome.Refused(++ticket % 2 == 0 ? "unspecified error" : "implementation specific error", RefusalKind.Unclear, $"ticket {ticket}"));
            }

            broker.AnswerAll();
        });

        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.InRange(broker.Log.Lines.Count, 1, 40); // one half after the other is taken and refused
    }

    [Theory]
    [InlineData(nameof(SessionEnd.TooLarge))]
    [InlineData(nameof(SessionEnd.Malformed))]
    [InlineData(nameof(SessionEnd.Closed))]
    public void A_reading_over_which_every_session_ends_is_found_passed_over_and_given_up(string how)
    {
        var end = Enum.Parse<SessionEnd>(how);
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1500);
        bool Ends() => broker.UnansweredTelemetry.Any(s => s.Seqs.Contains(600UL));
        var sessions = RunSessions(broker, end, Ends, TimeSpan.FromMinutes(40));

        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.InRange(sessions, 5, 40);
        if (end == SessionEnd.Closed)
        {
            Assert.Empty(broker.Outbox.Refusals); // without a word it may be anything
        }
        else
        {
            RunSessions(broker, end, Ends, TimeSpan.FromHours(2), feed: true);
            Assert.Equal(600UL, Assert.Single(broker.Outbox.Refusals).First);
        }
    }

    [Fact]
    public void An_event_that_is_larger_than_the_largest_packet_is_given_up_when_others_pass()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendEvent("node", "\"" + new string('x', 3000) + "\"");
        broker.Connect(maximumPacketSize: 2000);
        for (var i = 0; i < 40; i++)
        {
            broker.Outbox.AppendEvent("alarm");
            broker.Run(60, () => broker.AnswerAll());
        }

        Assert.Equal("refused: packet too large", Assert.Single(broker.Outbox.RefusalReasons));
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Event));
        Assert.DoesNotContain(broker.All, s => s.Text.Length > 2000);
    }

    [Fact]
    public void More_events_than_can_be_passed_over_hold_the_lane_in_order_and_are_looked_for_again_in_the_same_session()
    {
        using var broker = new ScriptedBroker();
        for (var i = 0; i < broker.Settings.SuspectsMost + 4; i++)
        {
            broker.Outbox.AppendEvent("node", "\"" + new string('x', 3000) + "\"");
        }

        broker.Outbox.AppendEvent("alarm");
        broker.Connect(maximumPacketSize: 2000);
        broker.Run(5, () => broker.AnswerAll());
        Assert.DoesNotContain(broker.All, s => s.Leaf == "event"); // nothing overtakes what could not be passed over

        var oldest = broker.Outbox.TryReadEvent(default)!;
        for (var seq = oldest.Seq; seq < oldest.Seq + 4; seq++)
        {
            broker.Outbox.Acknowledge(StreamKind.Event, oldest.Epoch, seq, seq); // as an expiry takes them
        }

        broker.Run(120, () => broker.AnswerAll());

        Assert.Single(broker.All, s => s.Leaf == "event");
        Assert.Equal(broker.Settings.SuspectsMost, broker.Outbox.Waiting(StreamKind.Event));
        Assert.Empty(broker.Outbox.Refusals);
    }

    [Fact]
    public void What_was_too_large_for_one_broker_goes_to_another_that_takes_it()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendEvent("node", "\"" + new string('x', 3000) + "\"");
        broker.Connect(maximumPacketSize: 2000);
        broker.Run(60, () => broker.AnswerAll());
        Assert.Equal(1, broker.Outbox.Waiting(StreamKind.Event));
        broker.Lose(SessionEnd.Other);

        broker.Connect();
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Event));
        Assert.Empty(broker.Outbox.Refusals);
    }

    [Fact]
    public void A_broker_whose_largest_packet_holds_not_one_reading_gets_none_and_none_is_given_up()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(300);
        broker.Connect(maximumPacketSize: 100);
        for (var i = 0; i < 100; i++)
        {
            broker.Outbox.AppendNumbers(1);
            broker.Run(60, () => broker.AnswerAll());
        }

        Assert.DoesNotContain(broker.All, s => s.Text.Length + s.Topic.Length > 100);
        Assert.Empty(broker.Outbox.Refusals);
        broker.Lose(SessionEnd.Other);
        broker.Connect();
        broker.Run(120, () => broker.AnswerAll());
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
    }

    private static void Answer(ScriptedBroker broker, ulong poison, List<TimeSpan> tries)
    {
        foreach (var sent in broker.UnansweredTelemetry.Where(s => s.Seqs.Contains(poison)).ToArray())
        {
            if (sent.Seqs.Length == 1)
            {
                tries.Add(broker.Now);
            }

            broker.Answer(sent, PublishOutcome.Refused(Format, RefusalKind.ForGood));
        }

        broker.AnswerAll();
    }

    /// <summary>Session after session, each ended as soon as the poison is in flight and what was sent before it is answered.</summary>
    private static int RunSessions(ScriptedBroker broker, SessionEnd end, Func<bool> ends, TimeSpan time, bool feed = false)
    {
        var until = broker.Now + time;
        var sessions = 0;
        while (broker.Now < until)
        {
            sessions++;
            broker.Connect(receiveMaximum: 5);
            while (broker.Now < until)
            {
                if (feed)
                {
                    broker.Outbox.AppendNumbers(1);
                }

                var ended = false;
                broker.Step();
                broker.AnswerAll(s => s.Retain);
                while (!ended && broker.Unanswered.Count > 0)
                {
                    ended = ends();
                    if (!ended)
                    {
                        broker.AnswerAll();
                        broker.Step();
                        ended = ends();
                    }
                }

                if (ended)
                {
                    break;
                }

                broker.Now += TimeSpan.FromSeconds(1);
            }

            broker.Lose(end);
            broker.Now += TimeSpan.FromSeconds(30);
        }

        return sessions;
    }
}
