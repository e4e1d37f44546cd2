using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway.Hands;

/// <summary>
/// The local socket: one JSON object a line in, one a line out. Who may use it is the file's mode (0660) and the data directory's; the
/// network never reaches it. It runs beside the station and cannot hold it up.
/// </summary>
/// <param name="path">Of the socket.</param>
/// <param name="answer">Answers a request; what it throws is logged and answered as a fault of the gateway.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class HandsServer(string path, HandsAnswer answer, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _free = new(HandsLimits.Connections);
    private Task _run = Task.CompletedTask;
    private string? _told;

    /// <summary>Begins to listen, as soon as the directory is there and the disk lets it.</summary>
    public void Start() => _run = Task.Run(RunAsync);

    /// <summary>An answer that says why there is none.</summary>
    public static byte[] Error(string sentence) => Line(json =>
    {
        json.WriteBoolean("ok", false);
        json.WriteString("error", sentence);
    });

    /// <summary>One JSON object and a line end.</summary>
    public static byte[] Line(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
        _free.Dispose();
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var listener = await ListenAsync().ConfigureAwait(false);
                log.HandsListen(path);
                _told = null;
                await AcceptAsync(listener, connections).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                await TellAndWaitAsync(e).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The last resort: anything that comes here is a programming error. The hands come back; protection does not hang on them.
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.HandsFailed(e, HandsLimits.Retry.TotalSeconds);
                await PauseAsync().ConfigureAwait(false);
            }
        }

        await Task.WhenAll(connections).ConfigureAwait(false);
    }

    private async Task AcceptAsync(Socket listener, List<Task> connections)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                connections.RemoveAll(c => c.IsCompleted);
                if (_free.Wait(0))
                {
                    connections.Add(Task.Run(() => ServeAsync(socket)));
                }
                else
                {
                    socket.Dispose();
                }
            }
        }
        finally
        {
            // So that a verb says at once that nothing runs here.
            File.Delete(path);
        }
    }

    private async Task TellAndWaitAsync(Exception e)
    {
        var why = e is ArgumentException ? $"its path has more than the 107 bytes that a socket's may have; a shorter --data helps" : e.Message;
        if (why != _told && Directory.Exists(Path.GetDirectoryName(path)))
        {
            log.HandsUnavailable(path, why, HandsLimits.Retry.TotalSeconds);
            _told = why;
        }

        await PauseAsync().ConfigureAwait(false);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(HandsLimits.Retry, time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    /// <summary>What a killed run left is removed; what another process listens on is not.</summary>
    private async Task<Socket> ListenAsync()
    {
        var address = new UnixDomainSocketEndPoint(path);
        if (File.Exists(path))
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await probe.ConnectAsync(address, _stop.Token).ConfigureAwait(false);
                throw new IOException("another process listens on it; is there a second gateway with the same --data?");
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(path);
            }
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(address);
            File.SetUnixFileMode(path, Mode);
            listener.Listen(HandsLimits.Connections);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                var peer = HandsPeer.Of(socket);
                var reader = new HandsLines(socket, HandsLimits.RequestBytes);
                for (var n = 0; n < HandsLimits.Requests; n++)
                {
                    using var patience = new CancellationTokenSource(HandsLimits.Idle, time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
                    if (await reader.ReadAsync(either.Token).ConfigureAwait(false) is not { } line)
                    {
                        if (reader.IsTooLong)
                        {
                            await HandsLines.WriteAsync(socket, Error($"the request is longer than {HandsLimits.RequestBytes} bytes"), either.Token).ConfigureAwait(false);
                        }

                        return;
                    }

                    var said = await AnswerAsync(line, peer).ConfigureAwait(false);
                    using var taking = new CancellationTokenSource(HandsLimits.Idle, time);
                    await HandsLines.WriteAsync(socket, said, taking.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end has gone, or did not speak in time.
        }
#pragma warning disable CA1031 // Nobody awaits a connection before the stop, and the stop must not end with its fault.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.HandsAnswerFailed(e);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> line, HandsPeer peer)
    {
        try
        {
            var request = JsonElement.Parse(line.Span);
            return request.ValueKind == JsonValueKind.Object ? await answer(request, peer).ConfigureAwait(false) : Error("a request is one JSON object in one line");
        }
        catch (JsonException e)
        {
            return Error("the request is no JSON: " + e.Message);
        }
        catch (InvalidOperationException)
        {
            // A text with half a character in it cannot be made a string of.
            return Error("the request holds a text that is no Unicode");
        }
#pragma warning disable CA1031 // A programming error behind one request: who asked is told, and the next one is answered.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.HandsAnswerFailed(e);
            return Error($"the gateway could not answer by a programming error ({e.GetType().Name}), which stands in its log; whether it was done is not known");
        }
    }
}
