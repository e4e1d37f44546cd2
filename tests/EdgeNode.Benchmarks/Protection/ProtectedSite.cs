using System.Globalization;
using System.Text;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>One transmitter, one trip, one output; and beside it, where wanted, ten devices of 100 points ten times a second, and a broker.</summary>
internal static class ProtectedSite
{
    public const string Trip = "close";

    private const int Devices = 10;
    private const int PointsPerDevice = 100;

    /// <summary>The site file.</summary>
    /// <param name="probePort">Where the transmitter and the output are.</param>
    /// <param name="offerPort">Where the ten devices are; null: there are none.</param>
    /// <param name="brokerPort">Where the broker is; null: there is none.</param>
    public static string Text(string probePort, string? offerPort, int? brokerPort)
    {
        var text = new StringBuilder();
        text.Append("node: { id: en-bench, site: bench }\n");
        if (brokerPort is { } broker)
        {
            text.Append(CultureInfo.InvariantCulture, $"uplink:\n  brokers: [ mqtt://127.0.0.1:{broker} ]\n  topic: bench/{{node}}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"spool: {{ limit: 256MiB }}\nbuses:\n  probe: {{ modbus-tcp: \"127.0.0.1:{probePort}\" }}\n");
        if (offerPort is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  offer: {{ modbus-tcp: \"127.0.0.1:{offerPort}\" }}\n");
        }

        text.Append("""
            devices:
              - id: PT-1
                bus: probe
                address: 1
                every: 10ms
                writes: [ { function: 5, register: 0 } ]
                registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ]

            """);
        for (var d = 0; offerPort is not null && d < Devices; d++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: U-{d}\n    bus: offer\n    address: {d + 1}\n    every: 100ms\n    registers:\n");
            for (var p = 0; p < PointsPerDevice; p++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - {{ name: p{p}, function: 3, register: {2 + (p * 2)}, type: float32, unit: bar }}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $$"""
            points:
              - { id: PT-1.pressure, range: 0..10 bar }
            alarms:
              - { id: PAHH-1, of: PT-1.pressure, high: 5 bar, priority: critical }
            outputs:
              - { id: XV-1, device: PT-1, coil: 0, device-watchdog: 10s, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ device-watchdog ] }
            trips:
              - { id: {{Trip}}, cause: PAHH-1, effect: [ XV-1 ], on-bad: hold, process-safety-time: 60s, reset: automatic, settle: 0s, mode: armed }

            """);
        return text.ToString();
    }
}
