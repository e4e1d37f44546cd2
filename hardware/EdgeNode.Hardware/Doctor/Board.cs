using EdgeNode.Hardware.Scan;

namespace EdgeNode.Hardware.Doctor;

/// <summary>The board as the checks see it: files of its kernel and its boot loader, and its GPIO chips. Everything is read and nothing is changed.</summary>
/// <param name="root">What stands for the root folder.</param>
/// <param name="chips">How a chip is read, by its path in the site file.</param>
public sealed class Board(string root, Func<string, GpioScanReport> chips)
{
    private readonly Dictionary<string, GpioScanReport> _chips = [];

    /// <summary>The board that this process runs on.</summary>
    public static Board Own() => new("/", GpioScan.Read);

    /// <summary>A file's text; null when it is not there or may not be read.</summary>
    /// <param name="path">Without the first slash, such as sys/module/x.</param>
    public string? Text(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Something has this name, whatever it is.</summary>
    /// <param name="path">Without the first slash.</param>
    public bool Has(string path) => Path.Exists(Path.Combine(root, path));

    /// <summary>A chip and its lines, as they were at the first look.</summary>
    /// <param name="path">As in the site file, such as /dev/gpiochip0.</param>
    public GpioScanReport Chip(string path)
    {
        if (!_chips.TryGetValue(path, out var chip))
            _chips.Add(path, chip = chips(path));
        return chip;
    }
}
