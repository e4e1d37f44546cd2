using EdgeNode.Core.Model;

namespace EdgeNode.Core.Texts;

/// <summary>What the operator reads of the alarms that every group has.</summary>
public static class GroupTexts
{
    private static readonly LocalText[] Table =
    [
        new("a sensor of the group has no vote", "量測組中有感測器失去表決權", "测量组中有传感器失去表决权"),
        new("a sensor of the group has had no vote for longer than a repair may take", "量測組感測器維修逾期", "测量组传感器维修逾期"),
        new("no sensor of the group has a vote", "量測組所有感測器均無表決權", "测量组所有传感器均无表决权"),
        new("a sensor lies too far from the others of its group", "量測組中有感測器讀數偏離過大", "测量组中有传感器读数偏离过大"),
    ];

    private static readonly string[] Words = ["degraded", "repair-overdue", "all-bad", "deviation"];

    /// <summary>The last part of the alarm's id: GROUP.degraded, for example.</summary>
    public static string Word(this GroupFault fault) => Words[(int)fault];

    /// <summary>What the operator reads.</summary>
    /// <param name="fault">Which.</param>
    /// <param name="group">The group's id.</param>
    public static LocalText Text(this GroupFault fault, string group)
    {
        var (en, hant, hans) = Table[(int)fault];
        return new LocalText($"{group}: {en}", $"{group}：{hant}", $"{group}：{hans}");
    }
}
