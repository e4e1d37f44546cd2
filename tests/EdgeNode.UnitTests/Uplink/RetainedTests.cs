using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Forward;

namespace EdgeNode.UnitTests.Uplink;

public class RetainedTests
{
    private static readonly AlarmStatus Raised = new(true, Readings.Moment, 6.7, Quality.Good);

    [Fact]
    public void A_session_begins_with_status_meta_and_all_alarms_retained()
    {
        using var broker = new ScriptedBroker();

        broker.ConnectQuietly();

        Assert.Equal(["status", "meta", "alarm/PAHH-101", "alarm/TAL-101"], broker.All.Select(s => s.Leaf));
        Assert.All(broker.All, s => Assert.True(s.Retain));
        Assert.Contains("\"online\":true", broker.All[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_restart_what_was_retained_stays_until_the_alarm_is_judged_anew()
    {
        using var broker = new ScriptedBroker();
        broker.Board.Set(0, new AlarmStatus(false, Readings.Moment, 0, Quality.Bad(Reason.NotYetRead)));
        broker.ConnectQuietly();
        Assert.DoesNotContain(broker.All, s => s.Leaf == "alarm/PAHH-101");

        broker.Board.Set(0, Raised);
        broker.Run(1, () => broker.AnswerAll());
        Assert.Contains("\"active\":true", broker.All.Last(s => s.Leaf == "alarm/PAHH-101").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_node_is_retained_in_three_languages_while_it_lasts_and_after()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        var before = broker.All.Count;

        broker.Board.Set(NodeAlarm.SpoolDisk, new NodeAlarmStatus(true, Readings.Moment, "no space left"));
        broker.Run(1, () => broker.AnswerAll());
        broker.Board.Set(NodeAlarm.SpoolDisk, new NodeAlarmStatus(false, Readings.Moment, ""));
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal(["alarm/NODE-SPOOL-DISK", "alarm/NODE-SPOOL-DISK"], broker.All.Skip(before).Select(s => s.Leaf));
        Assert.Equal(
            """{"active":true,"since":1795374600.125,"kind":"node","priority":"high","detail":"no space left","text":{"en":"The gateway's storage refuses writes","zh-Hant":"閘道儲存裝置無法寫入","zh-Hans":"网关存储设备无法写入"}}""",
            broker.All[before].Text);
        Assert.StartsWith("""{"active":false""", broker.All[before + 1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_that_the_run_before_left_with_the_broker_is_taken_back_and_one_that_never_was_is_not_told()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        Assert.DoesNotContain(broker.All, s => s.Leaf.StartsWith("alarm/NODE-", StringComparison.Ordinal));

        broker.Conversation.AlarmHeld("NODE-HISTORY");
        broker.Run(1, () => broker.AnswerAll());

        Assert.StartsWith("""{"active":false""", broker.All.Last(s => s.Leaf == "alarm/NODE-HISTORY").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void That_nobody_listens_is_no_fault_of_a_retained_message()
    {
        using var broker = new ScriptedBroker();
        broker.Connect();
        broker.Run(3, () => broker.AnswerAll(outcome: PublishOutcome.NobodyListens));

        Assert.Equal(4, broker.All.Count);
        Assert.False(broker.Conversation.NobodyListens);
    }

    [Fact]
    public void An_alarm_is_sent_after_its_event()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        var before = broker.All.Count;

        broker.Board.Set(0, Raised);
        broker.Step();
        broker.Outbox.AppendEvent("alarm"); // the recorder appends a moment after the station's step
        broker.Step(0.05);
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal(["event", "alarm/PAHH-101"], broker.All.Skip(before).Take(2).Select(s => s.Leaf));
        Assert.Contains("\"active\":true", broker.All[before + 1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_alarm_that_changed_is_sent()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        var before = broker.All.Count;

        broker.Board.Set(0, Raised);
        broker.Run(1, () => broker.AnswerAll());
        broker.Board.Set(0, Raised with { Active = false });
        broker.Run(1, () => broker.AnswerAll());

        Assert.Equal(["alarm/PAHH-101", "alarm/PAHH-101"], broker.All.Skip(before).Select(s => s.Leaf));
    }

    [Fact]
    public void An_alarm_waits_5_s_at_most_for_events_that_do_not_go_out()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly(receiveMaximum: 2);
        broker.Outbox.AppendEvent("node");
        broker.Outbox.AppendEvent("alarm"); // no room for this one
        broker.Board.Set(0, Raised);

        broker.Run(4.9);
        Assert.DoesNotContain(broker.Unanswered, s => s.Leaf == "alarm/PAHH-101");
        broker.Run(0.2);

        Assert.Contains(broker.Unanswered, s => s.Leaf == "alarm/PAHH-101");
    }

    [Fact]
    public void The_status_is_sent_on_a_change_and_every_60_s()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        var start = broker.Now;
        var times = new List<double>();
        void Answer()
        {
            times.AddRange(broker.Unanswered.Where(s => s.Leaf == "status").Select(_ => Math.Round((broker.Now - start).TotalSeconds)));
            broker.AnswerAll();
        }

        broker.Run(10, Answer);
        broker.Outbox.Fill = broker.Outbox.Fill with { Disk = AppendOutcome.DiskFull };
        broker.Run(10, Answer);
        broker.Outbox.Fill = broker.Outbox.Fill with { UsedBytes = 4000 };
        broker.Run(120, Answer);

        Assert.Equal(3, times.Count);
        Assert.InRange(times[0], 10, 11);
        Assert.Equal([60, 60], times.Zip(times.Skip(1)).Select(p => p.Second - p.First));
    }

    [Fact]
    public void Retained_alarms_that_the_site_no_longer_has_are_cleared()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        var before = broker.All.Count;
        Assert.Equal(["+" + Stations.Topic + "/alarm/+"], broker.Listening);

        broker.Conversation.AlarmHeld("PAHH-101");
        broker.Conversation.AlarmHeld("OLD-7");
        broker.Conversation.AlarmHeld("OLD-7");
        broker.Run(6, () => broker.AnswerAll());

        var cleared = Assert.Single(broker.All.Skip(before), s => s.Leaf.StartsWith("alarm", StringComparison.Ordinal));
        Assert.Equal(("alarm/OLD-7", true, ""), (cleared.Leaf, cleared.Retain, cleared.Text));
        Assert.Equal("-" + Stations.Topic + "/alarm/+", broker.Listening[^1]);
    }

    [Fact]
    public void A_broker_that_refuses_alarms_still_gets_the_status_and_one_line_is_logged()
    {
        using var broker = new ScriptedBroker();
        broker.Connect();

        broker.Run(130, () =>
        {
            broker.AnswerAll(s => s.Leaf.StartsWith("alarm", StringComparison.Ordinal), PublishOutcome.Refused("not authorized"));
            broker.AnswerAll();
        });

        Assert.Equal(3, broker.All.Count(s => s.Leaf == "status"));
        Assert.InRange(broker.All.Count(s => s.Leaf.StartsWith("alarm", StringComparison.Ordinal)), 4, 8);
        Assert.Single(broker.Log.Lines);
    }

    [Fact]
    public void After_a_packet_that_is_too_large_to_take_alarms_are_not_listened_for_and_nothing_is_blamed()
    {
        using var broker = new ScriptedBroker();
        broker.Outbox.AppendNumbers(1);
        broker.Connect();
        broker.Step();
        for (var i = 0; i < 20; i++)
        {
            broker.Lose(SessionEnd.Flooded);
            broker.Connect();
            broker.Step();
        }

        Assert.Single(broker.Listening);
        Assert.Single(broker.UnansweredTelemetry);
        broker.Run(60, () => broker.AnswerAll());
        Assert.Equal(0, broker.Outbox.Waiting(StreamKind.Telemetry));
        Assert.DoesNotContain(broker.Log.Lines, l => l.Contains("refuses", StringComparison.Ordinal));

        broker.Lose();
        broker.Now += broker.Settings.SweepAgain;
        broker.Connect();
        Assert.Equal(2, broker.Listening.Count);
    }
}
