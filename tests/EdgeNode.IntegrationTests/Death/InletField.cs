using System.Diagnostics;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Simulation.Modbus;

namespace EdgeNode.IntegrationTests.Death;

/// <summary>
/// An inlet on one Modbus device: its pressure, and a coil that keeps the valve open while it is on. With a watchdog of its own the device
/// lets the coil fall when nobody has asked it for a while; without one the coil stays as it was, as a line of a Pi does.
/// </summary>
internal sealed class InletField : IAsyncDisposable
{
    private const byte Address = 1;

    private readonly RegisterBank _bank = new(holding: 8, coils: 8);
    private readonly FieldUnit _unit;
    private readonly ModbusTcpServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watchdog = Task.CompletedTask;

    /// <param name="watchdog">How long the device waits for a request; null: for ever.</param>
    public InletField(TimeSpan? watchdog = null)
    {
        Pressure = 4;
        _unit = new FieldUnit(Address, _bank);
        _server = ModbusTcpServer.Start([_unit], TimeProvider.System);
        if (watchdog is { } patience)
        {
            _watchdog = WatchAsync(patience);
        }
    }

    /// <summary>In bar; the trip acts above 6.5.</summary>
    public float Pressure
    {
        set => _bank.SetFloat32(RegisterTable.Holding, 0, value, WordOrder.ABCD);
    }

    /// <summary>The device answers nothing, and takes nothing.</summary>
    public bool IsSilent
    {
        set => _unit.Fault = value ? FieldFault.Silent : null;
    }

    /// <summary>The valve is kept open.</summary>
    public bool IsOpen => _bank.Coil(0);

    /// <summary>The device's own watchdog has let the coil fall so often.</summary>
    public int Falls { get; private set; }

    /// <summary>The run before left the valve open.</summary>
    public void Open() => _bank.SetCoil(0, true);

    /// <summary>The plant's power fails: without energy the coil falls.</summary>
    public void LosePower() => _bank.SetCoil(0, false);

    /// <summary>The site file, with a front panel on a chip that is not there.</summary>
    public string SiteWithPanelGone => Site.Replace("buses:\n", "buses:\n  panel: { gpio: /dev/gpiochip-gone }\n", StringComparison.Ordinal) + """

        inputs:
          - { id: HS-101, bus: panel, line: 5, active: low, means: acknowledge }
        annunciators:
          - { id: SIREN, bus: panel, line: 27, active: high, sounds: [ critical, high ], silence: allowed }
        """;

    /// <summary>The site file.</summary>
    public string Site => string.Create(CultureInfo.InvariantCulture, $$"""
        node: { id: en-0042, site: pudong-pump-03 }
        buses:
          field: { modbus-tcp: "127.0.0.1:{{_server.Port}}" }
        devices:
          - id: PT-101
            bus: field
            address: 1
            every: 500ms
            registers: [ { name: pressure, function: 3, register: 0, type: float32, unit: bar } ]
        points:
          - { id: PT-101.pressure, range: 0..10 bar }
        alarms:
          - { id: PAHH-101, of: PT-101.pressure, high: 6.5 bar, priority: critical }
        outputs:
          - { id: XV-101, device: PT-101, coil: 0, device-watchdog: 60s, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ device-watchdog ] }
        trips:
          - { id: close-inlet, cause: PAHH-101, effect: [ XV-101 ], on-bad: { trip-after: 10s }, process-safety-time: 10min, settle: 1s, reset: manual, mode: armed }
        """);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watchdog;
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WatchAsync(TimeSpan patience)
    {
        var (seen, at) = (0L, Stopwatch.GetTimestamp());
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            var requests = _server.RequestsOf(Address);
            if (requests != seen)
            {
                (seen, at) = (requests, Stopwatch.GetTimestamp());
            }
            else if (_bank.Coil(0) && Stopwatch.GetElapsedTime(at) > patience)
            {
                _bank.SetCoil(0, false);
                Falls++;
            }
        }
    }
}
