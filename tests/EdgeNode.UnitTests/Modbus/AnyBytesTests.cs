using EdgeNode.Hardware.Modbus;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Any bytes in, in any cuts: no exception out, and never a wrong value with good quality (case 82).</summary>
public class AnyBytesTests
{
    /// <summary>A fault that a stream may have, chosen by numbers: pieces of frames that are right, nearly right, or nothing at all.</summary>
    private static byte[] Piece(Ask ask, byte kind, byte[] noise)
    {
        var honest = Frames.Honest(ask);
        var n = noise.Length == 0 ? 0 : noise[0];
        switch (kind % 10)
        {
            case 0:
            case 1:
                return honest;
            case 2:
                return noise;
            case 3:
                return honest[..(n % honest.Length)];
            case 4: // one bit turned over
                honest[n % honest.Length] ^= (byte)(1 << (n % 8));
                return honest;
            case 5: // an older transaction, with values that lie
                return Frames.Frame(ask.Transaction - 1 - (n % 3), ask.Unit, Frames.ReadPdu(ask.Function, new byte[ask.Count * 2]));
            case 6:
                return Frames.Exception(ask, n);
            case 7: // a frame in order but for its PDU
                return Frames.Frame(ask.Transaction, ask.Unit, [.. noise.Take(250)]);
            case 8:
                return Frames.Frame(ask.Transaction, n, Frames.ReadPdu(ask.Function, new byte[ask.Count * 2]));
            default:
                return Frames.Frame(ask.Transaction + 1, ask.Unit, Frames.ReadPdu(ask.Function, new byte[ask.Count * 2]));
        }
    }

    /// <summary>
    /// The judge: the whole stream of one connection since it was opened, read frame by frame by a second parser. The value of a request
    /// is what the first frame of its number says that began after the request was sent, if everything up to it was in order.
    /// </summary>
    private static byte[]? Judge(List<byte> stream, int sentAt, Ask ask)
    {
        for (var at = 0; at + 7 <= stream.Count;)
        {
            if (stream[at + 2] != 0 || stream[at + 3] != 0)
                return null;
            var length = (stream[at + 4] << 8) + stream[at + 5];
            if (length is < 3 or > 254 || at + 6 + length > stream.Count)
                return null;
            if (at >= sentAt && (stream[at] << 8) + stream[at + 1] == ask.Transaction)
            {
                var fits = stream[at + 6] == ask.Unit && stream[at + 7] == ask.Function && stream[at + 8] == ask.Count * 2 && length == 3 + (ask.Count * 2);
                return fits ? [.. stream.Skip(at + 9).Take(ask.Count * 2)] : null;
            }

            at += 6 + length;
        }

        return null;
    }

    [Law(MaxTest = 3000), Trait("modbus-case", "82")]
    public void A_good_value_is_the_one_that_the_stream_held_for_this_request(byte[] kinds, byte[][] noises, byte[] cuts)
    {
        var step = 0;

        IEnumerable<Act> Peer(Ask ask)
        {
            var acts = new List<Act>();
            for (var pieces = step < kinds.Length ? 1 + (kinds[step] % 3) : 1; pieces > 0; pieces--, step++)
            {
                var piece = step < kinds.Length ? Piece(ask, kinds[step], noises.Length == 0 ? [] : noises[step % noises.Length]) : Frames.Honest(ask);
                for (var cut = 0; piece.Length > 0; cut++)
                {
                    var size = cuts.Length == 0 ? piece.Length : Math.Min(piece.Length, 1 + (cuts[(cut + step) % cuts.Length] % 40));
                    acts.Add(Act.Late(TimeSpan.FromMilliseconds(acts.Count), piece[..size]));
                    piece = piece[size..];
                }
            }

            return acts;
        }

        int[] registers = [50, 52];
        using var rig = new Rig(Peer, Plant.Device(3, Plant.Value(0, registers[0]), Plant.Value(1, registers[1])));
        for (var scan = 0; scan < 6; scan++)
        {
            var before = rig.Link.Requests.Count;
            var samples = rig.Scan();
            Assert.Equal([0, 1], samples.Select(s => s.Point).Order());
            foreach (var sample in samples.Where(s => s.Quality.IsGood))
            {
                var register = registers[sample.Point];
                var (_, ask, arrived) = rig.Link.Requests.Skip(before).Last(r => register >= r.Ask.Register && register < r.Ask.Register + r.Ask.Count);
                var held = Judge(rig.Link.Delivered[ask.Connection - 1], arrived, ask);
                Assert.NotNull(held);
                var at = (register - ask.Register) * 2;
                Assert.Equal((held[at] << 8) + held[at + 1], sample.Raw);
            }

            rig.Pass(0.3);
        }
    }

