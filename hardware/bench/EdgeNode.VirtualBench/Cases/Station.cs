using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>A reading as `edgenode spool export` gives it.</summary>
/// <param name="Time">Its stamp.</param>
/// <param name="Value">In the point's unit; null when it is bad.</param>
/// <param name="Quality">good, or what is wrong.</param>
internal readonly record struct Reading(DateTimeOffset Time, double? Value, string Quality)
{
    public bool IsGood => Quality == "good";

    public bool IsBad => Quality.StartsWith("bad", StringComparison.Ordinal);

    public override string ToString() => $"{Value?.ToString("R", CultureInfo.InvariantCulture) ?? "no value"} {Quality} at {Time:HH:mm:ss.fff}";
}

/// <summary>
/// The gateway with its site file, and the bridge that carries its chips, each a process. What the gateway has measured is read where its
/// operator would read it: in its spool, while it runs.
/// </summary>
internal sealed class Station : IDisposable
{
    private const string Edgenode = "/edgenode";
    private const string Site = "/site.yaml";
    private const string Data = "/data/station";
    private const string Log = "/data/edgenode.log";

    private readonly TimeProvider _time;
    private readonly Process _bridge;
    private Process _gateway;

    public Station(TimeProvider time)
    {
        _time = time;
        _bridge = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "bridge") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Answer();
        _gateway = StartGateway();
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Waits in the machine's own time.</summary>
    public static void Wait(TimeSpan time) => Libc.WaitUntil(Libc.Now() + (long)(time.TotalMilliseconds * 1e6));

    /// <summary>Tells the bridge what is plugged in or pulled out.</summary>
    /// <returns>When that was.</returns>
    public DateTimeOffset Bridge(string what)
    {
        _bridge.StandardInput.WriteLine(what);
        _bridge.StandardInput.Flush();
        Answer();
        return Now;
    }

    /// <summary>Stops the gateway's process in its tracks for a while, all threads of it.</summary>
    public void Pause(TimeSpan time)
    {
        _ = Libc.Kill(_gateway.Id, Libc.SigStop);
        Wait(time);
        _ = Libc.Kill(_gateway.Id, Libc.SigCont);
    }

    /// <summary>Stops the gateway in order and starts it anew on the same data.</summary>
    public void Restart()
    {
        StopGateway();
        _gateway = StartGateway();
    }

    /// <summary>What the gateway measured of a point after a moment, oldest first.</summary>
    public static List<Reading> Readings(string point, DateTimeOffset after)
    {
        var from = after.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Edgenode, ["spool", "export", "--data", Data, "--format", "jsonl", "--point", point, "--from", from])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var export = Process.Start(start)!;
        var error = export.StandardError.ReadToEndAsync();
        List<Reading> readings = [];
        while (export.StandardOutput.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var value = row.RootElement.GetProperty("value");
            readings.Add(new Reading(
                row.RootElement.GetProperty("time").GetDateTimeOffset(),
                value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null,
                row.RootElement.GetProperty("quality").GetString()!));
        }

        export.WaitForExit();
        if (export.ExitCode != 0)
            throw new CaseFailure($"spool export ended with {export.ExitCode}: {error.Result.Trim()}");
        return readings;
    }

    /// <summary>The first reading of a point after a moment that is as it should be.</summary>
    /// <exception cref="CaseFailure">There was none in time.</exception>
    public Reading Await(string point, DateTimeOffset after, string what, Func<Reading, bool> wanted, double seconds = 30)
    {
        var deadline = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var readings = Readings(point, after);
            foreach (var reading in readings)
            {
                if (wanted(reading))
                    return reading;
            }

            if (Now > deadline)
                throw new CaseFailure($"{point} is not {what} within {seconds} s; last: {(readings.Count > 0 ? readings[^1] : "no reading")}");
            if (_gateway.HasExited)
                throw new CaseFailure($"the gateway ended with {_gateway.ExitCode}");
            Wait(TimeSpan.FromMilliseconds(500));
        }
    }

    /// <summary>What the gateway has said, its last lines.</summary>
    public static string Said(int lines) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public void Dispose()
    {
        StopGateway();
        if (!_bridge.HasExited)
            _bridge.StandardInput.Close();
        _bridge.WaitForExit();
        _bridge.Dispose();
    }

    private static Process StartGateway()
    {
        var gateway = Process.Start("/bin/sh", ["-c", $"exec {Edgenode} run --site {Site} --data {Data} >> {Log} 2>&1"]);

        // The first commit makes the spool, a second later; before that there is nothing to look at.
        for (var i = 0; i < 100 && !Directory.Exists(Data + "/spool") && !gateway.HasExited; i++)
            Wait(TimeSpan.FromMilliseconds(100));
        return gateway;
    }

    private void StopGateway()
    {
        _ = Libc.Kill(_gateway.Id, Libc.SigTerm);
        _gateway.WaitForExit();
        _gateway.Dispose();
    }

    private void Answer()
    {
        var answer = _bridge.StandardOutput.ReadLine();
        if (answer != "ok")
            throw new CaseFailure($"the bridge says: {answer ?? "nothing more"}");
    }
}
