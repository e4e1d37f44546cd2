using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>How writes to an output go.</summary>
/// <param name="Fails">The chip refuses.</param>
/// <param name="Takes">How long one takes.</param>
internal sealed record WriteMood(bool Fails, TimeSpan Takes)
{
    public static WriteMood Well { get; } = new(false, TimeSpan.Zero);
}

/// <summary>The valve's line.</summary>
/// <param name="world">Where it lies.</param>
/// <param name="life">The process that drives it.</param>
internal sealed class LinePort(PlantWorld world, Node.ProtectedLife life) : IOutputPort
{
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        // Judged when the kernel is asked: from there on nothing takes it back.
        var mood = world.Writes;
        if (!mood.Fails)
        {
            world.Watch.BeforeDrive(0, energised);
        }

        world.Pass(life, mood.Takes);
        if (mood.Fails)
        {
            return new OutputResult(false, null, "the chip refuses");
        }

        world.Wiring.Drive(energised);
        return new OutputResult(true, energised, "");
    }

    public void Dispose() => world.Wiring.Release();
}

/// <summary>The motor starter's coil, written anew before its own watchdog lets it fall.</summary>
/// <param name="world">Where it lies.</param>
/// <param name="life">The process that drives it.</param>
internal sealed class CoilPort(PlantWorld world, Node.ProtectedLife life) : IOutputPort
{
    public TimeSpan? RefreshEvery => StationSite.DeviceWatchdog / 3;

    public OutputResult Drive(bool energised, CancellationToken stop) => Drive(energised, null, stop);

    public OutputResult Drive(bool energised, Withdrawal? withdrawal, CancellationToken stop)
    {
        // A write of a few milliseconds is one of none here; what takes its time is a bus that is slow or dead. It is what waits before the bytes go out.
        var takes = world.Buses[1].Takes;
        world.Pass(life, takes < TimeSpan.FromMilliseconds(100) ? TimeSpan.Zero : takes);
        if (withdrawal is { IsDue: true })
        {
            return OutputResult.TakenBack;
        }

        if (world.Buses[1].Dead)
        {
            return new OutputResult(false, null, "timeout");
        }

        world.Watch.BeforeDrive(1, energised);
        world.Wiring.Request(energised);
        return new OutputResult(true, energised, "");
    }

    public void Dispose()
    {
    }
}

/// <summary>A lamp, a siren: the world looks at it, and it is never in the way of an output.</summary>
internal sealed class LampPort(Action<bool> shown) : IOutputPort
{
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        shown(energised);
        return new OutputResult(true, energised, "");
    }

    public void Dispose() => shown(false);
}

/// <summary>The heartbeat line of the watchdog relay.</summary>
internal sealed class HeartbeatPort(Wiring wiring) : IOutputPort
{
    public OutputResult Drive(bool energised, CancellationToken stop)
    {
        wiring.Edge();
        return new OutputResult(true, energised, "");
    }

    public void Dispose()
    {
    }
}
