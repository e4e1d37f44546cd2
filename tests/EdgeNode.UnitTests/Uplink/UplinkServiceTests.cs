using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Session;

namespace EdgeNode.UnitTests.Uplink;

public class UplinkServiceTests
{
    private static readonly BrokerOptions A = new("broker-a", 1883, false);
    private static readonly BrokerOptions B = new("broker-b", 1883, false);

    [Fact]
    public void Attempts_back_off_to_a_minute_and_a_fault_is_logged_once()
    {
        using var run = new ServiceRun(A);

        run.Advance(250);

        // 1, 2, 4, 8, 16, 32 and then 60 s each; an attempt is seen at the next step of the test's clock.
        var waits = run.Attempts.Zip(run.Attempts.Skip(1)).Select(p => (p.Second.At - p.First.At).TotalSeconds).ToArray();
        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        Assert.Equal(expected.Length, waits.Length);
        Assert.All(waits.Zip(expected), w => Assert.InRange(w.First, w.Second, w.Second + 1.5));
        Assert.Single(run.Log.Lines);
        Assert.Contains("broker-a:1883", run.Log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Brokers_are_tried_in_order_in_each_round()
    {
        using var run = new ServiceRun(A, B);

        run.Advance(8);

        Assert.Equal(["broker-a", "broker-b", "broker-a", "broker-b", "broker-a", "broker-b", "broker-a", "broker-b"], run.Attempts.Select(a => a.Host));
        Assert.Equal(2, run.Log.Lines.Count);
    }

    [Fact]
    public void A_session_that_held_sets_the_back_off_to_its_start()
    {
        using var run = new ServiceRun(A);
        run.Advance(20);
        run.Open = true;
        run.Until(() => run.Sessions.Count == 1);
        run.Open = false;
        run.Advance(31);
        run.Sessions[0].Listener.Lost(new BrokerFault(FaultKind.Lost, "the connection was lost"));
        run.Until(() => !run.Service.Snapshot.Connected);

        var before = run.Attempts.Count;
        run.Advance(9);

        Assert.Equal(3, run.Attempts.Count - before);
    }

    [Fact]
    public void A_broker_that_loses_every_session_is_one_state_and_not_a_line_an_attempt()
    {
        using var run = new ServiceRun(A) { Open = true };
        for (var i = 0; i < 10; i++)
        {
            run.Until(() => run.Sessions.Count == i + 1);
            run.Sessions[i].Listener.Lost(new BrokerFault(FaultKind.Lost, "the connection was lost"));
        }

        run.Until(() => run.Sessions.Count == 11);
        Assert.Equal(7, run.Log.Lines.Count); // unreachable at first; connected, lost, connected, lost, connected, again and again
        Assert.Contains("again and again", run.Log.Lines[^1], StringComparison.Ordinal);
        run.Advance(32);

        Assert.Equal(8, run.Log.Lines.Count);
        Assert.StartsWith("Connected to broker", run.Log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_will_is_made_anew_for_each_CONNECT_and_says_offline()
    {
        using var run = new ServiceRun(A);
        run.Advance(5);

        var wills = run.Attempts.Select(a => JsonDocument.Parse(a.Options.Will!.Payload).RootElement).ToArray();
        Assert.All(wills, w => Assert.False(w.GetProperty("online").GetBoolean()));
        Assert.Equal(wills.Length, wills.Select(w => w.GetProperty("t").GetDecimal()).Distinct().Count());
        Assert.All(run.Attempts, a => Assert.Equal((Stations.Topic + "/status", "en-0042"), (a.Options.Will!.Topic, a.Options.ClientId)));
    }

    [Fact]
    public void A_stop_waits_for_the_last_PUBACK_says_offline_and_disconnects()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1 && run.Service.Snapshot is { Connected: true, InFlight: 0 });
        var session = run.Sessions[0];
        session.AutoAnswer = false;
        run.Outbox.AppendNumbers(3);
        run.Until(() => session.Unanswered == 1);

        run.StopNow();
        run.Advance(0.5);
        Assert.False(session.Closed);
        session.AutoAnswer = true;
        run.Until(() => run.Finished.IsCompleted);

        Assert.True(session.Closed);
        Assert.Equal(0, run.Outbox.Waiting(StreamKind.Telemetry));
        Assert.Contains("\"online\":false,\"reason\":\"stopped\"", session.Texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_does_not_wait_for_a_broker_that_hangs()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1);
        run.Sessions[0].AutoAnswer = false;
        run.Outbox.AppendNumbers(3);
        run.Until(() => run.Service.Snapshot.InFlight > 0);

        run.StopNow();
        run.Until(() => run.Finished.IsCompleted);

        Assert.False(run.Sessions[0].Closed);
        Assert.True(run.Sessions[0].Disposed);
    }

    [Fact]
    public void A_hanging_broker_is_left_and_the_same_readings_go_over_the_next_session()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1 && run.Service.Snapshot is { Connected: true, InFlight: 0 });
        run.Sessions[0].AutoAnswer = false;
        run.Outbox.AppendNumbers(3);

        run.Until(() => run.Sessions.Count == 2);
        run.Until(() => run.Outbox.Waiting(StreamKind.Telemetry) == 0);

        Assert.True(run.Sessions[0].Disposed);
        Assert.Equal(3, run.Service.Snapshot.DeliveredReadings);
        Assert.Single(run.Log.Lines, l => l.Contains("no answer for 20 s", StringComparison.Ordinal));
        Assert.Contains(run.Sessions[1].Texts, t => t.Contains("\"seq\":1,\"lane\":\"backlog\"", StringComparison.Ordinal));
    }
}
