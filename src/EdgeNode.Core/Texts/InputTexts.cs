using EdgeNode.Core.Model;

namespace EdgeNode.Core.Texts;

/// <summary>The alarm that a tamper, mains or door contact has, unless the site file writes one.</summary>
public static class InputTexts
{
    /// <summary>How soon a person must act on the alarm; null: the input has none. An assumption: who opens the door rings nobody from the bed.</summary>
    public static AlarmPriority? Priority(InputMeaning means) => means switch
    {
        InputMeaning.Tamper or InputMeaning.MainsFail => AlarmPriority.High,
        InputMeaning.Door => AlarmPriority.Low,
        _ => null,
    };

    /// <summary>What the operator reads.</summary>
    /// <param name="means">Tamper, mains-fail or door.</param>
    /// <param name="input">The input's id.</param>
    public static LocalText Alarm(InputMeaning means, string input)
    {
        var (en, hant, hans) = means switch
        {
            InputMeaning.Tamper => ("somebody tampers with the cabinet", "機櫃遭人擅動", "机柜遭人擅动"),
            InputMeaning.MainsFail => ("the mains have failed", "市電中斷", "市电中断"),
            InputMeaning.Door => ("the cabinet's door is open", "櫃門開啟", "柜门打开"),
            _ => throw new ArgumentOutOfRangeException(nameof(means), means, "It has no alarm."),
        };
        return new LocalText($"{input}: {en}", $"{input}：{hant}", $"{input}：{hans}");
    }
}
