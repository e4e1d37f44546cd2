using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Values that need a second register, and counters (facts/modbus.md section 4, 73, 74, 78).</summary>
public class PartnerTests
{
    private static ModbusDeviceOptions Device(int register, RegisterType type, RegisterPartner with, WordOrder order = WordOrder.ABCD) =>
        Plant.Device(1, Plant.Value(0, register, type, order: order) with { With = with });

    private static RawSample Read(ModbusDeviceOptions device, params ushort[] words)
    {
        using var rig = new Rig(Peers.Holding(words), device);
        var sample = rig.One();
        Assert.Equal(words.Length, rig.Link.Requests.Single().Ask.Count); // both in one request: two would be of two moments
        return sample;
    }

    /// <summary>QDY30A: register 4 is the value, register 3 its decimals.</summary>
    [Theory, Trait("modbus-case", "73"), Trait("modbus-case", "78")]
    [InlineData(0, 1234, 1234)]
    [InlineData(3, 1234, 1.234)]
    [InlineData(2, 0xFFF6, -0.1)]
    [InlineData(9, 1, 1e-9)]
    public void Another_register_says_how_many_decimals_there_are(int decimals, int raw, double value)
    {
        var device = Device(4, RegisterType.Int16, new RegisterPartner(PartnerKind.Decimals, 3, RegisterType.UInt16, WordOrder.ABCD, 0));
        var sample = Read(device, (ushort)decimals, (ushort)raw);
        Assert.Equal((Quality.Good, value), (sample.Quality, sample.Raw));
    }

    [Theory, Trait("modbus-case", "73")]
    [InlineData(10)]
    [InlineData(0xFFFF)]
    public void Decimals_that_cannot_be_make_no_value(int decimals)
    {
        var device = Device(4, RegisterType.Int16, new RegisterPartner(PartnerKind.Decimals, 3, RegisterType.UInt16, WordOrder.ABCD, 0));
        Verdict.Bad(Read(device, (ushort)decimals, 1), Reason.NotANumber);
    }

    /// <summary>TUF-2000: registers 8 and 9 the whole part, low word first, 10 and 11 the decimal part as a float.</summary>
    [Fact, Trait("modbus-case", "73")]
    public void The_part_behind_the_point_is_added()
    {
        var device = Device(8, RegisterType.Int32, new RegisterPartner(PartnerKind.Fraction, 10, RegisterType.Float32, WordOrder.CDAB, 0), WordOrder.CDAB);
        Assert.Equal((Quality.Good, 65537.5), Read(device, 1, 1, 0, 0x3F00) is var s ? (s.Quality, s.Raw) : default);
        Verdict.Bad(Read(device, 1, 1, 0, 0x7FC0), Reason.NotANumber);
    }

    /// <summary>Laumas: registers 7 and 8 the weight, a bit of the status in register 6 its sign.</summary>
    [Theory, Trait("modbus-case", "73")]
    [InlineData(0x0080, -70000)]
    [InlineData(0xFF7F, 70000)]
    public void A_bit_of_the_status_is_the_sign(int status, double value)
    {
        var device = Device(7, RegisterType.Int32, new RegisterPartner(PartnerKind.Sign, 6, RegisterType.UInt16, WordOrder.ABCD, 7));
        Assert.Equal((Quality.Good, value), Read(device, (ushort)status, 1, 4464) is var s ? (s.Quality, s.Raw) : default);
    }

    [Fact, Trait("modbus-case", "73"), Trait("modbus-case", "79")]
    public void What_lies_between_both_registers_is_read_with_them_and_must_be_allowed()
    {
        var with = new RegisterPartner(PartnerKind.Decimals, 100, RegisterType.UInt16, WordOrder.ABCD, 0);
        using var rig = new Rig(Peers.Honest, Device(110, RegisterType.UInt16, with));
        rig.Scan();
        Assert.Equal((100, 11), (rig.Link.Requests.Single().Ask.Register, rig.Link.Requests.Single().Ask.Count));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Device(110, RegisterType.UInt16, with) with { NeverRead = [new RegisterRange(105, 105)] }));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Device(300, RegisterType.UInt16, with)));
    }

    /// <summary>
    /// A meter's own counter is passed on as the meter has it: it is neither held nor doubted nor added up when it begins again at 0,
    /// since only the platform knows whether it rolled over or the meter was changed.
    /// </summary>
    [Theory, Trait("modbus-case", "74")]
    [InlineData(RegisterType.UInt16, WordOrder.ABCD, new[] { 65534.0, 65535, 0, 1 })]
    [InlineData(RegisterType.UInt32, WordOrder.CDAB, new[] { 4294967294.0, 4294967295, 0, 1 })]
    [InlineData(RegisterType.UInt32, WordOrder.ABCD, new[] { 99999999.0, 0, 1 })]
    public void A_counter_that_begins_again_is_what_the_meter_says(RegisterType type, WordOrder order, double[] counts)
    {
        var next = 0;
        using var rig = new Rig(
            ask =>
            {
                var count = (uint)counts[next++];
                ushort[] words = type == RegisterType.UInt16 ? [(ushort)count]
                    : order == WordOrder.CDAB ? [(ushort)count, (ushort)(count >> 16)] : [(ushort)(count >> 16), (ushort)count];
                return Peers.Holding(words)(ask);
            },
            Plant.Device(1, Plant.Value(0, 0, type, order: order)));
        foreach (var count in counts)
        {
            var sample = rig.One();
            Assert.Equal((Quality.Good, count), (sample.Quality, sample.Raw));
            rig.Pass(1);
        }
    }
}
