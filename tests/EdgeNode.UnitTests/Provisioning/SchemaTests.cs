using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;
using EdgeNode.Provisioning;
using EdgeNode.Provisioning.Grammar;
using EdgeNode.Provisioning.Yaml;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>The editor's schema, the loader's grammar and the examples say the same.</summary>
public sealed class SchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(TestFiles.Schema)).RootElement;
    private static readonly JsonElement Definitions = Schema.GetProperty("$defs");

    // Parts of the schema that are forms of values, not sections or words.
    private static readonly string[] Forms = ["profile", "id", "point-name", "line", "duration", "size", "quantity", "rate", "date", "range", "pair", "register-span", "status-bits", "bit-pattern", "vote",
        "any-contact", "gpio-line", "proof", "priorities", "cause", "causes"];

    public static TheoryData<string> Sections() => [.. SiteGrammar.Sections.Select(s => s.Name)];

    public static TheoryData<string> Choices() => [.. SiteGrammar.Choices.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_has_the_same_keys_in_the_schema_and_in_the_loader(string name)
    {
        var section = SiteGrammar.Sections.Single(s => s.Name == name);
        var schema = name == "site" ? Schema : Definitions.GetProperty(name);

        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(section.Supported, schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            section.Keys.Where(k => k.Use == KeyUse.Required).Select(k => k.Name),
            schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(r => r.GetString()!) : []);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_choice_has_the_same_words_in_the_schema_and_in_the_loader(string name) =>
        Assert.Equal(
            SiteGrammar.Choices.Single(c => c.Name == name).Values,
            Definitions.GetProperty(name).GetProperty("enum").EnumerateArray().Select(v => v.ToString()));

    [Fact]
    public void The_schema_has_no_part_that_the_loader_does_not_know() =>
        Assert.Equal(
            Forms.Concat(SiteGrammar.Sections.Select(s => s.Name)).Concat(SiteGrammar.Choices.Select(c => c.Name)).Where(n => n != "site").Order(StringComparer.Ordinal),
            Definitions.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_bounds_of_lists_and_texts_are_the_loaders()
    {
        Assert.Equal(SiteLimits.Buses, Schema.GetProperty("properties").GetProperty("buses").GetProperty("maxProperties").GetInt32());
        Assert.Equal(SiteLimits.Devices, Schema.GetProperty("properties").GetProperty("devices").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Points, Schema.GetProperty("properties").GetProperty("points").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Alarms, Schema.GetProperty("properties").GetProperty("alarms").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Groups, Schema.GetProperty("properties").GetProperty("groups").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.EmergencyPoints, Definitions.GetProperty("emergency").GetProperty("properties").GetProperty("points").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Inputs, Schema.GetProperty("properties").GetProperty("inputs").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Outputs, Schema.GetProperty("properties").GetProperty("outputs").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Annunciators, Schema.GetProperty("properties").GetProperty("annunciators").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Trips, Schema.GetProperty("properties").GetProperty("trips").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.CauseNames, Definitions.GetProperty("causes").GetProperty("maxItems").GetInt32());
        Assert.Equal(GroupOptions.MostMembers, Definitions.GetProperty("group").GetProperty("properties").GetProperty("members").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.Brokers, Definitions.GetProperty("uplink").GetProperty("properties").GetProperty("brokers").GetProperty("maxItems").GetInt32());
        Assert.Equal(SiteLimits.IdLength, Definitions.GetProperty("id").GetProperty("maxLength").GetInt32());
        Assert.Equal(SiteLimits.TextLength, Definitions.GetProperty("line").GetProperty("maxLength").GetInt32());
    }

    [Fact]
    public void An_editor_completes_every_profile() =>
        Assert.Equal(
            TestFiles.Profiles.Names.Concat(DriverTable.All.Select(d => d.Name)),
            Definitions.GetProperty("profile").GetProperty("enum").EnumerateArray().Select(v => v.GetString()!));

    [Fact]
    public void The_words_for_types_are_the_cores() =>
        Assert.Equal(Enum.GetNames<RegisterType>(), SiteGrammar.Type.Values, StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void One_right_file_uses_every_key_and_every_word()
    {
        var root = Tree(Path.Combine(TestFiles.Good, "everything.yaml"));
        var written = Words(root).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(SiteGrammar.Sections.SelectMany(s => s.Supported).Except(written));

        // One node, one emergency mode: a file has one of their words.
        Assert.Empty(SiteGrammar.Choices.Where(c => c != SiteGrammar.Datum && c != SiteGrammar.EmergencyReport).SelectMany(c => c.Values).Except(written));
    }

    [Fact]
    public void An_editor_accepts_what_the_loader_accepts()
    {
        var check = new SchemaCheck(Schema);
        var files = Directory.EnumerateFiles(TestFiles.Examples, "*.yaml").Concat(Directory.EnumerateFiles(TestFiles.Good, "*.yaml")).ToList();
        Assert.True(files.Count >= 3);
        Assert.All(files, f => Assert.True(check.Accepts(Tree(f)), f));
    }

    [Theory]
    [InlineData("unknown-key-near")]
    [InlineData("unknown-section")]
    [InlineData("profile-of-another-bus-or-unknown")]
    [InlineData("bus-of-no-kind")]
    [InlineData("bus-of-two-kinds")]
    [InlineData("bus-rtu-without-rate")]
    [InlineData("bus-rtu-over-tcp-without-rate")]
    [InlineData("bus-rtu-rate-and-format")]
    [InlineData("bus-rtu-no-full-path")]
    [InlineData("bus-key-of-another-kind")]
    [InlineData("missing-keys")]
    [InlineData("status-words")]
    [InlineData("missing-section")]
    [InlineData("list-for-keys")]
    [InlineData("bare-number-duration")]
    [InlineData("bare-number-setpoint")]
    [InlineData("bare-number-size")]
    [InlineData("wrong-duration-unit")]
    [InlineData("decimal-comma")]
    [InlineData("bad-ids")]
    [InlineData("high-and-low")]
    [InlineData("no-setpoint")]
    [InlineData("alarm-kinds")]
    [InlineData("alarm-reactions")]
    [InlineData("emergency")]
    [InlineData("unknown-priority")]
    [InlineData("unknown-type")]
    [InlineData("writes")]
    [InlineData("bus-pipeline")]
    [InlineData("place-of-a-value")]
    [InlineData("address-with-echo")]
    [InlineData("request-out-of-bounds")]
    [InlineData("brokers-none")]
    [InlineData("brokers-too-many")]
    [InlineData("broker-scheme")]
    [InlineData("topic-with-wildcard")]
    [InlineData("location")]
    [InlineData("not-a-range")]
    [InlineData("not-true-or-false")]
    [InlineData("text-without-language")]
    [InlineData("tls-certificate-without-key")]
    [InlineData("tls-key-without-certificate")]
    [InlineData("inputs")]
    [InlineData("outputs")]
    [InlineData("annunciators")]
    [InlineData("trips")]
    public void An_editor_marks_what_needs_no_knowledge_of_the_rest_of_the_file(string fixture) =>
        Assert.False(new SchemaCheck(Schema).Accepts(Tree(Path.Combine(TestFiles.Faults, fixture + ".yaml"))));

    private static YamlNode Tree(string path) => YamlTree.Read(File.ReadAllText(path), new FaultList(path))!;

    private static IEnumerable<string> Words(YamlNode node) => node switch
    {
        YamlScalar scalar => [scalar.Text],
        YamlSequence list => list.Items.SelectMany(Words),
        YamlMapping map => map.Entries.SelectMany(e => Words(e.Value).Prepend(e.Key.Text)),
        _ => throw new InvalidOperationException(),
    };
}
