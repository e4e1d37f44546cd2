using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeNode.Gateway;

/// <summary>One JSON object and a line end on standard output.</summary>
internal static class JsonOutput
{
    /// <summary>Chinese texts as they are.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Action<Utf8JsonWriter> members)
    {
        using var stdout = new StandardOutput();
        using (var json = new Utf8JsonWriter(stdout, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        stdout.Write("\n"u8);
    }
}
