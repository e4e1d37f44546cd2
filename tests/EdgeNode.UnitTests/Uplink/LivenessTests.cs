namespace EdgeNode.UnitTests.Uplink;

public class LivenessTests
{
    [Fact]
    public void An_idle_session_is_pinged_and_lives()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();

        var dead = broker.Run(55);

        Assert.Null(dead);
        Assert.Equal(3, broker.Pings);
    }

    [Fact]
    public void A_ping_without_answer_ends_the_session()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Mute = true;
        var start = broker.Now;

        var dead = broker.Run(600);

        Assert.Equal("no answer for 20 s: it hangs, or the link is cut", dead);
        Assert.Equal(35, (broker.Now - start).TotalSeconds);
    }

    [Fact]
    public void With_a_message_in_flight_silence_ends_the_session_after_20_s()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Run(10);
        broker.Outbox.AppendNumbers(1);
        var start = broker.Now;

        var dead = broker.Run(600, () => broker.Outbox.AppendNumbers(1));

        Assert.NotNull(dead);
        Assert.Equal(20, (broker.Now - start).TotalSeconds);
    }

    [Fact]
    public void One_message_without_PUBACK_ends_the_session_although_others_are_answered()
    {
        using var broker = new ScriptedBroker();
        broker.ConnectQuietly();
        broker.Outbox.AppendNumbers(1);
        broker.Step();
        var forgotten = broker.UnansweredTelemetry.Single();
        var start = broker.Now;

        var dead = broker.Run(600, () =>
        {
            broker.AnswerAll(s => s != forgotten);
            broker.Outbox.AppendNumbers(1);
        });

        Assert.Equal("it left a message unacknowledged for 30 s", dead);
        Assert.Equal(30, (broker.Now - start).TotalSeconds);
    }
}
