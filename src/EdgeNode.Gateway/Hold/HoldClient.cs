using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>The other end of the keeper's socket. Where no keeper answers there is no hold.</summary>
internal static class HoldClient
{
    private const int LongestLine = 64 * 1024;

    /// <summary>How long a keeper may take to answer: outputs that may be unsafe wait for it.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>systemd's word for how the service ended, an environment variable; in ExecStopPost alone.</summary>
    public const string ServiceResult = "SERVICE_RESULT";

    /// <summary>
    /// Before outputs are made safe without a gateway: where those are driven that a planned restart holds. Unless a service has just ended in order (systemd says so to
    /// ExecStopPost, and to nobody else) the hold is over with this call, and its lines are free.
    /// </summary>
    /// <param name="data">The data directory.</param>
    /// <param name="all">Nobody has named outputs.</param>
    /// <param name="result">What systemd says of the end; null where it says nothing.</param>
    public static async Task<IReadOnlyList<string>> HeldPlacesAsync(string data, bool all, string? result)
    {
        var planned = all && result == "success";
        using var patience = new CancellationTokenSource(Wait);
        try
        {
            using var socket = await ConnectAsync(data, patience.Token).ConfigureAwait(false);
            if (socket is null)
            {
                return [];
            }

            await HandsLines.WriteAsync(socket, planned ? "ended\n"u8.ToArray() : "died\n"u8.ToArray(), patience.Token).ConfigureAwait(false);
            var line = await new HandsLines(socket, LongestLine).ReadAsync(patience.Token).ConfigureAwait(false);
            return line is { Length: > 0 } places ? Encoding.UTF8.GetString(places.Span).Split('\t') : [];
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>Takes over what the run before left.</summary>
    /// <returns>The outputs, and the connection by which the keeper hears of them; null when nothing is held.</returns>
    public static async Task<(IReadOnlyList<HeldOutput> Outputs, Socket Keeper)?> TakeAsync(string data)
    {
        using var patience = new CancellationTokenSource(Wait);
        Socket? socket = null;
        try
        {
            socket = await ConnectAsync(data, patience.Token).ConfigureAwait(false);
            if (socket is null)
            {
                return null;
            }

            await HandsLines.WriteAsync(socket, "take\n"u8.ToArray(), patience.Token).ConfigureAwait(false);
            if (await Task.Run(() => HoldWire.Receive(socket, withFirst: false, out _)).ConfigureAwait(false) is { Count: > 0 } held)
            {
                return (held, socket);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // A keeper that does not answer makes its lines safe by itself.
        }

        socket?.Dispose();
        return null;
    }

    private static async Task<Socket?> ConnectAsync(string data, CancellationToken stop)
    {
        var path = Path.Combine(data, HoldWire.FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
            return socket;
        }
        catch (ArgumentException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
