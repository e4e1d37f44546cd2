using EdgeNode.Provisioning.Grammar;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>What is designed and not built is answered as such: once, at its place, with nothing said of what stands in it.</summary>
public sealed class NotYetTests
{
    public static TheoryData<string, string> Keys()
    {
        var data = new TheoryData<string, string>();
        foreach (var section in SiteGrammar.Sections)
        {
            foreach (var key in section.Keys.Where(k => !k.IsSupported))
                data.Add(section.Name, key.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_of_a_later_issue_is_not_supported_yet_whatever_stands_behind_it(string section, string key)
    {
        foreach (var value in new[] { "1", "[ { id: X, id: Y, on: off } ]", "{ nonsense: { deeper: [ 1, 2 ] } }", "\"text\"" })
        {
            var text = With(section, $"{key}: {value}");
            Assert.EndsWith($"'{key}' is not supported yet", TestFiles.OnlyFault(text), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("payload: senml", "payload: sparkplug", "payload 'sparkplug'")]
    public void A_word_of_a_later_issue_is_not_supported_yet(string word, string later, string shown)
    {
        var text = With("uplink", "payload: senml").Replace(word, later, StringComparison.Ordinal);
        Assert.EndsWith($"{shown} is not supported yet", TestFiles.OnlyFault(text), StringComparison.Ordinal);
    }

    /// <summary>The small site, with one more key in a section.</summary>
    private static string With(string section, string line)
    {
        var small = TestFiles.Small;
        return section switch
        {
            "site" => small + line + "\n",
            "uplink" => small + "uplink: { brokers: [ mqtt://10.0.0.1 ], topic: t, " + line + " }\n",
            "bus" => small.Replace("502\" }", "502\", " + line + " }", StringComparison.Ordinal),
            "device" => small.Replace("    every: 1s\n", "    every: 1s\n    " + line + "\n", StringComparison.Ordinal),
            "alarm" => small.Replace("priority: high }", "priority: high, " + line + " }", StringComparison.Ordinal),
            _ => throw new InvalidOperationException($"Nothing in {section} is for later; extend this test."),
        };
    }
}
