using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeNode.IntegrationTests.Peers;

/// <summary>Signals by their numbers on Linux.</summary>
internal enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>An external program with its output kept, killed with the test that started it.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int KeptLines = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private PeerProcess(Process process)
    {
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines of standard output and standard error, in the order in which they came.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Starts a program that must be installed.</summary>
    /// <param name="whatToInstall">What the sentence of the failing test says when it is not.</param>
    public static PeerProcess Start(string program, string whatToInstall, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var path = Find(program) ?? throw new InvalidOperationException($"{program} is needed for this test and is not installed: {whatToInstall}.");
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var peer = new PeerProcess(new Process { StartInfo = start });
        peer._process.OutputDataReceived += peer.Keep;
        peer._process.ErrorDataReceived += peer.Keep;
        peer._process.Start();
        peer._process.BeginOutputReadLine();
        peer._process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>Waits until a line of the output contains the text.</summary>
    public Task WaitForLineAsync(string text, TimeSpan? patience = null) =>
        WaitAsync(() => Output.Contains(text, StringComparison.Ordinal), $"the line \"{text}\"", patience);

    /// <summary>Waits until the program takes connections on 127.0.0.1.</summary>
    public Task WaitForPortAsync(int port, TimeSpan? patience = null) => WaitAsync(
        () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        $"port {port}",
        patience);

    /// <summary>Waits until the program has ended by itself.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Send(Signal signal)
    {
        if (SendSignal(_process.Id, (int)signal) != 0)
        {
            throw new InvalidOperationException($"kill({_process.Id}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Closes its standard input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Ends the program with the signal and waits until it is gone.</summary>
    public async Task StopAsync(Signal signal = Signal.Terminate)
    {
        if (!_process.HasExited)
        {
            Send(signal);
            await WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true); // also ends a stopped one
                await WaitForExitAsync();
            }
        }
        finally
        {
            _process.Dispose();
        }
    }

    /// <summary>Full path of a program on the search path or in the system's folders for daemons; null when it is not there.</summary>
    public static string? Find(string program) =>
        ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int pid, int signal);

    private async Task WaitAsync(Func<bool> until, string what, TimeSpan? patience)
    {
        var limit = patience ?? Patience;
        var watch = Stopwatch.StartNew();
        while (!until())
        {
            if (_process.HasExited || watch.Elapsed > limit)
            {
                throw new TimeoutException(
                    $"{_process.StartInfo.FileName} {(_process.HasExited ? $"ended with {_process.ExitCode} before" : $"did not come within {limit.TotalSeconds} s to")} {what}. It said:\n{Tail(Output)}");
            }

            await Task.Delay(20);
        }
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : "..." + text[^4000..];

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not { } text)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(text);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
