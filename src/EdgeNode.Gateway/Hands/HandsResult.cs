using System.Text.Json;

namespace EdgeNode.Gateway.Hands;

/// <summary>What became of one thing that a person asked.</summary>
/// <param name="Id">Of what.</param>
/// <param name="Outcome">"done", "nothing" (it is so already), "refused" or "unknown" (the step did not answer in time).</param>
/// <param name="Said">A sentence for the person.</param>
internal sealed record HandsResult(string Id, string Outcome, string Said)
{
    /// <summary>Writes what stands beside it; null: nothing does.</summary>
    public Action<Utf8JsonWriter>? More { get; init; }

    /// <summary>Whether it is as the person wants it.</summary>
    public bool Ok => Outcome is "done" or "nothing";

    /// <summary>An answer: <c>{"ok":true,"results":[{"id":"PAH-101","outcome":"done","said":"..."}]}</c>.</summary>
    public static byte[] Line(IReadOnlyList<HandsResult> results) => Line(results, results.All(r => r.Ok));

    /// <inheritdoc cref="Line(IReadOnlyList{HandsResult})"/>
    /// <param name="results">One for each thing.</param>
    /// <param name="ok">Whether all in all it is as the person wants it.</param>
    public static byte[] Line(IReadOnlyList<HandsResult> results, bool ok) => HandsServer.Line(json =>
    {
        json.WriteBoolean("ok", ok);
        json.WriteStartArray("results");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("id", result.Id);
            json.WriteString("outcome", result.Outcome);
            result.More?.Invoke(json);
            json.WriteString("said", result.Said);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
