using EdgeNode.Core.Model;
using EdgeNode.Core.Texts;

namespace EdgeNode.UnitTests.CoreLaws;

public class NodeAlarmTests
{
    public static TheoryData<NodeAlarm> All => [.. Enum.GetValues<NodeAlarm>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_fault_of_the_node_has_an_id_of_its_own_and_a_text_in_three_languages(NodeAlarm alarm)
    {
        Assert.StartsWith(NodeAlarmIds.Prefix, alarm.Id(), StringComparison.Ordinal);
        Assert.Single(Enum.GetValues<NodeAlarm>(), other => other.Id() == alarm.Id());
        Assert.True(Enum.IsDefined(alarm.Priority()));
        var text = alarm.Text();
        Assert.All((string[])[text.En, text.ZhHant, text.ZhHans], words => Assert.False(string.IsNullOrWhiteSpace(words)));
    }

    [Fact]
    public void There_are_as_many_ids_as_faults() => Assert.Equal(Enum.GetValues<NodeAlarm>().Length, NodeAlarmIds.Count);
}
