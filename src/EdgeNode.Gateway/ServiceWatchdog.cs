using System.Globalization;
using System.Net.Sockets;

namespace EdgeNode.Gateway;

/// <summary>
/// Tells systemd's watchdog that the station works (WATCHDOG=1, sd_notify(3)): only when since the last time a step was done and the loop of
/// a bus has come round. A timer that beats by itself would prove nothing.
/// </summary>
/// <remarks>It has a thread of its own: a thread pool that is held up by something else must not look like a dead station.</remarks>
internal sealed class ServiceWatchdog : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly Func<(long Steps, long Turns)> _progress;
    private readonly Action _pet;
    private readonly Thread _thread;
    private (long Steps, long Turns) _told;

    /// <param name="progress">Steps, and times that the buses' loops have come round.</param>
    /// <param name="pet">Tells systemd.</param>
    /// <param name="period">systemd's WatchdogSec; four looks fit into it.</param>
    public ServiceWatchdog(Func<(long Steps, long Turns)> progress, Action pet, TimeSpan period)
    {
        (_progress, _pet) = (progress, pet);
        _thread = new Thread(() =>
        {
            do
            {
                Look();
            }
            while (!_stop.Wait(period / 4));
        })
        { IsBackground = true, Name = "watchdog" };
        _thread.Start();
    }

    /// <summary>What systemd asks for in this process's environment (WATCHDOG_USEC, and WATCHDOG_PID where it is set); null when nothing.</summary>
    public static TimeSpan? Period() => Period(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);

    /// <summary>The same of given values.</summary>
    public static TimeSpan? Period(string? microseconds, string? pid, int own) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var us) && us > 0 && us < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
        && (string.IsNullOrEmpty(pid) || pid == own.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(us)
            : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Look()
    {
        var now = _progress();
        if (now.Steps > _told.Steps && now.Turns > _told.Turns)
        {
            try
            {
                _pet();
                _told = now;
            }
            catch (SocketException)
            {
                // systemd is being started anew, or does not take it just now: the next look tells it. A crash would close valves for nothing.
            }
        }
    }
}
