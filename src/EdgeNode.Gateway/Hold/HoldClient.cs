using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>What the keeper answers to a clean-up.</summary>
/// <param name="Left">Where the outputs are driven that it still holds: they are left alone.</param>
/// <param name="Ended">Ids of those whose hold has ended by this.</param>
internal sealed record HoldAnswer(IReadOnlyList<string> Left, IReadOnlyList<string> Ended)
{
    /// <summary>Nothing is held.</summary>
    public static HoldAnswer None { get; } = new([], []);
}

/// <summary>What a new run takes over.</summary>
/// <param name="Outputs">The outputs, with the time that is left.</param>
/// <param name="Keeper">The connection by which it speaks with the keeper.</param>
/// <param name="AskedAt">Monotonic time before the keeper counted what is left: the two never count from different moments to the run's advantage.</param>
internal sealed record TakenOutputs(IReadOnlyList<HeldOutput> Outputs, Socket Keeper, TimeSpan AskedAt);

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
    /// <param name="result">What systemd says of the end; null where it says nothing.</param>
    public static Task<HoldAnswer> HeldAsync(string data, string? result) => AskAsync(data, result == "success" ? "ended" : "died");

    /// <summary>The same for outputs that a person names: the others stay held.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="places">Where they are driven.</param>
    public static Task<HoldAnswer> EndAsync(string data, IEnumerable<string> places) => AskAsync(data, "end " + string.Join('\t', places));

    /// <summary>Takes over what the run before left.</summary>
    /// <returns>Null when nothing is held.</returns>
    public static async Task<TakenOutputs?> TakeAsync(string data, TimeProvider time)
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

            var askedAt = time.Monotonic();
            await HandsLines.WriteAsync(socket, "take\n"u8.ToArray(), patience.Token).ConfigureAwait(false);
            if (await Task.Run(() => HoldWire.Receive(socket, withFirst: false, out _)).ConfigureAwait(false) is { Count: > 0 } held)
            {
                return new TakenOutputs(held, socket, askedAt);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // A keeper that does not answer makes its lines safe by itself.
        }

        socket?.Dispose();
        return null;
    }

    /// <summary>A keeper is there, whether it answers or stands still.</summary>
    public static async Task<bool> IsKeptAsync(string data)
    {
        using var patience = new CancellationTokenSource(Wait);
        try
        {
            using var socket = await ConnectAsync(data, patience.Token).ConfigureAwait(false);
            return socket is not null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static async Task<HoldAnswer> AskAsync(string data, string what)
    {
        using var patience = new CancellationTokenSource(Wait);
        try
        {
            using var socket = await ConnectAsync(data, patience.Token).ConfigureAwait(false);
            if (socket is null)
            {
                return HoldAnswer.None;
            }

            await HandsLines.WriteAsync(socket, Encoding.UTF8.GetBytes(what + "\n"), patience.Token).ConfigureAwait(false);
            if (await new HandsLines(socket, LongestLine).ReadAsync(patience.Token).ConfigureAwait(false) is not { } line)
            {
                return HoldAnswer.None;
            }

            var answer = JsonElement.Parse(line.Span);
            return new HoldAnswer(Texts(answer, "left"), Texts(answer, "ended"));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or JsonException or KeyNotFoundException)
        {
            return HoldAnswer.None;
        }
    }

    private static List<string> Texts(JsonElement answer, string name) => [.. answer.GetProperty(name).EnumerateArray().Select(t => t.GetString() ?? "")];

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
