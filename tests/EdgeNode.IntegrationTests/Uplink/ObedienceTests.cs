using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>What a broker grants in its CONNACK, checked by a peer that counts packets and bytes itself; and which version is spoken.</summary>
public class ObedienceTests
{
    private const byte TopicAliasProperty = 0x23;
    private const int Subscribe = 8;

    [Fact]
    public async Task There_are_never_more_in_flight_than_the_Receive_Maximum()
    {
        var (inFlight, most, publishes) = (0, 0, 0);
        await using var broker = new RawBroker(async (session, packet) =>
        {
            session.Grants = [0x21, 0, 3];
            if (packet.Type != RawPacket.Publish)
            {
                await session.AnswerAsync(packet);
                return;
            }

            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            publishes++;
            _ = LaterAsync(session, packet);
        });
        async Task LaterAsync(RawSession session, RawPacket packet)
        {
            await Task.Delay(30);
            Interlocked.Decrement(ref inFlight);
            await session.AnswerAsync(packet);
        }

        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: RunningUplink.Quick with { BatchReadings = 5 });
        await DeliverAsync(uplink);

        Assert.Equal(3, most);
        Assert.True(publishes > 40, $"{publishes} messages");
    }

    [Fact]
    public async Task No_packet_is_larger_than_the_Maximum_Packet_Size_not_even_a_retained_one()
    {
        const int Largest = 300; // less than meta takes, and the status
        await using var broker = Granting([0x27, 0, 0, Largest >> 8, Largest & 0xFF]);
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await DeliverAsync(uplink);

        Assert.All(broker.Packets.Where(p => p.Type == RawPacket.Publish), p => Assert.InRange(p.Size, 1, Largest));
        Assert.Equal(1, broker.Sessions);
        await uplink.UntilLogged("/meta takes");
    }

    [Fact]
    public async Task The_Server_Keep_Alive_is_kept()
    {
        // The broker ends a session that is silent for one and a half of the 1 s that it wants (MQTT 5, section 3.1.2.10).
        var last = TimeSpan.Zero;
        var time = TimeProvider.System;
        var silences = 0;
        await using var broker = new RawBroker(async (session, packet) =>
        {
            var now = time.Monotonic();
            silences += last > TimeSpan.Zero && now - last > TimeSpan.FromSeconds(1.5) ? 1 : 0;
            last = now;
            session.Grants = [0x13, 0, 1];
            await session.AnswerAsync(packet);
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: RunningUplink.Quick with { PingAfter = TimeSpan.FromSeconds(15) });
        await uplink.Until(() => broker.Packets.Count(p => p.First >> 4 == 12) >= 6);

        Assert.Equal((0, 1), (silences, broker.Sessions));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task No_topic_alias_is_used_whatever_the_Topic_Alias_Maximum(byte maximum)
    {
        await using var broker = Granting([0x22, 0, maximum]);
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await DeliverAsync(uplink);

        var publishes = broker.Packets.Where(p => p.Type == RawPacket.Publish).ToArray();
        Assert.NotEmpty(publishes);
        Assert.All(publishes, p => Assert.NotEqual("", p.Topic));
        Assert.All(publishes, p => Assert.False(p.Properties.Length > 0 && p.Properties[0] == TopicAliasProperty));
    }

    [Fact]
    public async Task A_broker_that_drops_MQTT_5_gets_3_1_1_and_5_again_when_it_takes_it()
    {
        var takesFive = false;
        await using var broker = new RawBroker(async (session, packet) =>
        {
            if (packet is { Type: RawPacket.Connect, Level: 5 } && !takesFive)
            {
                session.Close();
                return;
            }

            await session.AnswerAsync(packet);
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await uplink.UntilLogged("(MQTT 3.1.1)");
        await DeliverAsync(uplink);
        Assert.Equal([5, 4], broker.Packets.Where(p => p.Type == RawPacket.Connect).Select(p => p.Level).Take(2));

        takesFive = true;
        await uplink.UntilLogged("takes MQTT 5 now");
        await uplink.UntilLogged("(MQTT 5)");
        await DeliverAsync(uplink);
    }

    [Fact]
    public async Task A_broker_that_said_it_speaks_no_MQTT_5_is_not_asked_at_each_connect()
    {
        var connects = 0;
        await using var broker = new RawBroker(async (session, packet) =>
        {
            if (packet is { Type: RawPacket.Connect, Level: 5 })
            {
                await session.SendAsync(0x20, 2, 0, 1);
                session.Close();
                return;
            }

            await session.AnswerAsync(packet);
            if (packet.Type == RawPacket.Connect && ++connects < 4)
            {
                session.Close();
            }
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: RunningUplink.Quick with { Mqtt5Again = TimeSpan.FromMinutes(10) });
        await uplink.Until(() => connects == 4);

        Assert.Equal([5, 4, 4, 4, 4], broker.Packets.Where(p => p.Type == RawPacket.Connect).Select(p => p.Level));
    }

    [Fact]
    public async Task A_broker_is_told_the_largest_packet_that_is_taken()
    {
        await using var broker = new RawBroker((session, packet) => session.AnswerAsync(packet));
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await DeliverAsync(uplink);

        var properties = broker.Packets[0].Body.AsSpan(11, broker.Packets[0].Body[10]);
        Assert.True(properties.IndexOf((ReadOnlySpan<byte>)[0x27, 0, 1, 0, 0]) >= 0, Convert.ToHexString(properties));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_retained_message_of_a_stranger_costs_one_session_and_no_memory(bool old)
    {
        var floods = 0;
        await using var broker = new RawBroker(async (session, packet) =>
        {
            if (packet is { Type: RawPacket.Connect, Level: 5 } && old)
            {
                await session.SendAsync(0x20, 2, 0, 1);
                session.Close();
                return;
            }

            await session.AnswerAsync(packet);
            if (packet.Type == Subscribe && packet.Body.AsSpan().IndexOf("/alarm/"u8) >= 0)
            {
                floods++;
                await session.SendAsync(0x31, 0x80, 0x80, 0x80, 0x64, 0, 1); // the header of 200 MiB
            }
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)]);
        await uplink.UntilLogged("it sends a packet above 65536 bytes, which is not taken");
        await DeliverAsync(uplink);

        Assert.Equal(1, floods);
    }

    private static RawBroker Granting(byte[] properties) => new((session, packet) =>
    {
        session.Grants = properties;
        return session.AnswerAsync(packet);
    });

    private static async Task DeliverAsync(RunningUplink uplink)
    {
        uplink.Outbox.AppendNumbers(200);
        uplink.Outbox.AppendEvent("node");
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) + uplink.Outbox.Waiting(StreamKind.Event) == 0);
    }
}
