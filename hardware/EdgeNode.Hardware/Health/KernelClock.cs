using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Health;

/// <summary>What the kernel knows of its wall clock (adjtimex(2), with modes = 0: it is asked, never set).</summary>
internal static partial class KernelClock
{
    private const int TimeError = 5;
    private const int Unsynchronised = 0x0040; // STA_UNSYNC
    private const int Nanoseconds = 0x2000; // STA_NANO: the offset is in ns instead of us

    /// <summary>1 while a time service keeps the clock.</summary>
    public static Measured Synchronised() => Ask(c => Measured.Flag(c.IsSynchronised));

    /// <summary>What is still to be corrected, s; positive when the clock is behind. chrony corrects by the rate, and leaves it at 0.</summary>
    public static Measured Offset() => Ask(c => c.IsSynchronised ? Measured.Good(c.Offset) : Unknown);

    /// <summary>Bound of the clock's error by what the time service says, s; it grows by 0.5 ms each second without contact.</summary>
    public static Measured Error() => Ask(c => c.IsSynchronised ? Measured.Good(c.Error) : Unknown);

    /// <summary>Of struct timex on 64-bit Linux.</summary>
    /// <param name="timex">At least 48 bytes.</param>
    /// <param name="state">What adjtimex returned.</param>
    internal static ClockState Parse(ReadOnlySpan<byte> timex, int state)
    {
        var offset = BinaryPrimitives.ReadInt64LittleEndian(timex[8..]);
        var error = BinaryPrimitives.ReadInt64LittleEndian(timex[24..]);
        var status = BinaryPrimitives.ReadInt32LittleEndian(timex[40..]);
        return new ClockState(state != TimeError && (status & Unsynchronised) == 0, offset * ((status & Nanoseconds) != 0 ? 1e-9 : 1e-6), error * 1e-6);
    }

    private static Measured Unknown => Measured.Not(Reason.Sentinel, "the kernel says that no time service keeps its clock");

    private static unsafe Measured Ask(Func<ClockState, Measured> read)
    {
        var timex = stackalloc byte[256]; // struct timex is 208 bytes
        new Span<byte>(timex, 256).Clear();
        var state = adjtimex(timex);
        return state < 0 ? Measured.Failed($"adjtimex: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}") : read(Parse(new ReadOnlySpan<byte>(timex, 256), state));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int adjtimex(byte* timex);

    /// <param name="IsSynchronised">A time service keeps it.</param>
    /// <param name="Offset">Still to be corrected, s.</param>
    /// <param name="Error">Bound, s.</param>
    internal readonly record struct ClockState(bool IsSynchronised, double Offset, double Error);
}
