using System.Globalization;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>How far the cases are, on the disk that outlives a reset of this machine.</summary>
/// <param name="Next">Index of the case that resets the machine.</param>
/// <param name="Failed">How many have failed before it.</param>
internal sealed record Progress(int Next, int Failed)
{
    private const string Path = "/disk/progress";

    /// <summary>What stands on the disk, once: a machine that dies in the next case as well begins that one anew, as init's count of boots allows.</summary>
    public static Progress? Take()
    {
        if (!File.Exists(Path))
            return null;
        var numbers = File.ReadAllText(Path).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        File.Delete(Path);
        return new Progress(numbers[0], numbers[1]);
    }

    /// <summary>On the disk when this returns.</summary>
    public void Keep()
    {
        using var file = new FileStream(Path, FileMode.Create, FileAccess.Write);
        file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Next} {Failed}")));
        file.Flush(flushToDisk: true);
    }
}
