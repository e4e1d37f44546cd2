using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.UnitTests.Uplink;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

public class MosquittoTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readings_events_and_retained_topics_arrive_over_MQTT_5()
    {
        await using var broker = await Mosquitto.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed && r.NodeOnline == true);

        uplink.Outbox.AppendNumbers(1200);
        uplink.Outbox.AppendEvent("node");
        await uplink.AssertAllArrived(1200);
        await uplink.TapSees(r => r.Events == 1);

        Assert.Equal(1, uplink.Logged("Connected to broker 127.0.0.1"));
        Assert.Equal(1, uplink.Logged("(MQTT 5)"));
        var retained = await RetainedAsync(broker.Port, 4);
        Assert.Contains("/status {\"online\":true", retained, StringComparison.Ordinal);
        Assert.Contains("/meta {\"version\":1", retained, StringComparison.Ordinal);
        Assert.Contains("/alarm/PAHH-101 {\"active\":false", retained, StringComparison.Ordinal);

        await uplink.StopAsync();
        var left = await RetainedAsync(broker.Port, 4);
        Assert.Contains("/status {\"online\":false,\"reason\":\"stopped\"", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_stopped_and_started_costs_nothing_and_changes_no_key()
    {
        await using var broker = await Mosquitto.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);
        uplink.Outbox.AppendNumbers(100);
        await uplink.AssertAllArrived(100);

        await broker.StopAsync();
        for (var i = 0; i < 30; i++)
        {
            uplink.Outbox.AppendNumbers(50);
            await Task.Delay(100, Stop);
        }

        Assert.False(uplink.Service.Snapshot.Connected);
        await broker.StartAgainAsync();
        var report = await uplink.AssertAllArrived(1600);

        Assert.True(report.Backlog >= 1500, report.ToString());
        Assert.Equal(1, uplink.Logged("the connection was lost") + uplink.Logged("it closed the session"));
        Assert.Equal(1, uplink.Logged("cannot be reached: the connection is refused"));
        Assert.Equal(2, uplink.Logged("Connected to broker"));
    }

    [Fact]
    public async Task A_broker_that_is_killed_under_load_costs_nothing()
    {
        await using var broker = await Mosquitto.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);
        var appending = Task.Run(
            async () =>
            {
                for (var i = 0; i < 300; i++)
                {
                    uplink.Outbox.AppendNumbers(10);
                    await Task.Delay(10, Stop);
                }
            },
            Stop);
        await uplink.TapSees(r => r.Readings > 500);

        await broker.StopAsync(Signal.Kill);
        await broker.StartAgainAsync();
        await appending;
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0);

        // What the broker had acknowledged and took with it is outside of the promise; nothing of it may come with another content.
        var report = uplink.Tap!.Report();
        Assert.Equal((0, 0), (report.Conflicts, report.Malformed));
        Assert.Equal(3000, uplink.Service.Snapshot.DeliveredReadings);
    }

    [Fact]
    public async Task A_wrong_password_is_said_once_and_the_right_one_needs_no_restart()
    {
        await using var broker = await Mosquitto.StartWithUserAsync("en-0042", "secret");
        using var folder = new TempFolder();
        var file = folder.Write("mqtt.password", "wrong\n");
        await using var uplink = new RunningUplink(
            [RunningUplink.Plain(broker.Port)], options: o => o with { User = "en-0042", PasswordFile = file });

        await uplink.UntilLogged("it refuses the user en-0042: wrong name, wrong password");
        await Task.Delay(1500, Stop);
        Assert.Single(uplink.Log.Lines);

        File.Delete(file);
        await uplink.UntilLogged("does not exist");
        folder.Write("mqtt.password", "secret\n");
        await uplink.UntilLogged("Connected to broker");
        Assert.Equal(3, uplink.Log.Lines.Count);
    }

    [Fact]
    public async Task When_nobody_listens_the_readings_stay_until_somebody_does()
    {
        await using var broker = await Mosquitto.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address]);
        uplink.Outbox.AppendNumbers(300);

        await uplink.UntilLogged("Nobody listens to " + Stations.Topic + "/telemetry");
        uplink.Outbox.AppendNumbers(300);
        await Task.Delay(1500, Stop);
        Assert.Equal(600, uplink.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Equal(1, uplink.Logged("Nobody listens"));
        Assert.True(uplink.Service.Snapshot.NobodyListens);
        Assert.Contains("\"nobodyListens\":true", await RetainedAsync(broker.Port, 1, "status"), StringComparison.Ordinal);

        await using var listener = PeerProcess.Start("mosquitto_sub", Mosquitto.Install, ["-p", $"{broker.Port}", "-t", Stations.Topic + "/telemetry"]);
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0);
        await listener.WaitForLineAsync("\"seq\":1,");
        Assert.False(uplink.Service.Snapshot.NobodyListens);
    }

    [Fact]
    public async Task A_broker_that_hangs_is_noticed_and_costs_nothing()
    {
        await using var broker = await Mosquitto.StartAsync();
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);
        uplink.Outbox.AppendNumbers(10);
        await uplink.AssertAllArrived(10);

        broker.Process.Send(Signal.Stop);
        for (var i = 0; i < 60; i++)
        {
            uplink.Outbox.AppendNumbers(10);
            await Task.Delay(100, Stop);
        }

        Assert.Equal(1, uplink.Logged("no answer for 2 s: it hangs, or the link is cut"));
        await uplink.UntilLogged("it takes the connection but does not answer within 2 s: it hangs");
        broker.Process.Send(Signal.Continue);

        await uplink.AssertAllArrived(610);
        Assert.Equal(1, uplink.Logged("it takes the connection but"));
        Assert.Equal(2, uplink.Logged("Connected to broker"));
        Assert.Equal(0, uplink.Logged("(MQTT 3.1.1)")); // it said nothing of versions
    }

    [Fact]
    public async Task An_idle_session_with_a_hanging_broker_is_noticed_by_ping()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await uplink.Until(() => uplink.Service.Snapshot is { Connected: true, InFlight: 0 });

        broker.Process.Send(Signal.Stop);

        await uplink.UntilLogged("no answer for 2 s");
    }

    [Fact]
    public async Task The_second_broker_is_taken_when_the_first_is_gone()
    {
        await using var second = await Mosquitto.StartAsync();
        var gone = RunningUplink.Plain(FreePort.Next());
        var address = RunningUplink.Plain(second.Port);
        await using var uplink = new RunningUplink([gone, address], address);
        await uplink.TapSees(r => r.Subscribed && r.NodeOnline == true);

        uplink.Outbox.AppendNumbers(5);

        await uplink.AssertAllArrived(5);
        Assert.Contains("\"state\":\"unreachable\"", await RetainedAsync(second.Port, 4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_will_says_offline_when_the_node_is_cut_off()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await uplink.Until(() => uplink.Service.Snapshot is { Connected: true, InFlight: 0 });

        // A second client with the same id throws the first one out.
        await using var thief = PeerProcess.Start("mosquitto_sub", Mosquitto.Install, ["-V", "5", "-p", $"{broker.Port}", "-i", "en-0042", "-v", "-t", Stations.Topic + "/status"]);

        await thief.WaitForLineAsync("{\"online\":false,\"reason\":\"lost\"");
        await uplink.UntilLogged("the connection was lost");
    }

    [Fact]
    public async Task Retained_alarms_of_an_older_site_file_are_cleared()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using (var older = PeerProcess.Start("mosquitto_pub", Mosquitto.Install, ["-p", $"{broker.Port}", "-r", "-q", "1", "-t", Stations.Topic + "/alarm/OLD-7", "-m", "{}"]))
        {
            Assert.Equal(0, await older.WaitForExitAsync());
        }

        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);

        await uplink.UntilLogged("Cleared the retained alarm " + Stations.Topic + "/alarm/OLD-7");
        Assert.DoesNotContain("OLD-7", await RetainedAsync(broker.Port, 4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_with_a_small_largest_packet_gets_everything()
    {
        await using var broker = await Mosquitto.StartAsync(null, "max_packet_size 2000");
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);

        uplink.Outbox.AppendNumbers(400);

        var report = await uplink.AssertAllArrived(400);
        Assert.InRange(report.Messages, 15, 200);
    }

    [Theory]
    [InlineData("message_size_limit 700")] // refused with a PUBACK
    [InlineData("max_packet_size 700", "max_inflight_messages 1")] // told in the CONNACK
    public async Task A_broker_with_tiny_limits_gets_everything_and_nothing_is_given_up(params string[] limits)
    {
        await using var broker = await Mosquitto.StartAsync(null, limits);
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);

        uplink.Outbox.AppendNumbers(300);
        uplink.Outbox.AppendEvent("node");

        await uplink.AssertAllArrived(300);
        await uplink.TapSees(r => r.Events == 1);
        Assert.Empty(uplink.Alarms.Told);
    }

    [Fact]
    public async Task A_topic_that_is_not_allowed_loses_nothing_until_a_person_allows_it()
    {
        const string Reading = "topic read #\n";
        await using var broker = await Mosquitto.StartWithAccessListAsync(Reading + "topic write city/+/+/+/status\n");
        var address = RunningUplink.Plain(broker.Port);
        await using var uplink = new RunningUplink([address], address);
        await uplink.TapSees(r => r.Subscribed);
        uplink.Outbox.AppendNumbers(300);
        uplink.Outbox.AppendEvent("node");
        await uplink.UntilLogged("/telemetry: not authorized");
        await uplink.UntilLogged("/event: not authorized");
        await Task.Delay(2000, Stop);
        Assert.Equal((300, 1), (uplink.Outbox.Waiting(StreamKind.Telemetry), uplink.Outbox.Waiting(StreamKind.Event)));

        broker.Rewrite("acl", Reading + "topic write #\n");
        broker.Process.Send(Signal.Hangup);
        var report = await uplink.AssertAllArrived(300);
        await uplink.TapSees(r => r.Events == 1);
        Assert.Empty(report.Gaps);
    }

    /// <summary>What the broker holds. Whoever asks for everything listens to everything meanwhile.</summary>
    private static async Task<string> RetainedAsync(int port, int count, string below = "#")
    {
        await using var reader = PeerProcess.Start(
            "mosquitto_sub", Mosquitto.Install, ["-p", $"{port}", "-v", "--retained-only", "-C", $"{count}", "-W", "10", "-t", Stations.Topic + "/" + below]);
        await reader.WaitForExitAsync();
        return reader.Output;
    }
}
