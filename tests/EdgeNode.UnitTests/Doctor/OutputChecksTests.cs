using EdgeNode.Core.Model;
using EdgeNode.Hardware.Doctor;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Doctor;

/// <summary>What <c>doctor</c> and the start check say of the backstops and lines of outputs, on boards of several kinds.</summary>
public sealed class OutputChecksTests : IDisposable
{
    private static readonly OutputOptions Released = Valve with { Backstops = [Backstop.ReleasedLine] };
    private readonly FakeBoard _board = new();

    public void Dispose() => _board.Dispose();

    [Theory]
    [InlineData("pinctrl-bcm2835", "pinctrl_bcm2835")]
    [InlineData("pinctrl-bcm2711", "pinctrl_bcm2835")]
    [InlineData("pinctrl-rp1", "pinctrl_rp1")]
    public void On_a_Pi_the_parameter_of_the_driver_decides(string label, string module)
    {
        _board.Label = label;
        _board.Persists("N", module);
        Assert.Equal((Verdict.Right, $"the kernel lets a released line fall to its pull ({module}.persist_gpio_outputs=N)"), Told("released-line"));
        _board.Persists("Y", module);
        Assert.Equal((Verdict.Wrong, $"this kernel keeps a released line at its last level ({module}.persist_gpio_outputs=Y)"), Told("released-line"));
    }

    [Theory]
    [InlineData("dtparam=i2c_arm=on\n#dtparam=strict_gpiod\ndtparam=strict_gpiods\n", "write dtparam=strict_gpiod into /boot/firmware/config.txt and reboot, or take released-line out of 'backstop'")]
    [InlineData("[pi4]\r\ndtparam=strict_gpiod\r\n", "dtparam=strict_gpiod stands in /boot/firmware/config.txt and has had no effect: reboot; where that changes nothing, it stands under the [section] of another board")]
    [InlineData("dtparam=i2c_arm=on,strict_gpiod\n", "dtparam=strict_gpiod stands in /boot/firmware/config.txt and has had no effect: reboot; where that changes nothing, it stands under the [section] of another board")]
    public void The_remedy_knows_whether_config_txt_has_it_already(string config, string remedy)
    {
        _board.Persists("Y").Write("boot/firmware/config.txt", config);
        Assert.Equal(remedy, Find("released-line").Remedy);
    }

