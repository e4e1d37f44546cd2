using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Demo;

/// <summary>The site files of the demo and of its story (provisioning/examples), and the addresses of a run put into it.</summary>
internal static class DemoSite
{
    /// <summary>The demo's site.</summary>
    public const string Demo = "demo.yaml";

    /// <summary>The site of its story.</summary>
    public const string Story = "demo-story.yaml";

    /// <summary>Loads it; every point is marked as simulated.</summary>
    /// <param name="name">Which of them.</param>
    public static Site Load(string name = Demo)
    {
        var result = SiteFile.Parse(name, Bytes(name), AppContext.BaseDirectory, SiteReader.Profiles, FieldTimes.Of);
        return result.Faults.IsEmpty
            ? result.Site! with { Points = [.. result.Site!.Points.Select(p => p with { Simulated = true })] }
            : throw new InvalidOperationException("The demo's own site file is wrong: " + string.Join("; ", result.Faults));
    }

    /// <summary>What fails in the story.</summary>
    /// <param name="site">The story's site.</param>
    public static Scenario LoadScenario(Site site)
    {
        const string name = "scenarios/" + Story;
        var result = ScenarioFile.Parse(name, Bytes(name), site);
        return result.Scenario ?? throw new InvalidOperationException("The story's own scenario is wrong: " + string.Join("; ", result.Faults));
    }

    private static byte[] Bytes(string name)
    {
        using var stream = typeof(DemoSite).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The site with the ports on which this run's devices and broker listen.</summary>
    /// <param name="site">As loaded.</param>
    /// <param name="fieldPort">Modbus TCP port of the pump station on 127.0.0.1.</param>
    /// <param name="bridgePort">Modbus TCP port of the bridge on 127.0.0.1.</param>
    /// <param name="serialPort">Path of the serial port.</param>
    /// <param name="mqttPort">Port of the broker on 127.0.0.1.</param>
    public static Site At(Site site, int fieldPort, int bridgePort, string serialPort, int mqttPort) => site with
    {
        Uplink = site.Uplink! with { Brokers = [site.Uplink.Brokers[0] with { Port = mqttPort }] },
        Buses =
        [
            .. site.Buses.Select(bus => bus switch
            {
                ModbusTcpBusOptions { Id: "field" } tcp => tcp with { Port = fieldPort },
                ModbusTcpBusOptions { Id: "bridge" } tcp => tcp with { Port = bridgePort },
                ModbusRtuBusOptions rtu => rtu with { Port = serialPort },
                _ => bus,
            }),
        ],
    };
}
