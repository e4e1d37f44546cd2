using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>
/// What an editor does with the schema: the part of JSON Schema 2020-12 that site.schema.json uses, on YAML as YAML 1.2 reads it.
/// A keyword that it does not know is an error, so that the schema cannot say what no test looks at.
/// </summary>
internal sealed class SchemaCheck(JsonElement root)
{
    public bool Accepts(YamlNode node) => Accepts(node, root);

    private bool Accepts(YamlNode node, JsonElement schema) =>
        schema.EnumerateObject().All(keyword => Accepts(node, schema, keyword.Name, keyword.Value));

    private bool Accepts(YamlNode node, JsonElement schema, string keyword, JsonElement value) => keyword switch
    {
        "$schema" or "title" or "description" or "examples" or "$defs" => true,
        "$ref" => Accepts(node, root.GetProperty("$defs").GetProperty(value.GetString()!["#/$defs/".Length..])),
        "type" => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Any(t => IsOf(node, t.GetString()!)) : IsOf(node, value.GetString()!),
        "enum" => value.EnumerateArray().Any(v => v.ToString() == Text(node)),
        "const" => value.ToString() == Text(node),
        "anyOf" => value.EnumerateArray().Any(s => Accepts(node, s)),
        "oneOf" => value.EnumerateArray().Count(s => Accepts(node, s)) == 1,
        "not" => !Accepts(node, value),
        "pattern" => Text(node) is not { } text || Regex.IsMatch(text, value.GetString()!),
        "minLength" => Text(node) is not { } text || text.Length >= value.GetInt32(),
        "maxLength" => Text(node) is not { } text || text.Length <= value.GetInt32(),
        "minimum" => Number(node) is not { } number || number >= value.GetDouble(),
        "maximum" => Number(node) is not { } number || number <= value.GetDouble(),
        "minItems" => node is not YamlSequence list || list.Items.Length >= value.GetInt32(),
        "maxItems" => node is not YamlSequence list || list.Items.Length <= value.GetInt32(),
        "uniqueItems" => node is not YamlSequence list || list.Items.Select(Text).Distinct().Count() == list.Items.Length,
        "items" => node is not YamlSequence list || list.Items.All(i => Accepts(i, value)),
        "minProperties" => node is not YamlMapping map || map.Entries.Length >= value.GetInt32(),
        "maxProperties" => node is not YamlMapping map || map.Entries.Length <= value.GetInt32(),
        "required" => node is not YamlMapping map || value.EnumerateArray().All(r => map.Entries.Any(e => e.Key.Text == r.GetString())),
        "dependentRequired" => node is not YamlMapping map || value.EnumerateObject().All(d =>
            map.Entries.All(e => e.Key.Text != d.Name) || d.Value.EnumerateArray().All(r => map.Entries.Any(e => e.Key.Text == r.GetString()))),
        "propertyNames" => node is not YamlMapping map || map.Entries.All(e => Accepts(e.Key, value)),
        "properties" => node is not YamlMapping map || map.Entries.All(e => !value.TryGetProperty(e.Key.Text, out var s) || Accepts(e.Value, s)),
        "additionalProperties" => node is not YamlMapping map || map.Entries.All(e => IsListed(schema, e.Key.Text) || IsExtra(e.Value, value)),
        _ => throw new InvalidOperationException($"The schema uses {keyword}, which this check does not know."),
    };

    private bool IsExtra(YamlNode node, JsonElement value) => value.ValueKind != JsonValueKind.False && Accepts(node, value);

    private static bool IsListed(JsonElement schema, string key) => schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(key, out _);

    private static bool IsOf(YamlNode node, string type) => type switch
    {
        "object" => node is YamlMapping,
        "array" => node is YamlSequence,
        "boolean" => node is YamlScalar { Plain: true, Text: "true" or "false" },
        "integer" => Number(node) is { } number && number == Math.Floor(number),
        "number" => Number(node) is not null,
        "string" => node is YamlScalar { IsNothing: false } && Number(node) is null && !IsOf(node, "boolean"),
        _ => throw new InvalidOperationException($"The schema uses the type {type}, which this check does not know."),
    };

    private static string? Text(YamlNode node) => (node as YamlScalar)?.Text;

    private static double? Number(YamlNode node)
    {
        if (node is not YamlScalar { Plain: true } scalar)
            return null;
        if (scalar.Text.StartsWith("0x", StringComparison.Ordinal))
            return ulong.TryParse(scalar.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) ? bits : null;
        return double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
