using EdgeNode.Core.Model;
using EdgeNode.Core.Validate;

namespace EdgeNode.UnitTests.CoreLaws;

public class ModelTests
{
    [Fact]
    public void Every_quality_reads_back_from_its_text()
    {
        foreach (var reason in Enum.GetValues<Reason>())
        {
            foreach (var quality in new[] { Quality.Good, Quality.Uncertain(reason), Quality.Bad(reason) })
            {
                Assert.True(Quality.TryParse(quality.ToString(), out var parsed), quality.ToString());
                Assert.Equal(quality, parsed);
            }
        }

        Assert.False(Quality.TryParse("bad:weather", out _));
    }

    [Law]
    public bool An_epoch_reads_back_from_its_text(ulong spool, uint start) =>
        Epoch.TryParse(new Epoch(spool, start).ToString(), out var parsed) && parsed == new Epoch(spool, start);

    [Theory]
    [InlineData("")]
    [InlineData("9f02c1d277aa0b13")]
    [InlineData("9f02c1d277aa0b13-")]
    [InlineData("9f02c1d277aa0b13--1")]
    [InlineData("zf02c1d277aa0b13-1")]
    public void What_is_no_epoch_is_refused(string text) => Assert.False(Epoch.TryParse(text, out _));

    [Theory]
    [InlineData("bar", 6.5, "Pa", 650_000)]
    [InlineData("psi", 100, "Pa", 689_475.729)]
    [InlineData("mH2O", 10, "Pa", 98_066.5)]
    [InlineData("l/min", 120, "m3/s", 0.002)]
    [InlineData("m3/h", 3.6, "m3/s", 0.001)]
    [InlineData("gal", 1, "m3", 0.003785411784)]
    [InlineData("ustrain", 250, "/", 0.00025)]
    [InlineData("kWh", 2, "J", 7_200_000)]
    [InlineData("degF", 212, "Cel", 100)]
    [InlineData("K", 273.15, "Cel", 0)]
    [InlineData("%", 42, "/", 0.42)]
    [InlineData("1/min", 3000, "Hz", 50)]
    public void Units_convert_to_their_registered_senml_unit(string symbol, double value, string senml, double expected)
    {
        var unit = UnitTable.Get(symbol);
        Assert.Equal(senml, unit.Senml);
        Assert.Equal(expected, unit.ToSenml(value), Math.Abs(expected) * 1e-9 + 1e-9);
        Assert.Equal(value, unit.FromSenml(unit.ToSenml(value)), Math.Abs(value) * 1e-12 + 1e-9);
    }

    [Fact]
    public void One_quantity_has_one_senml_unit_and_symbols_are_unique()
    {
        Assert.All(UnitTable.All.GroupBy(u => u.Quantity), q => Assert.Single(q.Select(u => u.Senml).Distinct()));
        Assert.Equal(UnitTable.All.Count, UnitTable.All.Select(u => u.Symbol).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_difference_of_temperatures_converts_without_the_offset()
    {
        Assert.Equal(10, UnitTable.Get("degF").SpanTo(UnitTable.Get("Cel"), 18), 9);
        Assert.Equal(10, UnitTable.Get("K").SpanTo(UnitTable.Get("Cel"), 10), 9);
    }

    [Fact]
    public void Units_of_different_quantities_do_not_convert() =>
        Assert.Throws<ArgumentException>(() => UnitTable.Get("bar").To(UnitTable.Get("m"), 1));

    [Fact]
    public void A_stamp_of_another_moment_follows_the_monotonic_clock()
    {
        var now = new ClockReading(TimeSpan.FromSeconds(100), new SourceTime(5_000_000, ClockQuality.Unsynchronised));
        Assert.Equal(new SourceTime(3_500_000, ClockQuality.Unsynchronised), now.WallAt(TimeSpan.FromSeconds(98.5)));
    }
}
