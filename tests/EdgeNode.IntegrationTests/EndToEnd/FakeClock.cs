using System.Buffers.Binary;
using EdgeNode.IntegrationTests.Peers;

namespace EdgeNode.IntegrationTests.EndToEnd;

/// <summary>The wall clock of one process, moved by the test; fake_clock.c, compiled here, stands before libc. All other clocks stay true.</summary>
internal sealed class FakeClock
{
    private readonly string _control;

    private FakeClock(string library, string control)
    {
        _control = control;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["FAKE_CLOCK"] = control };
    }

    /// <summary>For the process whose clock it is.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public static async Task<FakeClock> MakeAsync(TempFolder folder)
    {
        var library = await Preload.BuildAsync(folder, "EndToEnd/fake_clock.c");
        var clock = new FakeClock(library, folder.File("clock"));
        await File.WriteAllBytesAsync(clock._control, new byte[16]);
        return clock;
    }

    /// <summary>Sets the clock.</summary>
    /// <param name="ahead">Of the true time; negative: behind.</param>
    /// <param name="synchronised">What the kernel says of it.</param>
    public void Set(TimeSpan ahead, bool synchronised)
    {
        Span<byte> values = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(values, ahead.Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt64LittleEndian(values[8..], synchronised ? 1 : 0);
        using var file = new FileStream(_control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Write(values);
    }
}
