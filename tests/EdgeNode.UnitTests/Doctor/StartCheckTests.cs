using EdgeNode.Core.Model;
using EdgeNode.Gateway;
using EdgeNode.UnitTests.Modbus;
using EdgeNode.UnitTests.Uplink;
using static EdgeNode.UnitTests.Outputs.OutputSite;

namespace EdgeNode.UnitTests.Doctor;

/// <summary>What the service tells at its start of backstops that are not there.</summary>
public sealed class StartCheckTests : IDisposable
{
    private const int Missing = 4045;
    private const int Unseen = 4046;

    private readonly FakeBoard _board = new();
    private readonly LogBook _log = new();
    private readonly AlarmBoard _alarms = new();

    public void Dispose() => _board.Dispose();

    [Fact]
    public void A_Pi_that_keeps_its_lines_is_an_error_in_the_log_and_an_alarm()
    {
        _board.Persists("Y");
        Look(Valve with { Backstops = [Backstop.ReleasedLine] });
        Assert.Equal(
            "Backstop released-line of XV-101 is not there: this kernel keeps a released line at its last level (pinctrl_bcm2835.persist_gpio_outputs=Y). When the software dies the output may stay as it is. "
                + "Remedy: write dtparam=strict_gpiod into /boot/firmware/config.txt and reboot, or take released-line out of 'backstop'.",
            Assert.Single(_log.Lines, l => l.Id == Missing).Text);
        Assert.Equal((NodeAlarm.BackstopMissing, true, "XV-101: this kernel keeps a released line at its last level (pinctrl_bcm2835.persist_gpio_outputs=Y)."), Assert.Single(_alarms.Told));
    }

    [Fact]
    public void Several_are_one_alarm_that_says_how_many()
    {
        _board.Persists("Y");
        Look(Valve with { Backstops = [Backstop.ReleasedLine] }, Valve with { Id = "XV-102", Backstops = [Backstop.ReleasedLine, Backstop.WatchdogRelay] });
        Assert.Equal(3, _log.Count(Missing));
        Assert.EndsWith("; and 2 more, which `edgenode doctor` names.", Assert.Single(_alarms.Told).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_there_raises_nothing_and_clears_what_stood()
    {
        _board.Persists("N");
        Look(Valve with { Backstops = [Backstop.ReleasedLine] });
        Assert.Empty(_log.Lines);
        Assert.Equal((NodeAlarm.BackstopMissing, false, ""), Assert.Single(_alarms.Told));
    }

    [Fact]
    public void What_cannot_be_known_is_a_warning_and_no_alarm()
    {
        _board.Label = "INT3450:00";
        Look(Valve with { Backstops = [Backstop.ReleasedLine] });
        Assert.Equal(1, _log.Count(Unseen));
        Assert.False(_alarms.IsActive(NodeAlarm.BackstopMissing));
    }

    private void Look(params OutputOptions[] outputs) => StartCheck.Look(Of(outputs), _board.Board, _alarms, _log);
}
