using EdgeNode.Gateway.Verbs;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>The figures of clause 16, on spells whose figures are known.</summary>
public class AlarmPerformanceTests
{
    private const long Minute = 60_000_000;
    private const long Hour = 60 * Minute;

    [Fact]
    public void A_quiet_day_has_its_average_and_no_flood()
    {
        var spells = Enumerable.Range(0, 144).Select(n => new Figures.Up($"A-{n % 8}", n % 20 == 0 ? "critical" : "low", n * 10 * Minute, (n * 10 * Minute) + Minute));
        var figures = Figures.Of(spells, 0, 24 * Hour);
        Assert.Equal((144, 1d, 1, 0d, 0), (figures.Announced, figures.PerTenMinutes, figures.Peak, figures.FloodShare, figures.Fleeting));
        Assert.Equal((8, 136), (figures.Priorities["critical"], figures.Priorities["low"]));
        Assert.Empty(figures.Chattering);
        Assert.Empty(figures.Stale);
    }

    [Fact]
    public void A_flood_lasts_from_the_eleventh_until_fewer_than_five_are_left_of_ten_minutes()
    {
        // One a minute from minute 60 to 71: the eleventh comes at 70. The fifth to last came at 67, so that it ends at 77.
        var spells = Enumerable.Range(60, 12).Select(m => new Figures.Up($"A-{m}", "high", m * Minute, (m + 1) * Minute)).ToList();
        Assert.Equal(0, Figures.Of(spells, 0, 4 * Hour).FloodShare, 9); // 60 and 70 are ten minutes apart: ten in ten minutes

        spells.Add(new Figures.Up("B", "high", 65 * Minute, null));
        var figures = Figures.Of(spells, 0, 4 * Hour);
        Assert.Equal(11, figures.Peak);
        Assert.Equal((77 - 69) / 240.0, figures.FloodShare, 9);
        Assert.Equal((77 - 72) / 120.0, Figures.Of(spells, 72 * Minute, 192 * Minute).FloodShare, 9);
    }

    [Fact]
    public void Fleeting_chattering_and_stale_are_found()
    {
        List<Figures.Up> spells =
        [
            new("CH", "low", 100 * Minute, (100 * Minute) + 1), new("CH", "low", (100 * Minute) + 20_000_000, (100 * Minute) + 40_000_000),
            new("CH", "low", (100 * Minute) + 50_000_000, 102 * Minute),
            new("FL", "low", 200 * Minute, (200 * Minute) + 9_999_999), new("OK", "low", 300 * Minute, (300 * Minute) + 10_000_000),
            new("OLD", "medium", -1, null), new("NEW", "medium", 1, null),
            new("END", "low", 24 * Hour, (24 * Hour) + 1),
        ];
        var figures = Figures.Of(spells, 0, 24 * Hour);
        Assert.Equal(["CH"], figures.Chattering);
        Assert.Equal(2, figures.Fleeting);
        Assert.Equal(["OLD"], figures.Stale);
        Assert.Equal(6, figures.Announced);
    }

    [Fact]
    public void The_standards_figures_stand_beside_those_of_the_site()
    {
        var rows = PerformanceRows.Of(Figures.Of([new Figures.Up("A", "high", Minute, 2 * Minute)], 0, Hour)).Select(r => (r.Figure, r.Standard));
        Assert.Equal(
            [
                ("alarms announced", ""), ("on average in 10 min", "1, at most 2"), ("most in 10 min", "at most 10"), ("time in flood", "under 1 %"), ("chattering (3 in 1 min)", "none"),
                ("fleeting (under 10 s)", ""), ("stale (over 24 h)", "fewer than 5"), ("critical", ""), ("high", "about 5 %"), ("medium", "about 15 %"), ("low", "about 80 %"),
            ],
            rows);
    }
}
