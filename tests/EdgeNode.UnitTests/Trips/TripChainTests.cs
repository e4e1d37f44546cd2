using System.Collections.Immutable;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Trips;

/// <summary>
/// Each part of the time between the process and the final element, by its name. Points: 0 PT-1 (Modbus, answers in 1 s, stale after 3 s), 1 S-1 (a contact), 2 FQ-1 (pulses),
/// 3 P-1 (a chip that measures for 200 ms, another input of it for 50 ms), 4 PT-2 (Modbus on the same bus, answers in 3 s, stale after 20 s), 5 the value of the group of PT-1 and PT-2.
/// </summary>
public class TripChainTests
{
    private static readonly LineOptions Line = new(1, null, false, LinePull.AsIs, Second * 0.02);
    private static readonly AlarmOptions High = Alarm(point: 0) with { Id = "A" };

    /// <summary>What the buses make of the five devices; of the Modbus bus nothing takes what another one takes.</summary>
    private static readonly ImmutableArray<DeviceTimes> Times =
    [
        new DeviceTimes { Others = 1, Held = Second * 3.2, Connect = Second * 0.3, Requests = 1, Scan = Second * 1.1, Ahead = Second * 3.05, Write = Second * 1.05 },
        default, default,
        new DeviceTimes { Others = 1, Held = Second * 0.05, Requests = 1, Scan = Second * 0.2 },
        new DeviceTimes { Others = 1, Held = Second * 1.2, Connect = Second * 0.3, Requests = 2, Scan = Second * 6.1, Ahead = Second * 3.05, Write = Second * 3.01 },
    ];

    [Fact]
    public void A_contact_is_debounced_a_chip_measures_and_a_meter_of_pulses_is_read()
    {
        Assert.Equal(["S-1 is read every 0.1", "debounce of S-1 0.02"], Seen(Point(1)));
        Assert.Equal(["P-1 is read every 1", "the other input of its chip goes first 0.05", "P-1 measures 0.2"], Seen(Point(3)));
        Assert.Equal(["FQ-1 is read every 1"], Seen(Point(2))); // it comes with a pulse
    }

    [Fact]
    public void A_low_flow_is_seen_when_the_meter_says_that_no_pulse_comes() =>
        Assert.Equal(["FQ-1 is read every 1", "FQ-1 shows 0 after 30", "on-delay of A 1"], Seen(Of(0), High with { Kind = AlarmKind.Low, Point = 2 }));

    [Fact]
    public void A_rate_a_jump_and_a_dead_neighbour_on_the_bus_take_their_time() => Assert.Equal(
        ["PT-1 is read every 1", "the scan before takes longer than that 0.4", "the other device of rs485 goes first, and may die 3.2", "rs485 connects 0.3", "PT-1 answers at the latest 1.1", "a jump is believed with the next sample 1", "the stretch over which A takes its rate 10", "off-delay of A 7", "it lasts for after 5"],
        Seen(new CauseAfter(Second * 5, new CauseNot(Of(0))), High with { Kind = AlarmKind.Rate, RateOver = Second * 10, OffDelay = Second * 7 }));

    [Theory]
    [InlineData(AlarmKind.Stale, null, "PT-1 counts as lost 3")]
    [InlineData(AlarmKind.Bad, null, "PT-1 counts as lost 3")]
    [InlineData(AlarmKind.Active, GroupFault.Degraded, "PT-2 counts as lost 20")]
    [InlineData(AlarmKind.Active, GroupFault.AllBad, "PT-2 counts as lost 20")]
    [InlineData(AlarmKind.Active, GroupFault.RepairOverdue, "PT-2 counts as lost 20")]
    public void What_an_alarm_says_of_a_sensor_comes_when_the_slowest_of_them_counts_as_lost(AlarmKind kind, GroupFault? fault, string lost)
    {
        var alarm = High with { Kind = kind, Fault = fault, Group = fault is null ? null : 0, Point = fault is null ? 0 : 5 };
        Assert.Equal([lost, "on-delay of A 1"], Seen(Of(0), alarm));
        Assert.Null(TripChain.Blind(Make([alarm]), Times, TripBench.Trip(Of(0)))); // it always says something
    }

    [Fact]
    public void A_group_that_trips_with_nobody_left_may_do_so_only_when_the_slowest_member_is_lost()
    {
        var alarm = High with { Group = 0, Point = 5 };
        var site = Make([alarm]);
        Assert.Equal(["PT-2 is read every 2", "the scan before takes longer than that 4.4", "the other device of rs485 goes first, and may die 1.2", "rs485 connects 0.3", "PT-2 answers 2 requests at the latest 6.1", "on-delay of A 1"], Parts(site, Of(0))[..6]);
        site = site with { Groups = [site.Groups[0] with { AllBad = AllBad.Trip }] };
        Assert.Equal(["PT-2 counts as lost 20", "on-delay of A 1"], Parts(site, Of(0))[..2]);
        Assert.Null(TripChain.Blind(site, Times, TripBench.Trip(Of(0))));
    }

