using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.I2c;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.Gateway;

/// <summary>What the readings of a site take of one of its buses.</summary>
/// <param name="Options">The bus.</param>
/// <param name="Devices">How many devices it has; the counters of its health are none.</param>
/// <param name="Modbus">For a Modbus bus with devices.</param>
/// <param name="Chips">For an I2C bus with devices.</param>
internal sealed record BusPlan(BusOptions Options, int Devices, ModbusLoad? Modbus, ChipLoad? Chips)
{
    /// <summary>Above this share there is too little left for retries and dead units.</summary>
    public const double Busy = 0.7;

    /// <summary>Rates that nearly every device can be set to.</summary>
    private static readonly int[] Rates = [9600, 19200, 38400, 57600, 115200];

    public static ImmutableArray<BusPlan> All(Site site) =>
        [.. site.Buses.Select((bus, i) => new BusPlan(
            bus, site.Devices.Count(d => d.Bus == i && d is not BusHealthOptions), ModbusLoad.Of(site, i, ModbusLoad.UsualTurnAround), ChipLoad.Of(site, i)))];

    /// <summary>The lowest higher rate of a serial line at which it is not too busy, and how busy it is then; null when there is none.</summary>
    public (int Baud, double Duty)? Faster(Site site)
    {
        if (Options is not (ModbusRtuBusOptions or ModbusRtuOverTcpBusOptions))
        {
            return null;
        }

        var index = site.Buses.IndexOf(Options);
        foreach (var rate in Rates)
        {
            var (now, other) = Options switch
            {
                ModbusRtuBusOptions rtu => (rtu.Baud, (BusOptions)(rtu with { Baud = rate })),
                ModbusRtuOverTcpBusOptions rtu => (rtu.Baud, rtu with { Baud = rate }),
                _ => (int.MaxValue, Options),
            };
            if (rate > now && ModbusLoad.Of(site with { Buses = site.Buses.SetItem(index, other) }, index, Modbus!.TurnAround)!.Duty is var duty and <= Busy)
            {
                return (rate, duty);
            }
        }

        return null;
    }
}
