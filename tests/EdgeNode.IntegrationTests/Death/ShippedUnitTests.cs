using Xunit;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>The unit that is shipped, under a real systemd.</summary>
public class ShippedUnitTests
{
    private const string Site = """
        node: { id: en-0042, site: pudong-pump-03 }
        buses:
          board: { sysfs: /sys }
        devices:
          - { id: CAB-1, bus: board, profile: cabinet, every: 1s }
        """;

    [Fact]
    public async Task It_says_when_it_runs_comes_back_after_a_kill_and_stops_in_order()
    {
        if (SystemdMachine.Missing is { } missing)
        {
            Assert.Skip("NOT SHOWN HERE: the unit under a real systemd: " + missing);
        }

        await using var machine = await SystemdMachine.BootAsync(Site);
        await machine.StartAsync();
        Assert.Equal("active", await machine.ShowAsync("ActiveState"));
        await machine.SignalAsync("SIGKILL");
        await machine.WaitAsync(async () => await machine.RestartsAsync() > 0 && await machine.ShowAsync("ActiveState") == "active", "it runs again");
        await machine.StopAsync();
        Assert.Equal("success", await machine.ShowAsync("Result"));
        Assert.Equal("0", await machine.ShowAsync("ExecMainStatus"));
    }
}
