using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Writes: only what the site file grants, once, and never repeated.</summary>
public class WriteTests
{
    private static ModbusDeviceOptions Device(int address, params WriteGrant[] grants) => Plant.Simple(address) with { Writes = [.. grants] };

    private static readonly ModbusDeviceOptions Granting = Device(
        1,
        new WriteGrant(5, new RegisterRange(0, 7), 0, 1, 0),
        new WriteGrant(6, new RegisterRange(10, 10), 0, 100, 0),
        new WriteGrant(15, new RegisterRange(8, 11), 0, 1, 0),
        new WriteGrant(16, new RegisterRange(20, 23), -50, 50, 0),
        new WriteGrant(22, new RegisterRange(30, 30), 0, 0, 0x000F),
        new WriteGrant(23, new RegisterRange(40, 41), 5, 9, 0));

    private static FieldWrite To(int function, int register, params int[] values) => new(0, function, register, [.. values]);

    /// <summary>Confirms every write, and reads back words of 7.</summary>
    private static byte[] Confirmation(byte[] pdu) => pdu[0] switch
    {
        5 or 6 or 22 => pdu,
        23 => [23, (byte)(2 * pdu[4]), .. Enumerable.Range(0, 2 * pdu[4]).Select(i => (byte)(7 * (i % 2)))],
        _ => pdu[..5],
    };

    private static IEnumerable<Act> Confirming(Ask ask) =>
        ask.Function <= 4 ? Peers.Honest(ask) : [Act.Say(Frames.Frame(ask.Transaction, ask.Unit, Confirmation(ask.Frame[7..])))];

    [Theory, Trait("modbus-case", "44"), Trait("modbus-case", "45")]
    [InlineData(5, 7, new[] { 1 }, "05 0007 FF00")]
    [InlineData(5, 0, new[] { 0 }, "05 0000 0000")]
    [InlineData(6, 10, new[] { 100 }, "06 000A 0064")]
    [InlineData(15, 8, new[] { 1, 0, 1, 1 }, "0F 0008 0004 01 0D")]
    [InlineData(16, 20, new[] { -1, 50, -50, 0 }, "10 0014 0004 08 FFFF 0032 FFCE 0000")]
    [InlineData(22, 30, new[] { 0xFFF0, 0x0005 }, "16 001E FFF0 0005")]
    public void What_the_site_file_grants_is_written_and_logged(int function, int register, int[] values, string pdu)
    {
        using var rig = new Rig(Confirming, Granting);
        var result = rig.Bus.Write(To(function, register, values), CancellationToken.None);
        Assert.Equal((FieldWriteOutcome.Done, Reason.None), (result.Outcome, result.Reason));
        Assert.Equal(Convert.FromHexString(pdu.Replace(" ", "", StringComparison.Ordinal)), rig.Link.Requests.Single().Ask.Frame[7..]);
        Assert.Contains($"D1: function {function}, register {register}", Assert.Single(rig.Log.Lines, l => l.Id == 2030).Text, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "26"), Trait("modbus-case", "59")]
    public void A_confirmation_with_a_bad_sum_is_told_as_such_and_leaves_the_write_unknown()
    {
        using var rig = new RtuRig(Slaves.Says(a => Rtu.Spoilt(a.Frame)), Granting);
        var result = rig.Bus.Write(To(6, 10, 7), CancellationToken.None);
        Assert.Equal((FieldWriteOutcome.Unknown, Reason.Checksum), (result.Outcome, result.Reason));
    }

    [Fact, Trait("modbus-case", "45")]
    public void Function_23_writes_and_gives_what_it_read_back()
    {
        using var rig = new Rig(Confirming, Granting);
        var result = rig.Bus.Write(To(23, 40, 5, 9) with { ReadBack = new RegisterRange(100, 102) }, CancellationToken.None);
        Assert.Equal(FieldWriteOutcome.Done, result.Outcome);
        Assert.Equal([7, 7, 7], result.Registers);
        Assert.Equal(Convert.FromHexString("170064000300280002040005" + "0009"), rig.Link.Requests.Single().Ask.Frame[7..]);
    }

