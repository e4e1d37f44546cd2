using System.Collections.Frozen;

namespace EdgeNode.Core.Model;

/// <summary>How far a reading can be trusted.</summary>
public enum QualityLevel : byte
{
    /// <summary>The value is what the sensor said, in range and fresh.</summary>
    Good = 0,

    /// <summary>The value is there but in doubt; it still counts in the direction in which it errs.</summary>
    Uncertain = 1,

    /// <summary>There is no usable value.</summary>
    Bad = 2,
}

/// <summary>Why a reading is not good. The numbers are part of spool format v1: append only, never renumber.</summary>
public enum Reason : byte
{
    /// <summary>No reason: the reading is good.</summary>
    None = 0,

    /// <summary>Nothing was read since the start.</summary>
    NotYetRead = 1,

    /// <summary>The device did not answer within its deadline.</summary>
    Timeout = 2,

    /// <summary>The link to the bus could not be opened, or broke.</summary>
    LinkDown = 3,

    /// <summary>The reply did not belong to the request, or broke the protocol's rules.</summary>
    WrongReply = 4,

    /// <summary>The checksum of the reply was wrong.</summary>
    Checksum = 5,

    /// <summary>The device is left alone after repeated failures (open breaker) until the next probe.</summary>
    DeviceSuspended = 6,

    /// <summary>Modbus exception 1: the device does not know the function.</summary>
    IllegalFunction = 7,

    /// <summary>Modbus exception 2: the device does not have the register.</summary>
    IllegalAddress = 8,

    /// <summary>Modbus exception 3: the device refused the value or the count.</summary>
    IllegalValue = 9,

    /// <summary>Modbus exceptions 4, 7 and 8, and codes that the standard does not name.</summary>
    DeviceFailure = 10,

    /// <summary>Modbus exceptions 5 and 6: the device was busy for longer than the deadline.</summary>
    DeviceBusy = 11,

    /// <summary>Modbus exceptions 10 and 11: the gateway in between did not reach the device.</summary>
    GatewayPath = 12,

    /// <summary>The value was not a number, infinite, or digits that cannot be (BCD, mod10k).</summary>
    NotANumber = 13,

    /// <summary>The device sent the pattern by which it marks an invalid value.</summary>
    Sentinel = 14,

    /// <summary>No fresh value within the point's stale time.</summary>
    Stale = 15,

    /// <summary>Above the point's range.</summary>
    OverRange = 16,

    /// <summary>Below the point's range.</summary>
    UnderRange = 17,

    /// <summary>An integer of more than 53 bits: the value is rounded.</summary>
    Rounded = 18,

    /// <summary>Pulses came faster than they were taken: the kernel dropped edges, and says how many.</summary>
    LostEdges = 19,

    /// <summary>The chip had lost its configuration, by a brown-out as a rule; it is configured again.</summary>
    DeviceReset = 20,

    /// <summary>The signal is outside of what a sensor sends (NAMUR NE 43), or the sensor or its chip reports a failure. Uncertain while a current has not shown it for long enough.</summary>
    SensorFailure = 21,

    /// <summary>The point that the compensation asks for its temperature is not good; the last one known was used, or none.</summary>
    Uncompensated = 22,

    /// <summary>The board has no such thing: no battery, no sensor, a card that does not tell its wear.</summary>
    NotPresent = 23,

    /// <summary>The value changed faster than the process can: the sensor, its wiring or its place is in doubt.</summary>
    RateOfChange = 24,

    /// <summary>The value has not moved for longer than it ever rests.</summary>
    Stuck = 25,

    /// <summary>A single sample jumped. Either it came back, and the value is the nearer one of its neighbours, or nothing has confirmed it yet, and the value is its own.</summary>
    Spike = 26,

    /// <summary>The date by which the point was to be calibrated has passed.</summary>
    CalibrationExpired = 27,

    /// <summary>Of a group: too few members have a vote to say it, though none of them is bad; the others are bypassed.</summary>
    TooFewVotes = 28,

