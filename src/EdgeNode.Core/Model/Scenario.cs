using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>What goes wrong in a simulated field, and when. Checked against the site that it is for.</summary>
/// <param name="Entries">In the order of the file. Of one device at most one fault of each layer holds at a time.</param>
public sealed record Scenario(ImmutableArray<ScenarioEntry> Entries)
{
    /// <summary>Nothing goes wrong.</summary>
    public static Scenario Empty { get; } = new([]);
}

/// <summary>One fault for a time.</summary>
/// <param name="At">When it begins, since the start of the field.</param>
/// <param name="For">How long it holds; null for ever.</param>
/// <param name="Bus">Index into <see cref="Site.Buses"/>: the bus that fails, or that of the device.</param>
/// <param name="Device">Index into <see cref="Site.Devices"/>; null where the bus fails.</param>
/// <param name="Fault">What is wrong.</param>
public sealed record ScenarioEntry(TimeSpan At, TimeSpan? For, int Bus, int? Device, ScenarioFault Fault)
{
    /// <summary>Whether it holds at a time: from its beginning on, and no longer at its end.</summary>
    public bool Holds(TimeSpan elapsed) => elapsed >= At && (For is not { } length || elapsed - At < length);

    /// <summary>Some time belongs to both.</summary>
    public bool Overlaps(ScenarioEntry other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Holds(other.At) || other.Holds(At);
    }
}

/// <summary>Where a fault works. Faults of different layers may hold at once: a transmitter drifts, and its line is noisy.</summary>
public enum ScenarioLayer
{
    /// <summary>The way from the device to the node.</summary>
    Wire,

    /// <summary>What the device measures.</summary>
    Value,

    /// <summary>The bus as a whole.</summary>
    Bus,
}

/// <summary>What is wrong.</summary>
public abstract record ScenarioFault(ScenarioLayer Layer);

/// <summary>Each reply comes late.</summary>
/// <param name="Lateness">By how much; more than 0.</param>
public sealed record DelayFault(TimeSpan Lateness) : ScenarioFault(ScenarioLayer.Wire);

/// <summary>No reply; a chip is pulled out.</summary>
public sealed record SilenceFault() : ScenarioFault(ScenarioLayer.Wire);

/// <summary>Bytes that are no reply; transfers that break off; a contact that bounces.</summary>
public sealed record NoiseFault() : ScenarioFault(ScenarioLayer.Wire);

/// <summary>Replies that name another unit.</summary>
public sealed record WrongUnitFault() : ScenarioFault(ScenarioLayer.Wire);

/// <summary>Each request is answered with a Modbus exception.</summary>
/// <param name="Code">1 to 255; Modbus knows 1 to 8, 10 and 11.</param>
public sealed record ExceptionFault(int Code) : ScenarioFault(ScenarioLayer.Wire);

/// <summary>The values stay as they were when the fault began; a line keeps its level.</summary>
public sealed record StuckFault() : ScenarioFault(ScenarioLayer.Value);

/// <summary>The values of one quantity move away from the truth.</summary>
/// <param name="PerSecond">By how much a second, in the unit.</param>
/// <param name="Unit">Its quantity says which values of the device drift.</param>
public sealed record DriftFault(double PerSecond, Unit Unit) : ScenarioFault(ScenarioLayer.Value);

/// <summary>The adapter, the port or the peer is away.</summary>
public sealed record UnplugFault() : ScenarioFault(ScenarioLayer.Bus);
