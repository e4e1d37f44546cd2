using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Outputs;

/// <summary>The last resort: an output that does not go to its safe state loses its supply by the watchdog relay, where it has one.</summary>
public class SupplyTests
{
    private static readonly OutputOptions Relayed = Valve with { Backstops = [Backstop.WatchdogRelay] };
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private bool _tripped;

    [Fact]
    public void There_is_no_supply_before_it_is_known_that_the_output_took_its_safe_state()
    {
        var outputs = Make(Relayed);
        outputs.Advance(At(0));
        Assert.False(outputs.MaySupply);
        Heard(outputs, 1, done: false);
        Assert.False(outputs.MaySupply);
        Heard(outputs, 2);
        Assert.True(outputs.MaySupply);
    }

    [Fact]
    public void A_safe_state_that_is_not_taken_cuts_the_supply_after_5_s_until_it_is()
    {
        var outputs = Tripped(Relayed, at: 10);
        Heard(outputs, 10, done: false);
        outputs.Advance(At(14.9));
        Assert.True(outputs.MaySupply);
        Assert.Equal(OutputFaults.NotDriven, outputs.Status(0).Faults);
        Assert.Equal(TimeSpan.FromSeconds(15), outputs.Deadline);
        outputs.Advance(At(15));
        Assert.False(outputs.MaySupply);
        Assert.Equal(
            (OutputFaults.NotDriven | OutputFaults.CutOff, "it cannot be driven: no; it is not safe after 5 s, so the heartbeat stands still and the watchdog relay cuts the outputs' supply"),
            (outputs.Status(0).Faults, outputs.Status(0).Detail));
        Heard(outputs, 16, done: false);
        Assert.False(outputs.MaySupply);
        Heard(outputs, 17);
        Assert.True(outputs.MaySupply);
        Assert.Equal(OutputFaults.None, outputs.Status(0).Faults);
    }

    [Fact]
    public void A_write_of_which_nothing_is_heard_is_not_taken_either()
    {
        var outputs = Tripped(Relayed, at: 10);
        outputs.Advance(At(15));
        Assert.False(outputs.MaySupply);
    }

    [Fact]
    public void A_device_that_falls_silent_after_it_took_the_safe_state_costs_nobody_the_supply()
    {
        var outputs = Tripped(Relayed, at: 10);
        Heard(outputs, 11);
        Heard(outputs, 12, done: false);
        outputs.Advance(At(100));
        Assert.Equal((true, OutputFaults.NotDriven), (outputs.MaySupply, outputs.Status(0).Faults));
    }

    [Fact]
    public void What_is_read_back_denies_what_was_taken()
    {
        var outputs = Tripped(Relayed, at: 10);
        Heard(outputs, 11);
        outputs.Advance(At(20));
        outputs.Take(new OutputReport(0, false, true, true, "", TimeSpan.FromSeconds(20)));
        outputs.Advance(At(20));
        outputs.Advance(At(24.9));
        Assert.True(outputs.MaySupply);
        outputs.Advance(At(25));
        Assert.False(outputs.MaySupply);
    }

    [Theory]
    [InlineData(true, false)] // a welded relay
    [InlineData(null, true)] // nobody can tell: that is its fault, and no reason to stop the others
    [InlineData(false, true)]
    public void A_contact_that_shows_the_relay_closed_denies_it_as_well(bool? contact, bool maySupply)
    {
        var outputs = Tripped(Relayed with { ReadBack = Contact }, at: 10);
        Heard(outputs, 10);
        Observe(outputs, 10, Contact, contact);
        outputs.Advance(At(15.9));
        Assert.True(outputs.MaySupply);
        outputs.Advance(At(16)); // 1 s for the contact, 5 s for the supply
        Assert.Equal(maySupply, outputs.MaySupply);
    }

    [Fact]
    public void Limit_switches_cut_nothing_since_a_valve_that_is_stuck_gets_free_by_no_relay()
    {
        var outputs = Tripped(Relayed with { Proof = Switches }, at: 10);
        Heard(outputs, 10);
        Observe(outputs, 10, Open, true);
        Observe(outputs, 10, Closed, false);
        outputs.Advance(At(100));
        Assert.Equal((true, OutputFaults.Proof), (outputs.MaySupply, outputs.Status(0).Faults));
    }

    [Fact]
    public void What_has_another_backstop_or_needs_energy_to_be_safe_asks_for_no_relay()
    {
        OutputOptions[] others = [Valve with { Backstops = [Backstop.ReleasedLine] }, Relayed with { SafeEnergised = true, NormalEnergised = false }];
        foreach (var output in others)
        {
            var outputs = Make(output);
            outputs.Advance(At(0));
            Assert.True(outputs.MaySupply);
            Heard(outputs, 1, done: false);
            outputs.Advance(At(100));
            Assert.Equal((true, OutputFaults.NotDriven), (outputs.MaySupply, outputs.Status(0).Faults));
        }
    }

