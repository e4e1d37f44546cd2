using System.Globalization;

namespace EdgeNode.Hardware.Doctor;

/// <summary>
/// The gateway as systemd has it, by what <c>systemctl show</c> prints (systemctl(1); names as in org.freedesktop.systemd1(5)): what happens when the
/// process dies, stands still, or the kernel does.
/// </summary>
public static class ServiceChecks
{
    /// <summary>What is asked of the unit.</summary>
    public const string UnitProperties = "LoadState,ActiveState,ExecStopPost,Restart,WatchdogUSec,WatchdogSignal,StartLimitIntervalUSec";

    /// <summary>What is asked of systemd itself.</summary>
    public const string ManagerProperties = "RuntimeWatchdogUSec";

    private const string Shipped = "as provisioning/systemd/edgenode.service has it, then systemctl daemon-reload and restart";

    /// <summary>The findings.</summary>
    /// <param name="unit">The unit's name, such as edgenode.service.</param>
    /// <param name="shown">What systemctl show printed of the unit; null when it could not be asked.</param>
    /// <param name="manager">The same of systemd itself.</param>
    /// <param name="board">The board.</param>
    public static IEnumerable<Finding> Of(string unit, string? shown, string? manager, Board board)
    {
        ArgumentNullException.ThrowIfNull(board);
        if (shown is null || Properties(shown) is not { Count: > 0 } has)
        {
            yield return new Finding("unit", unit, Verdict.Unknown, "systemctl does not answer, so how the gateway is started and ended was not looked at", "run it where systemd starts the gateway");
            yield break;
        }

        if (Value(has, "LoadState") is not "loaded")
        {
            yield return new Finding("unit", unit, Verdict.Wrong, $"systemd has no such unit ({Value(has, "LoadState")}): nobody starts the gateway after a death, and nobody cleans up after it", "install provisioning/systemd/edgenode.service");
            yield break;
        }

        yield return Value(has, "ActiveState") is "active"
            ? new Finding("unit", unit, Verdict.Right, "it is active")
            : new Finding("unit", unit, Verdict.Wrong, $"it is {Value(has, "ActiveState")}", $"systemctl start {unit}; journalctl -u {unit} says why it is not");
        var post = Value(has, "ExecStopPost");
        yield return post.Contains(" outputs safe ", StringComparison.Ordinal) && post.Contains(" --site ", StringComparison.Ordinal)
            ? new Finding("ExecStopPost", unit, Verdict.Right, "outputs safe runs after every end of the process, kill -9 included")
            : new Finding("ExecStopPost", unit, Verdict.Wrong, "nothing drives the outputs safe after a kill -9 or out of memory", $"ExecStopPost=/usr/bin/edgenode outputs safe --site FILE --data DIR, {Shipped}");
        yield return Value(has, "Restart") is "always"
            ? new Finding("Restart", unit, Verdict.Right, "it is started anew after every end")
            : new Finding("Restart", unit, Verdict.Wrong, $"Restart={Value(has, "Restart")}: there are ends after which nobody starts it", $"Restart=always, {Shipped}");
        yield return IsOff(Value(has, "StartLimitIntervalUSec"))
            ? new Finding("StartLimitIntervalSec", unit, Verdict.Right, "it is started anew however often it fails")
            : new Finding("StartLimitIntervalSec", unit, Verdict.Wrong, "after some failures in a row systemd leaves it dead", $"StartLimitIntervalSec=0 in [Unit], {Shipped}");
        yield return IsOff(Value(has, "WatchdogUSec"))
            ? new Finding("WatchdogSec", unit, Verdict.Wrong, "a gateway that stands still keeps its outputs as they are, and nobody notices", $"WatchdogSec=10, {Shipped}")
            : new Finding("WatchdogSec", unit, Verdict.Right, $"a gateway that stands still is ended after {Value(has, "WatchdogUSec")}");
        yield return Value(has, "WatchdogSignal") is "9" or "SIGKILL"
            ? new Finding("WatchdogSignal", unit, Verdict.Right, "by SIGKILL, which a stopped process cannot put off")
            : new Finding("WatchdogSignal", unit, Verdict.Wrong, $"the watchdog's signal is {Value(has, "WatchdogSignal")}: a process that was stopped, or that dumps its memory, keeps its lines driven meanwhile", $"WatchdogSignal=SIGKILL, {Shipped}");
        yield return Hardware(manager, board);
    }

    /// <summary>systemd-system.conf(5): RuntimeWatchdogSec. On a BCM2835 the watchdog reaches 15 s at most (drivers/watchdog/bcm2835_wdt.c).</summary>
    private static Finding Hardware(string? manager, Board board)
    {
        const string place = "/dev/watchdog";
        if (!board.Has("dev/watchdog"))
            return new Finding("RuntimeWatchdogSec", place, Verdict.Unknown, "this board shows no watchdog: nothing here resets it when its kernel hangs", "a backstop that needs no kernel: watchdog-relay or hard-wired");
        if (manager is null || !Properties(manager).TryGetValue("RuntimeWatchdogUSec", out var time))
            return new Finding("RuntimeWatchdogSec", place, Verdict.Unknown, "systemctl does not say whether systemd feeds the board's watchdog", "systemctl show -p RuntimeWatchdogUSec");
        return IsOff(time)
            ? new Finding("RuntimeWatchdogSec", place, Verdict.Wrong, "systemd does not use the board's watchdog: a kernel that hangs keeps every line driven", "RuntimeWatchdogSec=14 under [Manager] in /etc/systemd/system.conf, then systemctl daemon-reexec")
            : new Finding("RuntimeWatchdogSec", place, Verdict.Right, $"the board is reset when its kernel hangs for {time}");
    }

    private static bool IsOff(string time) => time is "" or "0" or "infinity" || (ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is 0 or ulong.MaxValue);

    private static string Value(Dictionary<string, string> has, string name) => has.GetValueOrDefault(name, "");

    private static Dictionary<string, string> Properties(string text)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
                all[line[..at]] = line[(at + 1)..].Trim();
        }

        return all;
    }
}
