using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Session;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>A second node with the same identifier, on brokers that close a session that was taken over without a word.</summary>
public class NamesakeTests
{
    private const string Topic = Stations.Topic + "/status";
    private static readonly BrokerOptions A = new("broker-a", 1883, false);
    private static readonly BrokerFault Lost = new(FaultKind.Lost, "the connection was lost");

    // ServiceRun's wall clock begins here.
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_status_of_another_run_since_ours_began_is_another_node_and_sessions_are_waited_for_from_then_on(bool online)
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Advance(5);
        run.Sessions[0].Listener.Lost(Lost);
        run.Until(() => run.Sessions.Count == 2);
        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));

        Tell(run, Status("cafe", seconds: 4, online));
        run.Advance(1);

        Assert.True(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
        Assert.Single(run.Log.Lines, l => l.Contains("boot 5aa1 and run cafe", StringComparison.Ordinal));
        Assert.Equal(2, run.Sessions.Count); // whoever has the session delivers
        foreach (var wait in (double[])[30, 60, 120])
        {
            var count = run.Sessions.Count;
            run.Sessions[^1].Listener.Lost(Lost);
            run.Until(() => !run.Service.Snapshot.Connected);
            var since = run.Now;
            run.Until(() => run.Sessions.Count == count + 1);
            Assert.InRange((run.Now - since).TotalSeconds, wait - 1.5, wait + 1.5);
        }

        Tell(run, Status("cafe", seconds: 600, online));
        run.Advance(1190);
        Assert.True(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
        run.Advance(20);
        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
        Assert.Single(run.Log.Lines, l => l.Contains("run cafe", StringComparison.Ordinal));
    }

    [Fact]
    public void What_an_earlier_run_left_with_the_broker_is_not_another_node()
    {
        // Stamped later than this run began, as by a clock that was ahead: what counts is that the broker has nothing of ours yet.
        using var run = new ServiceRun(A) { Open = true, Held = (Topic, Status("cafe", seconds: 1000, online: true)) };
        run.Advance(5);
        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));

        // A broker that was restored from an old copy: our status is gone from it, an earlier one is there again.
        run.Held = (Topic, Status("beef", seconds: -1000, online: false));
        run.Sessions[0].Listener.Lost(Lost);
        run.Until(() => run.Sessions.Count == 2);
        run.Advance(5);
        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("""{"online":true,"t":1e99,"run":"cafe"}""")]
    [InlineData("""{"online":true,"t":"1795374600","run":"cafe"}""")]
    [InlineData("""{"online":1,"t":1995374600,"run":"cafe"}""")]
    [InlineData("""{"online":true,"t":1995374600,"run":7}""")]
    [InlineData("""{"online":true,"t":1995374600}""")]
    public void What_is_no_status_of_a_run_is_not_another_node(string payload)
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Advance(5);

        Tell(run, payload);
        run.Advance(1);

        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
    }

    [Fact]
    public void Our_own_status_and_our_own_will_come_back_and_are_ours()
    {
        using var run = new ServiceRun(A) { Open = true };
        run.Advance(5);
        var session = run.Sessions[0];
        var status = session.Texts.First(t => t.StartsWith("{\"online\"", StringComparison.Ordinal));
        var will = Encoding.UTF8.GetString(session.Options.Will!.Payload);

        Tell(run, status);
        Tell(run, will);
        run.Advance(1);

        Assert.False(run.Alarms.IsActive(NodeAlarm.IdentityTakenOver));
        Assert.Equal(Run(status), Run(will));
        using var another = new ServiceRun(A) { Open = true };
        another.Advance(5);
        Assert.NotEqual(Run(status), Run(another.Sessions[0].Texts.First(t => t.StartsWith("{\"online\"", StringComparison.Ordinal))));
    }

    private static string Run(string status) => JsonDocument.Parse(status).RootElement.GetProperty("run").GetString()!;

    private static void Tell(ServiceRun run, string payload) =>
        run.Sessions[^1].Listener.Received(Topic, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(payload)));

    private static string Status(string run, int seconds, bool online) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"online":{{(online ? "true" : "false")}},"t":{{Start.ToUnixTimeSeconds() + seconds}}.5,"boot":"5aa1","run":"{{run}}"}""");
}
