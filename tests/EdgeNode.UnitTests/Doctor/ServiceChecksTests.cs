using EdgeNode.Hardware.Doctor;

namespace EdgeNode.UnitTests.Doctor;

/// <summary>What <c>doctor</c> says of the unit, by what systemctl show prints (systemd 252).</summary>
public sealed class ServiceChecksTests : IDisposable
{
    private const string Shipped = """
        Restart=always
        WatchdogUSec=10s
        ExecStopPost={ path=/usr/bin/edgenode ; argv[]=/usr/bin/edgenode outputs safe --site /etc/edgenode/site.yaml --data /var/lib/edgenode ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
        WatchdogSignal=9
        LoadState=loaded
        ActiveState=active
        StartLimitIntervalUSec=0
        """;

    private readonly FakeBoard _board = new();

    public ServiceChecksTests() => _board.Write("dev/watchdog", "");

    public void Dispose() => _board.Dispose();

    [Fact]
    public void The_shipped_unit_under_a_systemd_that_feeds_the_watchdog_is_right()
    {
        var findings = Look(Shipped);
        Assert.All(findings, f => Assert.Equal((Verdict.Right, ""), (f.Verdict, f.Remedy)));
        Assert.Equal(["unit", "ExecStopPost", "Restart", "StartLimitIntervalSec", "WatchdogSec", "WatchdogSignal", "RuntimeWatchdogSec"], findings.Select(f => f.Check));
    }

    [Theory]
    [InlineData("ActiveState=active", "ActiveState=failed", "unit", "it is failed")]
    [InlineData(" outputs safe ", " outputs show ", "ExecStopPost", "nothing drives the outputs safe after a kill -9 or out of memory")]
    [InlineData(" --site ", " --why ", "ExecStopPost", "nothing drives the outputs safe after a kill -9 or out of memory")]
    [InlineData("Restart=always", "Restart=on-failure", "Restart", "Restart=on-failure: there are ends after which nobody starts it")]
    [InlineData("StartLimitIntervalUSec=0", "StartLimitIntervalUSec=10s", "StartLimitIntervalSec", "after some failures in a row systemd leaves it dead")]
    [InlineData("WatchdogUSec=10s", "WatchdogUSec=0", "WatchdogSec", "a gateway that stands still keeps its outputs as they are, and nobody notices")]
    [InlineData("WatchdogUSec=10s", "WatchdogUSec=infinity", "WatchdogSec", "a gateway that stands still keeps its outputs as they are, and nobody notices")]
    [InlineData("WatchdogSignal=9", "WatchdogSignal=6", "WatchdogSignal", "the watchdog's signal is 6: a process that was stopped, or that dumps its memory, keeps its lines driven meanwhile")]
    public void Each_line_that_is_not_as_shipped_is_wrong_by_itself(string was, string becomes, string check, string says)
    {
        Assert.Contains(was, Shipped, StringComparison.Ordinal);
        var wrong = Assert.Single(Look(Shipped.Replace(was, becomes, StringComparison.Ordinal)), f => f.Verdict != Verdict.Right);
        Assert.Equal((check, Verdict.Wrong, says), (wrong.Check, wrong.Verdict, wrong.Says));
        Assert.NotEmpty(wrong.Remedy);
    }

    [Theory]
    [InlineData("RuntimeWatchdogUSec=15s", Verdict.Right)]
    [InlineData("RuntimeWatchdogUSec=0", Verdict.Wrong)]
    [InlineData("RuntimeWatchdogUSec=infinity", Verdict.Wrong)]
    [InlineData("", Verdict.Unknown)]
    [InlineData(null, Verdict.Unknown)]
    public void Who_feeds_the_boards_watchdog_is_told(string? manager, Verdict verdict) => Assert.Equal(verdict, Look(Shipped, manager)[^1].Verdict);

    [Fact]
    public void A_board_without_a_watchdog_is_not_wrong()
    {
        using var bare = new FakeBoard();
        var last = ServiceChecks.Of("edgenode.service", Shipped, "RuntimeWatchdogUSec=0", bare.Board).Last();
        Assert.Equal((Verdict.Unknown, "this board shows no watchdog: nothing here resets it when its kernel hangs"), (last.Verdict, last.Says));
    }

    [Fact]
    public void No_systemd_is_not_known_and_no_unit_is_wrong()
    {
        Assert.Equal(Verdict.Unknown, Assert.Single(Look(null)).Verdict);
        Assert.Equal(Verdict.Unknown, Assert.Single(Look("\n")).Verdict);
        var none = Assert.Single(Look("LoadState=not-found\nActiveState=inactive\n"));
        Assert.Equal((Verdict.Wrong, "systemd has no such unit (not-found): nobody starts the gateway after a death, and nobody cleans up after it"), (none.Verdict, none.Says));
    }

    private List<Finding> Look(string? shown, string? manager = "RuntimeWatchdogUSec=15s") => [.. ServiceChecks.Of("edgenode.service", shown, manager, _board.Board)];
}
