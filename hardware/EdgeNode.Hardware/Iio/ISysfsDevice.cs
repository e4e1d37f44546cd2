using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Iio;

/// <summary>A device whose values the kernel publishes in files.</summary>
internal interface ISysfsDevice
{
    /// <summary>Adds a sample for each of its points.</summary>
    void Scan(List<RawSample> samples, CancellationToken stop);
}
