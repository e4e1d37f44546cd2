using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>What only the kernel's own interface to a GPIO chip gives: names of lines, and edges with their numbers. Nothing throws.</summary>
public interface IGpioChip : IDisposable
{
    /// <summary>Why the last call failed, in a few words.</summary>
    string Fault { get; }

    /// <summary>Finds a line by the name that device tree or firmware gave it.</summary>
    bool TryFind(string name, out int line);

    /// <summary>Takes a line for its edges; null when that fails.</summary>
    IEdgeLine? OpenEdges(EdgeRequest request);

    /// <summary>Takes a line as an output, with its level from the first moment; null when that fails.</summary>
    IOutputLine? OpenOutput(OutputRequest request);
}

/// <summary>A line that is driven. Disposing gives it back: what its level does then is the kernel's affair.</summary>
public interface IOutputLine : IDisposable
{
    /// <summary>Why the last call failed, in a few words.</summary>
    string Fault { get; }

    /// <summary>Drives the line, and reads back what its register says.</summary>
    /// <param name="active">To its active level.</param>
    /// <param name="isActive">What the register says; null when it cannot be read.</param>
    /// <returns>False when the line did not take it.</returns>
    bool TrySet(bool active, out bool? isActive);

    /// <summary>What the line's register says; null when it cannot be read.</summary>
    bool? Look();

    /// <summary>The same line once more: it stays taken, and keeps its level, until each of those that have it has given it back. Null when that fails.</summary>
    IOutputLine? Share();
}

/// <summary>How a line is taken as an output.</summary>
/// <param name="Line">Offset on the chip.</param>
/// <param name="ActiveLow">Active is the low level.</param>
/// <param name="Pull">Resistor inside the chip: what the line falls to once it is released, where the kernel lets it fall.</param>
/// <param name="Active">Its level from the first moment.</param>
public sealed record OutputRequest(int Line, bool ActiveLow, LinePull Pull, bool Active);

/// <summary>A line whose edges are counted. Disposing gives it back.</summary>
public interface IEdgeLine : IDisposable
{
    /// <summary>Most edges that wait; beyond it the oldest are dropped, which their numbers show.</summary>
    const int QueueLength = 1024;

    /// <summary>Takes the edges that wait, oldest first, as many as fit; never waits for one.</summary>
    /// <returns>False when the line is gone.</returns>
    bool TryTake(Span<LineEdge> into, out int count);
}

/// <summary>One edge to the active level.</summary>
/// <param name="At">Monotonic time by the kernel's stamp.</param>
/// <param name="Number">Counts the edges of this line from 1 since it was taken, dropped ones included; wraps at 2^32.</param>
public readonly record struct LineEdge(TimeSpan At, uint Number);

/// <summary>How a line is taken for its edges.</summary>
/// <param name="Line">Offset on the chip.</param>
/// <param name="ActiveLow">The active edge is the falling one.</param>
/// <param name="Pull">Resistor inside the chip.</param>
/// <param name="Debounce">Shorter changes are none; 0 for none of it.</param>
/// <param name="Queued">Called when edges wait, from a thread of the chip's own, at most every 2 ms: the queue is short, and a scan may be far away.</param>
public sealed record EdgeRequest(int Line, bool ActiveLow, LinePull Pull, TimeSpan Debounce, Action Queued);
