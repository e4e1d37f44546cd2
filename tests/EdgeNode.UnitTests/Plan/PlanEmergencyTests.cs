using System.Text;
using EdgeNode.Gateway;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.UnitTests.Provisioning;

namespace EdgeNode.UnitTests.Plan;

/// <summary>What a technician reads about the load of the emergency mode.</summary>
public class PlanEmergencyTests(ITestOutputHelper output)
{
    /// <summary>Three units of 20 registers on one line: a scan of one takes 84.7 ms at 9600 baud.</summary>
    private static SitePlan Plan(string emergency, string every = "2s")
    {
        var registers = string.Concat(Enumerable.Range(0, 20).Select(r => $"      - {{ name: r{r}, function: 3, register: {r}, type: uint16, unit: count }}\n"));
        var devices = string.Concat(Enumerable.Range(1, 3).Select(u => $"  - id: D{u}\n    bus: rs485\n    address: {u}\n    every: {every}\n    timeout: 100ms\n    registers:\n{registers}"));
        var text = $"node: {{ id: en-1, site: s }}\nbuses:\n  rs485: {{ modbus-rtu: /dev/ttyS1, baud: 9600, format: 8E1 }}\ndevices:\n{devices}emergency: {emergency}\n";
        var result = SiteFile.Parse("site.yaml", Encoding.UTF8.GetBytes(text), "/", TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return SitePlan.Of(result.Site!);
    }

    private List<string> Said(IEnumerable<string> lines)
    {
        var said = lines.ToList();
        said.ForEach(output.WriteLine);
        return said;
    }

    [Fact]
    public void The_load_is_told_beside_the_usual_one()
    {
        var plan = Plan("{ when: [ ], points: [ D1.r0 ], every: 500ms, for: 90s }");
        Assert.Equal(
            [
                "Emergency mode, for 90s after each alarm that begins it: D1 is read every 500ms.",
                "Bus rs485 is busy 25.4 % then, 12.7 % as a rule.",
            ],
            Said(PlanEmergencyText.Lines(plan)));
        Assert.Empty(PlanEmergencyText.Warnings(plan));
    }

    [Theory]
    [InlineData("100ms", "cannot keep its periods: the readings would take 254 % of its time")]
    [InlineData("300ms", "is busy 84.7 % of its time")]
    public void What_cannot_be_met_is_warned_of_with_a_period_that_can(string every, string says)
    {
        var plan = Plan($"{{ when: [ ], points: [ D1.r0, D2.r0, D3.r0 ], every: {every} }}");
        var warning = Assert.Single(Said(PlanEmergencyText.Warnings(plan)));
        Assert.Contains("In the emergency mode bus rs485 " + says, warning, StringComparison.Ordinal);
        var better = warning.Split('`')[1];
        Assert.Empty(PlanEmergencyText.Warnings(Plan($"{{ when: [ ], points: [ D1.r0, D2.r0, D3.r0 ], {better} }}")));
    }

    [Fact]
    public void Without_the_mode_and_without_a_faster_scan_nothing_is_said()
    {
        Assert.Null(SitePlan.Of(TestFiles.Load(TestFiles.Small)).Emergency);
        Assert.Empty(PlanEmergencyText.Lines(Plan("{ when: [ ], points: [ D1.r0 ] }")));
    }
}
