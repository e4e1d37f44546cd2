using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Hardware;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>What goes safe on a serial line does not wait for a reply that its device owes, and no such reply passes for its confirmation.</summary>
[Collection(RealClock.Name), Trait("modbus-case", "30")]
public class OvertakingWriteTests
{
    private static readonly ModbusDeviceOptions Device = Plant.Device(1, Plant.Value(0, 100)) with
    {
        Writes = [new WriteGrant(5, new RegisterRange(0, 7), 0, 1, 0), new WriteGrant(6, new RegisterRange(10, 10), 0, 100, 0), new WriteGrant(16, new RegisterRange(10, 10), 0, 100, 0)],
    };

    private static FieldWrite Safe(int value, int function = 6) => new(0, function, 10, [value]) { Overtakes = true };

    /// <summary>The second request has its answer late, in seconds, or none.</summary>
    private static RtuScript Owing(double? late) => a =>
        a.Number != 2 ? [Act.Late(Slaves.TurnAround, Reply(a))] : late is { } seconds ? [Act.Late(TimeSpan.FromSeconds(seconds), Reply(a))] : [];

    private static byte[] Reply(RtuAsk ask) => ask.Function switch
    {
        5 or 6 => ask.Frame,
        16 => Rtu.Frame(ask.Unit, ask.Frame[1..6]),
        _ => Rtu.Honest(ask),
    };

    private static RtuRig Rig(RtuScript script)
    {
        var rig = new RtuRig(script, Device, Plant.Simple(2));
        Verdict.True(rig.One(1), 2, 200); // opens the port
        return rig;
    }

    private static FieldWriteResult Write(RtuRig rig, FieldWrite write) => rig.Bus.Write(write, CancellationToken.None);

    [Theory]
    [InlineData(true, 6, 0, 40)]
    [InlineData(false, 6, 1000, 1040)]
    [InlineData(true, 16, 1000, 1040)] // its confirmation does not say what was written
    public void It_goes_out_after_the_silence_between_two_frames_and_any_other_write_when_the_reply_is_over(bool overtakes, int function, double atLeast, double atMost)
    {
        using var rig = Rig(Owing(null));
        Verdict.Bad(rig.One(), Reason.Timeout);
        var start = rig.Now;
        Assert.Equal(FieldWriteOutcome.Done, Write(rig, Safe(7, function) with { Overtakes = overtakes }).Outcome);
        Assert.InRange((rig.Link.Requests[^1].At - start).TotalMilliseconds, atLeast, atMost);
        Assert.All(rig.Link.Requests, r => Assert.True(r.Silence >= TimeSpan.FromMilliseconds(4.01), r.Silence.ToString()));
    }

    [Theory]
    [InlineData(1.02)] // between the write and its confirmation
    [InlineData(1.3)]
    [InlineData(2.5)]
    public void A_late_reply_to_a_read_neither_confirms_it_nor_passes_for_the_reply_to_the_next_read(double late)
    {
        using var rig = Rig(Owing(late));
        Verdict.Bad(rig.One(), Reason.Timeout);
        Assert.Equal(FieldWriteOutcome.Done, Write(rig, Safe(7)).Outcome);
        Assert.Equal([7], rig.Link.Requests.Where(r => r.Ask.Function == 6).Select(r => r.Ask.Count));

        // The unit still owes its reply, and a question of another kind but the same form waits for that.
        for (var i = 0; i < 4; i++)
        {
            if (rig.One() is { Quality.IsGood: true } sample)
                Verdict.True(sample, 1, 100);
            rig.Pass(0.5);
        }
    }

    [Fact]
    public void The_late_confirmation_of_another_value_is_none()
    {
        // 50 was written and confirmed too late; the safe 0 was never heard.
        using var rig = Rig(a => a is { Function: 6, Count: 50 } ? [Act.Late(TimeSpan.FromSeconds(1.2), a.Frame)] : a is { Function: 6, Count: 0 } ? [] : Slaves.Honest(a));
        Assert.Equal(FieldWriteOutcome.Unknown, Write(rig, Safe(50) with { Overtakes = false }).Outcome);
        var result = Write(rig, Safe(0));
        Assert.Equal((FieldWriteOutcome.Unknown, Reason.Timeout), (result.Outcome, result.Reason));
        Assert.Equal(1L, rig.Bus.StrayReplies);
    }