    [Theory, Trait("modbus-case", "59")]
    [InlineData(5, 8, new[] { 1 }, "does not grant function 5 on register 8")]
    [InlineData(6, 10, new[] { 101 }, "values from 0 to 100, came 101")]
    [InlineData(6, 10, new[] { -1 }, "values from 0 to 100, came -1")]
    [InlineData(6, 11, new[] { 1 }, "does not grant function 6 on register 11")]
    [InlineData(16, 10, new[] { 1 }, "does not grant function 16 on register 10")]
    [InlineData(16, 22, new[] { 1, 2, 3 }, "registers 22 to 24")]
    [InlineData(16, 20, new[] { 50, 51 }, "came 51")]
    [InlineData(15, 8, new[] { 1, 2 }, "came 2")]
    [InlineData(22, 30, new[] { 0xFFE0, 0x0005 }, "would change 0x001F")]
    [InlineData(22, 30, new[] { 0xFFF0 }, "bits that stay")]
    [InlineData(23, 40, new[] { 5, 9 }, "read back")]
    [InlineData(6, 10, new[] { 1, 2 }, "one value")]
    [InlineData(6, 10, new int[0], "came none")]
    [InlineData(3, 10, new[] { 1 }, "expected function")]
    [InlineData(66, 10, new[] { 1 }, "expected function")]
    public void What_it_does_not_grant_reaches_no_wire(int function, int register, int[] values, string why)
    {
        using var rig = new Rig(Confirming, Granting);
        var result = rig.Bus.Write(To(function, register, values), CancellationToken.None);
        Assert.Equal(FieldWriteOutcome.NotGranted, result.Outcome);
        Assert.Contains(why, result.Detail, StringComparison.Ordinal);
        Assert.Empty(rig.Link.Requests);
        Assert.Contains(why, Assert.Single(rig.Log.Lines, l => l.Id == 2031).Text, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "59")]
    public void Without_a_grant_nothing_is_ever_written()
    {
        using var rig = new Rig(Confirming, Device(1), Granting with { Address = 2 });
        for (var function = 0; function < 256; function++)
        {
            for (var register = 0; register < 65536; register += 4093)
            {
                var result = rig.Bus.Write(new FieldWrite(0, function, register, [1]) { ReadBack = function == 23 ? new RegisterRange(0, 0) : null }, CancellationToken.None);
                Assert.Equal(FieldWriteOutcome.NotGranted, result.Outcome);
            }
        }

        Assert.Equal(FieldWriteOutcome.NotGranted, rig.Bus.Write(new FieldWrite(7, 6, 10, [1]), CancellationToken.None).Outcome);
        Assert.Empty(rig.Link.Requests);
    }

    [Theory, Trait("modbus-case", "16"), Trait("modbus-case", "59")]
    [InlineData("silent", FieldWriteOutcome.Unknown, Reason.Timeout)]
    [InlineData("another value", FieldWriteOutcome.Unknown, Reason.WrongReply)]
    [InlineData("another register", FieldWriteOutcome.Unknown, Reason.WrongReply)]
    [InlineData("another unit", FieldWriteOutcome.Unknown, Reason.WrongReply)]
    [InlineData("cut off", FieldWriteOutcome.Unknown, Reason.LinkDown)]
    [InlineData("busy", FieldWriteOutcome.Refused, Reason.DeviceBusy)]
    [InlineData("refused", FieldWriteOutcome.Refused, Reason.IllegalAddress)]
    [InlineData("acknowledged", FieldWriteOutcome.Unknown, Reason.DeviceBusy)]
    public void A_write_that_is_not_confirmed_is_sent_once_and_said_to_be_unknown(string what, FieldWriteOutcome outcome, Reason reason)
    {
        using var rig = new Rig(
            a => what switch
            {
                "another value" => [Act.Say(Frames.Frame(a.Transaction, 1, 6, 0, 10, 0, 8))],
                "another register" => [Act.Say(Frames.Frame(a.Transaction, 1, 6, 0, 11, 0, 7))],
                "another unit" => [Act.Say(Frames.Frame(a.Transaction, 2, 6, 0, 10, 0, 7))],
                "cut off" => [Act.Fin],
                "busy" => [Act.Say(Frames.Exception(a, 6))],
                "refused" => [Act.Say(Frames.Exception(a, 2))],
                "acknowledged" => [Act.Say(Frames.Exception(a, 5))],
                _ => [],
            },
            Granting);
        var result = rig.Bus.Write(To(6, 10, 7), CancellationToken.None);
        Assert.Equal((outcome, reason), (result.Outcome, result.Reason));
        Assert.Single(rig.Link.Requests);
        Assert.Contains("not repeated", Assert.Single(rig.Log.Lines, l => l.Id == 2032).Text, StringComparison.Ordinal);
        rig.Scan();
        Assert.Single(rig.Link.Requests, r => r.Ask.Function == 6);
    }

