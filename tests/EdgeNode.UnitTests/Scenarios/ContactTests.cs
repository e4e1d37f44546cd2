using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;
using EdgeNode.Simulation.Gpio;
using EdgeNode.UnitTests.Lines;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Scenarios;

/// <summary>A bad contact on a simulated line: what debouncing is for, and what a line without it counts.</summary>
public sealed class ContactTests
{
    private const int Pulses = 100;

    [Theory]
    [InlineData(0, false, Pulses)]
    [InlineData(5, false, Pulses)]
    [InlineData(5, true, Pulses)]
    public void Pulses_are_counted_once_each_where_the_line_is_debounced(int debounceMs, bool bounces, int counted) =>
        Assert.Equal(counted, Count(debounceMs, bounces));

    [Fact]
    public void Without_debouncing_the_bounces_are_counted_too() => Assert.True(Count(0, bounces: true) > Pulses * 3 / 2);

    [Fact]
    public void A_change_shorter_than_the_debouncing_is_none()
    {
        var time = new FakeTimeProvider();
        using var chip = new SimulatedGpioChip(time);
        using var edges = chip.OpenEdges(Request(5))!;
        chip.Set(17, high: true);
        time.Advance(TimeSpan.FromMilliseconds(4));
        chip.Set(17, high: false);
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(0, Taken(edges));

        chip.Set(17, high: true);
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(1, Taken(edges));
    }

    [Fact]
    public void A_contact_that_bounces_by_itself_is_read_as_it_is_by_a_switch_with_debouncing()
    {
        using var rig = new LineRig(LineRig.Switch());
        rig.Chip.Set(6, high: true);
        rig.Chip.Bounce(6, bounces: true);
        var raw = 0;
        Assert.True(rig.Chip.TryOpenInput(6, LinePull.AsIs));
        for (var ms = 0; ms < 20_000; ms++)
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(rig.Chip.TryRead(6, out var high));
            raw += high ? 0 : 1;
            var samples = ms % 100 == 0 ? rig.Scan() : rig.Bus.Pending <= rig.Time.Monotonic() ? rig.Resume() : [];
            Assert.All(samples, s => Assert.Equal((1, Quality.Good), (s.Raw, s.Quality)));
        }

        Assert.True(raw > 10, "the contact did not bounce");
    }

    [Fact]
    public void A_stuck_line_keeps_its_level_and_is_right_again_when_it_is_mended()
    {
        using var rig = new LineRig(LineRig.Switch(debounce: 0));
        rig.Chip.Set(6, high: true);
        rig.Chip.Stick(6, stuck: true);
        rig.Chip.Set(6, high: false);
        Assert.Equal(1, Assert.Single(rig.Scan()).Raw);
        rig.Chip.Stick(6, stuck: false);
        Assert.Equal(0, Assert.Single(rig.Scan()).Raw);
    }

    private static int Count(int debounceMs, bool bounces)
    {
        var time = new FakeTimeProvider();
        using var chip = new SimulatedGpioChip(time, seed: 3);
        using var edges = chip.OpenEdges(Request(debounceMs))!;
        chip.Bounce(17, bounces);
        var count = 0;
        for (var i = 0; i < Pulses; i++)
        {
            chip.Set(17, high: true);
            time.Advance(TimeSpan.FromMilliseconds(30));
            chip.Set(17, high: false);
            time.Advance(TimeSpan.FromMilliseconds(70));
            count += Taken(edges);
        }

        return count;
    }

    private static int Taken(IEdgeLine edges)
    {
        var into = new LineEdge[64];
        Assert.True(edges.TryTake(into, out var count));
        return count;
    }

    private static EdgeRequest Request(int debounceMs) => new(17, ActiveLow: false, LinePull.AsIs, TimeSpan.FromMilliseconds(debounceMs), () => { });
}
