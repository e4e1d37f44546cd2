using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>What <c>emergency</c> of a site file becomes. Its faults are in Faults/emergency.yaml.</summary>
public sealed class EmergencySectionTests
{
    private static string Critical(string emergency) => TestFiles.Small.Replace("priority: high", "priority: critical", StringComparison.Ordinal) + $"emergency: {emergency}\n";

    [Fact]
    public void A_group_stands_for_its_members_and_a_device_that_is_as_fast_stays_as_it_is()
    {
        var site = SiteFile.Load(Path.Combine(TestFiles.Good, "everything.yaml"), TestFiles.Profiles, FieldTimes.Of).Site!;
        var emergency = site.Emergency!;
        Assert.Equal(["PT-301.pressure", "KT-301.signal", "PT-101.pressure", "PT-101.r4", "T-300.value"], emergency.Points.Select(p => site.Points[p].Name));
        Assert.Equal(["PAHH-101", "P-300.all-bad"], emergency.When.Select(a => site.Alarms[a].Id));
        Assert.Equal((TimeSpan.FromMilliseconds(200), true, TimeSpan.FromMinutes(5)), (emergency.Every!.Value, emergency.EveryReading, emergency.For));
        var quick = site.Devices.Where((d, i) => emergency.EveryOf(site, i) < d.Every).Select(d => d.Id);
        Assert.Equal(["PT-101", "KT-301", "KT-302", "KT-303"], quick);
        Assert.All(emergency.Scanned(site).Devices.Zip(site.Devices), d => Assert.Equal(d.First.Every < d.Second.Every ? TimeSpan.FromMilliseconds(200) : d.Second.Every, d.First.Every));
    }

    [Fact]
    public void Without_when_every_critical_alarm_begins_it_for_a_quarter_of_an_hour()
    {
        var emergency = TestFiles.Load(Critical("{ points: [ PT-101.pressure ], report: every-reading }")).Emergency!;
        Assert.Equal([0], emergency.When);
        Assert.Equal((TimeSpan.FromMinutes(15), (TimeSpan?)null), (emergency.For, emergency.Every));
    }

    [Fact]
    public void An_empty_when_leaves_it_to_a_person_and_by_rule_to_the_points_own_rules()
    {
        var emergency = TestFiles.Load(TestFiles.Small + "emergency: { when: [ ], points: [ PT-101.pressure ], every: 100ms, report: by-rule, for: 24h }\n").Emergency!;
        Assert.Empty(emergency.When);
        Assert.False(emergency.EveryReading);
        Assert.Equal(EmergencyOptions.Longest, emergency.For);
    }

    [Fact]
    public void Alarms_of_trips_outputs_and_contacts_begin_it_like_any_other_and_an_input_is_named_by_its_id()
    {
        var text = File.ReadAllText(Path.Combine(TestFiles.Good, "everything.yaml"));
        var of = text.IndexOf("emergency:", StringComparison.Ordinal);
        var rest = text[text.IndexOf('\n', of)..];
        var named = TestFiles.Load(text[..of] + "emergency: { when: [ stop-303.tripped, XV-302.fault, ZS-306.tamper ], points: [ PUMP-STOPPED, XV-302.safe ], every: 50ms }" + rest);
        Assert.Equal(["stop-303.tripped", "XV-302.fault", "ZS-306.tamper"], named.Emergency!.When.Select(a => named.Alarms[a].Id));
        Assert.Equal(["PUMP-STOPPED.state", "XV-302.safe"], named.Emergency.Points.Select(p => named.Points[p].Name));
        Assert.Equal(["PUMP-STOPPED"], named.Devices.Where((d, i) => named.Emergency.EveryOf(named, i) < d.Every).Select(d => d.Id));

        var every = TestFiles.Load(text[..of] + "emergency: { points: [ PUMP-STOPPED ] }" + rest);
        Assert.Contains("close-302.tripped", every.Emergency!.When.Select(a => every.Alarms[a].Id));
        Assert.DoesNotContain("stop-303.tripped", every.Emergency.When.Select(a => every.Alarms[a].Id));
    }

    [Fact]
    public void An_alarm_of_what_is_faulty_itself_is_not_answered_as_well() =>
        Assert.Contains("bus", TestFiles.OnlyFault(TestFiles.Small + """
            inputs:
              - { id: ZS-1, bus: nowhere, line: 3, means: tamper }
            emergency: { when: [ ZS-1.tamper ], points: [ PT-101.pressure, ZS-1 ] }

            """), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ points: [ PT-101.pressure ] }", "15:12: no alarm is critical, so nothing begins the emergency mode; expected when: [ PAH-101 ] with alarms of this file, or when: [ ] if only a person is to begin it")]
    [InlineData("{ when: [ PAH-101 ], points: [ PT-101.pressure ], every: 1s }", "'PT-101.pressure' is read every 1s as it is, and 1s is not shorter; expected less than 1s, or 'PT-101.pressure' not among the points")]
    [InlineData("{ when: [ PAH-101 ], points: [ PT-101.pressure ], every: 9ms }", "'9ms' is out of bounds; expected a duration from 10ms to 24h")]
    [InlineData("{ when: [ PAH-101 ], points: [ PT-101.pressure ], for: 25h }", "'25h' is out of bounds; expected a duration from 10s to 24h")]
    [InlineData("{ when: [ PAH-101 ], points: [ PT-101.pressure ], report: by-rule }", "with 'report: by-rule' and without 'every' nothing changes in the emergency mode")]
    [InlineData("{ when: [ PAH-101 ], points: [ P-109 ] }", "there is no group and no input 'P-109'; expected a group, an input, or a point such as PT-101.pressure")]
    [InlineData("{ when: [ PAH-110 ], points: [ PT-101.pressure ] }", "there is no alarm 'PAH-110'; expected the id of an alarm, such as PAHH-101, or of one that a group has, such as P-101.all-bad; did you mean 'PAH-101'?")]
    public void What_cannot_be_is_answered_with_place_fault_and_remedy(string emergency, string says) =>
        Assert.Contains(says, TestFiles.OnlyFault(TestFiles.Small + $"emergency: {emergency}\n"), StringComparison.Ordinal);
}
