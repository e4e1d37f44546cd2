using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary>Contacts that mean tamper, mains-fail or door are watched, whether the site file says so or not.</summary>
public sealed class ContactAlarmTests
{
    private const string Head = """
        node: { id: en-1, site: test }
        buses:
          gpio0: { gpio: /dev/gpiochip0 }
        devices:
          - { id: XS-9, bus: gpio0, line: 9, profile: switch, every: 1s }
        inputs:
          - { id: ZS-1, bus: gpio0, line: 1, means: tamper }
          - { id: XS-2, bus: gpio0, line: 2, means: mains-fail }
          - { id: ZS-3, bus: gpio0, line: 3, means: door }
          - { id: HS-4, bus: gpio0, line: 4, means: acknowledge }

        """;

    [Fact]
    public void Each_has_an_alarm_of_its_own()
    {
        Assert.Equal(
            ["ZS-1.tamper High ZS-1.state", "XS-2.mains-fail High XS-2.state", "ZS-3.door Low ZS-3.state"],
            Load("").Alarms.Select(a => $"{a.Id} {a.Priority} {Load("").Points[a.Point].Name}"));
        Assert.All(Load("").Alarms, a => Assert.True(a.Kind == AlarmKind.Active && a.Text is { En.Length: > 0, ZhHant.Length: > 0, ZhHans.Length: > 0 }));
    }

    [Fact]
    public void One_that_the_site_file_writes_is_the_only_one() =>
        Assert.Equal(
            ["DOOR", "ZS-1.tamper", "XS-2.mains-fail"],
            Load("alarms: [ { id: DOOR, of: ZS-3.state, when: active, on-delay: 10min, priority: medium } ]\n").Alarms.Select(a => a.Id));

    [Fact]
    public void One_of_its_quality_says_something_else_and_replaces_none() =>
        Assert.Equal(
            ["WIRE", "ZS-1.tamper", "XS-2.mains-fail", "ZS-3.door"],
            Load("alarms: [ { id: WIRE, of: XS-2.state, when: bad, priority: low } ]\n").Alarms.Select(a => a.Id));

    [Theory]
    [InlineData("981ms", 2)]
    [InlineData("980ms", 0)]
    public void A_tamper_contact_or_a_door_that_is_looked_at_rarely_is_hinted_at(string every, int hints)
    {
        var text = Head.Replace("means: tamper", $"every: {every}, means: tamper", StringComparison.Ordinal).Replace("means: door", $"every: {every}, means: door", StringComparison.Ordinal);
        var given = TestFiles.Parse(text).Hints;
        Assert.Equal(hints, given.Length);
        if (hints > 0)
            Assert.Equal("ZS-1: it is read every 981ms and debounced for 20ms, so that an opening which is over sooner is not seen. Write 'every' and 'debounce' of together at most 1s.", given[0].Message);
    }

    private static Site Load(string alarms)
    {
        var result = SiteFile.Parse("site.yaml", System.Text.Encoding.UTF8.GetBytes(Head + alarms), TestFiles.Good, TestFiles.Profiles, FieldTimes.Of);
        Assert.Empty(result.Faults);
        return result.Site!;
    }
}
