using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>The machine's own clocks: monotonic, wall, and the kernel's word on whether the wall clock is synchronised.</summary>
public sealed partial class SystemClock : IStationClock
{
    /// <summary>How long an answer of adjtimex is good for.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private long _askedAt = long.MinValue;
    private volatile bool _synchronised;

    /// <param name="time">The clock behind both.</param>
    public SystemClock(TimeProvider time)
    {
        _time = time;
        BootId = ReadBootId();
    }

    /// <inheritdoc/>
    public Guid BootId { get; }

    /// <inheritdoc/>
    public ClockReading Read()
    {
        var monotonic = _time.Monotonic();
        var asked = Volatile.Read(ref _askedAt);
        if (asked == long.MinValue || monotonic.Ticks - asked >= AskAgain.Ticks)
        {
            Volatile.Write(ref _askedAt, monotonic.Ticks);
            _synchronised = AskKernel();
        }

        var micros = (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return new ClockReading(monotonic, new SourceTime(micros, _synchronised ? ClockQuality.Synchronised : ClockQuality.Unsynchronised));
    }

    private static Guid ReadBootId()
    {
        try
        {
            return Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // A boot of its own for each start: then nothing is believed to have survived in the page cache, which is safe.
            return Guid.NewGuid();
        }
    }

    private static unsafe bool AskKernel()
    {
        // struct timex is 208 bytes on 64-bit Linux; with modes = 0 the kernel only reports (adjtimex(2)).
        const int timeError = 5;
        var timex = stackalloc byte[256];
        new Span<byte>(timex, 256).Clear();
        var state = adjtimex(timex);
        return state >= 0 && state != timeError;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int adjtimex(byte* timex);
}
