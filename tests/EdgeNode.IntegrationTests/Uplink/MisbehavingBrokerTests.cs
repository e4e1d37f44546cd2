using System.Collections.Concurrent;
using EdgeNode.Core.Model;
using EdgeNode.IntegrationTests.Peers;
using EdgeNode.Uplink;
using EdgeNode.Uplink.Tapping;
using Xunit;

namespace EdgeNode.IntegrationTests.Uplink;

/// <summary>
/// Brokers that do what no broker should, on a real socket. Whatever they do: nothing is lost, nothing comes out of the service, each lane is
/// in order, and what comes twice has the same key and content.
/// </summary>
public class MisbehavingBrokerTests(ITestOutputHelper output)
{
    private const int Readings = 400;

    /// <summary>
    /// Reconnects at once, and gives nothing up that a broker did not refuse by name. Its deadlines are long: on a busy machine the uplink
    /// would end sessions by itself, and such an end says nothing of the message in flight, so that the count over it begins anew.
    /// </summary>
    private static readonly UplinkSettings Eager = RunningUplink.Quick with
    {
        Reconnect = TimeSpan.FromMilliseconds(1),
        ReconnectMax = TimeSpan.FromMilliseconds(5),
        ConnectDeadline = TimeSpan.FromSeconds(10),
        AnswerDeadline = TimeSpan.FromSeconds(10),
        PubackDeadline = TimeSpan.FromSeconds(10),
        SuspectAgeUnclear = TimeSpan.FromHours(24),
        BatchReadings = 20,
    };

    /// <summary>For a broker that keeps a PUBACK back: each one costs a deadline.</summary>
    private static readonly UplinkSettings Impatient = Eager with { AnswerDeadline = TimeSpan.FromMilliseconds(400), PubackDeadline = TimeSpan.FromMilliseconds(400) };

