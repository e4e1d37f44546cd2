using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.CoreLaws;

public class ReportFilterTests
{
    private static bool Pass(ReportFilter filter, double seconds, double value, Quality quality = default) =>
        filter.Pass(new Reading(0, value, quality, At(seconds).Wall), TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Without_a_rule_each_value_is_sent()
    {
        var filter = new ReportFilter(null);
        Assert.All(Enumerable.Range(0, 10), i => Assert.True(Pass(filter, i, 5)));
    }

    [Fact]
    public void With_a_rule_only_a_change_or_the_sign_of_life_is_sent()
    {
        var filter = new ReportFilter(new ReportOptions(0.5, TimeSpan.FromSeconds(60)));
        Assert.True(Pass(filter, 0, 5));
        Assert.False(Pass(filter, 1, 5.4));
        Assert.True(Pass(filter, 2, 5.5));
        Assert.False(Pass(filter, 61, 5.5));
        Assert.True(Pass(filter, 62, 5.5));
    }

    [Fact]
    public void Slow_drift_is_compared_with_what_was_sent_and_not_with_what_was_read_last()
    {
        var filter = new ReportFilter(new ReportOptions(0.5, TimeSpan.FromHours(1)));
        Assert.Equal(3, Enumerable.Range(0, 21).Count(i => Pass(filter, i, i * 0.05)));
    }

    [Fact]
    public void A_change_of_quality_is_always_sent()
    {
        var filter = new ReportFilter(new ReportOptions(100, TimeSpan.FromHours(1)));
        Assert.True(Pass(filter, 0, 5));
        Assert.True(Pass(filter, 1, 5, Quality.Uncertain(Reason.OverRange)));
        Assert.True(Pass(filter, 2, 0, Quality.Bad(Reason.Timeout)));
        Assert.True(Pass(filter, 3, 0, Quality.Bad(Reason.LinkDown)));
        Assert.True(Pass(filter, 4, 5));
    }

    [Fact]
    public void A_point_that_stays_bad_says_so_once_a_minute()
    {
        var filter = new ReportFilter(null);
        var sent = Enumerable.Range(0, 181).Count(i => Pass(filter, i, 0, Quality.Bad(Reason.Timeout)));
        Assert.Equal(4, sent);
    }
}
