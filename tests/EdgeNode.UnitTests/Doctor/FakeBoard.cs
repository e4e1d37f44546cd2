using EdgeNode.Hardware.Doctor;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.UnitTests.Doctor;

/// <summary>A tree of files that stands for a board's root folder, and a chip of 28 lines as the kernel would tell of it.</summary>
internal sealed class FakeBoard : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgenode-doctor-").FullName;
    private readonly Dictionary<int, LineInfo> _lines = [];

    public string Label { get; set; } = "pinctrl-bcm2711";

    public string? ChipFault { get; set; }

    /// <summary>The board, at its first look.</summary>
    public Board Board => new(_root, path => new GpioScanReport(
        path, "gpiochip0", Label,
        ChipFault is null ? [.. Enumerable.Range(0, 28).Select(i => _lines.GetValueOrDefault(i) ?? new LineInfo(i, "GPIO" + i, "", false, false, false, ""))] : [], ChipFault));

    public FakeBoard Line(int number, string consumer = "", bool isUsed = true, string pull = "")
    {
        _lines[number] = new LineInfo(number, "GPIO" + number, consumer, isUsed, isUsed, false, pull);
        return this;
    }

    public FakeBoard Persists(string value, string module = "pinctrl_bcm2835") => Write($"sys/module/{module}/parameters/persist_gpio_outputs", value + "\n");

    public FakeBoard Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