    /// <summary>People work on the plant: the value is what the sensor said, and may not be the process's.</summary>
    Maintenance = 29,

    /// <summary>A person has put this value in place of the reading, for a limited time. It is shown and recorded, and decides nothing.</summary>
    Substituted = 30,

    /// <summary>The device says by its status word that its value is for the time being not the process's: a simulation, a test, an operation by hand.</summary>
    FunctionCheck = 31,

    /// <summary>The device says by its status word that it works outside of what it is made for.</summary>
    OutOfSpecification = 32,

    /// <summary>The device's status word could not be read with the value: nobody knows what the device thinks of it. Bad while the word was never read.</summary>
    StatusUnknown = 33,

    /// <summary>The device asks by its status word for maintenance. The value is as good as ever.</summary>
    MaintenanceRequired = 34,
}

/// <summary>A level and, unless good, the reason. Text form: <c>good</c>, <c>uncertain:over-range</c>, <c>bad:timeout</c>.</summary>
public readonly record struct Quality(QualityLevel Level, Reason Reason)
{
    /// <summary>Good, without a reason.</summary>
    public static Quality Good => default;

    /// <summary>Usable, in doubt for the reason.</summary>
    public static Quality Uncertain(Reason reason) => new(QualityLevel.Uncertain, reason);

    /// <summary>Not usable for the reason.</summary>
    public static Quality Bad(Reason reason) => new(QualityLevel.Bad, reason);

    /// <summary>True when there is no usable value.</summary>
    public bool IsBad => Level == QualityLevel.Bad;

    /// <summary>True when the value was measured, in doubt or not. What a person has put in is shown, and no alarm, vote, trip or proof of an output goes by it.</summary>
    public bool IsMeasured => Level != QualityLevel.Bad && Reason != Reason.Substituted;

    /// <summary>True when the value is beyond doubt.</summary>
    public bool IsGood => Level == QualityLevel.Good;

    /// <summary>The text that the platform sees.</summary>
    public override string ToString() => QualityText.Of(this);

    /// <summary>Reads the text form back.</summary>
    /// <param name="text">For example <c>bad:timeout</c>.</param>
    /// <param name="quality">The quality, when the text was one.</param>
    public static bool TryParse(string text, out Quality quality) => QualityText.TryParse(text, out quality);
}

/// <summary>One table of the texts, so that a reading costs no string.</summary>
internal static class QualityText
{
    private static readonly string[] Reasons =
    [
        "none", "not-yet-read", "timeout", "link-down", "wrong-reply", "checksum", "device-suspended",
        "illegal-function", "illegal-address", "illegal-value", "device-failure", "device-busy", "gateway-path",
        "not-a-number", "sentinel", "stale", "over-range", "under-range", "rounded",
        "lost-edges", "device-reset", "sensor-failure", "uncompensated", "not-present",
        "rate-of-change", "stuck", "spike", "calibration-expired", "too-few-votes",
        "maintenance", "substituted",
        "function-check", "out-of-specification", "status-unknown", "maintenance-required",
    ];

    private static readonly string[] UncertainTexts = [.. Reasons.Select(r => "uncertain:" + r)];
    private static readonly string[] BadTexts = [.. Reasons.Select(r => "bad:" + r)];

    private static readonly FrozenDictionary<string, Quality> Parsed = All().ToFrozenDictionary(q => Of(q), q => q);

    internal static string Of(Quality q) => q.Level switch
    {
        QualityLevel.Good => "good",
        QualityLevel.Uncertain => UncertainTexts[(int)q.Reason],
        _ => BadTexts[(int)q.Reason],
    };

    internal static bool TryParse(string text, out Quality quality) => Parsed.TryGetValue(text, out quality);

    private static IEnumerable<Quality> All()
    {
        yield return Quality.Good;
        for (var r = 0; r < Reasons.Length; r++)
        {
            yield return Quality.Uncertain((Reason)r);
            yield return Quality.Bad((Reason)r);
        }
    }
}
