using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What makes a trip another one, so that the reset of the one before counts no more.</summary>
public class TripPrintTests
{
    private static readonly TripOptions Trip = TripBench.Trip(new CauseAny([new CauseOf(TripBench.High), TripBench.Contact(1)]));

    /// <summary>Each changes one thing.</summary>
    private static readonly Dictionary<string, Func<Site, Site>> Others = new(StringComparer.Ordinal)
    {
        ["mode"] = Of(t => t with { Armed = false }),
        ["reset"] = Of(t => t with { ManualReset = false }),
        ["after-crash"] = Of(t => t with { ResumeAfterCrash = true }),
        ["settle"] = Of(t => t with { Settle = TimeSpan.FromSeconds(6) }),
        ["on-bad"] = Of(t => t with { OnBad = new OnBad(OnBadKind.Hold, default) }),
        ["process safety time"] = Of(t => t with { ProcessSafetyTime = TimeSpan.FromSeconds(121) }),
        ["all for any"] = Of(t => t with { Cause = new CauseAll(((CauseAny)t.Cause).Of) }),
        ["one cause less"] = Of(t => t with { Cause = new CauseAny([new CauseOf(TripBench.High)]) }),
        ["another contact"] = Of(t => t with { Cause = new CauseAny([new CauseOf(TripBench.High), TripBench.Contact(2)]) }),
        ["not"] = Of(t => t with { Cause = new CauseNot(t.Cause) }),
        ["2 of 2"] = Of(t => t with { Cause = new CauseVote(2, ((CauseAny)t.Cause).Of) }),
        ["after"] = Of(t => t with { Cause = new CauseAfter(TimeSpan.FromSeconds(3), t.Cause) }),
        ["permissive"] = Of(t => t with { Permissive = TripBench.Contact(2) }),
        ["effect"] = Of(t => t with { Effect = [TripBench.Xv0, TripBench.Xv1] }),
        ["setpoint"] = OfAlarm(a => a with { Setpoint = 7 }),
        ["deadband"] = OfAlarm(a => a with { Deadband = 0.2 }),
        ["on-delay"] = OfAlarm(a => a with { OnDelay = TimeSpan.FromSeconds(2) }),
        ["kind"] = OfAlarm(a => a with { Kind = AlarmKind.Low }),
        ["scale"] = OfPressure(p => p with { Scale = 2 }),
        ["range"] = OfPressure(p => p with { Range = new ValueRange(0, 16) }),
        ["loop"] = OfPressure(p => p with { Checks = new PointChecks { Loop = new CurrentLoopOptions(1, 0, TimeSpan.FromSeconds(4)) } }),
        ["safe state"] = OfValve(o => o with { SafeEnergised = true, NormalEnergised = false }),
        ["chip"] = s => s with { Buses = [new GpioBusOptions("gpio0", "/dev/gpiochip1")] },
        ["line"] = OfValve(o => o with { Place = new LineOutput(0, new LineOptions(2, null, false, LinePull.AsIs, TimeSpan.Zero)) }),
    };

