namespace EdgeNode.Core.Model;

/// <summary>
/// What its bus makes of a device's scans and writes in the worst case. The hardware works it out, by the rules by which it asks; <c>plan</c> and <c>check</c> go by the same figures. All zero for a device that nothing holds up.
/// </summary>
public readonly record struct DeviceTimes
{
    /// <summary>Share of the time of its bus, or of its chip, that all readings take. Above 1 the periods cannot be kept.</summary>
    public double Load { get; init; }

    /// <summary>How many other devices may be scanned before it.</summary>
    public int Others { get; init; }

    /// <summary>How long they hold it up, from the moment at which it is due.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>Until there is a connection, where one is made for its scan or for a write: dialling, and the pause after it.</summary>
    public TimeSpan Connect { get; init; }

    /// <summary>Requests of one scan.</summary>
    public int Requests { get; init; }

    /// <summary>Its own scan, each request answered just in time: pauses, characters on the line, deadlines.</summary>
    public TimeSpan Scan { get; init; }

    /// <summary>The longest request of its bus, from the pause before it to its deadline: what a write may have to wait for.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>A write to it, from the pause before it to its deadline.</summary>
    public TimeSpan Write { get; init; }
}
