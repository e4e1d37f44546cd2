using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// The keeper's sockets. By the one on which it took the outputs over, the run before hears <c>safe ID</c> of what it must not leave, and says <c>left</c> as its last word when it ended in order: its
/// end without that is a death; <c>no</c> says that it goes on, and drives them itself. By <c>hold.sock</c>, a line each: <c>take</c> of the new run, which then says <c>normal ID</c>, <c>safe ID</c> or <c>refuse ID</c> of each, is answered
/// <c>yours ID</c> or <c>late ID</c>, says <c>kept ID</c> of what is its own and stays normal, and ends the hold by closing before <c>over</c>; <c>ended</c> of a clean-up after a run that ended in order,
/// <c>died</c> after any other, <c>end PLACE...</c> of a person who names outputs.
/// </summary>
/// <param name="listener">The socket, opened by the gateway in its data directory; disposed of with the end.</param>
/// <param name="keeper">What is kept.</param>
/// <param name="gateway">User id of the gateway: it, root and the keeper's own user may speak here.</param>
/// <param name="before">To the run that hands over; null: it is gone. Not disposed of with this.</param>
/// <param name="left">Called when the run before has ended in order.</param>
internal sealed class HoldService(Socket listener, HoldKeeper keeper, uint gateway, Socket? before = null, Action? left = null)
{
    /// <summary>Longest line, bytes: the places of all outputs that a person names.</summary>
    private const int LongestLine = 64 * 1024;

    /// <summary>Longest wait between two looks at what is due.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs until all outputs have come to their end.</summary>
    /// <param name="giveUp">The keeper is to end: what is held goes safe at once, and is tried until that is known.</param>
    /// <param name="end">The keeper is to end, whatever stands.</param>
    public async Task RunAsync(CancellationToken giveUp, CancellationToken end = default)
    {
        using var stop = new CancellationTokenSource();
        var accepting = AcceptAsync(stop.Token);
        var watching = before is null ? Task.CompletedTask : WatchAsync(before, stop.Token);
        using var given = giveUp.Register(() => keeper.Ended(planned: false));
        using var ended = end.Register(keeper.GiveUp);
        while (!keeper.Over.IsCompleted)
        {
            var wait = keeper.RunDue() is { } due && due < Look ? due : Look;
            await Task.WhenAny(keeper.Over, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), CancellationToken.None)).ConfigureAwait(false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    /// <summary>Speaks to the other end of a socket. One that has gone need not hear of it: its end is seen by who reads there.</summary>
    public static Action<string> Speaker(Socket socket) => word =>
    {
        try
        {
            socket.Send(Encoding.UTF8.GetBytes(word + "\n"));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    };

    private async Task WatchAsync(Socket run, CancellationToken stop)
    {
        var inOrder = false;
        try
        {
            var lines = new HandsLines(run, LongestLine);
            while (await lines.ReadAsync(stop).ConfigureAwait(false) is { } line)
            {
                if (Encoding.UTF8.GetString(line.Span) == HoldWire.Withdrawn)
                {
                    keeper.Withdrawn();
                    return;
                }

                inOrder |= line.Span.SequenceEqual("left"u8);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (SocketException)
        {
            // Killed, with something unread.
        }

        keeper.BeforeEnded(inOrder);
        if (inOrder)
        {
            left?.Invoke();
        }
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
                    var words = Encoding.UTF8.GetString(line.Span).Split(' ', 2);
                    if (words[0] == "take")
                    {
                        var held = keeper.HandOver(Speaker(socket));
                        took |= held.Count > 0;
                        HoldWire.Send(socket, held);
                    }
                    else if (took && words.Length == 2)
                    {
                        Hear(words[0], words[1]);
                    }
                    else
                    {
                        await HandsLines.WriteAsync(socket, CleanUp(words), stop).ConfigureAwait(false);
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
            if (took)
            {
                keeper.AfterEnded();
            }
        }
    }

    private void Hear(string what, string id)
    {
        switch (what)
        {
            case "normal":
                keeper.Asked(id);
                break;
            case "kept":
                keeper.Kept(id);
                break;
            case "safe":
                keeper.SafeByRun(id);
                break;
            default:
                keeper.Refused(id);
                break;
        }
    }

    private byte[] CleanUp(string[] words)
    {
        var (left, ended) = words is ["end", var places] ? keeper.EndOf(places.Split('\t')) : keeper.Ended(planned: words[0] == "ended");
        return HandsServer.Line(json =>
        {
            Write("left", left);
            Write("ended", ended);

            void Write(string name, IReadOnlyList<string> all)
            {
                json.WriteStartArray(name);
                foreach (var one in all)
                {
                    json.WriteStringValue(one);
                }

                json.WriteEndArray();
            }
        });
    }
}
