using EdgeNode.Provisioning;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Sections;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>What is designed and not built is answered as such: once, at its place, with nothing said of what stands in it.</summary>
public sealed class NotYetTests
{
    [Theory]
    [InlineData(nameof(KeyUse.NotYet))]
    [InlineData(nameof(KeyUse.NotYetDecisive))]
    public void A_key_of_a_later_issue_is_not_supported_yet_whatever_stands_behind_it(string use)
    {
        var section = new Section("thing", "a thing", [new Key("id", KeyUse.Required), new Key("later", Enum.Parse<KeyUse>(use))]);
        foreach (var value in new[] { "1", "[ { id: X, id: Y, on: off } ]", "{ nonsense: { deeper: [ 1, 2 ] } }", "\"text\"" })
        {
            var faults = new FaultList("site.yaml");
            SectionReader.Open(YamlTree.Read($"id: X\nlater: {value}\n", faults)!, section, faults);
            Assert.Equal("site.yaml:2:1: 'later' is not supported yet", Assert.Single(faults.InOrder()).ToString());
        }
    }

    [Theory]
    [InlineData("payload: senml", "payload: sparkplug", "payload 'sparkplug'")]
    public void A_word_of_a_later_issue_is_not_supported_yet(string word, string later, string shown)
    {
        var text = (TestFiles.Small + "uplink: { brokers: [ mqtt://10.0.0.1 ], topic: t, payload: senml }\n").Replace(word, later, StringComparison.Ordinal);
        Assert.EndsWith($"{shown} is not supported yet", TestFiles.OnlyFault(text), StringComparison.Ordinal);
    }
}
