using BenchmarkDotNet.Attributes;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.Benchmarks.Micro;

/// <summary>The pump station's example from file to checked site.</summary>
public class SiteLoad
{
    private static readonly ProfileCatalog Profiles = new(EdgeNode.Hardware.DeviceProfiles.All);

    private readonly string _path = Path.Combine(AppContext.BaseDirectory, "pump-station.yaml");

    [GlobalSetup]
    public void Check()
    {
        var faults = SiteFile.Load(_path, Profiles, FieldTimes.Of).Faults;
        if (!faults.IsEmpty)
        {
            throw new InvalidOperationException(string.Join('\n', faults));
        }
    }

    [Benchmark]
    public SiteResult Load() => SiteFile.Load(_path, Profiles, FieldTimes.Of);
}
