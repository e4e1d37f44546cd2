using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Health;

/// <summary>A value, or the reason and the sentence why there is none.</summary>
/// <param name="Value">0 when bad.</param>
/// <param name="Quality">How far to trust it.</param>
/// <param name="Fault">For the log: what is missing and where it was looked for; empty when there is a value.</param>
internal readonly record struct Measured(double Value, Quality Quality, string Fault)
{
    public static Measured Good(double value) => new(value, Quality.Good, "");

    public static Measured Flag(bool value) => Good(value ? 1 : 0);

    public static Measured Not(Reason reason, string fault = "") => new(0, Quality.Bad(reason), fault);

    /// <summary>The board has no such thing.</summary>
    public static Measured Missing(string fault) => Not(Reason.NotPresent, fault);

    /// <summary>It has, and the kernel gives no value.</summary>
    public static Measured Failed(string fault) => Not(Reason.DeviceFailure, fault);
}
