using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Hardware;
using EdgeNode.Provisioning;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.Benchmarks;

/// <summary>The station of all figures: ten units of twenty float32 points each a second behind one Modbus TCP address, an alarm on each unit.</summary>
internal static class BenchSite
{
    public const int Units = 10;
    public const int PointsPerUnit = 20;

    /// <summary>The simulated units, listening on a free port of loopback.</summary>
    public static ModbusTcpServer StartField() => ModbusTcpServer.Start(
        Enumerable.Range(1, Units).Select(unit =>
        {
            var bank = new RegisterBank(holding: PointsPerUnit * 2);
            for (var p = 0; p < PointsPerUnit; p++)
            {
                bank.SetFloat32(RegisterTable.Holding, p * 2, unit + (p / 100f), WordOrder.ABCD);
            }

            return new FieldUnit((byte)unit, bank);
        }),
        TimeProvider.System);

    /// <summary>The site file.</summary>
    public static string Text(int fieldPort, int brokerPort)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"node: {{ id: en-bench, site: bench }}\nuplink:\n  brokers: [ mqtt://127.0.0.1:{brokerPort} ]\n  topic: bench/{{node}}\n");
        text.Append(CultureInfo.InvariantCulture, $"buses:\n  field: {{ modbus-tcp: \"127.0.0.1:{fieldPort}\" }}\ndevices:\n");
        for (var unit = 1; unit <= Units; unit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: U{unit}\n    bus: field\n    address: {unit}\n    every: 1s\n    registers:\n");
            for (var p = 0; p < PointsPerUnit; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: p{p}, function: 3, register: {p * 2}, type: float32, order: ABCD, unit: bar }}\n");
            }
        }

        text.Append("alarms:\n");
        for (var unit = 1; unit <= Units; unit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{ id: PAH-{unit}, of: U{unit}.p0, high: 100 bar, deadband: 1 bar, on-delay: 1s, priority: high }}\n");
        }

        return text.ToString();
    }

    /// <summary>The site file, loaded.</summary>
    public static Site Load(int fieldPort = 502, int brokerPort = 1883)
    {
        var result = SiteFile.Parse("bench.yaml", Encoding.UTF8.GetBytes(Text(fieldPort, brokerPort)), AppContext.BaseDirectory, ProfileCatalog.Empty, FieldTimes.Of);
        return result.Faults.IsEmpty ? result.Site! : throw new InvalidOperationException(string.Join('\n', result.Faults));
    }
}
