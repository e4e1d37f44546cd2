using System.Diagnostics;
using System.Globalization;
using EdgeNode.IntegrationTests.Peers;
using Xunit;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>
/// What an output does when the gateway dies, under a real systemd with the shipped unit; and the negative control: without
/// <c>ExecStopPost</c> it stays as it was. A GPIO line cannot be shown here: that is the virtual bench's part, and a board's.
/// </summary>
public sealed class DeathTests(ITestOutputHelper output)
{
    /// <summary>Nothing but the death itself happens: no start after it, which would make the output safe by itself, and nobody who cleans up.</summary>
    private const string Bare = "[Service]\nExecStopPost=\nRestart=no\n";

    /// <summary>With the cleaning up, and no start after it.</summary>
    private const string NoRestart = "[Service]\nRestart=no\n";

    /// <summary>A container has its machine's boot id: here the gateway is given one of its own.</summary>
    private const string AnotherBoot = "[Service]\nBindReadOnlyPaths=/proc/sys/kernel/random/uuid:/proc/sys/kernel/random/boot_id\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>So long an output is looked at that is to stay as it is.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task After_kill_9_it_is_safe_by_ExecStopPost_and_without_that_it_stays()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using (var bare = await RunningAsync(field, Bare))
        {
            await bare.SignalAsync("SIGKILL");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
            Assert.True(field.IsOpen, "the coil fell although nobody was there to let it: the control shows nothing");
            Tell("kill -9", "persists", "open for ever", "nothing");
        }

        await using var machine = await RunningAsync(field, NoRestart);
        var took = await UntilClosedAsync(field, () => machine.SignalAsync("SIGKILL"));
        Tell("kill -9", "persists", Closed(took), "ExecStopPost");
        Assert.Contains("XV-101", await machine.LogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_devices_own_watchdog_makes_it_safe_when_nobody_else_is_left()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField(watchdog: TimeSpan.FromSeconds(2));
        await using var bare = await RunningAsync(field, Bare);
        var took = await UntilClosedAsync(field, () => bare.SignalAsync("SIGKILL"));
        Assert.True(field.Falls > 0, "the coil was written by somebody");
        Tell("kill -9", "reverts", Closed(took), "the device's watchdog of 2 s");
    }