    [Fact]
    public async Task A_broker_that_closes_at_every_packet_boundary_of_a_session()
    {
        // Session n is closed at boundary n: before or after the answer to one packet after the other, until a session is whole.
        var platform = new Platform();
        var whole = false;
        await using var broker = new RawBroker(async (session, packet) =>
        {
            platform.Take(packet);
            var boundary = 2 * packet.Index;
            if (session.Number == boundary - 1)
            {
                session.Close();
                return;
            }

            await session.AnswerAsync(packet);
            if (session.Number == boundary)
            {
                session.Close();
            }

            whole |= packet.Index > 25;
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: Eager);
        for (var i = 0; !whole || i < Readings / 20; i++)
        {
            uplink.Outbox.AppendNumbers(20);
            uplink.Outbox.AppendEvent("node");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await DeliveredAsync(uplink);
        output.WriteLine($"{broker.Sessions} sessions, {broker.Packets.Count} packets; {platform.Report}");
        Assert.True(broker.Sessions >= 40, $"{broker.Sessions} sessions");
        platform.AssertWhole(uplink);
    }

    [Fact]
    public async Task A_broker_that_drops_every_fifth_PUBACK()
    {
        var platform = new Platform();
        var publishes = 0;
        await RunAsync(platform, (session, packet) =>
        {
            platform.Take(packet);
            return packet.Type == RawPacket.Publish && ++publishes % 5 == 0 ? Task.CompletedTask : session.AnswerAsync(packet);
        }, Impatient);
    }

    [Fact]
    public async Task A_broker_that_repeats_every_PUBACK()
    {
        var platform = new Platform();
        await RunAsync(platform, async (session, packet) =>
        {
            platform.Take(packet);
            await session.AnswerAsync(packet);
            if (packet.Type == RawPacket.Publish)
            {
                await session.AnswerAsync(packet);
            }
        });
    }

    [Fact]
    public async Task A_broker_that_acknowledges_what_was_never_sent()
    {
        var platform = new Platform();
        await RunAsync(platform, async (session, packet) =>
        {
            platform.Take(packet);
            if (packet.Index % 7 == 6)
            {
                await session.SendAsync(0x40, 2, 0xFE, 0xFE);
            }

            await session.AnswerAsync(packet);
        });
    }

    [Fact]
    public async Task A_broker_that_sends_garbage()
    {
        var platform = new Platform();
        var random = new Random(4711);
        await RunAsync(platform, async (session, packet) =>
        {
            if (packet.Type == RawPacket.Connect || packet.Index != 3 + (session.Number % 9) || session.Number > 60)
            {
                // Every third CONNECT is answered with anything but a CONNACK.
                if (packet.Type == RawPacket.Connect && session.Number % 3 == 0 && session.Number < 60)
                {
                    await session.SendAsync(Garbage(random));
                    session.Close();
                    return;
                }

                platform.Take(packet);
                await session.AnswerAsync(packet);
                return;
            }

            await session.SendAsync(Garbage(random));
            session.Close();
        });
    }

    [Fact]
    public async Task One_reading_refused_for_its_format_is_given_up_and_a_gap_names_it()
    {
        var platform = new Platform();
        await using var broker = new RawBroker(async (session, packet) =>
        {
            if (packet.IsTelemetry && Seqs(packet).Contains(77UL))
            {
                await session.PubackAsync(packet, 0x99);
                return;
            }

            platform.Take(packet);
            await session.AnswerAsync(packet);
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: Eager);
        uplink.Outbox.AppendNumbers(200);
        var appended = 200;
        for (; uplink.Outbox.Waiting(StreamKind.Telemetry) > 0 && appended < 1000; appended++)
        {
            uplink.Outbox.AppendNumbers(1); // the broker takes others
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await DeliveredAsync(uplink);
        uplink.Outbox.AppendNumbers(1); // the gap comes with the next append
        appended++;
        await uplink.Until(() => platform.Report.Gaps.Length > 0);
        await DeliveredAsync(uplink);
        var report = platform.Report;
        Assert.Equal((appended - 1, 0, 0), (report.Readings, report.Missing, report.Conflicts));
        var gap = Assert.Single(report.Gaps);
        Assert.Equal(("refused: payload format invalid", 77UL), (gap.Reason, gap.From));
        Assert.True(uplink.Alarms.IsActive(NodeAlarm.MessagesRefused));
    }

    [Theory]
    [InlineData(0x87, "not authorized")]
    [InlineData(0x97, "quota exceeded")]
    [InlineData(0x90, "topic name invalid")]
    public async Task A_topic_that_is_refused_loses_nothing_until_it_is_taken_again(byte reason, string words)
    {
        var platform = new Platform();
        var refuse = true;
        await using var broker = new RawBroker((session, packet) =>
        {
            if (packet.IsTelemetry && refuse)
            {
                return session.PubackAsync(packet, reason);
            }

            platform.Take(packet);
            return session.AnswerAsync(packet);
        });
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: Eager);
        uplink.Outbox.AppendNumbers(100);
        await uplink.UntilLogged($"telemetry: {words}");
        await uplink.Until(() => broker.Packets.Count(p => p.IsTelemetry) >= 6); // more than a record is ever struck

        Assert.Equal(100, uplink.Outbox.Waiting(StreamKind.Telemetry));
        refuse = false;
        await DeliveredAsync(uplink);
        platform.AssertWhole(uplink);
        Assert.Empty(platform.Report.Gaps);
    }

    [Fact]
    public async Task A_broker_of_3_1_1_that_closes_over_one_reading_gets_all_others()
    {
        var platform = new Platform();
        await using var broker = new RawBroker(async (session, packet) =>
        {
            if (packet is { Type: RawPacket.Connect, Level: 5 })
            {
                await session.SendAsync(0x20, 2, 0, 1);
                session.Close();
            }
            else if (packet.IsTelemetry && Seqs(packet).Contains(50UL))
            {
                session.Close();
            }
            else
            {
                platform.Take(packet);
                await session.AnswerAsync(packet);
            }
        });
        var patient = Eager with { SuspectRetry = TimeSpan.FromMinutes(1), SuspectRetryMax = TimeSpan.FromMinutes(1) };
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: patient);
        uplink.Outbox.AppendNumbers(60);
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 1);

        uplink.Outbox.AppendNumbers(60);
        await uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 1);
        Assert.Equal((119, 0), (platform.Report.Readings, platform.Report.Conflicts));
        output.WriteLine($"{broker.Sessions} sessions");
        Assert.InRange(broker.Sessions, 4, 100);
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ulong[] Seqs(RawPacket packet)
    {
        var readings = new List<TapReading>();
        SenmlDecoder.Decode(packet.Payload, readings);
        return [.. readings.Select(r => r.Seq)];
    }

    private static Task DeliveredAsync(RunningUplink uplink) =>
        uplink.Until(() => uplink.Outbox.Waiting(StreamKind.Telemetry) == 0 && uplink.Outbox.Waiting(StreamKind.Event) == 0);

    private async Task RunAsync(Platform platform, Func<RawSession, RawPacket, Task> script, UplinkSettings? settings = null)
    {
        await using var broker = new RawBroker(script);
        await using var uplink = new RunningUplink([RunningUplink.Plain(broker.Port)], settings: settings ?? Eager);
        for (var i = 0; i < Readings / 20; i++)
        {
            uplink.Outbox.AppendNumbers(20);
            uplink.Outbox.AppendEvent("node");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await DeliveredAsync(uplink);
        output.WriteLine($"{broker.Sessions} sessions, {broker.Packets.Count} packets; {platform.Report}");
        platform.AssertWhole(uplink);
    }

    /// <summary>What the broker took, whether or not it said so.</summary>
    private sealed class Platform
    {
        private readonly TapLedger _ledger = new(fromStart: true);
        private readonly ConcurrentDictionary<ulong, double> _values = [];

        public TapReport Report => _ledger.Report(true, "");

        public void Take(RawPacket packet)
        {
            if (packet.IsEvent)
            {
                _ledger.Event(packet.Payload);
            }
            else if (packet.IsTelemetry)
            {
                var fresh = new List<TapReading>();
                _ledger.Telemetry(packet.Payload, fresh);
                fresh.ForEach(r => _values[r.Seq] = r.Value!.Value);
            }
        }

        public void AssertWhole(RunningUplink uplink)
        {
            var report = Report;
            Assert.Equal((0, 0, 0), (report.Missing, report.Conflicts, report.Malformed));
            Assert.True(report.OutOfOrder == 0, string.Join('\n', report.Findings));
            Assert.Equal((long)uplink.Outbox.Outbox.End(StreamKind.Telemetry).Seq - 1, report.Readings);
            Assert.Equal((long)uplink.Outbox.Outbox.End(StreamKind.Event).Seq - 1, report.Events);
            Assert.All(_values, v => Assert.Equal(v.Key * 100_000d, v.Value));
        }
    }
}
