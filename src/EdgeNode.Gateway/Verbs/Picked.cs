using System.Buffers;
using System.Text.Json;

namespace EdgeNode.Gateway.Verbs;

/// <summary>Of a list that the gateway answers, those that the command line names.</summary>
internal static class Picked
{
    /// <summary>The answer with those alone, in the answer's order.</summary>
    /// <param name="answer">The gateway's.</param>
    /// <param name="list">The name of its list; each item has an id.</param>
    /// <param name="what">One of them in a sentence: "an output".</param>
    /// <param name="ids">As the command line names them; all when empty.</param>
    /// <returns>Null, and a sentence on standard error, when there is no such one.</returns>
    public static JsonElement? Of(JsonElement answer, string list, string what, string[] ids)
    {
        if (ids.Length == 0)
        {
            return answer;
        }

        var items = answer.GetProperty(list).EnumerateArray().ToList();
        var known = items.Select(Id).ToList();
        if (Array.Find(ids, id => !known.Contains(id)) is { } unknown)
        {
            Console.Error.WriteLine(PlainText.Of($"{unknown} is not {what} of the site; expected {(known.Count > 0 ? string.Join(", ", known) : "no id: the site has none")}."));
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in answer.EnumerateObject())
            {
                if (member.Name == list)
                {
                    json.WriteStartArray(list);
                    items.Where(i => ids.Contains(Id(i))).ToList().ForEach(i => i.WriteTo(json));
                    json.WriteEndArray();
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static string Id(JsonElement item) => item.GetProperty("id").GetString() ?? "";
}