    [Fact]
    public void A_reset_that_takes_it_out_of_its_safe_state_gives_the_supply_back()
    {
        var outputs = Tripped(Relayed, at: 10);
        outputs.Advance(At(15));
        Assert.False(outputs.MaySupply);
        _tripped = false;
        outputs.Advance(At(16));
        Assert.Equal((true, false), (outputs.MaySupply, outputs.Status(0).Safe));
    }

    [Fact]
    public void One_of_two_is_enough_to_cut_it_for_both()
    {
        var other = Relayed with { Id = "XV-102", Points = new OutputPoints(-1, -1) };
        var outputs = new SiteOutputs(Of(Relayed, other), _ => false, TimeSpan.Zero, [], []);
        outputs.Advance(At(0));
        outputs.Take(new OutputReport(0, false, true, false, "", TimeSpan.Zero));
        outputs.Advance(At(0));
        Assert.False(outputs.MaySupply);
        outputs.Take(new OutputReport(1, false, true, false, "", TimeSpan.Zero));
        outputs.Advance(At(0));
        Assert.True(outputs.MaySupply);
    }

    [Fact]
    public void The_heartbeat_stands_still_for_an_output_of_another_bus_that_refuses_its_safe_state()
    {
        var coil = new OutputOptions("PM-101", new RegisterOutput(1, 0, 5, 12, 1, 0, null), "run", "stopped", true, false) { Backstops = [Backstop.WatchdogRelay], Points = new OutputPoints(-1, -1) };
        var site = Of(coil);
        site = site with
        {
            Buses = [.. site.Buses, new ModbusTcpBusOptions("net", "127.0.0.1", 502, default, default, false)],
            Heartbeat = new HeartbeatOptions(new LineOutput(0, new LineOptions(21, null, false, LinePull.Down, TimeSpan.Zero)), TimeSpan.FromMilliseconds(500)),
        };
        var (port, beat) = (new FakePort(_time), new FakePort(_time));
        var drive = new OutputDrive(site, new DrivenPorts([port], [], beat), _time, () => { }, _log);
        var queue = new RecorderQueue();
        var clock = new FakeStationClock(_time);
        var commands = new CommandMailbox(() => { });
        var loop = new StationLoop(site, new SampleMailbox(() => { }), queue, new NodeAlarmBoard(queue, clock, _log), clock, _log, null, commands, null, drive);
        void Run(double seconds)
        {
            for (var t = 0.0; t < seconds; t += 0.25)
            {
                _time.Advance(TimeSpan.FromSeconds(0.25));
                loop.RunDue();
                foreach (var writer in drive.Writers)
                {
                    writer.RunDue(CancellationToken.None);
                }
            }
        }

        port.Fault = "exception 4";
        Run(3);
        Assert.Empty(beat.Drives); // the run before may have left it running
        port.Fault = "";
        Run(10);
        Assert.InRange(beat.Drives.Count, 10, 21);

        commands.Post(new OutputAsk(0, false, "mei"));
        Run(1);
        Assert.True(port.Drives[^1].Energised);
        port.Fault = "exception 4";
        commands.Post(new OutputAsk(0, true, "mei"));
        Run(4);
        var beats = beat.Drives.Count;
        Run(2);
        var stood = beat.Drives.Count;
        Assert.InRange(stood - beats, 1, 4);
        Run(30);
        Assert.Equal(stood, beat.Drives.Count);
        port.Fault = "";
        Run(10);
        Assert.True(beat.Drives.Count > stood);
    }

    private SiteOutputs Make(OutputOptions output) => new(Of(output), _ => _tripped, TimeSpan.Zero, [], []);

    /// <summary>In its normal state, driven so, and tripped at a moment.</summary>
    private SiteOutputs Tripped(OutputOptions output, double at)
    {
        var outputs = Make(output);
        outputs.Advance(At(0));
        Heard(outputs, 0);
        outputs.Restore(0, new OutputKept(false, "", true));
        outputs.Advance(At(1));
        Heard(outputs, 1);
        Assert.Equal((true, false), (outputs.MaySupply, outputs.Status(0).Safe));
        _tripped = true;
        outputs.Advance(At(at));
        Assert.Equal((true, true), (outputs.MaySupply, outputs.Status(0).Safe));
        return outputs;
    }

    private static void Heard(SiteOutputs outputs, double at, bool done = true)
    {
        var energised = outputs.Status(0).Energised;
        outputs.Take(new OutputReport(0, energised, done, done ? energised : null, done ? "" : "no", TimeSpan.FromSeconds(at)));
        outputs.Advance(At(at));
    }

    private static void Observe(SiteOutputs outputs, double at, int point, bool? closed)
    {
        outputs.Observe(new Reading(point, closed == true ? 1 : 0, closed is null ? Quality.Bad(Reason.LinkDown) : Quality.Good, At(at).Wall), TimeSpan.FromSeconds(at));
        outputs.Advance(At(at));
    }
}
