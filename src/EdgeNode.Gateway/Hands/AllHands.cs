using System.Text.Json;

namespace EdgeNode.Gateway.Hands;

/// <summary>Answers a request; it must not throw.</summary>
internal delegate Task<byte[]> HandsAnswer(JsonElement request, HandsPeer peer);

/// <summary>All that people may ask here, by the first word of what is to be done: <c>alarms.list</c> is of <c>alarms</c>.</summary>
/// <param name="hands">The words, and who answers to them.</param>
internal sealed class AllHands(params (string Word, HandsAnswer Answer)[] hands)
{
    public Task<byte[]> AnswerAsync(JsonElement request, HandsPeer peer)
    {
        var what = HandsRequest.Text(request, "do") ?? "";
        foreach (var (word, answer) in hands)
        {
            if (what.StartsWith(word + ".", StringComparison.Ordinal))
            {
                return answer(request, peer);
            }
        }

        return Task.FromResult(HandsServer.Error($"'{what}' is not something to do here; expected {string.Join(", ", hands.Select(h => h.Word + ".list"))} and the like"));
    }
}
