using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>The demo's site reads the demo's field: what the gateway shows of it is what the instruments measure.</summary>
public sealed class HealthyFieldTests
{
    [Fact]
    public void Every_point_is_good_and_true_on_every_kind_of_bus()
    {
        var field = VirtualField.Run(42, Scenario.Empty, 75);
        foreach (var point in VirtualField.Site.Points.Where(p => !p.IsComputed))
        {
            var its = field.Readings.Where(r => r.Point == point.Name).ToList();
            Assert.True(its.Count >= 7, $"{point.Name}: {its.Count} readings");

            // A meter knows its rate after two pulses; everything else is there at once.
            Assert.All(its.Where(r => r.At > TimeSpan.FromSeconds(3)), r => Assert.Equal(Quality.Good, r.Quality));
            Judge.NoLie(field, Scenario.Empty, its);
        }
    }
}
