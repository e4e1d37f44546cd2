using System.Text.Json;
using EdgeNode.Provisioning;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Yaml;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>The editor's schema of a scenario and the loader's grammar say the same.</summary>
public sealed class ScenarioSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "provisioning", "schema", "scenario.schema.json"))).RootElement;

    private static readonly JsonElement Definitions = Schema.GetProperty("$defs");

    [Fact]
    public void A_section_has_the_same_keys_in_the_schema_and_in_the_loader() => Assert.All(ScenarioGrammar.Sections, section =>
    {
        var schema = section == ScenarioGrammar.Scenario ? Schema : Definitions.GetProperty(section.Name);
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(section.Supported, schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(section.Keys.Where(k => k.Use == KeyUse.Required).Select(k => k.Name), schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()!));
    });

    [Fact]
    public void The_faults_and_bounds_are_the_loaders()
    {
        Assert.Equal(ScenarioGrammar.Fault.Values, Definitions.GetProperty("fault").GetProperty("enum").EnumerateArray().Select(v => v.GetString()!));
        Assert.Equal(SiteLimits.ScenarioFaults, Schema.GetProperty("properties").GetProperty("faults").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.IdLength, Definitions.GetProperty("id").GetProperty("maxLength").GetInt32());
        Assert.Equal(["entry", "fault", "id", "duration", "rate"], Definitions.EnumerateObject().Select(d => d.Name));
    }

    [Theory]
    [InlineData("device: A, fault: silence", true)]
    [InlineData("device: A, fault: delay, by: 300ms", true)]
    [InlineData("device: A, fault: exception, code: 4", true)]
    [InlineData("device: A, fault: drift, rate: 2 l/min/min", true)]
    [InlineData("bus: A, fault: unplug", true)]
    [InlineData("fault: silence", false)]
    [InlineData("device: A, bus: B, fault: silence", false)]
    [InlineData("bus: A, fault: silence", false)]
    [InlineData("device: A, fault: unplug", false)]
    [InlineData("device: A, fault: delay", false)]
    [InlineData("device: A, fault: delay, by: 300", false)]
    [InlineData("device: A, fault: silence, by: 300ms", false)]
    [InlineData("device: A, fault: exception, code: 256", false)]
    [InlineData("device: A, fault: drift, rate: 2 bar", false)]
    [InlineData("device: A, fault: silense", false)]
    public void An_editor_marks_what_needs_no_knowledge_of_the_site(string fault, bool isRight) =>
        Assert.Equal(isRight, Accepts($"faults: [ {{ at: 5s, {fault} }} ]"));

    [Fact]
    public void An_editor_accepts_the_example() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(TestFiles.Examples, "scenarios"), "*.yaml"), file => Assert.True(Accepts(File.ReadAllText(file)), file));

    private static bool Accepts(string text) => new SchemaCheck(Schema).Accepts(YamlTree.Read(text, new FaultList("s.yaml"))!);
}
