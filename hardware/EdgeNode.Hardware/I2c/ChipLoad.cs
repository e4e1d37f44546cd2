using System.Collections.Frozen;
using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.Hardware.I2c;

/// <summary>What the readings that a site file asks for take of an I2C bus.</summary>
/// <param name="Duty">Share of the time in which the wires are in use.</param>
/// <param name="Slowest">The longest measurement.</param>
/// <param name="Chips">Each chip's address, and the share of the time that its devices' measurements take; above 1 they cannot keep their periods.</param>
public sealed record ChipLoad(double Duty, TimeSpan Slowest, ImmutableArray<(int Address, double Share)> Chips)
{
    /// <summary>Rate of a Pi's bus as it is delivered, and the rate that every chip knows (I2C specification UM10204, standard mode).</summary>
    public const int BitsPerSecond = 100_000;

    /// <summary>
    /// A measurement of each driver: bits on the wires and time to its end, as counted on the chip models by the drivers' tests.
    /// A transfer is start, address and stop, and nine bits for each byte.
    /// </summary>
    private static readonly FrozenDictionary<string, (int Bits, double Milliseconds)> Measurements = new Dictionary<string, (int, double)>
    {
        ["ina219"] = (230, 18),
        ["ina226"] = (278, 36),
        ["ads1115-4-20ma"] = (230, 17.1875),
        ["ads1115-bridge"] = (230, 34.375),
        ["nau7802"] = (642, 100),
        ["bmp280"] = (230, 44),
        ["bme280"] = (326, 47),
    }.ToFrozenDictionary();

    /// <summary>Bits and time of one measurement by a driver.</summary>
    internal static (int Bits, TimeSpan Takes) Measurement(string driver) =>
        Measurements[driver] is var (bits, ms) ? (bits, TimeSpan.FromMilliseconds(ms)) : default;

    /// <summary>Puts what the bus makes of its devices to their places: the inputs of one chip are measured one after the other, each within the least period of its driver.</summary>
    /// <param name="times">In the order of <see cref="Site.Devices"/>.</param>
    internal static void Put(Site site, int bus, DeviceTimes[] times)
    {
        var chips = Of(site, bus)?.Chips.ToDictionary(c => c.Address, c => c.Share);
        var devices = site.Devices.Index().Where(d => d.Item.Bus == bus).Select(d => (d.Index, Device: d.Item as ChipOptions)).Where(d => d.Device is not null);
        foreach (var chip in devices.GroupBy(d => d.Device!.Address))
        {
            var all = chip.Aggregate(TimeSpan.Zero, (sum, d) => sum + Takes(d.Device!));
            foreach (var (index, device) in chip)
                times[index] = new DeviceTimes { Load = chips![chip.Key], Others = chip.Count() - 1, Held = all - Takes(device!), Requests = 1, Scan = Takes(device!) };
        }

        static TimeSpan Takes(ChipOptions device) => DriverTable.Find(device.Driver)!.LeastEvery;
    }

    /// <summary>The load of an I2C bus.</summary>
    /// <param name="bus">Index into <see cref="Site.Buses"/>.</param>
    /// <returns>Null for a bus of another kind, or one without devices.</returns>
    public static ChipLoad? Of(Site site, int bus)
    {
        ArgumentNullException.ThrowIfNull(site);
        var devices = site.Devices.Where(d => d.Bus == bus).OfType<ChipOptions>().ToArray();
        if (devices.Length == 0)
            return null;

        return new ChipLoad(
            devices.Sum(d => Measurement(d.Driver).Bits / (double)BitsPerSecond / d.Every.TotalSeconds),
            devices.Max(d => Measurement(d.Driver).Takes),
            [.. devices.GroupBy(d => d.Address).Select(c => (c.Key, c.Sum(d => Measurement(d.Driver).Takes / d.Every)))]);
    }
}
