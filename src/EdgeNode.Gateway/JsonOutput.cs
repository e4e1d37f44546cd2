using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeNode.Gateway;

/// <summary>One JSON object and a line end on standard output.</summary>
internal static class JsonOutput
{
    public static void Write(Action<Utf8JsonWriter> members)
    {
        using var stdout = new StandardOutput();
        using (var json = new Utf8JsonWriter(stdout, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        stdout.Write("\n"u8);
    }
}
