namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>
/// What goes wrong, from the seed: the process, the sensors, the buses, the lines, the disk, the clock, the process of the node. Every other seed has one trouble upon the
/// other: faults that meet find what faults alone do not. It draws by the clock alone, whatever the node does.
/// </summary>
/// <param name="world">Where.</param>
/// <param name="random">Its own stream.</param>
internal sealed class Mishaps(PlantWorld world, Random random)
{
    private const int Kinds = 30;

    private readonly TimeSpan _mean = TimeSpan.FromSeconds(world.Seed % 2 == 0 ? 240 : 75);

    /// <summary>How many there were.</summary>
    public int Count { get; private set; }

    public void Begin() => world.Later(_mean, 30, Strike);

    private void Strike()
    {
        Count++;
        Happen(random.Next(Kinds));
        world.Later(Span(0, 2 * _mean.TotalSeconds), 30, Strike);
    }

    private void Happen(int kind)
    {
        switch (kind)
        {
            case 0 or 1 or 2:
                For("the outlet is blocked", Span(30, 400), () => world.Station.Outlet = 0.02 + (0.25 * random.NextDouble()), () => world.Station.Outlet = 1);
                break;
            case 3 or 4:
                For("the town takes little", Span(60, 500), () => world.Station.Surge = 0.45 + (0.15 * random.NextDouble()), () => world.Station.Surge = 1);
                break;
            case 5 or 6 or 7 or 8:
                Sensor();
                break;
            case 9 or 10:
                Bus(dead: true);
                break;
            case 11:
                Bus(dead: false);
                break;
            case 12:
                For("the flow meter is silent", Span(5, 300), () => world.Field.FlowSilent = true, () => world.Field.FlowSilent = false);
                break;
            case 13:
                For("the level is silent", Span(5, 300), () => world.Field.LevelSilent = true, () => world.Field.LevelSilent = false);
                break;
            case 14:
                For("the sump runs dry", Span(200, 900), () => world.Station.Dry = true, () => world.Station.Dry = false);
                break;
            case 15:
                For("the valve sticks", Span(10, 200), () => world.Station.ValveSticks = true, () => world.Station.ValveSticks = false);
                break;
            case 16:
                For("a limit switch sticks", Span(10, 200), () => world.Field.SwitchesStuck = true, () => world.Field.SwitchesStuck = false);
                break;
            case 17:
                For("the motor is switched to hand", Span(20, 300), () => Hand(true), () => Hand(false));
                break;
            case 18:
                For("the chip refuses", Span(1, 20), () => world.Writes = new WriteMood(true, TimeSpan.Zero), () => world.Writes = WriteMood.Well);
                break;
            case 19:
                var takes = Span(0.1, 2);
                For("writes are slow", Span(5, 40), () => world.Writes = new WriteMood(false, takes), () => world.Writes = WriteMood.Well);
                break;
            case 20 or 21:
                world.End(Death.Kill, Span(2, 20));
                break;
            case 22:
                world.End(Death.PowerCut, Span(5, 60));
                break;
            case 23 or 24:
                world.Restart(Span(2, 15));
                break;
            case 25:
                world.Freeze(Span(0.2, 20));
                break;
            case 26:
                world.Stall(Span(0.2, 20));
                break;
            case 27:
                world.HangDisk(Span(2, 200));
                break;
            case 28:
                For("the disk fails", Span(1, 120),
                    () => world.Disk.Memory.Fault = static (call, _) => call is UnitTests.Spool.DiskCall.Write or UnitTests.Spool.DiskCall.Sync
                        ? EdgeNode.Spool.Disk.DiskError.Failed : EdgeNode.Spool.Disk.DiskError.None,
                    () => world.Disk.Memory.Fault = null);
                break;
            default:
                Clock();
                break;
        }
    }

    private void Sensor()
    {
        var (which, fault) = (random.Next(3), (SensorFault)random.Next(1, 8));
        For(
            $"transmitter {(char)('A' + which)}: {fault}", Span(20, 900), () => world.Field.Transmitters[which].Set(fault, world.Station.Pressure, world.Clock.Now),
            () => world.Field.Transmitters[which].Set(SensorFault.None, 0, world.Clock.Now));
    }

    private void Bus(bool dead)
    {
        var (bus, latency) = (random.Next(2), Span(0.1, 0.45));
        For(
            $"bus {bus} {(dead ? "is dead" : "is slow")}", Span(1, dead ? 120 : 300), () => world.Buses[bus] = new BusMood(dead, latency),
            () => world.Buses[bus] = BusMood.Well);
    }

    private void Hand(bool hand)
    {
        world.Wiring.BeforeChange(world.Clock.Now);
        world.Wiring.Hand = hand;
    }

    private void Clock()
    {
        var (kind, by) = (random.Next(3), Span(-12 * 3600, 12 * 3600));
        if (world.LeavesOut.HasFlag(LeaveOut.ClockSteps))
        {
            return;
        }

        world.Tell($"clock: {(kind == 0 ? $"stepped by {by:c}" : kind == 1 ? "not synchronised any more" : "set by a time server")}");
        switch (kind)
        {
            case 0:
                world.Clock.Step(by);
                break;
            case 1:
                world.Clock.Synchronised = false;
                break;
            default:
                world.Clock.Set();
                break;
        }
    }

    private void For(string words, TimeSpan span, Action begin, Action end)
    {
        world.Tell($"for {span:c}: {words}");
        world.Station.RunTo(world.Clock.Now);
        begin();
        world.Later(span, 31, () =>
        {
            world.Station.RunTo(world.Clock.Now);
            end();
        });
    }

    private TimeSpan Span(double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
