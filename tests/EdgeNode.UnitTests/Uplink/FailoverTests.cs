using EdgeNode.Core.Model;
using EdgeNode.Uplink.Forward;
using EdgeNode.Uplink.Session;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>Which broker is used, when it is changed, and what is told of it, on a clock that the test drives.</summary>
public class FailoverTests
{
    private static readonly BrokerOptions A = new("broker-a", 1883, false);
    private static readonly BrokerOptions B = new("broker-b", 1883, false);
    private static readonly BrokerFault Lost = new(FaultKind.Lost, "the connection was lost");
    private static readonly BrokerFault TakenOver = new(FaultKind.TakenOver, "another client with the same identifier took over");

    [Fact]
    public void From_a_later_broker_it_goes_back_to_the_first_when_that_is_there_again()
    {
        using var run = OnTheSecond();
        run.Advance(130);
        Assert.Equal(2, run.Attempts.Count(a => a.Options.Will is null)); // a look every minute

        run.Open = true;
        run.Answer = _ => null;
        run.Until(() => run.Sessions.Count == 2);

        Assert.Equal(("broker-b", "broker-a"), (run.Sessions[0].Host, run.Sessions[1].Host));
        Assert.True(run.Sessions[0].Closed);
        Assert.Contains("\"online\":false,\"reason\":\"changed-broker\"", run.Sessions[0].Texts[^1], StringComparison.Ordinal);
        Assert.Equal("en-0042-look", Assert.Single(run.Looks).Options.ClientId);
        Assert.True(run.Looks[0].Closed);
        Assert.Single(run.Log.Lines, l => l.Contains("broker-a:1883 is back: leaving broker-b:1883", StringComparison.Ordinal));
        run.Until(() => run.Sessions[1].Texts.Any(t => t.Contains("{\"broker\":\"broker-b:1883\",\"state\":\"standby\"}", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_in_flight_is_waited_for_before_it_changes_over_and_nothing_is_lost()
    {
        using var run = OnTheSecond();
        run.Answer = _ => null;
        run.Advance(50);
        run.Sessions[0].AutoAnswer = false;
        run.Outbox.AppendNumbers(3);
        run.Until(() => run.Looks.Count == 1);
        Assert.False(run.Sessions[0].Closed);
        run.Sessions[0].AutoAnswer = true; // within the moment that it waits
        run.Until(() => run.Sessions.Count == 2);
        run.Outbox.AppendNumbers(3);
        run.Until(() => run.Outbox.Waiting(StreamKind.Telemetry) == 0);

        Assert.Equal(6, run.Service.Snapshot.DeliveredReadings);
        Assert.DoesNotContain(run.Sessions[1].Texts, t => t.Contains("\"seq\":1,", StringComparison.Ordinal));
    }

    [Fact]
    public void A_first_broker_that_does_not_last_is_looked_for_less_and_less_often()
    {
        using var run = OnTheSecond();
        run.Answer = _ => null;
        var changes = new List<TimeSpan>();
        for (var i = 1; i <= 4; i++)
        {
            run.Until(() => run.Sessions.Count == 2 * i);
            changes.Add(run.Now);
            run.Sessions[^1].Listener.Lost(Lost); // at once
            run.Until(() => run.Sessions.Count == (2 * i) + 1);
            Assert.Equal("broker-b", run.Sessions[^1].Host);
        }

        var waits = changes.Zip(changes.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.InRange(waits[0], 120, 125);
        Assert.InRange(waits[1], 240, 245);
        Assert.InRange(waits[2], 480, 485);
    }

    [Fact]
    public void On_the_first_broker_nothing_is_looked_for()
    {
        using var run = new ServiceRun(A, B) { Open = true };

        run.Until(() => run.Sessions.Count == 1);
        var before = run.Attempts.Count;
        run.Advance(600);

        Assert.Equal("broker-a", run.Attempts[^1].Host);
        Assert.Equal(before, run.Attempts.Count);
    }

    [Fact]
    public void A_stop_breaks_off_a_look()
    {
        using var run = OnTheSecond();
        run.Advance(59);
        run.StopNow();
        run.Until(() => run.Finished.IsCompleted);

        Assert.True(run.Sessions[0].Closed);
    }

    [Fact]
    public void A_session_of_3_1_1_with_a_broker_that_dropped_MQTT_5_is_left_when_it_takes_5()
    {
        using var run = new ServiceRun(A) { Open = true, Traits = new SessionTraits("MQTT 3.1.1", 65535, null) { Fallback = true } };
        run.Until(() => run.Sessions.Count == 1);
        var since = run.Now;
        run.Traits = new SessionTraits("MQTT 5", 65535, null);
        run.Until(() => run.Sessions.Count == 2);

        Assert.True(Assert.Single(run.Looks).Options.OnlyMqtt5);
        Assert.InRange((run.Now - since).TotalSeconds, 600, 605);
        Assert.DoesNotContain(run.Sessions[0].Texts, t => t.Contains("\"reason\"", StringComparison.Ordinal));
        run.Advance(3000);
        Assert.Equal(2, run.Sessions.Count);
    }

    [Fact]
    public void Whoever_takes_the_session_over_is_given_way_longer_each_time_and_an_alarm_says_so()
    {
        using var run = new ServiceRun(A, B) { Open = true };
        var waits = new List<double>();
        for (var i = 1; i <= 7; i++)
        {
            run.Until(() => run.Sessions.Count == i);
            run.Sessions[^1].Listener.Lost(TakenOver);
            run.Until(() => !run.Service.Snapshot.Connected);
            var since = run.Now;
            run.Until(() => run.Sessions.Count == i + 1);
            waits.Add((run.Now - since).TotalSeconds);
        }

        double[] expected = [30, 60, 120, 240, 480, 600, 600];
        Assert.All(waits.Zip(expected), w => Assert.InRange(w.First, w.Second - 1.5, w.Second + 1.5));
        Assert.True(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
        Assert.Single(run.Log.Lines, l => l.Contains("took over", StringComparison.Ordinal));
        Assert.All(run.Sessions, s => Assert.Equal("broker-a", s.Host));

        run.Advance(1100);
        Assert.True(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver)); // the other one may only be waiting
        run.Advance(110);
        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
    }

    [Fact]
    public void That_nobody_listens_is_an_alarm_while_it_lasts()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1);
        run.Sessions[0].Outcome = m => m.Retain ? PublishOutcome.Delivered : PublishOutcome.NobodyListens;
        run.Outbox.AppendNumbers(1);
        run.Until(() => run.Alarms.IsActive(NodeAlarm.NobodyListens));
        run.Advance(60);
        Assert.Single(run.Alarms.Told);

        run.Sessions[0].Outcome = _ => PublishOutcome.Delivered;
        run.Until(() => !run.Alarms.IsActive(NodeAlarm.NobodyListens));
        Assert.Equal(0, run.Outbox.Waiting(StreamKind.Telemetry));
    }

    [Fact]
    public void What_is_refused_for_good_is_an_alarm_for_an_hour()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1);
        run.Sessions[0].Outcome = m => m is { IsTelemetry: true, First: <= 2, Last: >= 2 } ? PublishOutcome.Refused("payload format invalid", RefusalKind.ForGood) : PublishOutcome.Delivered;
        run.Outbox.AppendNumbers(3);
        for (var i = 0; i < 200 && !run.Alarms.IsActive(NodeAlarm.MessagesRefused); i++)
        {
            run.Outbox.AppendNumbers(1);
            run.Advance(10);
        }

        var told = Assert.Single(run.Alarms.Told);
        Assert.Contains("payload format invalid", told.Detail, StringComparison.Ordinal);
        Assert.Equal(2UL, Assert.Single(run.Outbox.Refusals).First);
        run.Advance(3500);
        Assert.True(run.Alarms.IsActive(NodeAlarm.MessagesRefused));
        run.Advance(200);
        Assert.False(run.Alarms.IsActive(NodeAlarm.MessagesRefused));
    }

    [Theory]
    [InlineData(48)]
    [InlineData(-48)]
    [InlineData(-490_000)] // 1970
    public void A_step_of_the_wall_clock_ends_no_session_and_shortens_no_wait(int hours)
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Until(() => run.Sessions.Count == 1);
        run.Sessions[0].AutoAnswer = false;
        run.Outbox.AppendNumbers(1);
        run.Advance(10);
        run.StepWallClock(TimeSpan.FromHours(hours));
        run.Advance(5); // 15 of the 20 s that an answer may take
        Assert.Single(run.Sessions);
        run.Sessions[0].AutoAnswer = true;
        run.Advance(300);
        Assert.Single(run.Sessions);
        Assert.Equal(0, run.Outbox.Waiting(StreamKind.Telemetry));

        // A broker that hangs is noticed in its time, whatever the wall clock did.
        run.Sessions[0].AutoAnswer = false;
        run.Outbox.AppendNumbers(1);
        var since = run.Now;
        run.Advance(1);
        run.StepWallClock(TimeSpan.FromHours(-hours));
        run.Until(() => run.Sessions.Count == 2);
        Assert.InRange((run.Now - since).TotalSeconds, 20, 23);
    }

    private static ServiceRun OnTheSecond()
    {
        var run = new ServiceRun(A, B) { Answer = host => host == "broker-b" ? null : ServiceRun.Refused };
        run.Until(() => run.Sessions.Count == 1 && run.Service.Snapshot is { Connected: true, InFlight: 0 });
        return run;
    }
}
