using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using EdgeNode.Simulation.Modbus;
using EdgeNode.Simulation.Modbus.Serial;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>The simulated serial line: its times to the character, its faults, and what the bus makes of them.</summary>
public class SimulatedLineTests
{
    private static readonly TimeSpan Character = TimeSpan.FromTicks(11 * TimeSpan.TicksPerSecond / 9600);

    private static readonly SerialLineOptions Slow = new(9600, SimulatedRig.TurnAround);

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    /// <summary>Everything that arrives, with its time.</summary>
    private static List<(TimeSpan At, byte Byte)> Listen(RtuLine line)
    {
        var heard = new List<(TimeSpan, byte)>();
        var one = new byte[1];
        while (line.NextDue is { } due)
        {
            while (line.Take(due, one) > 0)
                heard.Add((due, one[0]));
        }

        return heard;
    }

    [Fact]
    public void Each_character_takes_11_bits_in_both_directions()
    {
        var line = new RtuLine([SimulatedRig.Unit(1)], Slow);
        line.Send(Ms(100), Rtu.Request(1, 3, 100, 2));
        var heard = Listen(line);
        Assert.Equal(Rtu.Reply(1, 3, 100, 2), heard.Select(h => h.Byte));
        var begin = Ms(100) + (8 * Character) + SimulatedRig.TurnAround;
        Assert.Equal(Enumerable.Range(1, 9).Select(i => begin + (i * Character)), heard.Select(h => h.At));
        Assert.Equal(17 * Character, line.Busy);
        Assert.Equal((1L, 0L), (line.RequestsOf(1), line.Crowded));
    }

    [Fact]
    public void Nothing_is_answered_before_a_silence_of_three_and_a_half_characters()
    {
        var line = new RtuLine([SimulatedRig.Unit(1)], Slow with { TurnAround = TimeSpan.Zero });
        line.Send(TimeSpan.Zero, Rtu.Request(1, 3, 100, 1));
        Assert.Equal((8 * Character) + (Character * 7 / 2) + Character, Listen(line)[0].At);
    }

    [Fact]
    public void A_request_in_two_parts_is_one_request_unless_the_pause_ends_it()
    {
        var request = Rtu.Request(1, 3, 100, 1);
        foreach (var (pause, answers) in new[] { (3.0, 1), (5.0, 0) })
        {
            var line = new RtuLine([SimulatedRig.Unit(1)], Slow);
            line.Send(TimeSpan.Zero, request.AsSpan(0, 4));
            line.Send((4 * Character) + Ms(pause), request.AsSpan(4));
            Assert.Equal(answers * 7, Listen(line).Count);
            Assert.Equal(answers, line.RequestsOf(1));
        }
    }

    [Fact]
    public void A_request_without_a_silence_before_it_is_not_understood()
    {
        var line = new RtuLine([SimulatedRig.Unit(1), SimulatedRig.Unit(2)], Slow);
        line.Send(TimeSpan.Zero, Rtu.Request(1, 3, 100, 1));
        var last = (15 * Character) + SimulatedRig.TurnAround;
        line.Send(last + Ms(2), Rtu.Request(2, 3, 100, 1));
        Assert.Equal(7, Listen(line).Count);
        Assert.Equal((0L, 1L), (line.RequestsOf(2), line.Crowded));
    }

    [Fact]
    public void Two_that_talk_at_once_spoil_each_other()
    {
        var line = new RtuLine([SimulatedRig.Unit(1), SimulatedRig.Unit(2)], Slow);
        line.Send(TimeSpan.Zero, Rtu.Request(1, 3, 100, 1));
        line.Send((8 * Character) + SimulatedRig.TurnAround, Rtu.Request(2, 3, 100, 1));
        var reply = Rtu.Reply(1, 3, 100, 1);
        Assert.All(Listen(line).Zip(reply), pair => Assert.NotEqual(pair.Second, pair.First.Byte));
        Assert.Equal(0, line.RequestsOf(2));
    }

    [Fact]
    public void A_broadcast_is_done_by_all_and_answered_by_none()
    {
        var line = new RtuLine([SimulatedRig.Unit(1), SimulatedRig.Unit(2)], Slow);
        line.Send(TimeSpan.Zero, Rtu.Frame(0, 6, 0, 7, 0x12, 0x34));
        Assert.Empty(Listen(line));
        foreach (byte unit in new byte[] { 1, 2 })
            Assert.Equal(0x1234, line.Unit(unit).Bank.Word(RegisterTable.Holding, 7));
    }

    [Fact]
    public void An_adapter_that_hears_itself_hears_its_request_first()
    {
        var line = new RtuLine([SimulatedRig.Unit(1)], Slow with { Echo = true });
        var request = Rtu.Request(1, 3, 100, 1);
        line.Send(TimeSpan.Zero, request);
        Assert.Equal([.. request, .. Rtu.Reply(1, 3, 100, 1)], Listen(line).Select(h => h.Byte));
    }

    // Under another's name: just after the port was opened anybody may owe an older reply, so it is taken for a late one.
    public static TheoryData<string, Reason?> Faults => new()
    {
        { "silent", Reason.Timeout }, { "delay", Reason.Timeout }, { "exception", Reason.DeviceFailure }, { "wrong unit", Reason.Timeout },
        { "garbage", null }, { "half", Reason.WrongReply }, { "check sum", Reason.WrongReply }, { "split", Reason.None }, { "noise", Reason.None },
    };

