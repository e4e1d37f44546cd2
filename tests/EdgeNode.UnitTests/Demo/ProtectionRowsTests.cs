using System.Text.RegularExpressions;
using EdgeNode.Gateway.Demo;

namespace EdgeNode.UnitTests.Demo;

/// <summary>What the demo's picture says of groups, trips and outputs.</summary>
public sealed partial class ProtectionRowsTests
{
    [Fact]
    public async Task Who_votes_who_deviates_and_who_is_lost_is_seen_in_the_group()
    {
        await using var station = new DemoStation();
        station.Go(5, 4, 4, 4);
        var rows = Rows(station);
        Assert.Equal("P-101 | 2oo3 | 4.000 bar, spread 0.000", rows[0]);
        Assert.Equal(" |  | PT-101A 4.000   PT-101B 4.000   PT-101C 4.000", rows[1]);
        Assert.StartsWith("close-inlet | not-reset | its cause has gone; a reset is taken in ", rows[2], StringComparison.Ordinal);
        Assert.StartsWith("XV-101 | closed | safe", rows[3], StringComparison.Ordinal);

        station.Go(5, 4, 5, 4);
        Assert.Equal(" |  | PT-101A 4.000   PT-101B 5.000 deviates   PT-101C 4.000", Rows(station)[1]);

        station.Go(5, 7, null, 4);
        rows = Rows(station);
        Assert.Equal("P-101 | 1oo2 | 5.500 bar, spread 3.000, degraded from 2oo3", rows[0]);
        Assert.Equal(" |  | PT-101A 7.000 > 6.5   PT-101B no vote   PT-101C 4.000 deviates", rows[1]);
        Assert.Equal("close-inlet | tripped | its cause stands: PAHH-101", rows[2]);

        station.Go(5, null, null, null);
        rows = Rows(station);
        Assert.Equal("P-101 | no vote | - bar, spread -, degraded from 2oo3", rows[0]);
        Assert.Equal(" |  | PT-101A no vote   PT-101B no vote   PT-101C no vote", rows[1]);
    }

    [Fact]
    public async Task A_siren_calls_and_a_lamp_is_lit_while_their_lines_have_energy()
    {
        await using var station = new DemoStation("demo-story.yaml");
        station.Go(1, 4, 4, 4);
        Assert.Equal("annunciators |  | SIREN quiet, LAMP lit", Rows(station, line => line == 26)[^1]);
        Assert.Equal("annunciators |  | SIREN calls, LAMP dark", Rows(station, line => line == 27)[^1]);
    }

    private static List<string> Rows(DemoStation station, Func<int, bool>? energy = null) =>
        [.. new ProtectionRows(station.Site, station.Loop, energy ?? (_ => false), station.Time).Now().Select(r => Colour().Replace($"{r.Id} | {r.State} | {r.What}", ""))];

    [GeneratedRegex(@"\[[a-z /]*\]")]
    private static partial Regex Colour();
}
