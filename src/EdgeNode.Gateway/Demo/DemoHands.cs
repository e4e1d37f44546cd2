using System.Text.Json;
using EdgeNode.Gateway.Hands;

namespace EdgeNode.Gateway.Demo;

/// <summary>The operator's hands of the demo: the local socket that the verbs use, so that what they do is audited as theirs is.</summary>
/// <param name="data">The node's data directory, with its socket.</param>
internal sealed class DemoHands(string data)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Acknowledges all that waits for it.</summary>
    /// <returns>Whether the gateway took it, and the sentence that the operator reads.</returns>
    public async Task<(bool Taken, string Said)> AcknowledgeAsync()
    {
        var (results, sentence) = await AskAsync("alarms.acknowledge").ConfigureAwait(false);
        return results is null ? (false, sentence)
            : results.Count == 0 ? (true, "Nothing waits to be acknowledged.")
            : (results.TrueForAll(r => r.Outcome is "done" or "nothing"), "Acknowledged: " + string.Join(", ", results.Where(r => r.Outcome == "done").Select(r => r.Id)) + ".");
    }

    /// <summary>Resets all trips that stand.</summary>
    /// <returns>What became of the first of them (<c>nothing</c> where none stands), and the sentence that the operator reads.</returns>
    public async Task<(string Outcome, string Said)> ResetAsync()
    {
        var (results, sentence) = await AskAsync("trips.reset").ConfigureAwait(false);
        return results is null ? ("unreachable", sentence)
            : results.Count == 0 ? ("nothing", "There is nothing to reset.")
            : (results[0].Outcome, string.Join("; ", results.Select(r => $"{r.Id}: {(r.Outcome == "refused" ? "refused, " : "")}{r.Said}")) + ".");
    }

    private async Task<(List<(string Id, string Outcome, string Said)>? Results, string Sentence)> AskAsync(string what)
    {
        var (answer, _, sentence) = await HandsClient.TryAskAsync(data, json =>
        {
            json.WriteString("do", what);
            json.WriteBoolean("all", true);
        }, Patience).ConfigureAwait(false);
        return (answer?.GetProperty("results").EnumerateArray().Select(r => (Text(r, "id"), Text(r, "outcome"), Text(r, "said"))).ToList(), sentence);
    }

    private static string Text(JsonElement result, string name) => result.GetProperty(name).GetString() ?? "";
}
