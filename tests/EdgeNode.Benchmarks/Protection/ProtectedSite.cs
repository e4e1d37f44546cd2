using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>One transmitter, one trip, one output; and beside it, where wanted, ten devices of 100 points ten times a second.</summary>
internal static class ProtectedSite
{
    private const int Devices = 10;
    private const int PointsPerDevice = 100;

    public static Site Of(bool offered, int brokerPort)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            node: { id: en-bench, site: bench }
            uplink:
              brokers: [ mqtt://127.0.0.1:{{brokerPort}} ]
              topic: bench/{node}
            spool: { limit: 256MiB }
            buses:
              probe: { modbus-tcp: "127.0.0.1:1" }
              offer: { modbus-tcp: "127.0.0.1:2" }
            devices:
              - id: PT-1
                bus: probe
                address: 1
                every: 10ms
                writes: [ { function: 5, register: 0 } ]
                registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ]

            """);
        for (var d = 0; offered && d < Devices; d++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: U-{d}\n    bus: offer\n    address: {d + 1}\n    every: 100ms\n    registers:\n");
            for (var p = 0; p < PointsPerDevice; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: p{p}, function: 3, register: {p * 2}, type: float32, unit: bar }}\n");
            }
        }

        text.Append("""
            points:
              - { id: PT-1.pressure, range: 0..10 bar }
            alarms:
              - { id: PAHH-1, of: PT-1.pressure, high: 5 bar, priority: critical }
            outputs:
              - { id: XV-1, device: PT-1, coil: 0, device-watchdog: 10s, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ device-watchdog ] }
            trips:
              - { id: close, cause: PAHH-1, effect: [ XV-1 ], on-bad: hold, process-safety-time: 60s, reset: automatic, settle: 0s, mode: armed }
            """);
        var loaded = SiteFile.Parse("bench.yaml", Encoding.UTF8.GetBytes(text.ToString()), AppContext.BaseDirectory, ProfileCatalog.Empty);
        return loaded.Faults.IsEmpty ? loaded.Site! : throw new InvalidOperationException(string.Join('\n', loaded.Faults));
    }
}