    public static TheoryData<string> Changes => [.. Others.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void It_is_another_trip_with_another(string change) => Assert.NotEqual(Print(Site), Print(Others[change](Site)));

    [Fact]
    public void It_is_the_same_trip_with_other_words_and_other_lines_round_it()
    {
        Assert.Equal(Print(Site), Print(Of(t => t with { Text = new LocalText("a", "b", "c"), TestAtMost = default, ProofTestDue = new DateOnly(2090, 1, 1) })(Site)));
        Assert.Equal(Print(Site), Print(OfAlarm(a => a with { Priority = AlarmPriority.High, Latch = true, ShelveAtMost = TimeSpan.FromHours(1) })(Site)));
        Assert.Equal(Print(Site), Print(OfPressure(p => p with { Report = new ReportOptions(1, TimeSpan.FromMinutes(1)) })(Site)));

        // A point more at the head: each index is another one, each name the same.
        var cause = new CauseAny([new CauseOf(TripBench.High), new CauseOf(new AlarmCause(false, 2))]);
        var moved = Site with
        {
            Points = Site.Points.Insert(0, TestSite.Point("FT-1.flow")),
            Alarms = [.. Site.Alarms.Select(a => a with { Point = a.Point + 1 })],
            Trips = [Site.Trips[0] with { Cause = cause }],
        };
        Assert.Equal(Print(Site), Print(moved));
    }

    [Fact]
    public void A_vote_and_the_values_of_those_who_vote_are_part_of_it()
    {
        var group = new GroupOptions("PT-1", [0, 1, 2], Site.Points[0].Unit, VoteRule.Count(2, 3), VoteRule.DefaultDegrade(VoteRule.Count(2, 3), 3));
        var site = OfAlarm(a => a with { Group = 0 })(Site) with { Groups = [group] };
        Assert.NotEqual(Print(Site), Print(site));
        Assert.NotEqual(Print(site), Print(site with { Groups = [group with { Vote = VoteRule.Count(1, 3) }] }));
        Assert.NotEqual(Print(site), Print(site with { Groups = [group with { Degrade = [VoteRule.Count(2, 2), VoteRule.Count(1, 1)] }] }));
        Assert.NotEqual(Print(site), Print(site with { Groups = [group with { AllBad = AllBad.Trip }] }));
        Assert.NotEqual(Print(site), Print(site with { Points = site.Points.SetItem(2, site.Points[2] with { Offset = 1 }) }));
        Assert.Equal(Print(site), Print(site with { Groups = [group with { RepairWithin = TimeSpan.FromHours(1) }] }));
    }

    [Fact]
    public void So_they_are_where_an_alarm_is_of_the_value_of_a_group()
    {
        var (value, spread, voting) = (Site.Points.Length, Site.Points.Length + 1, Site.Points.Length + 2);
        var group = new GroupOptions("PT-9", [0, 1, 2], Site.Points[0].Unit, VoteRule.Count(2, 3), VoteRule.DefaultDegrade(VoteRule.Count(2, 3), 3)) { Points = new GroupPoints(value, spread, voting) };
        var site = OfAlarm(a => a with { Point = value })(Site) with
        {
            Groups = [group],
            Points = [.. Site.Points, .. new[] { "value", "spread", "voting" }.Select(w => TestSite.Point("PT-9." + w, PointOptions.Computed))],
        };
        Assert.NotEqual(Print(site), Print(site with { Groups = [group with { Members = [0, 1] }] }));
        Assert.NotEqual(Print(site), Print(site with { Groups = [group with { Vote = VoteRule.Count(1, 3) }] }));
        Assert.NotEqual(Print(site), Print(site with { Points = site.Points.SetItem(2, site.Points[2] with { Scale = 0.1 }) }));
        Assert.Equal(Print(site), Print(site with { Groups = [group with { RepairWithin = TimeSpan.FromHours(1) }] }));
    }

    [Fact]
    public void So_is_what_a_device_says_of_itself()
    {
        var register = new RegisterOptions(-1, 3, 0x10, RegisterType.UInt16, WordOrder.ABCD, 0, 0, []);
        var device = TestSite.Device("PT-1", 0, 1) with { Status = [new StatusWord(register, 0b1, 0b10, 0, 0, [TripBench.Pressure])] };
        var site = Site with { Devices = [device] };
        Assert.NotEqual(Print(site), Print(site with { Devices = [device with { Status = [] }] }));
        Assert.NotEqual(Print(site), Print(site with { Devices = [device with { Status = [device.Status[0] with { Failure = 0, OutOfSpecification = 1 }] }] }));
        Assert.Equal(Print(site), Print(site with { Devices = [device with { Status = [device.Status[0] with { Register = register with { Register = 0x20 } }] }] }));
    }

    [Fact]
    public void A_contact_that_means_the_contrary_is_another_one()
    {
        var line = new LineOptions(4, null, false, LinePull.AsIs, TimeSpan.FromMilliseconds(50));
        var site = Site with { Devices = [new SwitchOptions("S-1", 0, TestSite.Second, line, 1)] };
        Assert.NotEqual(Print(site), Print(site with { Devices = [new SwitchOptions("S-1", 0, TestSite.Second, line with { ActiveLow = true }, 1)] }));
        Assert.Equal(Print(site), Print(site with { Devices = [new SwitchOptions("S-1", 0, TestSite.Second, line with { Number = 5 }, 1)] }));
    }

    [Fact]
    public void So_is_the_wire_to_its_output_and_not_its_name()
    {
        var (tcp, serial, server) = (Bus("192.0.2.1", 502), new ModbusRtuBusOptions("b", "/dev/ttyS1", 9600, SerialFormat.Even, default, false), new ModbusRtuOverTcpBusOptions("b", "192.0.2.1", 4001, 9600, default, default, false));
        var pump = TestSite.Device("P-1", 0, 1);
        var site = Of(tcp, pump);
        Assert.Equal(Print(site), Print(Of(Bus("192.0.2.1", 502) with { Id = "field", Pipeline = 4 }, pump with { Id = "P-2", Timeout = TimeSpan.FromSeconds(2) })));
        Assert.Equal(Print(Of(serial, pump)), Print(Of(serial with { Baud = 19200 }, pump)));
        Site[] others =
        [
            site, Of(Bus("192.0.2.2", 502), pump), Of(Bus("192.0.2.1", 503), pump), Of(tcp, pump with { Address = 2 }), Of(tcp, pump with { Simulated = true }),
            Of(serial, pump), Of(serial with { Port = "/dev/ttyS2" }, pump), Of(server, pump), Of(server with { Host = "192.0.2.2" }, pump), Of(server with { Port = 4002 }, pump),
            Of(tcp, pump, new RegisterOutput(0, 0, 6, 12, 1, 0, null)), Of(tcp, pump, new RegisterOutput(0, 0, 5, 13, 1, 0, null)),
            Of(tcp, pump, new RegisterOutput(0, 0, 5, 12, 2, 0, null)), Of(tcp, pump, new RegisterOutput(0, 0, 5, 12, 1, 2, null)),
        ];
        Assert.Equal(others.Length, others.Select(Print).Distinct(StringComparer.Ordinal).Count());

        static Site Of(BusOptions bus, DeviceOptions device, RegisterOutput? place = null) => Site with
        {
            Buses = [bus], Devices = [device], Outputs = Site.Outputs.SetItem(0, Site.Outputs[0] with { Place = place ?? new RegisterOutput(0, 0, 5, 12, 1, 0, null) }),
        };

        static ModbusTcpBusOptions Bus(string host, int port) => new("b", host, port, default, default, false);
    }

    private static Site Site { get; } = TripBench.Of([Trip]);

    private static string Print(Site site) => Convert.ToHexString(TripPrint.Of(site, site.Trips[0]));

    private static Func<Site, Site> Of(Func<TripOptions, TripOptions> change) => site => site with { Trips = [change(site.Trips[0])] };

    private static Func<Site, Site> OfAlarm(Func<AlarmOptions, AlarmOptions> change) => site => site with { Alarms = site.Alarms.SetItem(0, change(site.Alarms[0])) };

    private static Func<Site, Site> OfPressure(Func<PointOptions, PointOptions> change) =>
        site => site with { Points = site.Points.SetItem(TripBench.Pressure, change(site.Points[TripBench.Pressure])) };

    private static Func<Site, Site> OfValve(Func<OutputOptions, OutputOptions> change) => site => site with { Outputs = site.Outputs.SetItem(0, change(site.Outputs[0])) };
}
