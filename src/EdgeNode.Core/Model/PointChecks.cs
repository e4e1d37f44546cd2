namespace EdgeNode.Core.Model;

/// <summary>What a point's values are held against besides range and age. Each is off while its property is null.</summary>
public sealed record PointChecks
{
    /// <summary>None of them.</summary>
    public static PointChecks None { get; } = new();

    /// <summary>The value arrives as the current of a 4-20 mA loop, and is judged by NAMUR NE 43.</summary>
    public CurrentLoopOptions? Loop { get; init; }

    /// <summary>Fastest change that the process can make, in the point's unit a second; above 0.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Largest jump from one sample to the next that is believed at once, in the point's unit; above 0.</summary>
    public double? Spike { get; init; }

    /// <summary>When a value that does not move is in doubt.</summary>
    public StuckOptions? Stuck { get; init; }
}

/// <summary>A current loop: which current a raw value stands for.</summary>
/// <param name="Scale">Milliampere = raw x scale + offset.</param>
/// <param name="Offset">mA.</param>
/// <param name="FailureAfter">The current must be a failure signal for this long before the sensor has failed; 0 to 60 s, and with 0 the second sample in a row declares it.</param>
public sealed record CurrentLoopOptions(double Scale, double Offset, TimeSpan FailureAfter)
{
    /// <summary>4 s: what control systems take as a rule. NE 43 is quoted with about that; it is a default, not a figure of the standard that was seen.</summary>
    public static readonly TimeSpan DefaultFailureAfter = TimeSpan.FromSeconds(4);
}

/// <summary>A sensor that lives moves.</summary>
/// <param name="For">Time without movement after which the value is in doubt.</param>
/// <param name="Within">
/// 0: movement is any change of the raw value, be it one digit. Above 0: movement is a value farther than this, in the point's unit, from where it rested;
/// for a frozen sensor behind a converter whose last digit is noise.
/// </param>
public sealed record StuckOptions(TimeSpan For, double Within);
