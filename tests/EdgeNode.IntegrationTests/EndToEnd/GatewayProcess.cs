using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The published native executable as a process of its own.</summary>
internal static class GatewayProcess
{
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

    /// <summary>Starts the service; its log is the process's output.</summary>
    public static PeerProcess Run(string site, string data, IReadOnlyDictionary<string, string>? environment = null) =>
        PeerProcess.Start(Binary, "./build.sh publish", ["run", "--site", site, "--data", data], environment);

    /// <summary>Runs a verb that ends by itself.</summary>
    /// <returns>Exit code, standard output, standard error.</returns>
    public static Task<(int Code, string Out, string Error)> VerbAsync(params string[] arguments) => EndAsync(Binary, arguments);

    /// <summary>Runs any program to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> EndAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
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
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within five minutes.");
        }
    }
}
