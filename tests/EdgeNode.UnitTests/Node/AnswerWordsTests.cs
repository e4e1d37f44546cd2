using System.Text.Json;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Node;

/// <summary>What the verbs make of a gateway's answer: words for the person, and the exit code for the script.</summary>
public class AnswerWordsTests
{
    [Theory]
    [InlineData("high", "\"setpoint\":6.5,\"value\":5.61,\"unit\":\"bar\"", "critical: Too high. P-101.value 5.61 bar, good (high 6.5 bar)")]
    [InlineData("rate", "\"setpoint\":0.008,\"value\":5.61,\"unit\":\"bar\"", "critical: Too high. P-101.value 5.61 bar, good (rate 0.008 bar/s)")]
    [InlineData("rate", "\"setpoint\":0.008,\"value\":0.2,\"unit\":\"1\"", "critical: Too high. P-101.value 0.2, good (rate 0.008 1/s)")]
    [InlineData(
        "high", "\"setpoint\":6.5,\"value\":6.1,\"unit\":\"bar\",\"group\":\"P-101\",\"members\":[\"PT-101A.pressure\"],\"lost\":[],\"vote\":\"1oo2\",\"memberValues\":[6.7]",
        "critical: Too high. P-101.value 6.1 bar, good (high 6.5 bar); past it: PT-101A.pressure 6.7 bar")]
    [InlineData(
        "high", "\"setpoint\":6.5,\"unit\":\"bar\",\"group\":\"P-101\",\"members\":[],\"lost\":[\"PT-101A.pressure\"],\"vote\":\"all-bad\",\"memberValues\":[]",
        "critical: Too high. P-101.value good (high 6.5 bar); no member of P-101 has a vote")]
    [InlineData("active", "\"value\":1,\"unit\":\"1\"", "critical: Too high. P-101.value 1, good (active)")]
    [InlineData("high", "\"setpoint\":6.5,\"unit\":\"bar\"", "critical: Too high. P-101.value good (high 6.5 bar)")]
    public void An_alarm_is_said_with_its_units(string kind, string members, string said) => Assert.Equal(said, AlarmWords.What(JsonElement.Parse(
        $"{{\"priority\":\"critical\",\"text\":{{\"en\":\"Too high\"}},\"of\":\"P-101.value\",\"quality\":\"good\",\"kind\":\"{kind}\",\"firstOut\":false,\"chattering\":false,{members}}}")));

    [Fact]
    public void The_history_says_values_in_the_units_of_the_site_file_where_it_is_known()
    {
        var site = TestFiles.Load(TestFiles.Small);
        var point = site.Points[0];
        var body = JsonElement.Parse(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{{\"priority\":\"high\",\"point\":\"{point.Name}\",\"kind\":\"high\",\"u\":\"{point.Unit.Senml}\",\"v\":{point.Unit.ToSenml(6.7)},\"setpoint\":{point.Unit.ToSenml(6.5)},\"q\":\"good\"}}"));
        Assert.Equal($"high: {point.Name} 6.7 {point.Unit.Symbol} (high, setpoint 6.5 {point.Unit.Symbol}), good", AlarmWords.Said(body, site));

        body = JsonElement.Parse("""{"priority":"high","point":"PT-9.pressure","kind":"high","u":"Pa","v":670000,"setpoint":650000,"q":"good","group":"P-9","members":["PT-9A.pressure"],"vote":"1oo2"}""");
        Assert.Equal("high: PT-9.pressure 670000 Pa (high, setpoint 650000 Pa), good; past it: PT-9A.pressure", AlarmWords.Said(body, site));
        Assert.Equal("as it is", AlarmWords.Said(JsonElement.Parse("""{"detail":"as it is"}"""), null));
    }

    [Theory]
    [InlineData(true, "done", "nothing", Exit.Done)]
    [InlineData(false, "done", "unknown", Exit.Unreachable)]
    [InlineData(false, "refused", "unknown", Exit.Failed)]
    [InlineData(false, "refused", "done", Exit.Failed)]
    public void The_exit_code_tells_a_refusal_from_what_could_not_be_reached(bool ok, string first, string second, int exit) =>
        Assert.Equal(exit, Exit.Of(JsonElement.Parse($"{{\"ok\":{(ok ? "true" : "false")},\"results\":[{{\"outcome\":\"{first}\"}},{{\"outcome\":\"{second}\"}}]}}")));

    [Fact]
    public void Check_counts_what_acts_and_leaves_out_what_is_not_there()
    {
        var inlet = SiteFile.Load(Path.Combine(TestFiles.Examples, "protected-inlet.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;
        Assert.Equal($"1 group, {inlet.Alarms.Length} alarms, 4 inputs, 1 output, 2 annunciators, 1 trip", Figures.Contents(inlet));
        Assert.Equal("1 alarm", Figures.Contents(TestFiles.Load(TestFiles.Small)));
    }
}
