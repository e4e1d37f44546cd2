using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Gpio;

/// <summary>A device on lines of a GPIO chip.</summary>
internal interface ILineDevice : IDisposable
{
    /// <summary>See <see cref="Core.Ports.IFieldBus.Pending"/>.</summary>
    TimeSpan? Pending { get; }

    /// <summary>Edges that were dropped since the start; from any thread.</summary>
    long LostEdges { get; }

    /// <summary>Reads once.</summary>
    void Scan(List<RawSample> samples);

    /// <summary>See <see cref="Core.Ports.IFieldBus.Resume"/>.</summary>
    void Resume(List<RawSample> samples);
}
