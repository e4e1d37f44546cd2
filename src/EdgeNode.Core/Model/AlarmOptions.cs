namespace EdgeNode.Core.Model;

/// <summary>What an alarm watches. The numbers stand in no file.</summary>
public enum AlarmKind : byte
{
    /// <summary>Active above the setpoint.</summary>
    High,

    /// <summary>Active below the setpoint.</summary>
    Low,

    /// <summary>Active above the setpoint, the second step.</summary>
    HighHigh,

    /// <summary>Active below the setpoint, the second step.</summary>
    LowLow,

    /// <summary>Active while the value moves faster than the setpoint, upwards or downwards; the setpoint is in the point's unit a second.</summary>
    Rate,

    /// <summary>Active while the value is further than the setpoint from another point or from a fixed value.</summary>
    Deviation,

    /// <summary>Active while the point is bad, for whatever reason.</summary>
    Bad,

    /// <summary>Active while the point has no fresh value.</summary>
    Stale,

    /// <summary>Active while a switch is closed (the value is not 0).</summary>
    Active,

    /// <summary>Active while a switch is open (the value is 0).</summary>
    Inactive,
}

/// <summary>The words for the kinds: keys of the site file, or its words after <c>when</c>.</summary>
public static class AlarmKinds
{
    private static readonly string[] Words = ["high", "low", "high-high", "low-low", "rate", "deviation", "bad", "stale", "active", "inactive"];

    /// <summary>The word.</summary>
    public static string Text(this AlarmKind kind) => Words[(int)kind];

    /// <summary>The value is wrong above the setpoint.</summary>
    public static bool IsHigh(this AlarmKind kind) => kind is AlarmKind.High or AlarmKind.HighHigh;

    /// <summary>It compares a value with a number.</summary>
    public static bool HasSetpoint(this AlarmKind kind) => kind <= AlarmKind.Deviation;

    /// <summary>It is of the value's quality, and always known.</summary>
    public static bool IsOfQuality(this AlarmKind kind) => kind is AlarmKind.Bad or AlarmKind.Stale;
}

/// <summary>How soon a person must act (ISA-18.2).</summary>
public enum AlarmPriority : byte
{
    /// <summary>Awareness.</summary>
    Low,

    /// <summary>Prompt.</summary>
    Medium,

    /// <summary>Soon.</summary>
    High,

    /// <summary>At once.</summary>
    Critical,
}

/// <summary>A condition that is watched.</summary>
/// <param name="Id">Tag name of the alarm, unique.</param>
/// <param name="Point">Index into <see cref="Site.Points"/>.</param>
/// <param name="Kind">What is watched.</param>
/// <param name="Setpoint">In the point's unit; of a rate in the point's unit a second; 0 where the kind has none.</param>
/// <param name="Deadband">As the setpoint, 0 or more: how far back it must come before the condition clears.</param>
/// <param name="OnDelay">The condition must hold this long before the alarm is raised.</param>
/// <param name="OffDelay">The condition must be gone this long before the alarm clears.</param>
/// <param name="Priority">Priority.</param>
/// <param name="Text">What the operator reads.</param>
public sealed record AlarmOptions(
    string Id, int Point, AlarmKind Kind, double Setpoint, double Deadband, TimeSpan OnDelay, TimeSpan OffDelay, AlarmPriority Priority, LocalText Text)
{
    /// <summary>Longest shelf unless the site file says less: one working shift. Our own figure, of no standard.</summary>
    public static readonly TimeSpan ShelveDefault = TimeSpan.FromHours(8);

    /// <summary>The group whose members are compared and vote, as an index into <see cref="Site.Groups"/>; null for an alarm of one point. The point is the group's then.</summary>
    public int? Group { get; init; }

    /// <summary>What the group watches of itself, for the alarms that every group has; null for a setpoint.</summary>
    public GroupFault? Fault { get; init; }

    /// <summary>After the condition has gone the alarm stands until a person resets it.</summary>
    public bool Latch { get; init; }

    /// <summary>An acknowledged alarm that is still active is unacknowledged again after this time; null: never.</summary>
    public TimeSpan? ReAlarm { get; init; }

    /// <summary>Longest time that a person may shelve it; more than 0.</summary>
    public TimeSpan ShelveAtMost { get; init; } = ShelveDefault;

    /// <summary>When the alarm is meaningless by design; null: never. Of a critical alarm it has no effect, and the site file refuses it.</summary>
    public AlarmCause? SuppressWhen { get; init; }

    /// <summary>Name of the group in which the first alarm to come up is marked; null: none.</summary>
    public string? FirstOut { get; init; }

    /// <summary>For <see cref="AlarmKind.Rate"/>: the stretch over which the rate is taken.</summary>
    public TimeSpan RateOver { get; init; }

    /// <summary>For <see cref="AlarmKind.Deviation"/>: index of the point from which it is measured; null: from <see cref="Reference"/>.</summary>
    public int? ReferencePoint { get; init; }

    /// <summary>For a deviation from a point: makes the alarm's unit of that point's, with <see cref="ReferenceOffset"/>.</summary>
    public double ReferenceFactor { get; init; } = 1;

    /// <summary>Added after the factor.</summary>
    public double ReferenceOffset { get; init; }

    /// <summary>For <see cref="AlarmKind.Deviation"/> without a point: the value from which it is measured, in the point's unit.</summary>
    public double Reference { get; init; }
}

/// <summary>Something that is true, false or unknown: a switch that is active, or an alarm whose condition is true.</summary>
/// <param name="IsAlarm">It is an alarm; else a point.</param>
/// <param name="Index">Index into <see cref="Site.Alarms"/> or <see cref="Site.Points"/>.</param>
public readonly record struct AlarmCause(bool IsAlarm, int Index);
