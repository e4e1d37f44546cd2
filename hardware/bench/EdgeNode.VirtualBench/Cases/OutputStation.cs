using System.Diagnostics;
using System.Text.Json;
using EdgeNode.VirtualBench.Pulses;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// The gateway that drives two valves, and what hangs on its lines. Nobody is there but the gateway: no service manager that cleans up or starts it
/// anew. What it keeps lies on the disk, which outlives a reset of the machine.
/// </summary>
internal sealed class OutputStation : IDisposable
{
    private const string Edgenode = "/edgenode";
    private const string Site = "/outputs.yaml";
    private const string Data = "/disk/outputs";
    private const string Log = "/disk/outputs.log";
    private const int Pressure = 7;

    private Process? _gateway;

    public OutputStation()
    {
        SetPressure(high: false);
        GpioSim.Set(LineWatch.WronglyPulled, high: true, LineWatch.Chip);
        Lines = new LineWatch();
    }

    /// <summary>The lines from their other side.</summary>
    public LineWatch Lines { get; }

    /// <summary>The pressure switch: the cause of the trip.</summary>
    public static void SetPressure(bool high) => GpioSim.Set(Pressure, high, LineWatch.Chip);

    /// <summary>Starts the gateway on what it keeps, and waits until it answers.</summary>
    public void Start()
    {
        _gateway = Process.Start("/bin/sh", ["-c", $"exec {Edgenode} run --site {Site} --data {Data} >> {Log} 2>&1"]);
        Until("the gateway answers", () => Ask("outputs", "show", "--data", Data, "--json").Exit == 0);
    }

    /// <summary>With nothing kept of a gateway before, running, reset and both valves open.</summary>
    public void StartOpen()
    {
        Kill();
        if (Directory.Exists(Data))
            Directory.Delete(Data, recursive: true);
        SetPressure(high: false);
        Start();
        Reset();
    }

    /// <summary>A person resets; both valves open.</summary>
    public void Reset()
    {
        Until("a reset is taken", () => Ask("reset", "--all", "--data", Data, "--why", "bench").Exit == 0);
        Lines.Await(LineWatch.Valve, high: true, "the reset opens XV-911");
        Lines.Await(LineWatch.WronglyPulled, high: true, "the reset opens XV-912");
        Until("XV-911 is proved open", () => Shown("XV-911") is var xv && xv.GetProperty("proof").GetString() == "proved" && !xv.GetProperty("fault").GetBoolean());
    }

    /// <summary>Sends a signal to the gateway.</summary>
    /// <returns>When.</returns>
    public long Signal(int signal)
    {
        var at = Libc.Now();
        _ = Libc.Kill(_gateway!.Id, signal);
        return at;
    }

    /// <summary>Waits for the gateway's end.</summary>
    /// <returns>Its exit code and when it was gone.</returns>
    public (int Exit, long At) Ended()
    {
        _gateway!.WaitForExit();
        var ended = (_gateway.ExitCode, Libc.Now());
        _gateway.Dispose();
        _gateway = null;
        return ended;
    }

    /// <summary>kill -9, and its end.</summary>
    /// <returns>When.</returns>
    public long Kill()
    {
        if (_gateway is null)
            return Libc.Now();
        var at = Signal(Libc.SigKill);
        Ended();
        return at;
    }

    /// <summary>What ExecStopPost runs: `outputs safe --site`.</summary>
    public static (int Exit, string Said) Safe() => Ask("outputs", "safe", "--site", Site, "--data", Data);

    /// <summary>`edgenode restart`: keeps what it is granted, until it ends by itself.</summary>
    public static Process Restart() =>
        Process.Start(new ProcessStartInfo(Edgenode, ["restart", "--why", "bench", "--data", Data, "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Waits for the end of `edgenode restart`.</summary>
    /// <returns>Its exit code, and how it ended for XV-911.</returns>
    public static (int Exit, string End) EndOf(Process verb)
    {
        var error = verb.StandardError.ReadToEndAsync();
        var said = verb.StandardOutput.ReadToEnd();
        verb.WaitForExit();
        if (said.Length == 0)
            throw new CaseFailure($"restart ended with {verb.ExitCode}: {error.Result.Trim()}");
        using var json = JsonDocument.Parse(said);
        var valve = json.RootElement.GetProperty("outputs").EnumerateArray().First(o => o.GetProperty("id").GetString() == "XV-911");
        return (verb.ExitCode, valve.TryGetProperty("end", out var end) ? end.GetString()! : "not held");
    }

    /// <summary>What `doctor` says.</summary>
    public static (int Exit, string Said) Doctor() => Ask("doctor", "--site", Site, "--data", Data, "--json");

    /// <summary>An output as `outputs show --json` has it.</summary>
    public static JsonElement Shown(string id)
    {
        var (exit, said) = Ask("outputs", "show", "--data", Data, "--json");
        if (exit != 0)
            throw new CaseFailure($"outputs show ended with {exit}: {said}");
        using var json = JsonDocument.Parse(said);
        return json.RootElement.GetProperty("outputs").EnumerateArray().First(o => o.GetProperty("id").GetString() == id).Clone();
    }

    /// <summary>Waits, in the machine's time.</summary>
    /// <exception cref="CaseFailure">It did not come to it.</exception>
    public void Until(string what, Func<bool> reached, double seconds = 60)
    {
        var deadline = Libc.Now() + (long)(seconds * 1e9);
        while (!reached())
        {
            if (Libc.Now() > deadline)
                throw new CaseFailure($"not within {seconds} s: {what}");
            if (_gateway is { HasExited: true })
                throw new CaseFailure($"the gateway ended with {_gateway.ExitCode} before this: {what}");
            Station.Wait(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>What the gateway has said, its last lines.</summary>
    public static string Said(int lines) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public void Dispose()
    {
        Kill();
        Lines.Dispose();
    }

    private static (int Exit, string Said) Ask(params string[] arguments)
    {
        using var verb = Process.Start(new ProcessStartInfo(Edgenode, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = verb.StandardError.ReadToEndAsync();
        var said = verb.StandardOutput.ReadToEnd();
        verb.WaitForExit();
        return (verb.ExitCode, said.Length > 0 ? said.Trim() : error.Result.Trim());
    }
}