    [Fact, Trait("modbus-case", "59")]
    public void Without_a_link_nothing_is_sent_and_that_is_said()
    {
        using var rig = new Rig(Confirming, Granting);
        rig.Link.Dialling = () => LinkResult.Closed;
        Assert.Equal(FieldWriteOutcome.NotSent, rig.Bus.Write(To(6, 10, 7), CancellationToken.None).Outcome);
        Assert.Equal(FieldWriteOutcome.NotSent, rig.Bus.Write(To(6, 10, 7), new CancellationToken(true)).Outcome);
        Assert.Empty(rig.Link.Requests);
    }

    /// <summary>The unit is asked for eight blocks; the write comes while the third is under way, from another thread.</summary>
    [Fact]
    public void A_write_goes_before_the_next_poll()
    {
        var device = Granting with { Registers = [.. Enumerable.Range(0, 8).Select(i => Plant.Value(i, 1000 * i))] };
        Rig? rig = null;
        Thread? writer = null;
        FieldWriteResult? result = null;
        using var owner = rig = new Rig(
            ask =>
            {
                if (ask.Number == 3)
                {
                    writer = new Thread(() => result = rig!.Bus.Write(To(6, 10, 7), CancellationToken.None));
                    writer.Start();
                    SpinWait.SpinUntil(() => rig!.Bus.WriteWaits);
                }

                return Confirming(ask);
            },
            device);
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, 1000 * s.Point));
        writer!.Join();
        Assert.Equal(FieldWriteOutcome.Done, result!.Outcome);
        Assert.Equal([3, 3, 3, 6, 3, 3, 3, 3, 3], rig.Link.Requests.Select(r => r.Ask.Function));
    }

    /// <summary>The write waits for the third request; by then it has been taken back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_that_is_taken_back_before_its_turn_is_not_sent(bool isOld)
    {
        var device = Granting with { Registers = [.. Enumerable.Range(0, 8).Select(i => Plant.Value(i, 1000 * i))] };
        var old = false;
        using var withdrawal = new Withdrawal(() => Volatile.Read(ref old));
        Rig? rig = null;
        Thread? writer = null;
        FieldWriteResult? result = null;
        using var owner = rig = new Rig(
            ask =>
            {
                if (ask.Number == 3)
                {
                    writer = new Thread(() => result = rig!.Bus.Write(To(6, 10, 7) with { Withdrawal = withdrawal }, CancellationToken.None));
                    writer.Start();
                    SpinWait.SpinUntil(() => rig!.Bus.WriteWaits);
                    Volatile.Write(ref old, isOld);
                    if (!isOld)
                        withdrawal.Withdraw();
                }

                return Confirming(ask);
            },
            device);
        rig.Scan();
        writer!.Join();
        Assert.Equal(FieldWriteOutcome.NotSent, result!.Outcome);
        Assert.All(rig.Link.Requests, r => Assert.Equal(3, r.Ask.Function));
    }

    [Fact]
    public void A_write_whose_bytes_are_out_is_finished_though_it_is_taken_back()
    {
        using var withdrawal = new Withdrawal(() => false);
        using var rig = new Rig(
            ask =>
            {
                withdrawal.Withdraw();
                return Confirming(ask);
            },
            Granting);
        Assert.Equal(FieldWriteOutcome.Done, rig.Bus.Write(To(6, 10, 7) with { Withdrawal = withdrawal }, CancellationToken.None).Outcome);
        Assert.Equal(FieldWriteOutcome.NotSent, rig.Bus.Write(To(6, 10, 7) with { Withdrawal = withdrawal }, CancellationToken.None).Outcome);
        Assert.Single(rig.Link.Requests);
    }

    [Fact]
    public void A_write_that_is_taken_back_while_the_link_is_dialled_is_not_sent()
    {
        using var withdrawal = new Withdrawal(() => false);
        using var rig = new Rig(Confirming, Granting);
        rig.Link.Dialling = () =>
        {
            withdrawal.Withdraw();
            return LinkResult.Done;
        };
        Assert.Equal(FieldWriteOutcome.NotSent, rig.Bus.Write(To(6, 10, 7) with { Withdrawal = withdrawal }, CancellationToken.None).Outcome);
        Assert.Empty(rig.Link.Requests);
    }

    [Fact, Trait("modbus-case", "30")]
    public void A_write_does_not_wait_for_what_another_unit_owes()
    {
        // Unit 2 is silent once; its next poll would wait a second for the reply that it owes.
        RtuRig? rig = null;
        Thread? writer = null;
        using var owner = rig = new RtuRig(
            a => a.Unit == 1 ? [Act.Say(Rtu.Frame(1, Confirmation(a.Frame[1..^2])))] : a.Number == 1 ? [] : Slaves.Honest(a), Granting, Plant.Simple(2));
        rig.Scan(1);
        writer = new Thread(() => rig.Bus.Write(To(6, 10, 7), CancellationToken.None));
        rig.Link.OnReceive = () =>
        {
            rig.Link.OnReceive = null;
            writer.Start();
            SpinWait.SpinUntil(() => rig.Bus.WriteWaits);
        };
        Verdict.True(rig.One(1), 2, 200);
        writer.Join();
        Assert.Equal([2, 1, 2], rig.Link.Requests.Select(r => r.Ask.Unit));
        Assert.InRange((rig.Link.Requests[1].At - rig.Link.Requests[0].At).TotalMilliseconds, 1000, 1100);
    }

    [Fact, Trait("modbus-case", "29")]
    public void The_echo_of_a_write_does_not_pass_for_its_confirmation()
    {
        foreach (var noise in new byte[][] { [], [0], [1, 6] })
        {
            using var rig = new RtuRig(_ => [], RtuRig.Line with { Echo = true }, Granting);
            rig.Link.Push(TimeSpan.FromMilliseconds(4.2), noise); // lands before the echo
            rig.Link.Echoes = true;
            Assert.Equal((FieldWriteOutcome.Unknown, Reason.Timeout), rig.Bus.Write(To(6, 10, 7), CancellationToken.None) is var r ? (r.Outcome, r.Reason) : default);
        }

        using var well = new RtuRig(a => [Act.Late(Slaves.TurnAround, a.Frame)], RtuRig.Line with { Echo = true }, Granting);
        well.Link.Echoes = true;
        Assert.Equal(FieldWriteOutcome.Done, well.Bus.Write(To(6, 10, 7), CancellationToken.None).Outcome);
    }

    [Fact, Trait("modbus-case", "50"), Trait("modbus-case", "37")]
    public void A_broadcast_waits_for_no_reply_and_the_line_rests_after_it()
    {
        using var rig = new RtuRig(a => a.Unit == 0 ? [Act.Late(TimeSpan.FromMilliseconds(50), [9, 9, 9])] : Slaves.Honest(a), Granting, Granting with { Address = 2 });
        rig.One();
        Assert.Equal(FieldWriteOutcome.Done, rig.Bus.Write(new FieldWrite(FieldWrite.Everybody, 6, 10, [7]), CancellationToken.None).Outcome);
        var sent = rig.Link.Requests[^1];
        Verdict.True(rig.One(1), 2, 100);
        Assert.Equal([0, 6, 0, 10, 0, 7], sent.Ask.Frame[..^2]);
        var rest = rig.Link.Requests[^1].At - sent.At - (8 * rig.Link.Char);
        Assert.InRange(rest.TotalMilliseconds, 200, 205);
        Assert.Equal(0, rig.Bus.Health.Timeouts);
    }

    [Fact, Trait("modbus-case", "50")]
    public void A_broadcast_needs_the_leave_of_every_device_and_a_serial_line()
    {
        var write = new FieldWrite(FieldWrite.Everybody, 6, 10, [7]);
        using var rig = new RtuRig(Slaves.Honest, Granting, Plant.Simple(2));
        var result = rig.Bus.Write(write, CancellationToken.None);
        Assert.Equal(FieldWriteOutcome.NotGranted, result.Outcome);
        Assert.StartsWith("D2: ", result.Detail, StringComparison.Ordinal);
        Assert.Equal(FieldWriteOutcome.NotGranted, rig.Bus.Write(write with { Function = 23, ReadBack = new RegisterRange(0, 0) }, CancellationToken.None).Outcome);
        Assert.Empty(rig.Link.Requests);

        using var tcp = new Rig(Confirming, Granting);
        Assert.Equal(FieldWriteOutcome.NotGranted, tcp.Bus.Write(write, CancellationToken.None).Outcome);
        Assert.Empty(tcp.Link.Requests);
    }

    [Theory, Trait("modbus-case", "50")]
    [InlineData(0)]
    [InlineData(248)]
    public void A_broadcast_is_never_read_from(int address) =>
        Assert.Throws<ArgumentException>(() => new RtuRig(Slaves.Honest, Plant.Simple(address)));
}