    [Fact]
    public void An_alarm_of_what_a_group_shows_is_as_slow_as_its_members() =>
        Assert.Equal("PT-2 is read every 2", Seen(Of(0), High with { Point = 5, OnDelay = TimeSpan.Zero })[0]);

    [Fact]
    public void A_broken_loop_is_declared_by_a_sample_that_all_that_delays_it_may_make_late()
    {
        var site = Make([]);
        site = site with { Points = site.Points.SetItem(0, site.Points[0] with { Checks = new PointChecks { Loop = new CurrentLoopOptions(1, 0, Second * 4) } }) };

        // PT-1 answers in 1.1 s, 0.4 s beyond its period with the connection, which takes 0.3 s, and its neighbour costs 3.2 s: 4 s and 5 s are 9 periods, one more to the first sample and one to the last, which may be 5 s late.
        var blind = TripChain.Blind(site, Times, TripBench.Trip(Point(0)));
        Assert.Equal("PT-1 counts as lost 16", Said(blind!)[0]);
    }

    [Fact]
    public void A_cause_is_blind_when_the_slowest_of_its_names_is()
    {
        var blind = TripChain.Blind(Make([High]), Times, TripBench.Trip(new CauseAll([Point(0), Point(4), Of(0)])));
        Assert.Equal(["PT-2 counts as lost 20", "the cause is unknown for trip-after 10"], Said(blind!)[..2]);
    }

