using System.Net.Sockets;
using System.Text;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Hold;

/// <summary>
/// The run that hands its outputs over, on its way out: the socket to the keeper stays open until the process ends. By it the keeper knows that nobody drives beside it any more, and how that came;
/// and the run hears of what it must not leave after all, also by the keeper's own death.
/// </summary>
/// <param name="keeper">The socket on which the outputs went; disposed of with the process.</param>
internal sealed class HoldLink(Socket keeper)
{
    private const int LongestLine = 4096;

    /// <summary>Ends when the keeper has gone, or this run's end has closed the socket.</summary>
    /// <param name="safe">Called with the id of each output that is not to be left, and with null when none is: there is no keeper any more.</param>
    public async Task WatchAsync(Action<string?> safe)
    {
        try
        {
            var lines = new HandsLines(keeper, LongestLine);
            while (await lines.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                if (Encoding.UTF8.GetString(line.Span).Split(' ', 2) is ["safe", var id])
                {
                    safe(id);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was killed with something unread.
        }

        safe(null);
    }

    /// <summary>The last word of a run that ended in order. An end without it is a death.</summary>
    public void Left() => HoldService.Speaker(keeper)("left");
}
