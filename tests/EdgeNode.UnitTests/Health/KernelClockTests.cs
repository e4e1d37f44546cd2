using System.Buffers.Binary;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Health;

namespace EdgeNode.UnitTests.Health;

/// <summary>What adjtimex says, by the layout of struct timex on 64-bit Linux (adjtimex(2)).</summary>
public sealed class KernelClockTests
{
    [Theory]
    [InlineData(0, 0x2001, -1_500_000, 250_000, true, -0.0015, 0.25)] // STA_PLL and STA_NANO: nanoseconds
    [InlineData(0, 0x0001, -1_500, 250_000, true, -0.0015, 0.25)] // microseconds
    [InlineData(5, 0x0041, 0, 16_000_000, false, 0, 16)] // TIME_ERROR and STA_UNSYNC
    [InlineData(0, 0x0040, 0, 16_000_000, false, 0, 16)]
    public void The_kernels_numbers_become_seconds(int state, int status, long offset, long error, bool synchronised, double offsetSeconds, double errorSeconds)
    {
        var timex = new byte[208];
        BinaryPrimitives.WriteInt64LittleEndian(timex.AsSpan(8), offset);
        BinaryPrimitives.WriteInt64LittleEndian(timex.AsSpan(16), 12345); // frequency
        BinaryPrimitives.WriteInt64LittleEndian(timex.AsSpan(24), error);
        BinaryPrimitives.WriteInt64LittleEndian(timex.AsSpan(32), 777); // estimated error
        BinaryPrimitives.WriteInt32LittleEndian(timex.AsSpan(40), status);
        var clock = KernelClock.Parse(timex, state);
        Assert.Equal((synchronised, offsetSeconds, errorSeconds), (clock.IsSynchronised, Math.Round(clock.Offset, 9), Math.Round(clock.Error, 9)));
    }

    [Fact]
    public void This_machines_kernel_answers_and_an_offset_is_there_only_while_it_is_synchronised()
    {
        var synchronised = KernelClock.Synchronised();
        Assert.Equal(Quality.Good, synchronised.Quality);
        var expected = synchronised.Value == 1 ? Quality.Good : Quality.Bad(Reason.Sentinel);
        Assert.Equal((expected, expected), (KernelClock.Offset().Quality, KernelClock.Error().Quality));
    }
}