    [Law(MaxTest = 2000), Trait("modbus-case", "82")]
    public void A_bus_comes_back_from_any_bytes_once_the_peer_is_honest_again(byte[][] noises)
    {
        using var rig = new Rig(
            ask => ask.Number <= noises.Length ? [Act.Say(Piece(ask, (byte)(ask.Number * 7), noises[ask.Number - 1])), Act.Say(noises[ask.Number - 1])] : Peers.Honest(ask),
            Plant.Simple(2));
        for (var scan = 0; scan < noises.Length; scan++)
        {
            rig.One();
            rig.Pass(60); // the longest probe interval, and more than the longest back-off
        }

        rig.Link.Script = Peers.Honest;
        rig.Pass(600); // an exception 1, 2 or 3 among the bytes is remembered this long
        rig.One(); // the rest of the bytes may spoil one more reply
        rig.Pass(60);
        Verdict.True(rig.One(), 2, 200);
    }

    [Law(MaxTest = 2000), Trait("modbus-case", "82")]
    public void The_framer_gives_the_same_frames_however_the_bytes_are_cut(byte[][] frames, byte[] cuts, bool noise)
    {
        var stream = frames.SelectMany((f, i) => noise && i % 5 == 4 ? f : Frames.Frame(i, f.Length, [3, (byte)f.Length, .. f])).ToArray();
        var whole = Cut(stream, []);
        Assert.Equal(whole, Cut(stream, cuts));
        if (!noise)
            Assert.Equal(frames.Length, whole.Count);
    }

    private static List<string> Cut(byte[] stream, byte[] cuts)
    {
        var framer = new MbapFramer();
        var seen = new List<string>();
        for (int at = 0, cut = 0; at < stream.Length; cut++)
        {
            var free = framer.Free();
            var size = Math.Min(Math.Min(free.Length, stream.Length - at), cuts.Length == 0 ? int.MaxValue : 1 + cuts[cut % cuts.Length]);
            Assert.True(size > 0, "the framer has no room, but wants more");
            stream.AsSpan(at, size).CopyTo(free);
            framer.Added(size);
            at += size;
            FramerState state;
            while ((state = framer.Next(out var frame)) == FramerState.Frame)
            {
                Assert.InRange(frame.Pdu.Length, 2, 253);
                seen.Add($"{frame.Transaction}/{frame.Unit}/{Convert.ToHexString(frame.Pdu)}");
            }

            if (state != FramerState.Broken)
                continue;
            seen.Add("broken " + framer.Fault);
            Assert.Equal(FramerState.Broken, framer.Next(out _));
            break;
        }

        return seen;
    }

    [Law(MaxTest = 5000), Trait("modbus-case", "82")]
    public void The_parser_takes_nothing_but_the_exact_reply(byte[] pdu, byte count, bool head)
    {
        var asked = 1 + (count % 125);
        var sent = new byte[Requests.ReadLength];
        Requests.Read(sent, 3, 0, asked);
        if (head) // otherwise random bytes hardly ever pass the first test
            pdu = [3, (byte)(asked * 2), .. pdu, .. new byte[Math.Max(0, (asked * 2) - pdu.Length)]];
        var kind = Pdu.ReadReply(pdu, new Request(1, sent), out var registers, out var code, out var mismatch);
        var right = pdu.Length == 2 + (asked * 2) && pdu[0] == 3 && pdu[1] == asked * 2;
        var refused = pdu.Length == 2 && pdu[0] == 0x83;
        Assert.Equal(right ? PduKind.Answer : refused ? PduKind.Exception : PduKind.Wrong, kind);
        Assert.Equal(right ? asked * 2 : 0, registers.Length);
        Assert.Equal(refused ? pdu[1] : 0, (int)code);
        Assert.Equal(kind == PduKind.Wrong, mismatch.Kind != MismatchKind.None);
    }

    /// <summary>Every seed of this many bytes long noise is tried; FsCheck's own arrays are short.</summary>
    [Law(MaxTest = 300), Trait("modbus-case", "82")]
    public Property Long_noise_neither_throws_nor_passes_for_a_value() => Prop.ForAll(
        Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(2000).ToArbitrary(),
        noise =>
        {
            using var rig = new Rig(_ => [Act.Say(noise)], Plant.Simple(1));
            for (var i = 0; i < 4; i++)
                Assert.True(rig.One().Quality.IsBad);
        });
}
