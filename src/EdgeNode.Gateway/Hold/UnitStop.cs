using System.ComponentModel;
using System.Diagnostics;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// Whether a person has stopped the service in the middle of a planned restart. Between two runs systemd only takes back the start that it had planned, and runs nothing that could tell the keeper. So
/// the keeper asks: a unit that is <c>dead</c> or <c>failed</c> twice in a row will not be started by anybody, and the hold is over.
/// </summary>
/// <param name="look">The unit's SubState; null when it cannot be told.</param>
/// <param name="time">The clock.</param>
internal sealed class UnitStop(Func<CancellationToken, Task<string?>> look, TimeProvider time)
{
    /// <summary>Between two looks. An assumption: systemd passes through <c>dead</c> for an instant on its way to the next start, and never for as long.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The unit that this process runs in, by its control group; empty outside of a service.</summary>
    public static string OwnUnit()
    {
        try
        {
            return File.ReadLines("/proc/self/cgroup").Select(l => l[(l.LastIndexOf('/') + 1)..]).FirstOrDefault(n => n.EndsWith(".service", StringComparison.Ordinal)) ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Of a unit of this machine, by <c>systemctl show</c>.</summary>
    public static UnitStop Of(string unit) => new(stop => SubStateAsync(unit, stop), TimeProvider.System);

    /// <summary>Whether the unit is one of the systemd that is asked, and runs: one of another machine's, or of a user's own systemd, looks dead from here, and says nothing.</summary>
    public async Task<bool> RunsAsync(CancellationToken stop) => await look(stop).ConfigureAwait(false) is { Length: > 0 } state && !IsStopped(state);

    /// <summary>Ends with true when the unit was stopped; with false when it cannot be told, or at the end.</summary>
    public async Task<bool> WaitAsync(CancellationToken stop)
    {
        var looks = 0;
        try
        {
            while (looks < 2)
            {
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
                if (await look(stop).ConfigureAwait(false) is not { } state)
                {
                    return false;
                }

                looks = IsStopped(state) ? looks + 1 : 0;
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsStopped(string state) => state is "dead" or "failed";

    private static async Task<string?> SubStateAsync(string unit, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            using var show = Process.Start(new ProcessStartInfo("systemctl", ["show", "--property=SubState", "--value", "--", unit]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (show is null)
            {
                return null;
            }

            try
            {
                var said = await show.StandardOutput.ReadToEndAsync(patience.Token).ConfigureAwait(false);
                await show.WaitForExitAsync(patience.Token).ConfigureAwait(false);
                return show.ExitCode == 0 ? said.Trim() : null;
            }
            catch (OperationCanceledException)
            {
                show.Kill();
                throw;
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return ""; // a busy system manager: asked again
        }
    }
}
