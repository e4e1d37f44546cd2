using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Coils and discrete inputs as points.</summary>
public class BitTests
{
    private static bool Truth(int function, int coil) => ((coil * 7) + function) % 5 < 2;

    /// <summary>Honest about bits, and with rubbish in the spare bits of the last byte.</summary>
    private static byte[] Pdu(int function, int first, int count)
    {
        var bytes = new byte[(count + 7) / 8];
        for (var i = 0; i < 8 * bytes.Length; i++)
        {
            if (i >= count || Truth(function, first + i))
                bytes[i / 8] |= (byte)(1 << (i % 8));
        }

        return [(byte)function, (byte)bytes.Length, .. bytes];
    }

    private static RegisterOptions Bit(int point, int coil, int function) => Plant.Value(point, coil, RegisterType.Bit, function);

    [Theory, Trait("modbus-case", "43"), Trait("modbus-case", "49")]
    [InlineData(1)]
    [InlineData(2)]
    public void A_bit_gives_0_or_1_and_spare_bits_are_ignored(int function)
    {
        int[] coils = [3, 4, 9, 10, 11, 12, 13, 20, 65533, 65534, 65535];
        var device = Plant.Device(1, [.. coils.Select((c, i) => Bit(i, c, function))]);
        using var rig = new Rig(a => [Act.Say(Frames.Frame(a.Transaction, 1, Pdu(a.Function, a.Register, a.Count)))], device);
        Assert.Equal(coils.Select(c => Truth(function, c) ? 1.0 : 0.0), rig.Scan().OrderBy(s => s.Point).Select(s => s.Raw));
        Assert.Equal([(3, 18), (65533, 3)], rig.Link.Requests.Select(r => (r.Ask.Register, r.Ask.Count)));
        Assert.Contains(1.0, rig.Scan().Select(s => s.Raw));

        using var line = new RtuRig(a => [Act.Say(Rtu.Frame(1, Pdu(a.Function, a.Register, a.Count)))], device);
        Assert.Equal(coils.Select(c => Truth(function, c) ? 1.0 : 0.0), line.Scan().OrderBy(s => s.Point).Select(s => s.Raw));
    }

    [Fact, Trait("modbus-case", "47"), Trait("modbus-case", "76")]
    public void Two_thousand_coils_are_one_request_and_coils_never_join_inputs()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 2001).Select(i => Bit(i, i, 1)), Bit(2001, 5, 2)]) with { NeverRead = [new RegisterRange(0, 9)] };
        using var rig = new Rig(a => [Act.Say(Frames.Frame(a.Transaction, 1, Pdu(a.Function, a.Register, a.Count)))], device);
        Assert.All(rig.Scan(), s => Assert.Equal(Truth(s.Point > 2000 ? 2 : 1, s.Point > 2000 ? 5 : s.Point) ? 1 : 0, s.Raw));
        Assert.Equal([(1, 0, 2000), (1, 2000, 1), (2, 5, 1)], rig.Link.Requests.Select(r => (r.Ask.Function, r.Ask.Register, r.Ask.Count)));
    }

    [Theory, Trait("modbus-case", "15")]
    [InlineData(1)]
    [InlineData(3)]
    public void A_reply_of_another_number_of_bytes_is_wrong(int bytes)
    {
        using var rig = new Rig(a => [Act.Say(Frames.Frame(a.Transaction, 1, [1, (byte)bytes, .. new byte[bytes]]))], Plant.Device(1, Bit(0, 0, 1), Bit(1, 9, 1)));
        Assert.All(rig.Scan(), s => Verdict.Bad(s, Reason.WrongReply));
    }

    [Fact]
    public void A_bit_is_not_asked_for_with_a_function_of_registers() =>
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Device(1, Plant.Value(0, 0, RegisterType.Bit))));
}
