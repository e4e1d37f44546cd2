using System.Runtime.InteropServices;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// The machine's own clocks: monotonic, wall, and the kernel's word on whether the wall clock is synchronised. <see cref="StampClock"/>
/// makes stamps of them.
/// </summary>
public sealed partial class SystemClock : IStationClock
{
    /// <summary>How long an answer of adjtimex is good for, while nobody sets the clock.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>A wall clock that has moved by more than this against the monotonic one was set; microseconds.</summary>
    private const long Step = 1_000;

    /// <summary>The two clocks cannot be read in one moment: when more than this lies between, they are read again; at most so often.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMicroseconds(100);

    private const int Attempts = 3;

    private readonly TimeProvider _time;
    private readonly StampClock _stamps;
    private readonly Lock _gate = new();
    private TimeSpan? _askedAt;
    private long _askedRelation;
    private bool _synchronised;

    /// <param name="time">The clock behind both.</param>
    /// <param name="buildDate">No stamp lies before it, Unix microseconds.</param>
    public SystemClock(TimeProvider time, long buildDate = 0)
    {
        _time = time;
        _stamps = new StampClock(buildDate);
        BootId = ReadBootId();
    }

    /// <inheritdoc/>
    public Guid BootId { get; }

    /// <inheritdoc/>
    public ClockReading Read()
    {
        // Held for less than a microsecond, and for ten when the kernel is asked: no disk and no network.
        lock (_gate)
        {
            var (monotonic, wall) = Both();
            var relation = wall - StampClock.Microseconds(monotonic);
            if (_askedAt is not { } asked || monotonic - asked >= AskAgain || Math.Abs(relation - _askedRelation) > Step)
            {
                _askedAt = monotonic;
                _askedRelation = relation;
                _synchronised = AskKernel();
            }

            return _stamps.Read(monotonic, wall, _synchronised);
        }
    }

    /// <inheritdoc/>
    public SourceTime Correct(SourceTime stamp)
    {
        lock (_gate)
        {
            return _stamps.Correct(stamp);
        }
    }

    /// <inheritdoc/>
    public void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot)
    {
        lock (_gate)
        {
            _stamps.Recover(lastStamp, thisBoot);
        }
    }

    /// <inheritdoc/>
    public TimeCorrection? TakeCorrection()
    {
        lock (_gate)
        {
            return _stamps.TakeCorrection();
        }
    }

    private (TimeSpan Monotonic, long Wall) Both()
    {
        for (var attempt = 1; ; attempt++)
        {
            var monotonic = _time.Monotonic();
            var wall = (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            if (attempt == Attempts || _time.Monotonic() - monotonic <= Together)
            {
                return (monotonic, wall);
            }
        }
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
