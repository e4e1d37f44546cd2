using System.Net;
using System.Net.Sockets;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// The old run's side: it hands its outputs to the process that asked for the restart, and the socket on which that process is to be found by the clean-up and by the new run.
/// The gateway opens the socket, since nobody else may write in its data directory.
/// </summary>
/// <param name="path">Of the socket.</param>
internal sealed class HoldOffer(string path) : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>How long the process that asked may take, to come and to say that it holds them.</summary>
    public TimeSpan Patience { get; init; } = HoldWire.Patience;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Opens the socket; what one before left is removed.</summary>
    /// <exception cref="IOException">The directory does not let it.</exception>
    public void Open()
    {
        try
        {
            File.Delete(path);
            _listener.Bind(new LastingEndPoint(path));
            File.SetUnixFileMode(path, Mode);
            _listener.Listen(HandsLimits.Connections);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Hands the outputs to the process that asked, and waits for its word that it holds them.</summary>
    /// <param name="outputs">The outputs; the time of each begins with that word.</param>
    /// <param name="pid">Process id of the one who asked; nobody else gets them.</param>
    /// <returns>The link to it when it holds them; or why not, in a few words.</returns>
    public async Task<(HoldLink? Link, string? Fault)> HandOverAsync(IReadOnlyList<HeldOutput> outputs, int pid)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(patience.Token).ConfigureAwait(false);
                var holds = false;
                try
                {
                    if (HandsPeer.Of(socket).Pid != pid)
                    {
                        continue;
                    }

                    HoldWire.Send(socket, outputs, (int)_listener.Handle);
                    holds = await new HandsLines(socket, 16).ReadAsync(patience.Token).ConfigureAwait(false) is { } line && line.Span.SequenceEqual("held"u8);
                    return holds ? (new HoldLink(socket), null) : (null, "the process that asked for it did not take the outputs");
                }
                finally
                {
                    if (!holds)
                    {
                        HoldService.Speaker(socket)(HoldWire.Withdrawn); // it may hold them by now, and must not take the end of the connection for a death
                        socket.Dispose();
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return (null, e is OperationCanceledException ? "the process that asked for it did not come for the outputs" : e.Message);
        }
    }

    /// <summary>Closes this process's copy of the socket. Its path stays: it is where the keeper is found.</summary>
    public void Dispose() => _listener.Dispose();

    /// <summary>The runtime deletes the path of a socket that it has bound to an address of its own class, as soon as that is closed here.</summary>
    private sealed class LastingEndPoint(string path) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Unix;

        public override SocketAddress Serialize() => new UnixDomainSocketEndPoint(path).Serialize();

        public override EndPoint Create(SocketAddress socketAddress) => new UnixDomainSocketEndPoint(path);
    }
}
