using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Demo;

/// <summary>The demo's site file (provisioning/examples/demo.yaml) with the addresses of this run in place.</summary>
internal static class DemoSite
{
    /// <summary>Loads it; every point is marked as simulated.</summary>
    public static Site Load(int fieldPort, int bridgePort, int mqttPort)
    {
        using var stream = typeof(DemoSite).Assembly.GetManifestResourceStream("demo.yaml")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd()
            .Replace("127.0.0.1:502\"", $"127.0.0.1:{fieldPort}\"", StringComparison.Ordinal)
            .Replace("127.0.0.1:503\"", $"127.0.0.1:{bridgePort}\"", StringComparison.Ordinal)
            .Replace("mqtt://127.0.0.1:1883", $"mqtt://127.0.0.1:{mqttPort}", StringComparison.Ordinal);
        var result = SiteFile.Parse("demo.yaml", Encoding.UTF8.GetBytes(text), AppContext.BaseDirectory, SiteReader.Profiles);
        return result.Faults.IsEmpty
            ? result.Site! with { Points = [.. result.Site!.Points.Select(p => p with { Simulated = true })] }
            : throw new InvalidOperationException("The demo's own site file is wrong: " + string.Join("; ", result.Faults));
    }
}
