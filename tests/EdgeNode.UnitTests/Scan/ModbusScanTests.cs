using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;
using EdgeNode.UnitTests.Modbus;
using EdgeNode.UnitTests.Provisioning;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Scan;

/// <summary>Who answers on a Modbus line, in virtual time.</summary>
public sealed class ModbusScanTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);
    private static readonly IReadOnlyList<DeviceProfile> Known = [.. TestFiles.Profiles.Names.Select(n => TestFiles.Profiles.Find(n)!)];
    private static readonly int[] All = [.. Enumerable.Range(1, 247)];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(1, 1, 1, 1, 0, 0, TimeSpan.Zero));

    /// <summary>The reply to a register report with the MAG 6000's bytes (SFIDK.PS.023, appendix C).</summary>
    private static readonly byte[] Mag6000 =
        [0x2A, 0xFF, 24, .. "083H0222"u8, 0, 1, 0xFF, 0, .. "Siemens\0\0\0\0\0"u8, .. "MAG 6000\0T\0\0\0\0\0\0\0\0"u8, 2, 1, .. "MODBUS RTU\0"u8, 0xFF, 1, 2];

    [Fact]
    public void On_a_serial_line_every_kind_of_device_is_found_and_those_that_say_who_they_are_are_recognised()
    {
        using var line = Serial(a => a.Unit switch
        {
            3 => a.Function == 43 ? Say(a, Identity("schneider electric", "A9MEM3155", "1.2")) : Refuse(a, 2),
            17 => a.Function == 17 ? Say(a, [17, (byte)Mag6000.Length, .. Mag6000]) : Refuse(a, 1),
            40 => a.Function == 3 ? Say(a, [3, 2, .. a.Register == 210 ? (byte[])[0x41, 0x17] : [0, 7]]) : Refuse(a, 1),
            200 => a.Function == 4 ? Say(a, [4, 2, 1, 2]) : [], // knows one function, and is silent to all others
            247 => a.Function == 3 ? Say(a, [3, 2, 0x41, 0x50]) : Refuse(a, 1),
            _ => [],
        });

        var report = line.Scan.Run(All, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal((true, null), (report.Complete, report.Fault));
        Assert.Empty(report.Unclear);
        Assert.Equal(
            [
                (3, "schneider-iem3000", "device identification"), (17, "siemens-mag6000", "server identification"),
                (40, "advantech-adam-4117", "register 210 (function 3) = 0x4117"), (200, "", ""), (247, "", ""),
            ],
            report.Found.Select(u => (u.Address, string.Join(',', u.Profiles), u.By)));
        Assert.Equal([(3, "bad:illegal-address"), (3, "bad:illegal-function"), (3, "good"), (4, "good"), (3, "good")], report.Found.Select(u => (u.Function, u.Answer.ToString())));
        Assert.Equal("083H0222 Siemens MAG 6000 MODBUS RTU", report.Found[1].ServerId);
        Assert.Equal(["schneider electric", "A9MEM3155", ""], ((int[])[0, 1, 9]).Select(report.Found[0].Object));
    }

    [Fact]
    public void Nothing_is_written_and_no_unit_is_asked_while_it_may_still_owe_a_reply()
    {
        using var line = Serial(a => a.Unit % 50 == 0 ? Say(a, Rtu.Reply(a.Unit, a.Function, a.Register, 1)[1..^2]) : []);
        line.Scan.Run(All, _ => { }, TestContext.Current.CancellationToken);

        Assert.All(line.Link.Requests, r => Assert.Contains(r.Ask.Function, (int[])[3, 4, 17, 43]));
        Assert.All(line.Link.Requests.Where(r => r.Ask.Function is 3 or 4), r => Assert.Equal(1, r.Ask.Count));
        foreach (var unit in line.Link.Requests.GroupBy(r => r.Ask.Unit).Where(g => g.Key % 50 != 0))
            Assert.All(unit.Zip(unit.Skip(1)), p => Assert.True(p.Second.At - p.First.At >= Timeout * 2, $"unit {unit.Key}"));
    }

    [Fact]
    public void A_unit_that_is_slower_than_the_deadline_is_found_by_its_late_reply()
    {
        using var line = Serial(a => a.Unit == 9 && a.Function == 3 ? [Act.Late(Timeout * 2, Rtu.Honest(a))] : []);
        var report = line.Scan.Run([8, 9, 10, 11], _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(9, Assert.Single(report.Found).Address);
        Assert.True(report.Strays > 0);
    }

    [Fact]
    public void Two_units_with_one_address_are_unclear_and_not_a_device()
    {
        using var line = Serial(a => a.Unit == 5 ? Say(Rtu.Spoilt(Rtu.Honest(a))) : []);
        var report = line.Scan.Run([4, 5, 6], _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal([5], report.Unclear);
        Assert.Empty(report.Found);
    }

    [Fact]
    public void A_port_that_another_program_has_is_said_so_and_nobody_is_asked()
    {
        using var line = Serial(_ => []);
        line.Link.IsUnplugged = true;
        var report = line.Scan.Run(All, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal((false, "No such file or directory"), (report.Complete, report.Fault));
        Assert.Empty(line.Link.Requests);
    }

    [Fact]
    public void A_line_that_is_lost_on_the_way_gives_what_was_found_and_the_fault()
    {
        using var line = Serial(a => a.Unit == 2 && a.Function == 3 ? Say(Rtu.Honest(a)) : a.Unit == 4 ? [new Act([], TimeSpan.Zero, Closes: true)] : []);
        var report = line.Scan.Run(All, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.Single(report.Found).Address);
        Assert.False(report.Complete);
        Assert.NotNull(report.Fault);
        Assert.DoesNotContain(line.Link.Requests, r => r.Ask.Unit > 5);
    }

    [Fact]
    public void A_cancelled_scan_ends_with_what_was_found_and_each_step_was_told()
    {
        using var stop = new CancellationTokenSource();
        using var line = Serial(a => a.Unit == 2 && a.Function == 3 ? Say(Rtu.Honest(a)) : []);
        var steps = new List<ModbusScanStep>();
        var report = line.Scan.Run(
            All,
            step =>
            {
                steps.Add(step);
                if (step.Address == 6)
                    stop.Cancel();
            },
            stop.Token);

        Assert.Equal((false, null), (report.Complete, report.Fault));
        Assert.Equal(2, Assert.Single(report.Found).Address);
        Assert.Equal([1, 3, 4, 5, 6, 7], steps.Select(s => s.Done)); // the second question of unit 2 is settled too
        Assert.Equal([2], steps.Where(s => s.Found is not null).Select(s => s.Address));
        Assert.All(steps, s => Assert.Equal(2 * 247, s.All));
    }

    [Fact]
    public void Over_TCP_a_gateway_that_answers_for_missing_units_is_no_device()
    {
        using var rig = Tcp(a => Reply(a, a.Unit == 4 ? a.Frame[7] == 43 ? Identity("Schneider Electric", "iEM3155", "9") : Frames.ReadPdu(a.Function, [0, 1]) : [(byte)(a.Frame[7] | 0x80), 0x0B]));
        var report = rig.Scan.Run([1, 2, 3, 4, 255], _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(4, Assert.Single(report.Found).Address);
        Assert.Equal(["schneider-iem3000"], report.Found[0].Profiles);
        Assert.True(report.Complete);
    }

    [Fact]
    public void Over_TCP_a_peer_that_hangs_up_for_missing_units_costs_no_growing_pauses()
    {
        using var rig = Tcp(a => a.Unit == 30 ? Reply(a, Frames.ReadPdu(a.Function, [0, 1])) : [Act.Fin]);
        var before = _clock.GetUtcNow();
        var report = rig.Scan.Run([.. Enumerable.Range(1, 40)], _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(30, Assert.Single(report.Found).Address);
        Assert.True(report.Complete);
        Assert.True(_clock.GetUtcNow() - before < TimeSpan.FromSeconds(2 * 40), "each address costs less than a second");
    }

    private static IEnumerable<Act> Reply(Ask ask, byte[] pdu) => [Act.Say(Frames.Frame(ask.Transaction, ask.Unit, pdu))];

    private static IEnumerable<Act> Say(byte[] frame) => [Act.Late(Slaves.TurnAround, frame)];

    private static IEnumerable<Act> Say(RtuAsk ask, byte[] pdu) => Say(Rtu.Frame(ask.Unit, pdu));

    private static IEnumerable<Act> Refuse(RtuAsk ask, int code) => Say(Rtu.Exception(ask, code));

    private static byte[] Identity(params string[] texts) =>
    [
        43, 14, 2, 0x82, 0, 0, (byte)texts.Length,
        .. texts.SelectMany((t, i) => (byte[])[(byte)i, (byte)t.Length, .. Encoding.Latin1.GetBytes(t)]),
    ];

    private SerialRig Serial(RtuScript script)
    {
        var link = new MemoryLine(_clock, 9600, script);
        return new SerialRig(link, new ModbusScan(RtuRig.Line, link, Timeout, Known, _clock));
    }

    private TcpRig Tcp(Script script)
    {
        var link = new MemoryLink(_clock, script);
        return new TcpRig(new ModbusScan(Plant.Bus, link, Timeout, Known, _clock));
    }

    private sealed record SerialRig(MemoryLine Link, ModbusScan Scan) : IDisposable
    {
        public void Dispose() => Scan.Dispose();
    }

    private sealed record TcpRig(ModbusScan Scan) : IDisposable
    {
        public void Dispose() => Scan.Dispose();
    }
}
