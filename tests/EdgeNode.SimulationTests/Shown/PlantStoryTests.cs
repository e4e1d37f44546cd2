using EdgeNode.SimulationTests.Protection;
using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Shown;

/// <summary>Single stories in the world of the protection, played from a script: without mishaps and without an operator who does as he likes.</summary>
public class PlantStoryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_reset_goes_on_after_an_orderly_stop_and_is_asked_for_anew_after_a_kill()
    {
        var world = Running();
        world.Restart(TimeSpan.FromSeconds(5));
        world.Pump(2 * Minute, null);
        Assert.True(world.Wiring.Line, "after an orderly stop the valve has not opened by itself");
        world.End(Death.Kill, TimeSpan.FromSeconds(5));
        world.Pump(5 * Minute, null);
        Assert.False(world.Wiring.Line, "after a kill the valve has opened by itself");
        world.Operator.Round();
        world.Pump(Minute, null);
        Assert.True(world.Wiring.Line, "after a reset the valve has not opened");
        Assert.Empty(world.Watch.Findings);
    }

    [Fact]
    public void While_the_disk_cannot_say_that_another_run_has_begun_no_reset_of_the_run_before_counts()
    {
        var world = Running();
        world.Restart(TimeSpan.FromSeconds(5));
        world.Disk.Memory.Fault = static (call, _) => call is DiskCall.Write or DiskCall.Sync ? DiskError.Failed : DiskError.None;
        world.Pump(2 * Minute, null);
        Assert.False(world.Wiring.Line, "the valve has opened by itself, and nothing on the disk says that another run has begun");
        world.Disk.Memory.Fault = null;
        world.Pump(Minute, null);
        Assert.True(world.Wiring.Line, "the disk is well again, and the valve has not opened");
        Assert.Empty(world.Watch.Findings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_whose_disk_took_nothing_is_known_of_all_the_same_after_a_kill_or_a_power_cut(bool powerCut)
    {
        var world = Running();
        world.Restart(TimeSpan.FromSeconds(5));
        world.Disk.Memory.Fault = static (call, _) => call is DiskCall.Write or DiskCall.Sync ? DiskError.Failed : DiskError.None;
        world.Pump(2 * Minute, null);
        world.Operator.Round();
        world.Pump(Minute, null);
        Assert.True(world.Wiring.Line, "a person has reset, and a disk that takes nothing keeps the valve shut");
        world.End(powerCut ? Death.PowerCut : Death.Kill, TimeSpan.FromSeconds(5));
        world.Disk.Memory.Fault = null;
        world.Pump(5 * Minute, null);
        Assert.False(world.Wiring.Line, "the valve has opened by a reset of a run before the last");
        world.Operator.Round();
        world.Pump(Minute, null);
        Assert.True(world.Wiring.Line, "after a reset the valve has not opened");
        Assert.Empty(world.Watch.Findings);
    }

    /// <summary>What a life had written tells the two apart: as long as that is nothing, it has driven nothing away from safe either, but by a person's hand.</summary>
    [Theory]
    [InlineData(0.02, true)]
    [InlineData(30, false)]
    public void A_reset_goes_on_after_an_orderly_stop_when_a_power_cut_ends_the_next_run_before_it_has_written_anything(double seconds, bool opens)
    {
        var world = Running();
        world.Restart(TimeSpan.FromSeconds(5));
        world.Pump(TimeSpan.FromSeconds(5) + TimeSpan.FromMilliseconds(1), null);
        var run = world.Life;
        Assert.NotNull(run);
        world.Pump(TimeSpan.FromSeconds(seconds), null);
        Assert.Equal((opens, run), (run.Store.Written == 0, world.Life));
        Assert.False(opens && world.Wiring.Line, "it has written nothing, and has opened the valve");
        world.End(Death.PowerCut, TimeSpan.FromSeconds(5));
        world.Pump(5 * Minute, null);
        Assert.Equal(opens, world.Wiring.Line);
        Assert.Empty(world.Watch.Findings);
    }

    /// <summary>A station that a person has reset, and that runs.</summary>
    private static PlantWorld Running()
    {
        var world = new PlantWorld(1);
        world.Begin();
        world.Watch.Begin();
        world.Pump(Minute, null);
        Assert.False(world.Wiring.Line, "the valve has opened at the first start, and nobody has reset anything");
        world.Operator.Round();
        world.Pump(2 * Minute, null);
        Assert.True(world.Wiring.Line && world.Station.Pressure is > 3 and < EdgeNode.SimulationTests.Protection.Plant.StationSite.Setpoint, "the station does not run");
        return world;
    }
}
