namespace EdgeNode.Simulation.Modbus;

/// <summary>How a simulated unit misbehaves.</summary>
public enum FieldFaultKind
{
    /// <summary>Requests are taken and never answered.</summary>
    Silent,

    /// <summary>Each reply comes late; what follows on the same connection waits behind it, as in a serial gateway.</summary>
    Delay,

    /// <summary>Each request is answered with one exception code.</summary>
    Exception,

    /// <summary>Right replies under another unit identifier.</summary>
    WrongUnit,

    /// <summary>1 to 64 random bytes in place of each reply.</summary>
    Garbage,

    /// <summary>Half a reply; then the connection is reset, where there is one.</summary>
    Reset,

    /// <summary>Right replies in two parts, with a pause between them.</summary>
    Split,

    /// <summary>1 to 8 random bytes before each right reply.</summary>
    Noise,

    /// <summary>Right replies with a wrong check sum. TCP frames have none: there the replies stay right.</summary>
    CheckSum,

    /// <summary>Right replies, but the values stay as they were when the fault began.</summary>
    Stuck,
}

/// <summary>A fault of one unit, switched on and off while the field runs. Made by the factories, so that each kind has what it needs.</summary>
public sealed record FieldFault
{
    private FieldFault(FieldFaultKind kind) => Kind = kind;

    /// <summary>What goes wrong.</summary>
    public FieldFaultKind Kind { get; }

    /// <summary>Of <see cref="FieldFaultKind.Delay"/>: how late each reply is.</summary>
    public TimeSpan Lateness { get; private init; }

    /// <summary>Of <see cref="FieldFaultKind.Split"/>: the pause between the parts.</summary>
    public TimeSpan Pause { get; private init; }

    /// <summary>Of <see cref="FieldFaultKind.Exception"/>: the code in the reply.</summary>
    public byte Code { get; private init; }

    /// <summary>Of <see cref="FieldFaultKind.WrongUnit"/>: the unit identifier in the reply.</summary>
    public byte Unit { get; private init; }

    /// <summary>No reply.</summary>
    public static FieldFault Silent { get; } = new(FieldFaultKind.Silent);

    /// <summary>Bytes that are no reply.</summary>
    public static FieldFault Garbage { get; } = new(FieldFaultKind.Garbage);

    /// <summary>The connection breaks in the middle of the reply.</summary>
    public static FieldFault Reset { get; } = new(FieldFaultKind.Reset);

    /// <summary>Noise before the reply.</summary>
    public static FieldFault Noise { get; } = new(FieldFaultKind.Noise);

    /// <summary>Wrong check sums.</summary>
    public static FieldFault CheckSum { get; } = new(FieldFaultKind.CheckSum);

    /// <summary>Frozen values.</summary>
    public static FieldFault Stuck { get; } = new(FieldFaultKind.Stuck);

    /// <summary>Late replies.</summary>
    /// <param name="lateness">More than zero.</param>
    public static FieldFault Delay(TimeSpan lateness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lateness, TimeSpan.Zero);
        return new(FieldFaultKind.Delay) { Lateness = lateness };
    }

    /// <summary>Replies in two parts.</summary>
    /// <param name="pause">Between the parts, more than zero.</param>
    public static FieldFault Split(TimeSpan pause)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pause, TimeSpan.Zero);
        return new(FieldFaultKind.Split) { Pause = pause };
    }

    /// <summary>An exception code in place of each answer.</summary>
    /// <param name="code">1 to 255; the specification knows 1 to 6, 8, 10 and 11.</param>
    public static FieldFault Exception(byte code)
    {
        ArgumentOutOfRangeException.ThrowIfZero(code);
        return new(FieldFaultKind.Exception) { Code = code };
    }

    /// <summary>Replies that name another unit.</summary>
    /// <param name="unit">The unit identifier in the reply.</param>
    public static FieldFault WrongUnit(byte unit) => new(FieldFaultKind.WrongUnit) { Unit = unit };
}
