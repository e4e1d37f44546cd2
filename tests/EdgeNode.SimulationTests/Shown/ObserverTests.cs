using EdgeNode.Core.Model;
using EdgeNode.SimulationTests.Protection.Watch;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>What the observer takes for shown, for open and for comparable: it must leave out what nobody can know, and nothing else.</summary>
public class ObserverTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(new[] { 12.0, 3.7 }, -0.1875)] // after a measurement a current between the bands is a value
    [InlineData(new[] { 12.0, 20.7 }, 10.4375)]
    [InlineData(new[] { 3.7 }, -0.1875)]
    [InlineData(new[] { 3.4, 3.8 }, -0.125)]
    [InlineData(new[] { 3.4, 12.0, 3.7 }, -0.1875)]
    [InlineData(new[] { 3.4, 20.7 }, 10.4375)] // a failure of one end is none of the other
    [InlineData(new[] { 21.6, 3.7 }, -0.1875)]
    [InlineData(new[] { 3.4, 20.7, 3.7 }, -0.1875)]
    [InlineData(new[] { 3.4, 3.7 }, null)] // after a failure of its end nobody can be sure
    [InlineData(new[] { 21.0, 20.7, 20.6 }, null)]
    public void A_current_between_the_bands_is_what_was_known_last_of_its_end(double[] milliamperes, double? value)
    {
        var signal = new Signal(isLoop: true);
        var last = milliamperes.Select(m => signal.Take(Sample(m * 1000))).ToArray()[^1]; // each of them is taken
        Assert.Equal((value is null, false), (last.Value is null, last.IsNone));
        Assert.Equal(value ?? 0, last.Value ?? 0, 6);
    }

    [Theory]
    [InlineData(3.6)]
    [InlineData(21.0)]
    public void A_failing_current_is_surely_none_and_so_is_a_sample_that_did_not_come(double milliamperes)
    {
        Assert.Equal((null, true), new Signal(isLoop: true).Take(Sample(milliamperes * 1000)));
        Assert.Equal((null, true), new Signal(isLoop: true).Take(Sample(12_000, Quality.Bad(Reason.Timeout))));
        Assert.Equal((null, true), new Signal(isLoop: false).Take(Sample(double.NaN)));
        Assert.Equal((3.4, false), new Signal(isLoop: false).Take(Sample(3.4)));
    }

    [Theory]
    [InlineData(20.7, false, true, false)] // beyond the range without a failure before: it has to be active
    [InlineData(3.7, false, false, true)]
    [InlineData(20.7, true, false, false)] // after a failure it says neither
    [InlineData(3.7, true, false, false)]
    public void What_has_failed_and_is_between_the_bands_proves_nothing_and_what_has_not_does(double milliamperes, bool failed, bool active, bool clear)
    {
        var evidence = new SetpointEvidence(new Signal(isLoop: true), true, 6, 0.1, Second, TimeSpan.Zero, TimeSpan.Zero);
        evidence.Take(Sample(failed ? milliamperes > 20 ? 21_600 : 3400 : 12_000), Second);
        evidence.Take(Sample(milliamperes * 1000), 2 * Second);
        evidence.Take(Sample(milliamperes * 1000), 3 * Second);
        Assert.Equal((active, clear), (evidence.MustBeActive(3.6 * Second, Second / 2), evidence.MustBeClear(3.6 * Second, Second / 2)));
        Assert.Null(evidence.LostSince);
    }

    [Fact]
    public void Two_worlds_are_compared_up_to_the_first_chance_that_fell_otherwise_and_over_all_where_none_did()
    {
        var until = TimeSpan.FromHours(1);
        Chance At(double seconds, ChanceKind kind, int output = 0) => new(TimeSpan.FromSeconds(seconds), output, kind);
        Chance[] both = [At(10, ChanceKind.TakenOver), At(90, ChanceKind.DiskSaid)];
        Same(until, both, both);
        Same(until, [], []);
        Same(TimeSpan.FromSeconds(50), both, [At(10, ChanceKind.TakenOver), At(50, ChanceKind.TakenOver), At(90, ChanceKind.DiskSaid)]); // one writer's patience was at its end
        Same(TimeSpan.FromSeconds(50), [At(50, ChanceKind.TakenOver, 0)], [At(50, ChanceKind.TakenOver, 0), At(50, ChanceKind.TakenOver, 1)]);
        Same(TimeSpan.FromSeconds(89.9), both, [At(10, ChanceKind.TakenOver), At(89.9, ChanceKind.DiskSaid)]); // one commit came a tenth of a second sooner
        Same(until, both, [At(10, ChanceKind.TakenOver), At(89.9, ChanceKind.DiskSaid, 1)]); // another output: what was asked is compared
        Same(until, both, [At(10, ChanceKind.TakenOver), At(60, ChanceKind.DiskSaid)]); // no commit waits for so long
        Same(until, both, both[..1]);
        Same(until, both, [.. both, At(4000, ChanceKind.TakenOver)]);

        void Same(TimeSpan expected, Chance[] one, Chance[] other)
        {
            Assert.Equal(expected, Chance.Comparable(one, other, until));
            Assert.Equal(expected, Chance.Comparable(other, one, until));
        }
    }

    private static RawSample Sample(double raw, Quality quality = default) => new(0, raw, quality, default);
}
