using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeNode.Benchmarks.Whole;

/// <summary>A program that ends with its owner: told to at first, made to when it does not listen; by its process id, never by name.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _said = new();
    private volatile bool _hasSaidWatched;

    public Child(string program, params string[] arguments)
    {
        _process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Words to look for in all that it says.</summary>
    public string? Watched { get; init; }

    /// <summary>It has said <see cref="Watched"/>.</summary>
    public bool HasSaidWatched => _hasSaidWatched;

    /// <summary>Waits for something that needs this program; fails with its last words when it ends before, or after 30 s.</summary>
    public async Task<T> WaitForAsync<T>(Task<T> what, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ended = _process.WaitForExitAsync(limit.Token);
        var came = await Task.WhenAny(what, ended, Task.Delay(TimeSpan.FromSeconds(30), limit.Token));
        await limit.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return came == what ? await what : throw new InvalidOperationException($"{(came == ended ? "It ended" : "Nothing came in 30 s")}: {this}");
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    /// <summary>Waits until it takes connections on a port of loopback.</summary>
    public Task WaitForPortAsync(int port, CancellationToken stop) => WaitForAsync(ConnectAsync(port, stop), stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("/bin/kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync();
            }

            using var limit = new CancellationTokenSource(EndWait);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    /// <summary>The program and what it said last.</summary>
    public override string ToString()
    {
        lock (_said)
        {
            return Path.GetFileName(_process.StartInfo.FileName) + " said:\n" + string.Join('\n', _said);
        }
    }

    private static async Task<bool> ConnectAsync(int port, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, stop);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(20, stop);
            }
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _hasSaidWatched |= Watched is { } words && line.Data?.Contains(words, StringComparison.Ordinal) == true;
            _said.Enqueue(line.Data ?? "");
            if (_said.Count > KeptLines)
            {
                _said.Dequeue();
            }
        }
    }
}
