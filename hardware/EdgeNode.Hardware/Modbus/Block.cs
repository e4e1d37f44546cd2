using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>Values that are read with one request, and what is known about reading them.</summary>
internal sealed class Block
{
    /// <summary>A refused value is tried again after this, doubling up to the cap.</summary>
    public static readonly TimeSpan FirstHoleInterval = TimeSpan.FromSeconds(30);

    /// <summary>Longest time between two tries of a refused value.</summary>
    public static readonly TimeSpan HoleIntervalCap = TimeSpan.FromMinutes(10);

    private TimeSpan _holeInterval;
    private TimeSpan _holeRetryAt;

    /// <param name="values">Of one function, in the order of their registers, at least one.</param>
    public Block(ReadOnlySpan<RegisterOptions> values)
    {
        Values = values.ToArray();
        Function = (byte)Values[0].Function;
        Register = Values[0].First;
        foreach (var value in Values)
            Count = Math.Max(Count, value.End - Register);
    }

    public byte Function { get; }

    /// <summary>First register.</summary>
    public int Register { get; }

    /// <summary>Registers or bits in the request, gaps included.</summary>
    public int Count { get; }

    public RegisterOptions[] Values { get; }

    /// <summary>One of the values is a status word.</summary>
    public bool HasStatus => Array.Exists(Values, static v => IsStatus(v));

    /// <summary>What a status word has in place of a point.</summary>
    public static int StatusPoint(int word) => ~word;

    /// <summary>The value is a status word and no point's.</summary>
    public static bool IsStatus(RegisterOptions value) => value.Point < 0;

    /// <summary>Some devices keep silent about registers that they do not have: the block rests while the unit is well.</summary>
    public Breaker Silence { get; } = new();

    /// <summary>Why the device refused this single value; none while it does not.</summary>
    public Reason Hole { get; private set; }

    /// <summary>True when the value was refused and is not due again.</summary>
    public bool RestsAsHole(TimeSpan now) => Hole != Reason.None && now < _holeRetryAt;

    /// <summary>The device refused the value.</summary>
    /// <returns>True when this is new.</returns>
    public bool Refused(Reason reason, TimeSpan now)
    {
        var isNew = Hole == Reason.None;
        Hole = reason;
        var doubled = _holeInterval * 2;
        _holeInterval = isNew ? FirstHoleInterval : doubled < HoleIntervalCap ? doubled : HoleIntervalCap;
        _holeRetryAt = now + _holeInterval;
        return isNew;
    }

    /// <summary>The device gave the value.</summary>
    /// <returns>True when it had refused before.</returns>
    public bool Given()
    {
        var was = Hole != Reason.None;
        Hole = Reason.None;
        return was;
    }

    /// <summary>The unit is back after a silence and may be another one: a refused value is due at once.</summary>
    public void AskAgain() => _holeRetryAt = TimeSpan.Zero;

    /// <summary>Both halves of a block with more than one value.</summary>
    public (Block Low, Block High) Split()
    {
        var half = Values.Length / 2;
        return (new Block(Values.AsSpan(0, half)), new Block(Values.AsSpan(half)));
    }
}
