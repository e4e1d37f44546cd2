using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Provisioning;

namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>The site file of the world, as a technician would write it; what differs from seed to seed is put in before the loader reads it.</summary>
internal static class StationSite
{
    /// <summary>Setpoint of the trip, bar.</summary>
    public const double Setpoint = 6.5;

    /// <summary>Setpoint of the pump's own trip, m.</summary>
    public const double LowLevel = 0.5;

    public static readonly TimeSpan OnDelay = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan DeviceWatchdog = TimeSpan.FromSeconds(10);

    private const string Text = """
        node: { id: en-0042, site: pudong-pump-03 }
        buses:
          rs485: { modbus-rtu: /dev/ttyS1, baud: 9600, format: 8E1 }
          field: { modbus-tcp: "192.168.10.20:502" }
          gpio0: { gpio: /dev/gpiochip0 }
        devices:
          - { id: PT-101A, bus: rs485, address: 1, every: 1s, timeout: 500ms, registers: [ { name: current, function: 4, register: 0, type: uint16, scale: 0.001, unit: mA } ] }
          - { id: PT-101B, bus: rs485, address: 2, every: 1s, timeout: 500ms, registers: [ { name: pressure, function: 3, register: 2, type: float32, unit: bar } ] }
          - { id: PT-101C, bus: field, address: 3, every: 1s, timeout: 500ms, registers: [ { name: current, function: 4, register: 0, type: uint16, scale: 0.001, unit: mA } ] }
          - { id: FT-101, bus: field, address: 4, every: 2s, timeout: 500ms, registers: [ { name: flow, function: 3, register: 0, type: float32, unit: l/min } ] }
          - { id: LT-100, bus: field, address: 5, every: 2s, timeout: 500ms, registers: [ { name: level, function: 3, register: 0, type: float32, unit: m } ] }
          - id: MCC-101
            bus: field
            address: 6
            every: 2s
            timeout: 500ms
            registers:
              - { name: hand, function: 2, register: 0, type: bit, unit: "1" }
              - { name: auto, function: 2, register: 1, type: bit, unit: "1" }
              - { name: stopped, function: 2, register: 2, type: bit, unit: "1" }
            writes: [ { function: 5, register: 12 } ]
        points:
          - { id: PT-101A.current, signal: 4..20 mA, span: 0..10 bar, failure-after: 2s, stuck: { for: 10min, within: 2 mbar } }
          - { id: PT-101B.pressure, range: 0..10 bar, spike: 1.5 bar }
          - { id: PT-101C.current, signal: 4..20 mA, span: 0..10 bar, rate: 2 bar/s }
          - { id: FT-101.flow, range: 0..120 l/min }
        groups:
          - id: P-101
            members: [ PT-101A.current, PT-101B.pressure, PT-101C.current ]
            vote: 2oo3
            degrade: [ 1oo2, 1oo1 ]
            all-bad: trip
            deviation: { limit: 0.3 bar, on-delay: 10s }
            bypass: { at-most: {most-bypassed}, for: 30min }
        inputs:
          - { id: PUMP-STOPPED, of: MCC-101.stopped }
          - { id: HS-101, bus: gpio0, line: 5, every: 200ms, means: acknowledge }
          - { id: HS-102, bus: gpio0, line: 6, every: 200ms, means: silence }
          - { id: HS-103, bus: gpio0, line: 7, every: 200ms, means: reset }
          - { id: HS-104, bus: gpio0, line: 8, every: 500ms, means: maintenance }
        alarms:
          - { id: PAHH-101, of: P-101, high-high: 6.5 bar, deadband: 0.1 bar, on-delay: 1s, priority: critical, latch: true, re-alarm: 10min, shelve-at-most: 30min, text: Header pressure very high }
          - { id: PAH-101, of: P-101, high: 6.2 bar, deadband: 0.1 bar, on-delay: 2s, off-delay: 3s, priority: high, shelve-at-most: 30min, text: Header pressure high }
          - { id: PAH-102, of: PT-101A.current, high: 6 bar, deadband: 0.1 bar, priority: medium, shelve-at-most: 20min, text: Header pressure high }
          - { id: FAL-101, of: FT-101.flow, low: 5 l/min, deadband: 1 l/min, on-delay: 15s, priority: medium, suppress-when: PUMP-STOPPED, first-out: PUMP, shelve-at-most: 20min, text: Flow low }
          - { id: LALL-100, of: LT-100.level, low-low: 0.5 m, deadband: 0.2 m, on-delay: 2s, priority: critical, latch: true, first-out: PUMP, text: Suction level very low }
          - { id: PAB-101, of: PT-101B.pressure, when: bad, priority: low, text: Transmitter failed }
          - { id: FAS-101, of: FT-101.flow, when: stale, priority: low, text: No flow is measured }
          - { id: LAR-100, of: LT-100.level, rate: 0.35 m/min, deadband: 0.05 m/min, over: 30s, priority: low, first-out: PUMP, text: Suction level moves fast }
        outputs:
          - id: XV-101
            bus: gpio0
            line: 22
            active: high
            energised: open
            de-energised: closed
            normal: open
            safe: closed
            proof: { closed: { line: 23, every: 2s }, open: { line: 24, every: 2s }, within: 20s }
            read-back: { line: 25, every: 2s }
            backstop: [ {backstops} ]
          - { id: PM-101, device: MCC-101, coil: 12, energised: run, de-energised: stopped, normal: run, safe: stopped, minimum-safe: 30s, hand-off-auto: { hand: { of: MCC-101.hand }, auto: { of: MCC-101.auto } }, device-watchdog: 10s, backstop: device-watchdog }
        annunciators:
          - { id: SIREN, bus: gpio0, line: 27, active: high, sounds: [ critical, high ], silence: allowed }
          - { id: LAMP, bus: gpio0, line: 26, shows: [ critical, high, medium, low ] }
        heartbeat: { bus: gpio0, line: 21, every: 1s }
        maintenance: { for: 1h }
        trips:
          - id: close-inlet
            cause: { any: [ PAHH-101, P-101.all-bad ] }
            effect: [ XV-101, PM-101 ]
            on-bad: { trip-after: 10s }
            process-safety-time: 180s
            reset: manual
            settle: 20s
            inhibit-at-most: 30min
            test-at-most: 10min
            mode: armed
            text: Header isolated
          - id: stop-pump
            cause: LALL-100
            effect: PM-101
            on-bad: { trip-after: {blind}s }
            process-safety-time: 10min
            reset: automatic
            settle: 20s
            inhibit-at-most: 1h
            after-crash: resume
            mode: armed
            text: Pump stopped
          - id: dry-run
            cause: { all: [ FAL-101, { not: PUMP-STOPPED } ], after: {dry}s }
            effect: PM-101
            on-bad: hold
            process-safety-time: 10min
            reset: manual
            settle: 20s
            permissive: { not: LALL-100 }
            inhibit-at-most: 30min
            mode: armed
            text: Pump runs dry
          - id: unseen
            cause: { {signs}oo3: [ FAS-101, PAB-101, LAR-100 ] }
            effect: PM-101
            on-bad: alarm-only
            process-safety-time: 10min
            reset: automatic
            settle: 20s
            inhibit-at-most: 30min
            mode: armed
            text: Nobody sees the pump
          - id: look-twice
            cause: PAH-101
            effect: XV-101
            on-bad: alarm-only
            process-safety-time: 180s
            reset: manual
            mode: shadow
            text: Would isolate the header
        """;