    [Fact]
    public void The_port_of_an_output_overtakes_with_what_nothing_takes_back_and_waits_with_what_may_be_taken_back()
    {
        foreach (var (withdrawal, waits) in new[] { ((Withdrawal?)null, false), (new Withdrawal(() => false), true) })
        {
            using (withdrawal)
            {
                using var rig = Rig(Owing(null));
                var site = Plant.Site(RtuRig.Line, Device, Plant.Simple(2)) with
                {
                    Outputs = [new OutputOptions("XV-1", new RegisterOutput(0, 0, 5, 3, 1, 0, null), "open", "closed", true, false)],
                };
                var port = OutputPorts.All(site, [rig.Bus]).Outputs[0];
                Verdict.Bad(rig.One(), Reason.Timeout);
                var start = rig.Now;
                Assert.True(port.Drive(false, withdrawal, CancellationToken.None).Done);
                Assert.Equal(waits, rig.Link.Requests[^1].At - start > TimeSpan.FromMilliseconds(900));
            }
        }
    }

    /// <summary>On a real tty, whose slave does one thing after the other as a device does.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(1.2)]
    public void Over_a_pty_a_unit_that_owes_a_reply_is_written_to_at_once(double? late)
    {
        using var slave = new PtySlave(Owing(late));
        using var bus = slave.Bus(RtuRig.Line with { Baud = 115200 }, Device);
        Verdict.True(Assert.Single(PtySlave.Scan(bus)), 1, 100);
        Verdict.Bad(Assert.Single(PtySlave.Scan(bus)), Reason.Timeout);
        var start = TimeProvider.System.Monotonic();
        Assert.Equal(FieldWriteOutcome.Done, bus.Write(Safe(7), CancellationToken.None).Outcome);
        Assert.InRange(TimeProvider.System.Monotonic() - start, TimeSpan.Zero, TimeSpan.FromSeconds(0.9)); // it would have waited 1 s for a reply that never comes
        Assert.Equal(late is null ? 0 : 1, bus.StrayReplies);
    }

    [Fact]
    public void A_write_keeps_the_pauses_of_its_bus_and_is_confirmed_within_the_time_that_is_foretold()
    {
        var pause = TimeSpan.FromMilliseconds(300);
        using var line = new RtuRig(a => [Act.Late(Slaves.TurnAround, Reply(a))], RtuRig.Line with { PauseBetween = pause }, Device);
        Verdict.True(line.One(), 1, 100);
        var start = line.Now;
        Assert.Equal(FieldWriteOutcome.Done, Write(line, Safe(7)).Outcome);
        var its = FieldTimes.Of(Plant.Site(RtuRig.Line with { PauseBetween = pause }, Device))[0];
        Assert.InRange(line.Now - start, pause, its.Write);

        var bus = Plant.Bus with { PauseAfterConnect = pause, PauseBetween = pause / 2, CloseAfterRead = true };
        using var tcp = new Rig(
            a => [Act.Say(a.Function == 6 ? Frames.Frame(a.Transaction, a.Unit, a.Frame[7..]) : Frames.Honest(a))], bus, 0, Device);
        Verdict.True(tcp.One(), 1, 100);
        its = FieldTimes.Of(Plant.Site(bus, Device))[0];
        foreach (var (least, most) in new[] { (pause, its.Connect + its.Write), (pause / 2, its.Write) })
        {
            // The scan has closed the connection; the write leaves it open.
            start = tcp.Now;
            Assert.Equal(FieldWriteOutcome.Done, tcp.Bus.Write(Safe(7), CancellationToken.None).Outcome);
            Assert.InRange(tcp.Now - start, least, most);
        }
    }
}
