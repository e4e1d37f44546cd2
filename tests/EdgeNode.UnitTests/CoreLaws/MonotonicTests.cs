using EdgeNode.Core.Model;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.CoreLaws;

public class MonotonicTests
{
    [Fact]
    public void A_thousand_advances_add_up_to_the_tick()
    {
        var time = new FakeTimeProvider();
        var start = time.Monotonic();
        for (var i = 1; i <= 1000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal(TimeSpan.FromMilliseconds(100) * i, time.Monotonic() - start);
        }
    }

    [Theory]
    [InlineData(1_000_000_000, 123_456_789_012_345_678, 1_234_567_890_123_456)]
    [InlineData(10_000_000, 9_007_199_254_740_993, 9_007_199_254_740_993)]
    [InlineData(24_000_000, 24_000_001, 10_000_000)]
    public void Timestamps_of_any_frequency_convert_exactly(long frequency, long timestamp, long ticks) =>
        Assert.Equal(TimeSpan.FromTicks(ticks), new Counter(frequency, timestamp).Monotonic());

    private sealed class Counter(long frequency, long timestamp) : TimeProvider
    {
        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => timestamp;
    }
}
