using EdgeNode.Core.Model;
using EdgeNode.Provisioning;

namespace EdgeNode.Gateway.Demo;

/// <summary>The demo's site file (provisioning/examples/demo.yaml), and the addresses of a run put into it.</summary>
internal static class DemoSite
{
    /// <summary>Loads it; every point is marked as simulated.</summary>
    public static Site Load()
    {
        using var stream = typeof(DemoSite).Assembly.GetManifestResourceStream("demo.yaml")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var result = SiteFile.Parse("demo.yaml", bytes.ToArray(), AppContext.BaseDirectory, SiteReader.Profiles);
        return result.Faults.IsEmpty
            ? result.Site! with { Points = [.. result.Site!.Points.Select(p => p with { Simulated = true })] }
            : throw new InvalidOperationException("The demo's own site file is wrong: " + string.Join("; ", result.Faults));
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
