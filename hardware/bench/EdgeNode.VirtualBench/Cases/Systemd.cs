using System.Diagnostics;
using System.Globalization;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// Debian's systemd as the first process of a process namespace, beside the cases: what a script that talks to systemd finds on a board. The machine's own first process is
/// init, so that the other cases have nobody who cleans up.
/// </summary>
internal sealed class Systemd : IDisposable
{
    private const string Log = "/tmp/systemd.log";

    private readonly Process _namespace;
    private readonly int _first;

    public Systemd()
    {
        // `container` is how systemd knows that it does not own the machine (systemd.io/CONTAINER_INTERFACE).
        _namespace = Process.Start("/bin/sh", ["-c", $"exec unshare -m -p -f --mount-proc env -i container=bench PATH=$PATH /lib/systemd/systemd --unit=basic.target --log-target=console --log-level=err --show-status=no > {Log} 2>&1"]);
        var deadline = Libc.Now() + 60_000_000_000;
        while ((_first = Child(_namespace.Id)) == 0 || Run("systemctl", "list-units") != 0)
        {
            if (_namespace.HasExited || Libc.Now() > deadline)
                throw new CaseFailure($"systemd does not answer: {(File.Exists(Log) ? File.ReadAllText(Log) : "")}");
            Station.Wait(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Starts a program beside systemd, as from a shell of root's; what it says goes into a file.</summary>
    public Process Start(string log, params string[] command) =>
        Process.Start("/bin/sh", ["-c", "log=$1; shift; exec nsenter -t \"$0\" -m -p \"$@\" > \"$log\" 2>&1 < /dev/null", _first.ToString(CultureInfo.InvariantCulture), log, .. command]);

    /// <summary>Runs a program beside systemd to its end.</summary>
    /// <returns>Its exit code.</returns>
    public int Run(params string[] command)
    {
        using var process = Start("/tmp/command.log", command);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The process that another one has started; 0 when there is none. Entering a process namespace takes one in between.</summary>
    public static int Child(int process)
    {
        try
        {
            return int.TryParse(File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ')[0], CultureInfo.InvariantCulture, out var child) ? child : 0;
        }
        catch (IOException)
        {
            return 0; // it is gone
        }
    }

    /// <summary>The end of its first process is the end of all in the namespace.</summary>
    public void Dispose()
    {
        _ = Libc.Kill(_first, Libc.SigKill);
        _namespace.WaitForExit();
        _namespace.Dispose();
    }
}
