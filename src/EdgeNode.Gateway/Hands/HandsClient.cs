using System.Net.Sockets;
using System.Text.Json;

namespace EdgeNode.Gateway.Hands;

/// <summary>The verbs' end of the local socket.</summary>
internal static class HandsClient
{
    private static readonly TimeSpan Patience = HandsLimits.Step + HandsLimits.Idle;

    /// <summary>Asks the gateway that runs with this data directory.</summary>
    /// <returns>Its answer; or null, a sentence on standard error and the exit code.</returns>
    public static async Task<(JsonElement? Answer, int Exit)> AskAsync(string data, Action<Utf8JsonWriter> request)
    {
        var (answer, exit, sentence) = await TryAskAsync(data, request, Patience).ConfigureAwait(false);
        if (answer is null)
        {
            await Console.Error.WriteLineAsync(sentence).ConfigureAwait(false);
        }

        return (answer, exit);
    }

    /// <summary>The same without a word on standard error.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="request">Writes the request's members.</param>
    /// <param name="wait">How long the gateway may take.</param>
    /// <returns>Its answer; or null, the exit code and the sentence that says why.</returns>
    public static async Task<(JsonElement? Answer, int Exit, string Sentence)> TryAskAsync(string data, Action<Utf8JsonWriter> request, TimeSpan wait)
    {
        var path = Path.Combine(data, HandsLimits.FileName);
        using var patience = new CancellationTokenSource(wait);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token).ConfigureAwait(false);
            await HandsLines.WriteAsync(socket, HandsServer.Line(request), patience.Token).ConfigureAwait(false);
            if (await new HandsLines(socket, HandsLimits.AnswerBytes).ReadAsync(patience.Token).ConfigureAwait(false) is not { } line)
            {
                return Say(Exit.Unreachable, $"The gateway closed {path} without an answer: more than {HandsLimits.Connections} programs speak with it at once, or it is stopping.");
            }

            var answer = JsonElement.Parse(line.Span);
            return answer.TryGetProperty("error", out var error) ? Say(Exit.Failed, "The gateway says: " + Verbs.PlainText.Of(error.GetString() ?? "")) : (answer, Exit.Done, "");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return Say(Exit.Failed, $"{path} may not be used by this user. Run the verb as the user of the gateway, or as a member of its group (mode 0660).");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable || !File.Exists(path))
        {
            return Say(Exit.Unreachable, $"No gateway runs with the data directory {data}: nothing listens on {path}. Expected the directory that `edgenode run --data DIR` was given.");
        }
        catch (SocketException e)
        {
            return Say(Exit.Unreachable, $"{path}: {e.Message}.");
        }
        catch (ArgumentException)
        {
            return Say(Exit.Failed, $"{path} has more than the 107 bytes that the path of a socket may have; change into a directory above it and give --data from there.");
        }
        catch (OperationCanceledException)
        {
            return Say(Exit.Unreachable, $"The gateway did not answer on {path} within {wait.TotalSeconds} s.");
        }
        catch (JsonException)
        {
            return Say(Exit.Failed, $"What answers on {path} is not a gateway of this version.");
        }
    }

    /// <summary>
    /// Whether a gateway runs with this data directory. A second one would drive the first one's outputs to their safe state before it finds its
    /// spool taken. Where that cannot be told the answer is no: a node that protects starts rather than not, and the spool's lock is still there.
    /// </summary>
    public static async Task<bool> IsRunningAsync(string data)
    {
        using var patience = new CancellationTokenSource(HandsLimits.Step);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(data, HandsLimits.FileName)), patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException or OperationCanceledException)
        {
            return false;
        }
    }

    private static (JsonElement? Answer, int Exit, string Sentence) Say(int exit, string sentence) => (null, exit, sentence);
}