    [Fact]
    public void The_slowest_of_the_outputs_counts_with_the_write_the_hold_and_the_travel()
    {
        var site = Make([]);
        site = site with
        {
            Outputs =
            [
                Output("XV-1", new LineOutput(0, Line)) with { HoldThroughRestart = Second * 2, Proof = new ProofOptions(1, 1, Second * 40) },
                Output("XV-2", new RegisterOutput(2, 0, 5, 12, 1, 0, Second * 10)) with { Proof = new ProofOptions(1, 1, Second * 5) },
                Output("XV-3", new RegisterOutput(2, 4, 5, 12, 1, 0, Second * 12)),
            ],
        };
        Assert.Equal(["the node itself (assumed) 0.1", "XV-1 holds its level through a planned restart 2", "XV-1 moves to closed 40"], Parts(site, Point(1), 0, 1)[2..]);
        Assert.Equal(
            ["the request that is out on rs485 3.05", "rs485 connects for the write 0.3", "another output of rs485 goes safe before it 3.01", "the write to PT-1, answered at the latest 1.05", "XV-2 moves to closed 5"], Parts(site, Point(1), 1)[3..]);
        Assert.Equal(["the watchdog of PT-1 acts 10", "XV-2 moves to closed 5"], Said(TripChain.Dead(site, TripBench.Trip(Point(1), effect: [0, 1, 2]))!));
        Assert.Null(TripChain.Dead(site, TripBench.Trip(Point(1), effect: [0])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // after 0.25 s once more: a request of a scan before each of the four, 12.2 s, the three others, 7.07 s, and its own, 1.05 s
    public void Outputs_of_one_bus_go_safe_one_after_the_other_and_on_a_serial_line_once_more(bool serial)
    {
        var site = Make([]);
        RegisterOutput On(int device, int coil) => new(2, device, 5, coil, 1, 0, null);
        site = site with
        {
            Buses = serial ? site.Buses.SetItem(2, new ModbusRtuOverTcpBusOptions("rs485", "192.0.2.1", 502, 9600, TimeSpan.Zero, TimeSpan.Zero, false)) : site.Buses,
            Outputs = [Output("XV-1", On(0, 1)), Output("XV-2", On(4, 2)), Output("XV-3", On(4, 3)), Output("XV-4", On(0, 4)), Output("XV-5", new LineOutput(0, Line))],
        };

        // Two writes to PT-2 of 3.01 s, one to its own device of 1.05 s.
        string[] once = ["the request that is out on rs485 3.05", "rs485 connects for the write 0.3", "3 other outputs of rs485 go safe before it 7.07", "the write to PT-1, answered at the latest 1.05"];
        Assert.Equal(serial ? [.. once, "a late reply spoils it, and all is written again 20.57"] : once, Parts(site, Point(1), 0)[3..]);
    }

    [Fact]
    public void Many_others_are_told_by_their_number()
    {
        var site = Make([]);
        Assert.Equal(
            ["PT-1 is read every 1", "4 other devices of rs485 go first, and may die at once 3.2"],
            Said(TripChain.Seen(site, Times.SetItem(0, Times[0] with { Others = 4, Scan = Second * 0.7 }), TripBench.Trip(Point(0))))[..2]);
        Assert.Equal("2 other inputs of its chip go first 0.05", Said(TripChain.Seen(site, Times.SetItem(3, Times[3] with { Others = 2 }), TripBench.Trip(Point(3))))[1]);
    }

    [Fact]
    public void A_trip_is_read_from_the_devices_of_all_names_of_its_cause_and_of_all_members_of_a_group()
    {
        var site = Make([High with { Point = 5, Group = 0 }, High with { ReferencePoint = 3 }]);
        int[] From(Cause cause) => [.. TripChain.Sources(site, TripBench.Trip(cause)).Order()];
        Assert.Equal([1], From(Point(1)));
        Assert.Equal([0, 4], From(Of(0)));
        Assert.Equal([0, 3], From(Of(1)));
        Assert.Equal([0, 2, 3, 4], From(new CauseAny([new CauseNot(Of(1)), new CauseAfter(Second, new CauseAll([Of(0), Point(2)]))])));
    }

    [Fact]
    public void What_is_not_there_is_refused_by_its_name()
    {
        Assert.Throws<ArgumentNullException>("trip", () => TripChain.Limit(null!));
        Assert.Throws<ArgumentNullException>("trip", () => TripChain.Blind(Make([]), Times, null!));
        Assert.Throws<ArgumentNullException>("trip", () => TripChain.Sources(Make([]), null!));
        Assert.Throws<ArgumentNullException>("site", () => TripChain.Sources(null!, TripBench.Trip(Point(0))));
        Assert.Throws<ArgumentNullException>("trip", () => TripChain.Dead(Make([]), null!));
    }

    private static CauseOf Point(int point) => new(new AlarmCause(false, point));

    private static CauseOf Of(int alarm) => new(new AlarmCause(true, alarm));

    /// <summary>The parts of the cause.</summary>
    private static string[] Seen(Cause cause, params AlarmOptions[] alarms) => Parts(Make(alarms), cause)[..^1];

    private static string[] Parts(Site site, Cause cause, params int[] effect) => Said(TripChain.Seen(site, Times, TripBench.Trip(cause, effect: effect)));

    private static string[] Said(TripChain chain) => [.. chain.Parts.Select(p => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{p.What} {p.Time.TotalSeconds}"))];

    private static OutputOptions Output(string id, OutputPlace place) => new(id, place, "open", "closed", true, false);

    private static Site Make(AlarmOptions[] alarms)
    {
        var spike = CoreLaws.TestSite.Point("PT-1", 0) with { Checks = new PointChecks { Spike = alarms.Any(a => a.Kind == AlarmKind.Rate) ? 1 : null } };
        return CoreLaws.TestSite.Of(
            [
                spike, CoreLaws.TestSite.Point("S-1", 1), CoreLaws.TestSite.Point("FQ-1", 2), CoreLaws.TestSite.Point("P-1", 3), CoreLaws.TestSite.Point("PT-2", 4, stale: 20),
                CoreLaws.TestSite.Point("P.value", PointOptions.Computed),
            ],
            alarms,
            [
                Device("PT-1", 2, 1), new SwitchOptions("S-1", 0, Second * 0.1, Line, 1), new PulseMeterOptions("FQ-1", 0, Second, Line with { Debounce = TimeSpan.Zero }, 2, 2, Second * 30, 0),
                new ChipOptions("P-1", 1, Second, "nau7802", 0x2A, [3], new ChipSettings()), Device("PT-2", 2, 2) with { Address = 2, Timeout = Second * 3 },
            ],
            [
                new GpioBusOptions("gpio0", "/dev/gpiochip0"), new I2cBusOptions("i2c1", 1),
                new ModbusTcpBusOptions("rs485", "192.0.2.1", 502, TimeSpan.Zero, TimeSpan.Zero, false),
            ]) with
        {
            Outputs = [Output("XV-0", new LineOutput(0, Line))],
            Groups = [new GroupOptions("P", [0, 4], EdgeNode.Core.Validate.UnitTable.Get("bar"), new VoteRule(VoteKind.Count, 1, 2), [new VoteRule(VoteKind.Count, 1, 1)]) { Points = new GroupPoints(5, -1, -1) }],
        };
    }
}
