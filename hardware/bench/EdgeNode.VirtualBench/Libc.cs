using System.Runtime.InteropServices;

namespace EdgeNode.VirtualBench;

/// <summary>What the bench needs of the C library.</summary>
internal static unsafe partial class Libc
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private const int Monotonic = 1; // CLOCK_MONOTONIC
    private const int Absolute = 1; // TIMER_ABSTIME
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK

    /// <summary>Sends a signal.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>Monotonic time, ns.</summary>
    public static long Now()
    {
        long* time = stackalloc long[2];
        _ = ClockGetTime(Monotonic, time);
        return (time[0] * 1_000_000_000) + time[1];
    }

    /// <summary>Waits until a moment of <see cref="Now"/>; the kernel wakes this thread to the microsecond, not to the usual 50.</summary>
    public static void WaitUntil(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        long* time = stackalloc long[] { seconds, rest };
        while (ClockNanosleep(Monotonic, Absolute, time, null) != 0)
        {
            // Interrupted; the moment stays the same.
        }
    }

    /// <summary>Wake-ups of this thread are not put off to share one with others.</summary>
    public static void WakeExactly() => _ = Prctl(SetTimerSlack, 1, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, long* wait, long* rest);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
