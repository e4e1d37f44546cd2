using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>What comes over the stream, and in which pieces (facts/modbus.md section 4, framing, TCP).</summary>
public class FramingTests
{
    private static readonly ModbusDeviceOptions Long = Plant.Device(5, [.. Enumerable.Range(0, 20).Select(i => Plant.Value(i, 300 + i))]);

    [Fact, Trait("modbus-case", "1")]
    public void A_reply_in_segments_of_one_byte_is_used()
    {
        using var rig = new Rig(ask => Frames.Honest(ask).Select((b, i) => Act.Late(TimeSpan.FromMilliseconds(i), [b])), Long);
        var samples = rig.Scan();
        Assert.Equal(20, samples.Count);
        Assert.All(samples, s => Verdict.True(s, 5, 300 + s.Point));
    }

    [Fact, Trait("modbus-case", "2")]
    public void A_reply_split_at_every_byte_is_used()
    {
        for (var cut = 1; cut < 9 + 40; cut++)
        {
            using var rig = new Rig(
                ask => [Act.Say(Frames.Honest(ask)[..cut]), Act.Late(TimeSpan.FromMilliseconds(3), Frames.Honest(ask)[cut..])], Long);
            Assert.All(rig.Scan(), s => Verdict.True(s, 5, 300 + s.Point));
        }
    }

    [Fact, Trait("modbus-case", "3")]
    public void Two_replies_in_one_segment_are_both_taken_out_in_order()
    {
        var framer = new MbapFramer();
        byte[] both = [.. Frames.Frame(1, 7, 3, 2, 0, 11), .. Frames.Frame(2, 7, 3, 2, 0, 12)];
        both.CopyTo(framer.Free());
        framer.Added(both.Length);
        Assert.Equal(FramerState.Frame, framer.Next(out var first));
        Assert.Equal((1, 11), (first.Transaction, first.Pdu[3]));
        Assert.Equal(FramerState.Frame, framer.Next(out var second));
        Assert.Equal((2, 12), (second.Transaction, second.Pdu[3]));
        Assert.Equal(FramerState.Incomplete, framer.Next(out _));
        Assert.False(framer.IsPartial);
    }

    [Fact, Trait("modbus-case", "4")]
    public void A_stale_frame_is_dropped_and_the_wait_goes_on_within_the_same_deadline()
    {
        // Stale frames every 300 ms must not push the deadline of 1 s away.
        using var rig = new Rig(
            ask => Enumerable.Range(1, 10).Select(i => Act.Late(TimeSpan.FromMilliseconds(300 * i), Frames.Frame(ask.Transaction - 1000, ask.Unit, 3, 2, 9, 9))),
            Plant.Simple(1));
        Verdict.Bad(rig.One(), Reason.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(1), rig.Now - rig.Link.Requests[0].At);
        Assert.Equal(3, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "4")]
    public void A_stale_frame_in_one_segment_with_the_reply_is_dropped()
    {
        using var rig = new Rig(ask => [Act.Say([.. Frames.Frame(ask.Transaction - 1, ask.Unit, 3, 2, 9, 9), .. Frames.Honest(ask)])], Plant.Simple(1));
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(1, rig.Bus.StrayReplies);
        Assert.Equal(1, rig.Bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "5")]
    public void A_late_reply_never_answers_a_later_request()
    {
        // Each reply but the first comes at once; the first one falls into the wait of the second request.
        using var rig = new Rig(
            ask => [Act.Late(TimeSpan.FromMilliseconds(ask.Number switch { 1 => 1200, 2 => 400, _ => 1 }), Frames.Honest(ask))],
            Plant.Simple(1), Plant.Simple(2), Plant.Simple(3));
        Verdict.Bad(rig.One(0), Reason.Timeout);
        Verdict.True(rig.One(1), 2, 200);
        Verdict.True(rig.One(2), 3, 300);
        Verdict.True(rig.One(0), 1, 100);
        Assert.Equal(1, rig.Bus.StrayReplies);
        Assert.Equal(1, rig.Bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "6")]
    public void A_frame_that_nobody_asked_for_is_counted_and_dropped()
    {
        using var rig = new Rig(ask => [Act.Say(Frames.Frame(0x7777, ask.Unit, 3, 2, 9, 9)), Act.Say(Frames.Honest(ask))], Plant.Simple(1));
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(1, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "6")]
    public void Bytes_that_no_request_can_have_caused_cost_the_connection_and_not_the_next_reply()
    {
        using var rig = new Rig(Peers.Honest, Plant.Simple(1));
        rig.One();
        rig.Link.Push([0, 0, 0]);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((2, 2, 0), (rig.Bus.Health.Connects, rig.Bus.Health.Replies, rig.Bus.Health.WrongReplies));
    }

