using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// The measured TCP fault table (facts/modbus.md section 3), row by row: unit 2 misbehaves, then five other units are read. No wrong
/// data, and every other unit is read well as soon as the peer answers again; over the in-memory link and over real TCP.
/// </summary>
[Collection(RealClock.Name)]
public class FaultTableTests
{
    /// <summary>What the row's fault must come to for unit 2; none means a good value.</summary>
    public static TheoryData<string, Reason> Rows => new()
    {
        { "late reply", Reason.Timeout },
        { "stale frame before the reply", Reason.None },
        { "wrong unit", Reason.WrongReply },
        { "byte count 2 short", Reason.WrongReply },
        { "protocol id 1", Reason.WrongReply },
        { "MBAP length 65535", Reason.WrongReply },
        { "MBAP length 1", Reason.WrongReply },
        { "busy for ever", Reason.DeviceBusy },
        { "acknowledge for ever", Reason.DeviceBusy },
        { "reset in mid-reply", Reason.LinkDown },
    };

    internal static IEnumerable<Act> Fault(string row, Ask ask, TimeSpan timeout)
    {
        var data = Frames.Registers(ask.Unit, ask.Function, ask.Register, ask.Count);
        var pdu = Frames.ReadPdu(ask.Function, data);
        return row switch
        {
            "late reply" => [Act.Late(2.4 * timeout, Frames.Honest(ask))],
            "stale frame before the reply" => [Act.Say([.. Frames.Frame(ask.Transaction - 1, 1, 3, 2, 9, 9), .. Frames.Honest(ask)])],
            "wrong unit" => [Act.Say(Frames.Frame(ask.Transaction, 3, pdu))],
            "byte count 2 short" => [Act.Say(Frames.Frame(ask.Transaction, ask.Unit, [3, (byte)(data.Length - 2), .. data]))],
            "protocol id 1" => [Act.Say(Frames.Raw(ask.Transaction, 1, pdu.Length + 1, ask.Unit, pdu))],
            "MBAP length 65535" => [Act.Say(Frames.Raw(ask.Transaction, 0, 65535, ask.Unit, pdu))],
            "MBAP length 1" => [Act.Say(Frames.Raw(ask.Transaction, 0, 1, ask.Unit, pdu))],
            "busy for ever" => [Act.Say(Frames.Exception(ask, 6))],
            "acknowledge for ever" => [Act.Say(Frames.Exception(ask, 5))],
            "reset in mid-reply" => [Act.Say(Frames.Honest(ask)[..9]), Act.Reset],
            _ => throw new ArgumentOutOfRangeException(nameof(row)),
        };
    }

    private static ModbusDeviceOptions[] Devices(TimeSpan timeout) =>
        [.. Enumerable.Range(1, 6).Select(unit => Plant.Device(unit, Plant.Value(0, 40 + unit), Plant.Value(1, 41 + unit)) with { Timeout = timeout })];

    private static void Judge(Reason expected, ScanDevice scan, int mayFail)
    {
        void Good(int unit) => Assert.All(scan(unit - 1), s => Verdict.True(s, unit, 40 + unit + s.Point));

        Good(1);
        foreach (var sample in scan(1))
        {
            if (expected == Reason.None)
                Verdict.True(sample, 2, 42 + sample.Point);
            else
                Verdict.Bad(sample, expected);
        }

        for (var unit = 3; unit <= 6; unit++)
        {
            if (unit < 3 + mayFail)
                Assert.All(scan(unit - 1), s => Verdict.Bad(s, Reason.Timeout));
            else
                Good(unit);
        }

        Good(1);
    }

    internal delegate List<RawSample> ScanDevice(int device);

    [Theory, MemberData(nameof(Rows)), Trait("modbus-case", "5"), Trait("modbus-case", "18")]
    public void In_virtual_time(string row, Reason expected)
    {
        // The late reply keeps the peer busy, as a serial gateway is: what is asked meanwhile is answered after it.
        var timeout = TimeSpan.FromMilliseconds(500);
        using var rig = new Rig(
            ask => ask.Unit switch
            {
                2 => Fault(row, ask, timeout),
                3 when row == "late reply" => [Act.Late(1.4 * timeout, Frames.Honest(ask))],
                4 when row == "late reply" => [Act.Late(0.4 * timeout, Frames.Honest(ask))],
                _ => Peers.Honest(ask),
            },
            Devices(timeout));
        var start = rig.Now;
        Judge(expected, rig.Scan, row == "late reply" ? 1 : 0);
        Assert.InRange((rig.Now - start) / timeout, 0, row switch { "late reply" => 2.4, "busy for ever" => 1, _ => 0 });
    }

    [Theory, MemberData(nameof(Rows)), Trait("modbus-case", "5"), Trait("modbus-case", "18")]
    public void Over_real_tcp(string row, Reason expected)
    {
        var timeout = TimeSpan.FromMilliseconds(800);
        using var server = new ScriptedServer(ask => ask.Unit == 2 ? Fault(row, ask, timeout) : Peers.Honest(ask));
        using var bus = Loopback.Bus(server.Port, Devices(timeout));
        Judge(expected, d => Loopback.Scan(bus, d), row == "late reply" ? 1 : 0);
    }
}
