using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Plan;

public class BufferPlanTests
{
    private static readonly RecordingCosts Costs = new(
        new SpoolOptions(TimeSpan.FromSeconds(1), 10_000_000), SegmentBytes: 1_000_000, SegmentHeadBytes: 0, CommitBytes: 96, BacklogLinkBytes: 100,
        BacklogPerSecond: 2000, StatusLinkBytesPerDay: 1000);

    private static readonly CardModel Card = new(4096, 10_240, TimeSpan.FromSeconds(5), 1e12);

    private static BufferPlan Of(TimeSpan every, int readings, RecordingCosts? costs = null) =>
        BufferPlan.Of([new RecordedGroup(every, readings, readings * 10, (readings * 90) + 200)], costs ?? Costs, Card);

    [Fact]
    public void The_figures_of_a_plain_case()
    {
        // 200 readings of 10 bytes, once a second.
        var plan = Of(TimeSpan.FromSeconds(1), 200);

        Assert.Equal((200, 10), (plan.ReadingsPerSecond, plan.SpoolBytesPerReading));
        Assert.Equal(TimeSpan.FromSeconds(8_000_000 / 2000.0), plan.Buffer);
        Assert.Equal(800_000, plan.Backlog);
        Assert.Equal(TimeSpan.FromSeconds(400), plan.Drain);
        Assert.Equal(200_000, plan.DrainLinkBytesPerSecond);
        Assert.Equal((18_200 * 86_400.0) + 1000, plan.LinkBytesPerDay);

        // A commit of 2,096 bytes touches 1.51 pages; and ext4's own each 5 s.
        var perSecond = (4096 * (1 + (2095 / 4096.0))) + (10_240 / 5.0);
        Assert.Equal(perSecond * 86_400, plan.CardBytesPerDay, 1);
        Assert.Equal(1e12 / (perSecond * 86_400) / 365.25, plan.CardYears, 6);
        Assert.Equal(10_000_000, plan.LimitFor(plan.Buffer, Costs.SegmentBytes), 1);
    }

    [Fact]
    public void A_station_that_says_little_commits_seldom()
    {
        var plan = Of(TimeSpan.FromMinutes(1), 1);
        var perMinute = (4096 * (1 + (105 / 4096.0))) + 10_240;
        Assert.Equal(perMinute * 1440, plan.CardBytesPerDay, 1);
    }

    [Fact]
    public void What_lasts_longer_than_a_century_is_a_century()
    {
        var plan = Of(TimeSpan.FromHours(24), 1, Costs with { Spool = Costs.Spool with { LimitBytes = long.MaxValue } });
        Assert.Equal(TimeSpan.FromDays(36_525), plan.Buffer);
    }

    [Law(MaxTest = 200)]
    public Property More_readings_never_last_longer_and_a_larger_limit_never_shorter() => Prop.ForAll(
        Gen.Choose(1, 5000).Zip(Gen.Choose(1, 600_000)).Zip(Gen.Choose(1, 1000)).ToArbitrary(),
        p =>
        {
            var ((readings, milliseconds), more) = p;
            var every = TimeSpan.FromMilliseconds(milliseconds);
            var plan = Of(every, readings);
            var busier = Of(every, readings + more);
            var larger = Of(every, readings, Costs with { Spool = Costs.Spool with { LimitBytes = Costs.Spool.LimitBytes + (more * 1000L) } });
            Assert.True(busier.Buffer <= plan.Buffer && busier.CardYears <= plan.CardYears && busier.LinkBytesPerDay > plan.LinkBytesPerDay);
            Assert.True(larger.Buffer >= plan.Buffer && larger.CardBytesPerDay == plan.CardBytesPerDay);
            Assert.True(plan.CardBytesPerDay >= plan.ReadingsPerSecond * plan.SpoolBytesPerReading * 86_400 * 0.999);
        });
}
