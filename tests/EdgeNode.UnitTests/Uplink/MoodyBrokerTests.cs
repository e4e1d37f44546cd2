using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Tapping;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>Any sequence of appends, answers, silences, losses and restarts: what the platform gets in the end is whole.</summary>
public class MoodyBrokerTests
{
    [Law(MaxTest = 150)]
    public Property Whatever_the_broker_does_everything_arrives_and_nothing_is_acknowledged_that_did_not() =>
        Prop.ForAll(Gen.Choose(0, 99).Two().ListOf().ToArbitrary(), steps => Play(steps, refusals: true));

    [Law(MaxTest = 150)]
    public Property Without_refusals_each_lane_is_in_order_across_losses_and_restarts() =>
        Prop.ForAll(Gen.Choose(0, 99).Two().ListOf().ToArbitrary(), steps => Play(steps, refusals: false));

    private static void Play(IEnumerable<(int What, int Size)> steps, bool refusals)
    {
        using var broker = new ScriptedBroker();
        var platform = new TapLedger(fromStart: true);
        var (appended, delivered, arrived) = (0L, 0L, 0);
        broker.Connect(receiveMaximum: 5);
        void Arrive()
        {
            // In MQTT what the broker took has arrived, whether or not its answer comes back; a refused one is not among them.
            for (; arrived < broker.All.Count; arrived++)
            {
                if (!refusals)
                {
                    Take(platform, broker.All[arrived]);
                }
            }
        }

        void Answer(Sent sent, PublishOutcome outcome)
        {
            if (outcome.Verdict == Verdict.Delivered && refusals)
            {
                Take(platform, sent);
            }

            delivered += outcome.Verdict == Verdict.Delivered && sent.Leaf == "telemetry" ? sent.Readings.Count : 0;
            broker.Answer(sent, outcome);
        }

        foreach (var (what, size) in steps)
        {
            switch (what % 10)
            {
                case 0 or 1 or 2:
                    var count = what > 90 ? 5500 : size + 1;
                    broker.Outbox.AppendNumbers(count);
                    appended += count;
                    break;
                case 3:
                    broker.Outbox.AppendEvent("node");
                    break;
                case 4 or 5 or 6 when broker.Unanswered.Count > 0:
                    Answer(broker.Unanswered[size % broker.Unanswered.Count], PublishOutcome.Delivered);
                    break;
                case 7 when broker.Unanswered.Count > 0 && refusals:
                    Answer(broker.Unanswered[size % broker.Unanswered.Count], size < 30 ? PublishOutcome.NobodyListens : PublishOutcome.Refused("refused", (RefusalKind)(size % 4)));
                    break;
                case 8 when size < 40:
                    if (size < 10)
                    {
                        broker.Outbox.Restart();
                    }

                    broker.Lose();
                    broker.Connect(receiveMaximum: 5);
                    break;
                default:
                    break;
            }

            if (broker.Step(size / 100.0).Dead is not null)
            {
                broker.Lose();
                broker.Connect(receiveMaximum: 5);
            }

            Arrive();
            Assert.InRange(broker.Unanswered.Count, 0, 5);
            Assert.Equal(appended - delivered, broker.Outbox.Waiting(StreamKind.Telemetry));
        }

        // The session goes on if it can; if an old silence ends it, the next one brings the rest.
        // A suspect may have come to its longest wait: each time that its topic opened it was tried, and refused, anew.
        string? Finish()
        {
            string? dead = null;
            var until = broker.Now + broker.Settings.SuspectRetryMax + broker.Settings.RefusedRetryMax + TimeSpan.FromSeconds(30 + (appended / 1000.0));
            while (dead is null && broker.Now < until && broker.Outbox.Waiting(StreamKind.Telemetry) + broker.Outbox.Waiting(StreamKind.Event) > 0)
            {
                dead = broker.Run(10, () =>
                {
                    Arrive();
                    broker.Unanswered.ToList().ForEach(s => Answer(s, PublishOutcome.Delivered));
                });
            }

            return dead;
        }

        if (Finish() is not null)
        {
            broker.Lose();
            broker.Connect(receiveMaximum: 5);
            Assert.Null(Finish());
        }

        var report = platform.Report(true, "");
        Assert.Equal((0, 0), (broker.Outbox.Waiting(StreamKind.Telemetry), broker.Outbox.Waiting(StreamKind.Event)));
        Assert.Equal((appended, 0, 0, 0), (report.Readings, report.Missing, report.Conflicts, report.Malformed));
        Assert.True(refusals || report.OutOfOrder == 0, string.Join('\n', report.Findings));
    }

    private static void Take(TapLedger platform, Sent sent)
    {
        var bytes = Encoding.UTF8.GetBytes(sent.Text);
        if (sent.Leaf == "telemetry")
        {
            platform.Telemetry(bytes, []);
        }
        else if (sent.Leaf == "event")
        {
            platform.Event(bytes);
        }
    }
}
