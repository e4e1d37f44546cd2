using System.Text.Json;
using Xunit;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>What <c>doctor</c> says of the shipped unit under a real systemd, and of one that was changed.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Shipped = ["ExecStopPost", "Restart", "StartLimitIntervalSec", "WatchdogSec", "WatchdogSignal"];

    [Fact]
    public async Task The_shipped_unit_is_right_and_a_changed_one_is_named_line_by_line()
    {
        if (SystemdMachine.Missing is { } missing)
        {
            Assert.Skip("NOT SHOWN HERE: doctor under a real systemd: " + missing);
        }

        await using var field = new InletField();
        await using (var shipped = await SystemdMachine.BootAsync(field.Site))
        {
            Assert.Equal("wrong", (await AskAsync(shipped))["unit"]);
            await shipped.StartAsync();
            var right = await AskAsync(shipped);
            Assert.All(Shipped.Append("unit"), check => Assert.Equal((check, "right"), (check, right[check])));
        }

        await using var changed = await SystemdMachine.BootAsync(
            field.Site, "[Unit]\nStartLimitIntervalSec=10\n[Service]\nExecStopPost=\nRestart=no\nWatchdogSec=0\nWatchdogSignal=SIGABRT\n");
        var wrong = await AskAsync(changed);
        Assert.All(Shipped, check => Assert.Equal((check, "wrong"), (check, wrong[check])));
    }

    /// <summary>The verdicts on the unit, by check.</summary>
    private static async Task<Dictionary<string, string>> AskAsync(SystemdMachine machine)
    {
        var (code, said, error) = await machine.TryAsync("edgenode", "doctor", "--site", "/etc/edgenode/site.yaml", "--data", "/var/lib/edgenode", "--json");
        Assert.True(code is 0 or 1, $"doctor ended with {code}: {error}");
        using var json = JsonDocument.Parse(said);
        Assert.Equal(code == 0, json.RootElement.GetProperty("ok").GetBoolean());
        return json.RootElement.GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("place").GetString() == "edgenode.service")
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("verdict").GetString()!);
    }
}
