using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The published native executable as a process of its own.</summary>
public sealed partial class GatewayProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    private GatewayProcess(Process process) => _process = process;

    /// <summary>The executable; the test target of the build sets the variable.</summary>
    public static string Binary
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("EDGENODE_BINARY");
            return path is not null && File.Exists(path)
                ? path
                : throw new InvalidOperationException("EDGENODE_BINARY does not name the native executable. Run these tests through ./build.sh test, or publish first (./build.sh publish) and set it.");
        }
    }

    /// <summary>All lines on standard error so far.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    public static GatewayProcess Run(string site, string data)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Binary, ["run", "--site", site, "--data", data]) { RedirectStandardError = true, RedirectStandardOutput = true },
        };
        var gateway = new GatewayProcess(process);
        process.ErrorDataReceived += (_, e) => gateway.Keep(e.Data);
        process.OutputDataReceived += (_, e) => gateway.Keep(e.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return gateway;
    }

    /// <summary>Runs a verb that ends by itself.</summary>
    public static Task<(int Code, string Out, string Error)> VerbAsync(params string[] arguments) => EndAsync(Binary, arguments);

    /// <summary>Runs any program to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> EndAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within two minutes.");
        }
    }

    /// <summary>Stops it in order.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            Signal(SigTerm);
        }

        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Signal(int signal) => kill(_process.Id, signal);

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
