using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>
/// The measured RTU fault table (facts/modbus.md section 3), row by row: the first reply misbehaves, then three reads of other registers of the
/// same unit and count follow. No wrong data in any row; on the in-memory line and on a pty.
/// </summary>
[Collection(RealClock.Name)]
public class RtuFaultTableTests
{
    /// <summary>The row, and whether the first read may be bad.</summary>
    public static TheoryData<string, bool> Rows => new()
    {
        { "late reply", true },
        { "0x00 before the frame", false },
        { "local echo", false },
        { "junk behind the frame", false },
        { "40 ms gap", false },
    };

    internal static IEnumerable<Act> Fault(string row, RtuAsk ask) => row switch
    {
        "late reply" => [Act.Late(TimeSpan.FromMilliseconds(700), Rtu.Honest(ask))],
        "0x00 before the frame" => [Act.Say([0, .. Rtu.Honest(ask)])],
        "local echo" => [Act.Say([.. ask.Frame, .. Rtu.Honest(ask)])],
        "junk behind the frame" => [Act.Say([.. Rtu.Honest(ask), 1, 3, 2])],
        "40 ms gap" => [Act.Say(Rtu.Honest(ask)[..4]), Act.Late(TimeSpan.FromMilliseconds(40), Rtu.Honest(ask)[4..])],
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    internal static ModbusDeviceOptions Device => Plant.Device(1, [.. Enumerable.Range(0, 4).Select(i => Plant.Value(i, 100 * i))])
        with { Timeout = TimeSpan.FromMilliseconds(500) };

    private static void Judge(bool firstIsBad, Func<List<RawSample>> scan)
    {
        for (var round = 0; round < 3; round++)
        {
            var samples = scan();
            Assert.Equal(4, samples.Count);
            foreach (var sample in samples)
            {
                // A silent first block ends the scan of a unit that has never answered.
                if (round == 0 && firstIsBad)
                    Verdict.Bad(sample, Reason.Timeout);
                else
                    Verdict.True(sample, 1, 100 * sample.Point);
            }
        }
    }

    [Theory, MemberData(nameof(Rows)), Trait("modbus-case", "27"), Trait("modbus-case", "28"), Trait("modbus-case", "29"), Trait("modbus-case", "30")]
    public void In_virtual_time(string row, bool firstIsBad)
    {
        using var rig = new RtuRig(Slaves.First(ask => Fault(row, ask)), RtuRig.Line with { Echo = row == "local echo" }, Device);
        Judge(firstIsBad, () => rig.Scan());
    }

    [Theory, MemberData(nameof(Rows)), Trait("modbus-case", "27"), Trait("modbus-case", "28"), Trait("modbus-case", "29"), Trait("modbus-case", "30")]
    public void Over_a_pty(string row, bool firstIsBad)
    {
        using var slave = new PtySlave(Slaves.First(ask => Fault(row, ask)));
        using var bus = slave.Bus(RtuRig.Line with { Echo = row == "local echo" }, Device);
        Judge(firstIsBad, () => PtySlave.Scan(bus));
    }
}
