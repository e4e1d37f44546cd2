using System.Globalization;
using System.Text;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>
/// Three transmitters that vote, each on a bus of its own, one trip, one output, set as a pump station's are but for the on-delay, which would be the figure; and beside them, where wanted, ten devices of 100 points ten times a second, and a broker.
/// </summary>
internal static class ProtectedSite
{
    public const string Trip = "close";

    /// <summary>Readings a second that the ten devices are to give.</summary>
    public const int Offered = Devices * PointsPerDevice * 10;

    /// <summary>By the last number of their loopback address, from 1.</summary>
    private static readonly string[] Buses = ["a", "b", "c", "out"];

    private const int Devices = 10;
    private const int PointsPerDevice = 100;

    /// <summary>The site file.</summary>
    /// <param name="probePort">Where the transmitters and the output are.</param>
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

        text.Append(CultureInfo.InvariantCulture, $"spool: {{ limit: 256MiB }}\nbuses:\n");
        foreach (var (n, bus) in Buses.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"  {bus}: {{ modbus-tcp: \"127.0.0.{n + 1}:{probePort}\" }}\n");
        }

        if (offerPort is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  offer: {{ modbus-tcp: \"127.0.0.1:{offerPort}\" }}\n");
        }

        text.Append("""
            devices:
              - { id: PT-1A, bus: a, address: 1, every: 20ms, registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ] }
              - { id: PT-1B, bus: b, address: 2, every: 20ms, registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ] }
              - { id: PT-1C, bus: c, address: 3, every: 20ms, registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ] }
              - id: RIO-1
                bus: out
                address: 4
                every: 1s
                writes: [ { function: 5, register: 0 } ]
                registers: [ { name: supply, function: 3, register: 2, type: float32, unit: V } ]

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
              - { id: PT-1A.pressure, range: 0..10 bar, stale: 5s, report: { change: 0.02 bar, at-least-every: 60s } }
              - { id: PT-1B.pressure, range: 0..10 bar, stale: 5s, report: { change: 0.02 bar, at-least-every: 60s } }
              - { id: PT-1C.pressure, range: 0..10 bar, stale: 5s, report: { change: 0.02 bar, at-least-every: 60s } }
            groups:
              - id: P-1
                members: [ PT-1A.pressure, PT-1B.pressure, PT-1C.pressure ]
                vote: 2oo3
                degrade: [ 1oo2, 1oo1 ]
                all-bad: trip
                deviation: { limit: 0.2 bar, on-delay: 10s }
                report: { change: 0.02 bar, at-least-every: 60s }
            alarms:
              - { id: PAHH-1, of: P-1, high: 5 bar, deadband: 0.1 bar, priority: critical }
            outputs:
              - { id: XV-1, device: RIO-1, coil: 0, device-watchdog: 10s, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ device-watchdog ] }
            trips:
              - { id: {{Trip}}, cause: { any: [ PAHH-1, P-1.all-bad ] }, effect: [ XV-1 ], on-bad: { trip-after: 10s }, process-safety-time: 60s, reset: automatic, settle: 0s, mode: armed }

            """);
        return text.ToString();
    }
}