    [Fact]
    public async Task A_process_that_stands_still_is_killed_by_systemds_watchdog_and_cleaned_up_after()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using var machine = await RunningAsync(field, NoRestart);
        var took = await UntilClosedAsync(field, () => machine.SignalAsync("SIGSTOP"));
        Assert.Equal("watchdog", await machine.ShowAsync("Result"));
        Tell("SIGSTOP", "persists", Closed(took), "WatchdogSec=10, SIGKILL, ExecStopPost");
    }

    [Fact]
    public async Task Out_of_memory_is_a_death_like_any_other()
    {
        SkipWhereItCannotRun();
        using var group = MemoryGroup.TryMake("/sys/fs/cgroup", string.Create(CultureInfo.InvariantCulture, $"edgenode-test-{Environment.ProcessId}"), out var missing);
        if (group is null)
        {
            Assert.Skip("NOT SHOWN HERE: out of memory: " + missing);
        }

        await using var field = new InletField();
        await using var machine = await RunningAsync(field, NoRestart);
        var id = await machine.GatewayIdAsync();
        var took = await UntilClosedAsync(field, async () =>
        {
            group.Put(id);

            // Only memory that it takes from now on counts, and a gateway at rest may take none for a minute: each question takes some.
            for (var i = 0; i < 100 && field.IsOpen; i++)
            {
                await machine.TryAsync("edgenode", "trips", "list", "--data", OpenInlet.Data);
            }
        });
        Assert.True(group.HasKilled, "it ended, and not for want of memory");
        Tell("out of memory", "persists", Closed(took), "the kernel's killer, ExecStopPost");
    }

    [Fact]
    public async Task An_orderly_stop_drives_it_safe_before_the_end()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using var bare = await RunningAsync(field, Bare);
        var took = await UntilClosedAsync(field, bare.StopAsync);
        Tell("orderly stop", "persists", Closed(took), "the gateway itself");
    }

    [Fact]
    public async Task After_an_orderly_stop_the_kept_reset_counts_and_after_a_kill_a_person_must_reset()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using var machine = await RunningAsync(field, "");
        await machine.StopAsync();
        Assert.False(field.IsOpen);
        await machine.StartAsync();
        await OpenInlet.UntilOpenAsync(field, machine);
        Tell("orderly stop, start, reset was durable", "persists", "open again after the settle time", "the kept reset");

        await UntilClosedAsync(field, () => machine.SignalAsync("SIGKILL"));
        await machine.WaitAsync(async () => await machine.RestartsAsync() > 0 && await machine.ShowAsync("ActiveState") == "active", "it runs again");
        await Task.Delay(Look, TestContext.Current.CancellationToken);
        Assert.False(field.IsOpen, "after an unclean stop the output left its safe state without a reset");
        Tell("kill -9, started again", "persists", "closed until a person resets", "no reset counts after an unclean stop");
        await OpenInlet.ResetAsync(field, machine);
    }

    [Fact]
    public async Task An_abort_as_by_an_exception_that_nobody_catches_is_cleaned_up_after()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using var machine = await RunningAsync(field, NoRestart);
        var took = await UntilClosedAsync(field, () => machine.SignalAsync("SIGABRT"));
        Tell("abort: an exception that nobody catches", "persists", Closed(took), "ExecStopPost");
    }

    [Fact]
    public async Task When_the_power_returns_a_kept_reset_counts_after_a_shutdown_in_order_and_not_after_a_cut()
    {
        SkipWhereItCannotRun();
        using var data = new TempFolder();
        await using var field = new InletField();
        await using (var first = await RunningAsync(field, "", data.Path))
        {
            await first.PowerOffAsync();
            Assert.False(field.IsOpen, "the shutdown left it open");
        }

        await using (var second = await SystemdMachine.BootAsync(field.Site, AnotherBoot, data.Path))
        {
            await second.StartAsync();
            await OpenInlet.UntilOpenAsync(field, second);
            Tell("power return after a shutdown in order, reset was durable", "both", "open again after the settle time", "the kept reset");
            await second.CutPowerAsync();
            field.LosePower();
        }

        await using var third = await SystemdMachine.BootAsync(field.Site, AnotherBoot, data.Path);
        await third.StartAsync();
        await Task.Delay(Look, TestContext.Current.CancellationToken);
        Assert.False(field.IsOpen, "after a power cut the output left its safe state without a reset");
        await OpenInlet.ResetAsync(field, third);
        Tell("power return after a cut, reset was durable", "both", "closed until a person resets", "no reset counts after an unclean stop");
    }

    [Fact]
    public async Task A_damaged_state_store_and_a_full_disk_leave_it_safe_and_the_protection_at_work()
    {
        SkipWhereItCannotRun();
        await using var field = new InletField();
        await using var machine = await RunningAsync(field, "");
        await machine.StopAsync();
        await machine.DoAsync("sh", "-c", $"for f in $(find {OpenInlet.Data}/state -type f); do head -c 4096 /dev/urandom >$f; done");
        await machine.StartAsync();
        await Task.Delay(Look, TestContext.Current.CancellationToken);
        Assert.False(field.IsOpen, "a reset was believed that nobody can read");
        await OpenInlet.ResetAsync(field, machine);
        Tell("state store damaged", "persists", "closed until a person resets", "what cannot be read is no reset");

        await machine.StopAsync();
        await machine.DoAsync("sh", "-c", $"mount -t tmpfs -o size=64k tmpfs {OpenInlet.Data} && chown edgenode:edgenode {OpenInlet.Data} && head -c 60k /dev/zero >{OpenInlet.Data}/full; true");
        await machine.StartAsync();
        await OpenInlet.ResetAsync(field, machine);
        var took = await UntilClosedAsync(field, () =>
        {
            field.Pressure = 8;
            return Task.CompletedTask;
        });
        Tell("disk full at the start", "persists", Closed(took) + " after the pressure rose", "the trip");
    }

    private static void SkipWhereItCannotRun()
    {
        if (SystemdMachine.Missing is { } missing)
        {
            Assert.Skip("NOT SHOWN HERE: the death of the gateway under a real systemd: " + missing);
        }
    }

    private static Task<SystemdMachine> RunningAsync(InletField field, string unit, string? data = null) => OpenInlet.BootAsync(field, field.Site, unit, data);

    private static async Task<TimeSpan> UntilClosedAsync(InletField field, Func<Task> what)
    {
        Assert.True(field.IsOpen);
        var began = Stopwatch.GetTimestamp();
        var doing = what();
        while (field.IsOpen)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "the valve was not closed");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var took = Stopwatch.GetElapsedTime(began);
        await doing;
        return took;
    }

    private static string Closed(TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"closed after {took.TotalMilliseconds:F0} ms");

    private void Tell(string death, string rule, string line, string who) => output.WriteLine($"| {death} | {rule} | {line} | {who} |");
}
