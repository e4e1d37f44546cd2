using EdgeNode.Core.Model;

namespace EdgeNode.Core.Texts;

/// <summary>What the operator reads of the alarms that every trip and every output has.</summary>
public static class ProtectionTexts
{
    /// <summary>Of TRIP.tripped; the trip's own text stands behind it.</summary>
    /// <param name="trip">Which.</param>
    public static LocalText Tripped(TripOptions trip)
    {
        ArgumentNullException.ThrowIfNull(trip);
        var text = trip.Text;
        return trip.Armed
            ? new LocalText($"{trip.Id}: tripped{With(": ", text.En)}", $"{trip.Id}：聯鎖動作{With("：", text.ZhHant)}", $"{trip.Id}：联锁动作{With("：", text.ZhHans)}")
            : new LocalText($"{trip.Id}: would have tripped (shadow mode){With(": ", text.En)}", $"{trip.Id}：聯鎖條件成立（僅監視，未動作）{With("：", text.ZhHant)}", $"{trip.Id}：联锁条件成立（仅监视，未动作）{With("：", text.ZhHans)}");
    }

    /// <summary>Of TRIP.inhibited.</summary>
    /// <param name="trip">The trip's id.</param>
    public static LocalText Inhibited(string trip) => new($"{trip}: inhibited or in test, does not protect", $"{trip}：聯鎖已暫時解除或測試中，不起保護作用", $"{trip}：联锁已暂时解除或测试中，不起保护作用");

    /// <summary>Of TRIP.blind.</summary>
    /// <param name="trip">The trip's id.</param>
    public static LocalText Blind(string trip) => new($"{trip}: its cause is unknown, nobody can tell whether it is to trip", $"{trip}：聯鎖條件未知，無法判斷是否應動作", $"{trip}：联锁条件未知，无法判断是否应动作");

    /// <summary>Of OUTPUT.fault.</summary>
    /// <param name="output">The output's id.</param>
    public static LocalText OutputFault(string output) => new($"{output}: does not do what it is asked for, or nobody can tell", $"{output}：輸出未按指令動作，或狀態無法確認", $"{output}：输出未按指令动作，或状态无法确认");

    private static string With(string between, string text) => text.Length == 0 ? "" : between + text;
}