    [Fact, Trait("modbus-case", "6")]
    public void A_frame_that_guesses_the_next_number_before_it_is_asked_is_dropped()
    {
        using var rig = new Rig(Peers.Honest, Plant.Simple(1));
        rig.One();
        rig.Link.Script = Peers.Silent; // with a reply owed, the beginning of a frame may be that reply
        rig.One();
        foreach (var head in new[] { 11, 5 })
        {
            // Whole, or begun before the request and ended after it.
            var guess = Frames.Frame(rig.Link.Requests[^1].Ask.Transaction + 1, 1, 3, 2, 9, 9);
            rig.Link.Push(guess[..head]);
            rig.Link.Script = ask => head == 11 ? Peers.Honest(ask) : [Act.Say(guess[head..]), Act.Late(TimeSpan.FromMilliseconds(2), Frames.Honest(ask))];
            Verdict.True(rig.One(), 1, 100);
        }

        Assert.Equal(2, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "6")]
    public void A_flood_of_foreign_frames_closes_the_connection()
    {
        byte[] flood = [.. Enumerable.Range(0, 200).SelectMany(_ => Frames.Frame(0x7777, 1, 3, 2, 9, 9))];
        using var rig = new Rig(Peers.First(null, _ => [Act.Say(flood)]), Plant.Simple(1));
        rig.One();
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal((2, 1), (rig.Link.Connections, rig.Bus.Health.WrongReplies));
        Assert.Equal(TcpChannel.StrayLimit + 1, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "7")]
    public void The_second_of_two_equal_replies_is_dropped()
    {
        using var rig = new Rig(ask => [Act.Say(Frames.Honest(ask)), Act.Say(Frames.Honest(ask))], Plant.Simple(1), Plant.Simple(2));
        for (var i = 0; i < 6; i++)
            Verdict.True(rig.One(i % 2), (i % 2) + 1, ((i % 2) + 1) * 100);
        Assert.Equal(5, rig.Bus.StrayReplies);
        Assert.Equal(1, rig.Bus.Health.Connects);
    }

    [Fact, Trait("modbus-case", "8")]
    public void The_transaction_number_wraps_and_a_stale_frame_across_the_wrap_is_dropped()
    {
        using var rig = new Rig(
            ask => ask.Transaction == 65535 ? [Act.Late(TimeSpan.FromMilliseconds(1300), Frames.Honest(ask))] : [Act.Late(TimeSpan.FromMilliseconds(500), Frames.Honest(ask))],
            Plant.Bus, 65534, Plant.Simple(1), Plant.Simple(2));
        Verdict.True(rig.One(0), 1, 100);
        Verdict.Bad(rig.One(0), Reason.Timeout);
        Verdict.True(rig.One(1), 2, 200);
        Verdict.True(rig.One(0), 1, 100);
        Assert.Equal([65534, 65535, 0, 1], rig.Link.Requests.Select(r => r.Ask.Transaction));
        Assert.Equal(1, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "9")]
    public void A_number_is_not_used_again_while_its_old_request_may_still_be_answered()
    {
        var ids = new TransactionIds(0);
        Assert.Equal([0, 1, 2], new[] { ids.Take(), ids.Take(), ids.Take() }.Select(i => (int)i));
        ids.Answered(0);
        ids.Answered(2);
        for (var i = 0; i < 65536 - 3; i++)
            ids.Answered(ids.Take());
        Assert.Equal(0, ids.Take());
        Assert.Equal(2, ids.Take()); // 1 is still open
        ids.Forget();
        Assert.Equal(0, ids.OpenCount);
    }

    [Fact, Trait("modbus-case", "9")]
    public void A_peer_that_drops_very_many_requests_gets_a_new_connection()
    {
        using var rig = new Rig(ask => ask.Number % 2 == 0 ? Peers.Honest(ask) : [], Plant.Simple(1));
        for (var i = 0; i < (2 * TransactionIds.OpenLimit) + 2; i++)
            rig.Scan();
        Assert.Equal(2, rig.Bus.Health.Connects);
        Assert.Equal(1, rig.Log.Count(2003));
    }