    [Fact]
    public void Before_Debian_12_config_txt_is_in_boot()
    {
        _board.Persists("Y").Write("boot/config.txt", "");
        Assert.StartsWith("write dtparam=strict_gpiod into /boot/config.txt", Find("released-line").Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pinctrl-bcm2711", Verdict.Unknown, "this kernel has no parameter pinctrl_bcm2835.persist_gpio_outputs: what it does with a released line depends on its age")]
    [InlineData("gpio-sim.0-node0", Verdict.Right, "gpio-sim lets a released line fall to its pull")]
    [InlineData("INT3450:00", Verdict.Unknown, "whether the driver of this chip (INT3450:00) lets a released line fall to its pull is not known")]
    public void What_nobody_tells_is_not_known(string label, Verdict verdict, string says)
    {
        _board.Label = label;
        Assert.Equal((verdict, says), Told("released-line"));
    }

    [Theory]
    [InlineData(22, false, LinePull.Down, "", Verdict.Right, "the site file sets pull: down, and its safe level is low")]
    [InlineData(5, true, LinePull.Up, "", Verdict.Right, "the site file sets pull: up, and its safe level is high")]
    [InlineData(22, false, LinePull.AsIs, "", Verdict.Unknown, "the site file sets no pull, and its safe level is low")]
    [InlineData(22, false, LinePull.AsIs, "up", Verdict.Wrong, "the kernel says pull: up, and its safe level is low")]
    public void The_pull_must_make_the_safe_level(int line, bool activeLow, LinePull pull, string told, Verdict verdict, string says)
    {
        _board.Line(line, "edgenode", pull: told);
        Assert.Equal((verdict, says), Told("pull", At(line, activeLow, pull)));
    }

    [Theory]
    [InlineData(22, false, false)]
    [InlineData(5, true, false)]
    [InlineData(5, false, true)]
    [InlineData(22, true, true)]
    public void A_line_whose_power_up_pull_is_the_other_one_is_told(int line, bool activeLow, bool isTold)
    {
        var findings = Backstops(At(line, activeLow, activeLow ? LinePull.Up : LinePull.Down));
        Assert.Equal(isTold, findings.Exists(f => f is { Check: "power-up", Verdict: Verdict.Unknown }));
        _board.Label = "pinctrl-rp1"; // of which nothing is said
        Assert.DoesNotContain(Backstops(At(line, activeLow, activeLow ? LinePull.Up : LinePull.Down)), f => f.Check == "power-up");
    }

    [Fact]
    public void Without_a_heartbeat_a_watchdog_relay_is_no_backstop()
    {
        var site = Of(Valve with { Backstops = [Backstop.WatchdogRelay] });
        Assert.Equal(Verdict.Wrong, Assert.Single(OutputChecks.Backstops(site, _board.Board)).Verdict);
        var beating = site with { Heartbeat = new HeartbeatOptions(new LineOutput(0, new LineOptions(25, null, false, LinePull.AsIs, TimeSpan.Zero)), TimeSpan.FromMilliseconds(500)) };
        var finding = Assert.Single(OutputChecks.Backstops(beating, _board.Board));
        Assert.Equal((Verdict.Unknown, "the heartbeat goes out on line 25 each 500 ms; whether a relay hangs on it cannot be seen from here"), (finding.Verdict, finding.Says));
        Assert.Contains(OutputChecks.Lines(beating, _board.Board, null), f => f is { Place: "heartbeat", Verdict: Verdict.Right });
    }

    [Fact]
    public void An_output_without_a_backstop_is_wrong_and_what_cannot_be_seen_is_not_known()
    {
        Assert.Equal(("backstop", Verdict.Wrong), Kind(Assert.Single(Backstops(Valve))));
        Assert.Equal(("hard-wired", Verdict.Unknown), Kind(Assert.Single(Backstops(Valve with { Backstops = [Backstop.HardWired] }))));
        var register = Valve with { Place = new RegisterOutput(0, 0, 5, 0, 1, 0, TimeSpan.FromSeconds(10)), Backstops = [Backstop.DeviceWatchdog] };
        var finding = Assert.Single(Backstops(register));
        Assert.Equal(("device-watchdog", Verdict.Unknown), Kind(finding));
        Assert.Contains("after 10 s without a request", finding.Says, StringComparison.Ordinal);
        Assert.Empty(OutputChecks.Lines(Of(register), _board.Board, null));
    }

    [Theory]
    [InlineData("Permission denied", "run it with sudo, or as a user of the group gpio, as the unit's SupplementaryGroups has it")]
    [InlineData("No such file or directory", "`edgenode scan gpio` lists the chips of this board; their numbers change with kernels")]
    public void A_chip_that_cannot_be_opened_is_wrong_and_leaves_the_release_unknown(string fault, string remedy)
    {
        _board.ChipFault = fault;
        var chip = Assert.Single(OutputChecks.Lines(Of(Released), _board.Board, null));
        Assert.Equal(("chip", Verdict.Wrong, remedy), (chip.Check, chip.Verdict, chip.Remedy));
        Assert.Equal(("released-line", Verdict.Unknown), Kind(Assert.Single(Backstops(Released))));
    }

    [Theory]
    [InlineData("", false, null, Verdict.Right, "line 22 is there and free")]
    [InlineData("", false, false, Verdict.Right, "line 22 is there and free")]
    [InlineData("", false, true, Verdict.Wrong, "the gateway runs and does not hold line 22")]
    [InlineData("edgenode", true, true, Verdict.Right, "line 22 is held by edgenode")]
    [InlineData("edgenode", true, null, Verdict.Right, "line 22 is held by edgenode")]
    [InlineData("edgenode", true, false, Verdict.Wrong, "line 22 is held by an edgenode that does not answer in this data directory")]
    [InlineData("gpioset", true, true, Verdict.Wrong, "line 22 is taken by gpioset, so the gateway cannot drive it")]
    [InlineData("", true, null, Verdict.Wrong, "line 22 is taken by the kernel, so the gateway cannot drive it")]
    public void Who_holds_a_line_is_told(string consumer, bool isUsed, bool? isRunning, Verdict verdict, string says)
    {
        _board.Line(22, consumer, isUsed);
        var finding = Assert.Single(OutputChecks.Lines(Of(Released), _board.Board, isRunning), f => f.Check == "line");
        Assert.Equal((verdict, says), (finding.Verdict, finding.Says));
    }

    [Theory]
    [InlineData(28, null, "/dev/gpiochip0 has no line 28")]
    [InlineData(0, "VALVE", "/dev/gpiochip0 has no line VALVE")]
    public void A_line_that_is_not_there_is_wrong(int number, string? name, string says)
    {
        var site = Of(Released with { Place = new LineOutput(0, new LineOptions(number, name, false, LinePull.Down, TimeSpan.Zero)) });
        Assert.Equal(says, Assert.Single(OutputChecks.Lines(site, _board.Board, null), f => f.Check == "line").Says);
    }

    [Fact]
    public void A_line_is_found_by_its_name()
    {
        _board.Line(9, "gpioset");
        var site = Of(Released with { Place = new LineOutput(0, new LineOptions(0, "GPIO9", false, LinePull.Down, TimeSpan.Zero)) });
        Assert.Equal("line GPIO9 is taken by gpioset, so the gateway cannot drive it", Assert.Single(OutputChecks.Lines(site, _board.Board, null), f => f.Check == "line").Says);
    }

    private static OutputOptions At(int line, bool activeLow, LinePull pull) =>
        Released with { Place = new LineOutput(0, new LineOptions(line, null, activeLow, pull, TimeSpan.Zero)) };

    private static (string, Verdict) Kind(Finding finding) => (finding.Check, finding.Verdict);

    private List<Finding> Backstops(OutputOptions output) => [.. OutputChecks.Backstops(Of(output), _board.Board)];

    private Finding Find(string check, OutputOptions? output = null) => Assert.Single(Backstops(output ?? Released), f => f.Check == check);

    private (Verdict, string) Told(string check, OutputOptions? output = null) => Find(check, output) is var found ? (found.Verdict, found.Says) : default;
}
