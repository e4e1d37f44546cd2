using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>The tty link on a real tty.</summary>
[Collection(RealClock.Name)]
public class PtyTests
{
    private static TtyLink Link(string port, int baud = 9600) => new(port, baud, SerialFormat.Even, TimeProvider.System);

    [Fact, Trait("modbus-case", "42"), Trait("modbus-case", "43")]
    public void A_reply_is_read_in_any_two_parts()
    {
        var device = Plant.Device(1, Plant.Value(0, 100), Plant.Value(1, 101, function: 4));
        using var slave = new PtySlave(a =>
        {
            var frame = Rtu.Honest(a);
            var cut = a.Number % frame.Length;
            return [Act.Say(frame[..cut]), Act.Late(TimeSpan.FromMilliseconds(3), frame[cut..])];
        });
        using var bus = slave.Bus(RtuRig.Line with { Baud = 115200 }, device);
        for (var i = 0; i < 20; i++)
        {
            var samples = PtySlave.Scan(bus);
            Verdict.True(samples[0], 1, 100);
            Verdict.True(samples[1], 1, 101, 4);
        }

        Assert.Equal((40, 40L), (slave.Requests, bus.Health.Replies));
    }

    [Fact, Trait("modbus-case", "40")]
    public void A_port_that_cannot_switch_a_transceiver_says_so()
    {
        Assert.Equal(32, System.Runtime.InteropServices.Marshal.SizeOf<Libc.Rs485>());
        using var slave = new PtySlave(Slaves.Honest);
        using var link = new TtyLink(slave.Port, 9600, SerialFormat.Even, TimeProvider.System, rs485: true);
        Assert.Equal(LinkResult.Closed, link.Connect(TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Contains("TIOCSRS485", link.Fault, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "39")]
    public void A_port_that_was_pulled_out_is_opened_again_by_its_name()
    {
        using var slave = new PtySlave(Slaves.Honest);
        using var bus = slave.Bus(RtuRig.Line, Plant.Simple(1) with { Timeout = TimeSpan.FromMilliseconds(200) });
        Verdict.True(Assert.Single(PtySlave.Scan(bus)), 1, 100);
        slave.Unplug();
        Verdict.Bad(Assert.Single(PtySlave.Scan(bus)), Reason.LinkDown);
        Assert.False(bus.Health.LinkUp);
        slave.Plug();
        for (var i = 0; i < 100 && PtySlave.Scan(bus)[0].Quality.IsBad; i++)
            Thread.Sleep(50);
        Verdict.True(Assert.Single(PtySlave.Scan(bus)), 1, 100);
        Assert.True(bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "40")]
    public void A_port_is_opened_for_nobody_else()
    {
        using var slave = new PtySlave(Slaves.Silent);
        using var first = Link(slave.Port);
        using var second = Link(slave.Port);
        Assert.Equal(LinkResult.Done, first.Connect(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(LinkResult.Closed, second.Connect(TimeSpan.Zero, CancellationToken.None));
        Assert.NotEmpty(second.Fault);
        first.Close();
        Assert.Equal(LinkResult.Closed, first.Send([1]));
        Assert.True(second.Connect(TimeSpan.Zero, CancellationToken.None) == LinkResult.Done, second.Fault);
    }

    [Theory]
    [InlineData("/dev/no-such-port", "No such file")]
    [InlineData("/dev/null", "Inappropriate ioctl")]
    public void What_is_no_serial_port_is_a_fault_with_a_reason(string path, string fault)
    {
        using var link = Link(path);
        Assert.Equal(LinkResult.Closed, link.Connect(TimeSpan.Zero, CancellationToken.None));
        Assert.Contains(fault, link.Fault, StringComparison.Ordinal);
    }

    [Theory, Trait("modbus-case", "40")]
    [InlineData(SerialFormat.NoParity, 0x8B0)] // CLOCAL | CREAD | CS8
    [InlineData(SerialFormat.Even, 0x9B0)] // and PARENB
    [InlineData(SerialFormat.Odd, 0xBB0)] // and PARODD
    [InlineData(SerialFormat.TwoStopBits, 0x8F0)] // and CSTOPB
    public void Parity_and_stop_bits_are_as_termios_has_them(SerialFormat format, uint flags)
    {
        var settings = new Termios { ControlFlags = uint.MaxValue, InputFlags = uint.MaxValue, OutputFlags = uint.MaxValue, LocalFlags = uint.MaxValue };
        settings.MakeRaw(format);
        Assert.Equal((flags, 1u, 0u, 0u), (settings.ControlFlags, settings.InputFlags, settings.OutputFlags, settings.LocalFlags));
        Assert.Equal(60, System.Runtime.InteropServices.Marshal.SizeOf<Termios>());
    }

    [Fact, Trait("modbus-case", "40")]
    public void Every_rate_of_the_site_file_is_set_and_read_back()
    {
        using var slave = new PtySlave(Slaves.Silent);
        foreach (var baud in EdgeNode.Provisioning.Grammar.SiteGrammar.Baud.Values.Select(int.Parse))
        {
            using var link = Link(slave.Port, baud);
            Assert.True(link.Connect(TimeSpan.Zero, CancellationToken.None) == LinkResult.Done, $"{baud}: {link.Fault}");
        }

        Assert.Equal(0u, Termios.Rate(9601));
    }

    [Fact]
    public void A_cancelled_wait_ends_soon_and_the_link_stays_usable()
    {
        using var slave = new PtySlave(Slaves.Honest);
        using var link = Link(slave.Port);
        link.Connect(TimeSpan.Zero, CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var into = new byte[64];
        Assert.Equal(LinkResult.Cancelled, link.Receive(into, TimeSpan.FromSeconds(30), stop.Token, out _));
        Assert.Equal(LinkResult.Done, link.Send(Rtu.Request(1, 3, 100, 1)));
        Assert.Equal(LinkResult.Done, link.Receive(into, TimeSpan.FromSeconds(5), CancellationToken.None, out var count));
        Assert.True(count > 0);
    }
}
