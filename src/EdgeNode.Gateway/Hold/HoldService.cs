using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// The keeper's socket. A line each: <c>take</c> of the new run, which then says <c>normal ID</c>, <c>safe ID</c> or <c>refuse ID</c> of each and ends the hold by closing
/// early; <c>ended</c> of a clean-up after a run that ended in order, <c>died</c> after any other.
/// </summary>
/// <param name="listener">The socket, opened by the gateway in its data directory; disposed of with the end.</param>
/// <param name="keeper">What is kept.</param>
/// <param name="gateway">User id of the gateway: it, root and the keeper's own user may speak here.</param>
internal sealed class HoldService(Socket listener, HoldKeeper keeper, uint gateway)
{
    private const int LongestLine = 256;

    /// <summary>Runs until all outputs have come to their end.</summary>
    /// <param name="giveUp">The keeper is to end: what is held goes safe at once.</param>
    public async Task RunAsync(CancellationToken giveUp)
    {
        using var stop = new CancellationTokenSource();
        var accepting = AcceptAsync(stop.Token);
        using var given = giveUp.Register(() => keeper.Ended(planned: false));
        while (!keeper.Over.IsCompleted)
        {
            var wait = keeper.RunDue() ?? HoldWire.Patience;
            await Task.WhenAny(keeper.Over, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), CancellationToken.None)).ConfigureAwait(false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        using (listener)
        {
            var connections = new List<Task>();
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var socket = await listener.AcceptAsync(stop).ConfigureAwait(false);
                    connections.Add(ServeAsync(socket, stop));
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // A connection that was gone before it was taken; or the end.
                }
            }

            await Task.WhenAll(connections).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        var took = false;
        try
        {
            using (socket)
            {
                var peer = HandsPeer.Of(socket);
                if (peer.Uid != 0 && peer.Uid != gateway && peer.Uid != HandsPeer.OwnUid)
                {
                    return;
                }

                var lines = new HandsLines(socket, LongestLine);
                while (await lines.ReadAsync(stop).ConfigureAwait(false) is { } line)
                {
                    var words = Encoding.UTF8.GetString(line.Span).Split(' ');
                    switch (words[0])
                    {
                        case "take":
                            var held = keeper.HandOver();
                            took |= held.Count > 0;
                            HoldWire.Send(socket, held);
                            break;
                        case "normal" or "safe" when took && words.Length == 2:
                            keeper.Taken(words[1], words[0] == "normal");
                            break;
                        case "refuse" when took && words.Length == 2:
                            keeper.Refused(words[1]);
                            break;
                        default:
                            var left = keeper.Ended(planned: words[0] == "ended");
                            await HandsLines.WriteAsync(socket, Encoding.UTF8.GetBytes(string.Join('\t', left) + "\n"), stop).ConfigureAwait(false);
                            break;
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end has gone, or all is over.
        }
        finally
        {
            // A run that took over and ended before it knew: nobody looks after what it had.
            if (took)
            {
                keeper.Ended(planned: false);
            }
        }
    }
}