    /// <param name="mostBypassed">Members that may be bypassed at one time.</param>
    /// <param name="relay">A watchdog relay cuts the valve's supply when the heartbeat stops.</param>
    /// <param name="released">A line that is let go falls.</param>
    /// <param name="blind">Seconds for which the pump's level may be unknown.</param>
    /// <param name="dry">Seconds for which the pump may run without flow, beside the alarm's on-delay.</param>
    /// <param name="signs">Signs of three that stop a pump that nobody sees.</param>
    public static Site Read(int mostBypassed, bool relay, bool released, int blind, int dry, int signs)
    {
        var backstops = string.Join(", ", new[] { relay ? "watchdog-relay" : null, released ? "released-line" : null }.OfType<string>().DefaultIfEmpty("hard-wired"));
        var text = Text.Replace("{backstops}", backstops, StringComparison.Ordinal);
        foreach (var (key, number) in new[] { ("{most-bypassed}", mostBypassed), ("{blind}", blind), ("{dry}", dry), ("{signs}", signs) })
        {
            text = text.Replace(key, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        var result = SiteFile.Parse("world.yaml", Encoding.UTF8.GetBytes(text), "/", ProfileCatalog.Empty, static site => [.. site.Devices.Select(static _ => default(DeviceTimes))]);
        return result.Site ?? throw new InvalidOperationException(string.Join('\n', result.Faults));
    }
}