    [Theory]
    [Trait("modbus-case", "10"), Trait("modbus-case", "11")]
    [InlineData(1, 5)]
    [InlineData(256, 5)]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 255)]
    [InlineData(0, 65535)]
    public void A_header_that_cannot_be_closes_the_connection_at_once(int protocol, int length)
    {
        // Only the header comes, so waiting for the rest would show in the time.
        using var rig = new Rig(
            Peers.First(null, ask => [Act.Say(Frames.Raw(ask.Transaction, protocol, length, 1)[..6])]), Plant.Simple(1));
        rig.One();
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(TimeSpan.Zero, rig.Now - rig.Link.Requests[0].At);
        Assert.Equal(["open", "ask 1", "ask 1", "close", "open", "ask 1"], rig.Link.Story);
        Assert.Equal((1, 1), (rig.Bus.Health.WrongReplies, rig.Bus.Health.Retries));
    }

    public static TheoryData<string, byte[]> WrongPdus => new()
    {
        { "12 byte count larger than the length", [3, 4, 0, 1] },
        { "12 length larger than the byte count", [3, 2, 0, 1, 0, 1] },
        { "14 other read function", [4, 2, 0, 1] },
        { "14 write function", [6, 0, 100, 0, 1] },
        { "15 byte count short", [3, 0] },
        { "15 byte count long", [3, 4, 0, 1, 0, 2] },
        { "15 byte count odd", [3, 1, 0] },
        { "15 byte count odd and long", [3, 3, 0, 1, 0] },
        { "54 exception of another function", [0x84, 2] },
        { "54 exception with a tail", [0x83, 2, 0] },
        { "54 exception of a write", [0x86, 2] },
    };

    [Theory, MemberData(nameof(WrongPdus))]
    [Trait("modbus-case", "12"), Trait("modbus-case", "14"), Trait("modbus-case", "15"), Trait("modbus-case", "54")]
    public void A_reply_that_does_not_fit_is_refused_and_the_connection_closed(string what, byte[] pdu)
    {
        Script wrong = ask => [Act.Say(Frames.Frame(ask.Transaction, ask.Unit, pdu))];
        using var rig = new Rig(Peers.First(null, wrong, wrong), Plant.Simple(1));
        rig.One();
        Verdict.Bad(rig.One(), Reason.WrongReply);
        Assert.Equal(["open", "ask 1", "ask 1", "close", "open", "ask 1", "close"], rig.Link.Story);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(2, rig.Bus.Health.WrongReplies);
        Assert.True(rig.Log.Count(2012) == 1, what);
    }

    [Theory]
    [Trait("modbus-case", "13")]
    [InlineData(2, false, false)]
    [InlineData(0, false, false)]
    [InlineData(255, false, false)]
    [InlineData(0, true, true)]
    [InlineData(255, true, true)]
    [InlineData(2, true, false)]
    public void A_reply_of_another_unit_is_refused_unless_the_echo_is_tolerated(int unit, bool anyUnitEcho, bool used)
    {
        var device = Plant.Simple(1) with { AnyUnitEcho = anyUnitEcho };
        using var rig = new Rig(ask => [Act.Say(Frames.Frame(ask.Transaction, unit, Frames.ReadPdu(3, Frames.Registers(1, 3, 100, 1))))], device);
        var sample = rig.One();
        if (used)
            Verdict.True(sample, 1, 100);
        else
            Verdict.Bad(sample, Reason.WrongReply);
    }

    [Fact, Trait("modbus-case", "13")]
    public void The_log_says_which_unit_was_expected_and_which_came()
    {
        using var rig = new Rig(ask => [Act.Say(Frames.Frame(ask.Transaction, 255, 3, 2, 0, 1))], Plant.Simple(1));
        for (var i = 0; i < 20; i++)
        {
            rig.One();
            rig.Pass(1);
        }

        var line = Assert.Single(rig.Log.Lines, l => l.Id == 2012);
        Assert.Contains("expected unit 1, came 255", line.Text, StringComparison.Ordinal);
        Assert.Contains("memory:502", line.Text, StringComparison.Ordinal);
        Assert.Single(rig.Log.Lines, l => l.Id == 2010);
    }

    [Fact, Trait("modbus-case", "19")]
    public void A_frame_that_stops_half_way_times_out_and_its_connection_is_not_used_again()
    {
        using var rig = new Rig(Peers.First(null, ask => [Act.Say(Frames.Honest(ask)[..9])]), Plant.Simple(1));
        rig.One();
        Verdict.Bad(rig.One(), Reason.Timeout);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(2, rig.Bus.Health.Connects);
    }
}
