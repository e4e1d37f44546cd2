using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Each function's request and reply, byte by byte as the examples of the Modbus application protocol V1.1b3 have them.</summary>
public class FunctionTests
{
    private delegate int Encode(Span<byte> pdu);

    private static byte[] Made(Encode encode)
    {
        var pdu = new byte[Pdu.MaxLength];
        return pdu[..encode(pdu)];
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static readonly Dictionary<string, (Encode Make, string Request, string Reply, string Data)> Examples = new()
    {
        ["6.1 coils"] = (p => Requests.Read(p, 1, 19, 19), "01 0013 0013", "01 03 CD6B05", "CD6B05"),
        ["6.2 discrete inputs"] = (p => Requests.Read(p, 2, 196, 22), "02 00C4 0016", "02 03 ACDB35", "ACDB35"),
        ["6.3 holding registers"] = (p => Requests.Read(p, 3, 107, 3), "03 006B 0003", "03 06 022B 0000 0064", "022B00000064"),
        ["6.4 input registers"] = (p => Requests.Read(p, 4, 8, 1), "04 0008 0001", "04 02 000A", "000A"),
        ["6.5 a coil"] = (p => Requests.WriteCoil(p, 172, true), "05 00AC FF00", "05 00AC FF00", "00ACFF00"),
        ["6.6 a register"] = (p => Requests.WriteRegister(p, 1, 3), "06 0001 0003", "06 0001 0003", "00010003"),
        ["6.8 loopback"] = (p => Requests.Loopback(p, 0xA537), "08 0000 A537", "08 0000 A537", "0000A537"),
        ["6.11 coils"] = (
            p => Requests.WriteCoils(p, 19, [true, false, true, true, false, false, true, true, true, false]), "0F 0013 000A 02 CD01", "0F 0013 000A", "0013000A"),
        ["6.12 registers"] = (p => Requests.WriteRegisters(p, 1, [10, 0x102]), "10 0001 0002 04 000A 0102", "10 0001 0002", "00010002"),
        ["6.13 server id"] = (p => Requests.ServerId(p), "11", "11 04 4242 FF 01", "4242FF01"),
        ["6.16 mask write"] = (p => Requests.MaskWrite(p, 4, 0xF2, 0x25), "16 0004 00F2 0025", "16 0004 00F2 0025", "000400F20025"),
        ["6.17 read and write"] = (
            p => Requests.ReadWrite(p, 3, 6, 14, [0xFF, 0xFF, 0xFF]), "17 0003 0006 000E 0003 06 00FF 00FF 00FF",
            "17 0C 00FE 0ACD 0001 0003 000D 00FF", "00FE0ACD00010003000D00FF"),
        ["6.21 identification"] = (p => Requests.Identification(p, 1, 0), "2B 0E 01 00", "2B 0E 01 01 00 00 02 00 02 4F4B 02 01 37", "0E0101000002" + "00024F4B" + "020137"),
    };

    public static TheoryData<string> Names => [.. Examples.Keys];

    private static PduKind Read(byte[] reply, byte[] request, out byte[] data, out Mismatch mismatch)
    {
        var kind = Pdu.ReadReply(reply, new Request(1, request), out var found, out _, out mismatch);
        data = found.ToArray();
        return kind;
    }

    [Theory, MemberData(nameof(Names)), Trait("modbus-case", "43"), Trait("modbus-case", "44"), Trait("modbus-case", "45")]
    public void A_request_and_its_reply_are_the_standards_own(string name)
    {
        var (make, request, reply, data) = Examples[name];
        Assert.Equal(Hex(request), Made(make));
        Assert.Equal(PduKind.Answer, Read(Hex(reply), Hex(request), out var found, out _));
        Assert.Equal(Hex(data), found);
    }

    [Theory, MemberData(nameof(Names)), Trait("modbus-case", "54")]
    public void Any_function_may_be_refused_and_only_by_its_own_exception(string name)
    {
        var request = Hex(Examples[name].Request);
        Assert.Equal(PduKind.Exception, Read([(byte)(request[0] | 0x80), 2], request, out _, out _));
        Assert.Equal(PduKind.Wrong, Read([(byte)((request[0] | 0x80) ^ 1), 2], request, out _, out _));
        Assert.Equal(PduKind.Wrong, Read([(byte)(request[0] | 0x80), 2, 0], request, out _, out _));
    }

    /// <summary>Every reply of the standard's examples, one byte longer, one shorter, and with each of its bits turned over where a bit must not turn.</summary>
    [Theory, MemberData(nameof(Names)), Trait("modbus-case", "15"), Trait("modbus-case", "16"), Trait("modbus-case", "17")]
    public void A_reply_that_is_not_exactly_right_is_wrong(string name)
    {
        var (_, request, text, _) = Examples[name];
        var (sent, reply) = (Hex(request), Hex(text));
        for (var length = 0; length < reply.Length; length++)
            Assert.Equal(PduKind.Wrong, Read(reply[..length], sent, out _, out _));
        Assert.Equal(PduKind.Wrong, Read([.. reply, 0], sent, out _, out _));

        // What a read brings may be anything; what confirms a write may not.
        var judged = sent[0] is 5 or 6 or 8 or 15 or 16 or 22 ? reply.Length : sent[0] == 43 ? 3 : 2;
        for (var bit = 0; bit < 8 * judged; bit++)
        {
            var turned = reply.ToArray();
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(PduKind.Wrong, Read(turned, sent, out var data, out var mismatch));
            Assert.Empty(data);
            Assert.NotEqual(MismatchKind.None, mismatch.Kind);
        }
    }

    [Fact, Trait("modbus-case", "16")]
    public void A_confirmation_of_another_write_says_what_differs()
    {
        var sent = Made(p => Requests.WriteRegister(p, 10, 7));
        Read(Hex("06 000B 0007"), sent, out _, out var register);
        Read(Hex("06 000A 0008"), sent, out _, out var value);
        Assert.Equal(new Mismatch(MismatchKind.ConfirmedRegister, 10, 11), register);
        Assert.Equal(new Mismatch(MismatchKind.ConfirmedValue, 7, 8), value);
        Assert.Contains("value or count 7", value.ToString(), StringComparison.Ordinal);
    }

    [Theory, Trait("modbus-case", "47"), Trait("modbus-case", "48")]
    [InlineData(1, 0, 2000, true)]
    [InlineData(1, 0, 2001, false)]
    [InlineData(2, 65535, 1, true)]
    [InlineData(2, 65535, 2, false)]
    [InlineData(2, 63536, 2000, true)]
    [InlineData(1, 0, 0, false)]
    [InlineData(15, 0, 1968, true)]
    [InlineData(15, 0, 1969, false)]
    [InlineData(15, 65535, 1, true)]
    [InlineData(15, 65535, 2, false)]
    [InlineData(15, 0, 0, false)]
    [InlineData(16, 0, 123, true)]
    [InlineData(16, 0, 124, false)]
    [InlineData(16, 65413, 123, true)]
    [InlineData(16, 65414, 123, false)]
    [InlineData(16, 0, 0, false)]
    [InlineData(6, 65535, 1, true)]
    [InlineData(6, 65536, 1, false)]
    [InlineData(5, -1, 1, false)]
    [InlineData(22, 65536, 1, false)]
    public void Beyond_a_limit_nothing_is_made(int function, int register, int count, bool allowed)
    {
        Encode encode = function switch
        {
            5 => p => Requests.WriteCoil(p, register, true),
            6 => p => Requests.WriteRegister(p, register, 1),
            15 => p => Requests.WriteCoils(p, register, new bool[count]),
            16 => p => Requests.WriteRegisters(p, register, new ushort[count]),
            22 => p => Requests.MaskWrite(p, register, 1, 1),
            _ => p => Requests.Read(p, function, register, count),
        };
        if (allowed)
            Assert.InRange(Made(encode).Length, 5, 253);
        else
            Assert.Throws<ArgumentOutOfRangeException>(() => Made(encode));
    }

    [Theory, Trait("modbus-case", "47"), Trait("modbus-case", "48")]
    [InlineData(0, 125, 0, 121, true)]
    [InlineData(0, 126, 0, 121, false)]
    [InlineData(0, 125, 0, 122, false)]
    [InlineData(0, 0, 0, 1, false)]
    [InlineData(0, 1, 0, 0, false)]
    [InlineData(65411, 125, 65415, 121, true)]
    [InlineData(65412, 125, 0, 1, false)]
    [InlineData(0, 1, 65416, 121, false)]
    public void Reading_and_writing_have_each_their_limit(int read, int count, int written, int values, bool allowed)
    {
        byte[] Make() => Made(p => Requests.ReadWrite(p, read, count, written, new ushort[values]));
        if (allowed)
            Assert.InRange(Make().Length, 12, 253);
        else
            Assert.Throws<ArgumentOutOfRangeException>(Make);
    }

    [Theory, Trait("modbus-case", "47"), Trait("modbus-case", "52")]
    [InlineData("42", 1, true)]
    [InlineData("64 0102", 253, true)]
    [InlineData("42", 0, false)]
    [InlineData("42", 254, false)]
    [InlineData("06 0001 0003", 5, false)]
    [InlineData("00", 1, false)]
    [InlineData("C2", 1, false)]
    public void A_makers_own_function_is_none_of_the_standards(string pdu, int replyLength, bool allowed)
    {
        void Check() => Requests.CheckVendor(Hex(pdu), replyLength);
        if (allowed)
            Check();
        else
            Assert.Throws<ArgumentOutOfRangeException>(Check);
    }

    /// <summary>Every exact request up to the longest one leaves nothing of an older, longer one behind.</summary>
    [Fact, Trait("modbus-case", "49")]
    public void Coils_are_packed_from_the_lowest_bit_and_the_spare_bits_are_0()
    {
        var pdu = new byte[Pdu.MaxLength];
        for (var count = 1; count <= 40; count++)
        {
            Array.Fill(pdu, (byte)0xFF);
            bool[] coils = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0)];
            var length = Requests.WriteCoils(pdu, 0, coils);
            Assert.Equal(6 + ((count + 7) / 8), length);
            for (var i = 0; i < 8 * (length - 6); i++)
                Assert.Equal(i < count && coils[i], (pdu[6 + (i / 8)] & (1 << (i % 8))) != 0);
        }
    }
}
