using System.Collections.Immutable;
using System.Globalization;
using EdgeNode.Hardware.Iio;

namespace EdgeNode.Hardware.Scan;

/// <summary>An I2C bus of this node.</summary>
/// <param name="Number">N of /dev/i2c-N.</param>
/// <param name="Name">What the adapter's driver calls it; empty when sysfs does not say.</param>
public sealed record I2cAdapter(int Number, string Name);

/// <summary>Something at an address.</summary>
/// <param name="Address">7 bits.</param>
/// <param name="Driver">Name of the driver that knows it (Core's <c>DriverTable</c>); null for an unknown chip.</param>
/// <param name="IsSure">It said so itself; otherwise it only looks like it.</param>
/// <param name="Kernel">The kernel's driver that has the chip; null when none has it.</param>
public sealed record FoundChip(int Address, string? Driver, bool IsSure, string? Kernel);

/// <summary>What was found on one bus.</summary>
/// <param name="Adapter">The bus.</param>
/// <param name="Chips">In the order of their addresses.</param>
/// <param name="HidesSilence">The adapter reports silence as an answer, so that only chips which name themselves are shown.</param>
/// <param name="Complete">Every address was looked at.</param>
/// <param name="Fault">Why the bus gave no answer; null when it did.</param>
public sealed record I2cScanReport(I2cAdapter Adapter, ImmutableArray<FoundChip> Chips, bool HidesSilence, bool Complete, string? Fault);

/// <summary>Which chips sit on the I2C buses of this node. One byte is read at each address; nothing is written but register numbers to chips that answered.</summary>
/// <param name="root">Where /dev and /sys are found; the root folder on a node.</param>
public sealed class I2cScan(string root)
{
    /// <summary>Lowest address that is no reserved one (I2C specification UM10204, section 3.1.12).</summary>
    public const int First = 0x08;

    /// <summary>Highest one.</summary>
    public const int Last = 0x77;

    /// <summary>More chips than a bus can have: beyond it the adapter does not tell silence from an answer.</summary>
    private const int MostChips = 100;

    private const string Prefix = "i2c-";

    /// <summary>The adapters that have a device file, by their numbers.</summary>
    public ImmutableArray<I2cAdapter> Adapters() => [.. Directory.Exists(Path.Combine(root, "dev"))
        ? Directory.EnumerateFileSystemEntries(Path.Combine(root, "dev"), Prefix + "*")
            .Select(f => Path.GetFileName(f)[Prefix.Length..])
            .Where(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture))
            .Order()
            .Select(n => new I2cAdapter(n, SysfsNumber.TryReadText(Path.Combine(root, "sys/bus/i2c/devices", $"{Prefix}{n}", "name"), out var name, out _) ? name : ""))
        : []];

    /// <summary>Looks at every address of a bus.</summary>
    /// <param name="adapter">The bus.</param>
    /// <param name="probe">Its transfers.</param>
    /// <param name="step">Called after each address with how many are done.</param>
    /// <param name="stop">Ends it with what was found.</param>
    public I2cScanReport Run(I2cAdapter adapter, II2cProbe probe, Action<int> step, CancellationToken stop)
    {
        var chips = new List<FoundChip>();
        for (var address = First; address <= Last; address++)
        {
            if (stop.IsCancellationRequested)
                return Report(false, null);
            switch (probe.Look(address))
            {
                case I2cPresence.NoBus:
                    return Report(false, probe.Fault);
                case I2cPresence.HeldByKernel:
                    chips.Add(new FoundChip(address, null, false, KernelDriver(adapter.Number, address)));
                    break;
                case I2cPresence.Answers:
                    var chip = ChipIdentity.Of(probe, address);
                    chips.Add(new FoundChip(address, chip?.Driver, chip is { IsSure: true }, null));
                    break;
            }

            step(address - First + 1);
        }

        return Report(true, null);

        I2cScanReport Report(bool isComplete, string? fault)
        {
            var hides = chips.Count > MostChips;
            return new I2cScanReport(adapter, [.. hides ? chips.Where(c => c.IsSure || c.Kernel is not null) : chips], hides, isComplete, fault);
        }
    }

    private string KernelDriver(int bus, int address)
    {
        var folder = Path.Combine(root, "sys/bus/i2c/devices", string.Create(CultureInfo.InvariantCulture, $"{bus}-{address:x4}"));
        return SysfsNumber.TryReadText(Path.Combine(folder, "name"), out var name, out _) ? name : "unnamed";
    }
}
