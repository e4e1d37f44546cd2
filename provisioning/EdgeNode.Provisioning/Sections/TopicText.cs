using EdgeNode.Core.Model;
using EdgeNode.Provisioning.Values;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.Provisioning.Sections;

/// <summary>The root topic with its placeholders (MQTT 5.0, section 4.7).</summary>
internal static class TopicText
{
    private const string Form = "a topic such as city/water/{site}/{node}";

    /// <summary>The topic with the placeholders replaced, or null with a fault. While the node is not known, placeholders are checked and stay.</summary>
    public static string? Read(YamlNode? node, NodeOptions? site, FaultList faults)
    {
        if (node is YamlScalar { Plain: false, Text: "" })
        {
            faults.Add(node.At, "the topic is empty", Form);
            return null;
        }

        if (Scalars.Text(node, faults) is not { } text)
            return null;

        if (text.AsSpan().ContainsAny('+', '#'))
            faults.Add(node!.At, $"the topic {Words.Quoted(text)} has a + or # in it, which only subscribers may use", Form);
        else if (text.StartsWith('$'))
            faults.Add(node!.At, $"the topic {Words.Quoted(text)} begins with $, which belongs to the broker", Form);
        else if (text.Split('/').Any(level => level.Length == 0))
            faults.Add(node!.At, $"the topic {Words.Quoted(text)} has an empty level", "a name between any two slashes, none at the ends");
        else if (Fill(text, site, node!.At, faults) is { } topic)
            return topic;
        return null;
    }

    private static string? Fill(string text, NodeOptions? site, Place at, FaultList faults)
    {
        var topic = text;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                faults.Add(at, $"the topic {Words.Quoted(text)} has a {{ without }}", Form);
                return null;
            }

            var name = text[(open + 1)..close];
            if (name is not ("site" or "node"))
            {
                var meant = Suggest.Nearest(name, ["site", "node"]);
                faults.Add(at, $"the topic's placeholder {Words.Quoted($"{{{name}}}")} is unknown", "{site} or {node}", meant is null ? null : $"{{{meant}}}");
                return null;
            }
        }

        if (site is not null)
            topic = topic.Replace("{site}", site.SiteName, StringComparison.Ordinal).Replace("{node}", site.Id, StringComparison.Ordinal);
        return topic;
    }
}