    /// <param name="reason">What the reading has; null where it depends on the noise.</param>
    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_does_what_it_says_to_its_own_unit(string name, Reason? reason)
    {
        using var rig = new SimulatedRig(9600, Plant.Simple(1) with { Timeout = Ms(200) }, Plant.Simple(2) with { Timeout = Ms(200) });
        Verdict.True(rig.One(0), 1, 100);
        rig.Line.Unit(1).Fault = name switch
        {
            "silent" => FieldFault.Silent,
            "delay" => FieldFault.Delay(Ms(400)),
            "exception" => FieldFault.Exception(4),
            "wrong unit" => FieldFault.WrongUnit(3),
            "garbage" => FieldFault.Garbage,
            "half" => FieldFault.Reset,
            "check sum" => FieldFault.CheckSum,
            "split" => FieldFault.Split(Ms(30)),
            _ => FieldFault.Noise,
        };
        for (var round = 0; round < 20; round++)
        {
            var sample = rig.One(0);
            if (sample.Quality.IsGood)
                Verdict.True(sample, 1, 100);
            if (round == 0 && reason is { } expected)
                Assert.Equal(expected, sample.Quality.Reason);
            if (round == 0 && reason is null)
                Assert.True(sample.Quality.IsBad);
            Verdict.True(rig.One(1), 2, 200);
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        rig.Line.Unit(1).Fault = null;
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        Verdict.True(rig.One(1), 2, 200);
        Verdict.True(rig.One(0), 1, 100);
        Assert.Equal(0, rig.Line.Crowded);
    }

    [Fact]
    public void On_a_noisy_line_readings_are_lost_and_none_is_wrong()
    {
        using var rig = new SimulatedRig(9600, [.. Enumerable.Range(1, 4).Select(u => Plant.Simple(u) with { Timeout = Ms(200) })]);
        rig.Line.ErrorRate = 0.01;
        var good = 0;
        for (var round = 0; round < 500; round++)
        {
            for (var unit = 1; unit <= 4; unit++)
            {
                var sample = rig.One(unit - 1);
                if (sample.Quality.IsBad)
                    continue;
                good++;
                Verdict.True(sample, unit, unit * 100);
            }

            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(good, 1000, 1990);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Line.ErrorRate = 1.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(248)]
    public void A_unit_that_a_serial_line_cannot_have_is_refused(int address) =>
        Assert.Throws<ArgumentException>(() => new RtuLine([SimulatedRig.Unit(address)], Slow));
}

/// <summary>The same line on a pty, in real time.</summary>
[Collection(RealClock.Name)]
public sealed class SerialServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgenode-line-").FullName;

    private string Port => Path.Combine(_folder, "port0");

    private RtuSerialServer Serve(params int[] units) =>
        RtuSerialServer.Start(units.Select(SimulatedRig.Unit), new SerialLineOptions(115200, SimulatedRig.TurnAround), Port, TimeProvider.System);

    private ModbusBus Bus(params ModbusDeviceOptions[] devices) =>
        ModbusBus.Create(Plant.Site(RtuRig.Line with { Port = Port, Baud = 115200 }, devices), 0, TimeProvider.System, new LogBook());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bus_reads_it_and_keeps_the_silences()
    {
        using var server = Serve(1, 2);
        using var bus = Bus(Plant.Simple(1), Plant.Simple(2));
        for (var round = 0; round < 20; round++)
        {
            Verdict.True(Assert.Single(PtySlave.Scan(bus, 0)), 1, 100);
            Verdict.True(Assert.Single(PtySlave.Scan(bus, 1)), 2, 200);
        }

        Assert.Equal((20L, 20L, 0L), (server.RequestsOf(1), server.RequestsOf(2), server.Crowded));
        Assert.True(server.Busy > TimeSpan.Zero);
    }

    [Fact]
    public void A_port_that_is_pulled_out_and_put_back_is_found_under_its_name()
    {
        using var server = Serve(1);
        using var bus = Bus(Plant.Simple(1));
        for (var time = 0; time < 3; time++)
        {
            Verdict.True(Until(bus, good: true), 1, 100);
            server.Unplug();
            server.Unplug();
            Assert.False(server.IsPlugged || File.Exists(Port));
            Verdict.Bad(Until(bus, good: false), Reason.LinkDown);
            server.Plug();
            server.Plug();
            Assert.True(server.IsPlugged);
        }
    }

    [Fact]
    public void A_program_that_died_with_the_port_open_keeps_nobody_out()
    {
        using var server = Serve(1);
        using (var killed = new FileStream(Port, FileMode.Open, FileAccess.ReadWrite))
            Assert.Equal(0, Libc.IoCtl((int)killed.SafeFileHandle.DangerousGetHandle(), Libc.SetExclusive, 0)); // and closed without taking it back
        using var bus = Bus(Plant.Simple(1));
        Verdict.True(Until(bus, good: true), 1, 100);
    }

    [Fact]
    public void A_path_of_something_else_is_refused_and_one_that_was_left_behind_is_not()
    {
        File.WriteAllText(Port, "mine");
        Assert.Contains("another path", Assert.Throws<IOException>(() => Serve(1)).Message, StringComparison.Ordinal);
        File.Delete(Port);
        Assert.Contains("cannot be made", Assert.Throws<IOException>(() => RtuSerialServer.Start([], new SerialLineOptions(9600, TimeSpan.Zero), Port + "/x", TimeProvider.System)).Message, StringComparison.Ordinal);
        File.CreateSymbolicLink(Port, "/dev/pts/99999");
        using var server = Serve(1);
        using var bus = Bus(Plant.Simple(1));
        Verdict.True(Until(bus, good: true), 1, 100);
    }

    private static RawSample Until(ModbusBus bus, bool good)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            var sample = Assert.Single(PtySlave.Scan(bus));
            if (sample.Quality.IsGood == good || DateTime.UtcNow > deadline)
                return sample;
            Thread.Sleep(20);
        }
    }
}
