using EdgeNode.Spool.Disk;
using EdgeNode.UnitTests.Spool;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// All that can go wrong, drawn from the world's seed: outages and moods of the broker, kills and power cuts, a disk that fails, is full,
/// read-only or slow, clocks that are set, devices that fall silent. Everything heals by itself after a while.
/// </summary>
internal sealed class Weather(World world)
{
    private readonly bool _refusals = world.Random.Next(3) == 0;
    private TimeSpan _disk;
    private TimeSpan _broker;
    private bool _over;

    public int Storms { get; private set; }

    /// <summary>Most time between two troubles.</summary>
    public required TimeSpan MostCalm { get; init; }

    public void Begin()
    {
        Ordinary();
        Next();
    }

    /// <summary>All is well from here on; nothing more happens.</summary>
    public void Clear()
    {
        _over = true;
        world.Disk.Memory.Fault = null;
        world.Disk.CrashAt.Clear();
        world.DeviceDown = null;
        world.Broker.Mood = new BrokerMood();
        Ordinary();
    }

    // A flush of an SD card takes milliseconds: enough for the others to come in between; and now and then any other call takes a moment.
    private void Ordinary() => world.Disk.Takes = call =>
        call == DiskCall.Sync ? world.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20))
        : world.Random.Next(4) == 0 ? world.Between(TimeSpan.FromMicroseconds(10), TimeSpan.FromMilliseconds(5))
        : TimeSpan.Zero;

    private void Next() => world.Later(Span(1, MostCalm.TotalSeconds), 30, () =>
    {
        if (!_over)
        {
            Storms++;
            Blow(world.Random.Next(20));
            Next();
        }
    });

    private TimeSpan Span(double least, double most) => world.Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));

    private void Blow(int what)
    {
        switch (what)
        {
            case 0 or 1 or 2:
                Broker(new BrokerMood { Up = false }, Span(2, 1200));
                break;
            case 3:
                Broker(new BrokerMood { Hangs = true }, Span(5, 120));
                break;
            case 4:
                Broker(new BrokerMood { LosesAck = world.Random.Next(2, 60) }, Span(10, 300));
                break;
            case 5 or 6:
                Broker(new BrokerMood { Cuts = world.Random.Next(2, 60) }, Span(10, 300));
                break;
            case 7:
                Broker(new BrokerMood { ReceiveMaximum = world.Random.Next(1, 5), MaximumPacketSize = (uint)world.Random.Next(700, 6000) }, Span(10, 300));
                world.Broker.CutAll();
                break;
            case 8:
                Broker(new BrokerMood { LeastDelay = TimeSpan.FromMilliseconds(100), MostDelay = Span(0.2, 4) }, Span(10, 300));
                break;
            case 9:
                Broker(
                    !_refusals ? new BrokerMood { Up = false }
                    : world.Random.Next(2) == 0 ? new BrokerMood { NobodyListens = true } : new BrokerMood { Refuses = world.Random.Next(2, 30) },
                    Span(5, 300));
                break;
            case 10:
                world.End(Stop.Kill, Span(0.5, 10));
                break;
            case 11:
                var moment = (Moment)world.Random.Next(3);
                world.Disk.CrashAt.Enqueue(new CrashPoint(world.Disk.Changes + world.Random.Next(1, 300), moment, (Stop)world.Random.Next(2)));
                break;
            case 12 or 13:
                world.Battery = world.Random.Next(2) == 0;
                world.End(Stop.PowerCut, Span(5, 60));
                break;
            case 14:
                world.TryRestart(Span(0.5, 10));
                break;
            case 15:
                var part = world.Random.Next(1, 6);
                Disk($"fails one call in {part}", Span(1, 60), call => world.Random.Next(part) == 0 ? DiskError.Failed : DiskError.None, null);
                break;
            case 16:
                Disk("is full", Span(5, 300), call => call is DiskCall.Create or DiskCall.Preallocate or DiskCall.Write ? DiskError.Full : DiskError.None, null);
                break;
            case 17:
                Disk("is read-only", Span(5, 300), call => call != DiskCall.Sync ? DiskError.ReadOnly : DiskError.None, null);
                break;
            case 18:
                Disk("is slow", Span(10, 120), null, Span(0.1, 15));
                break;
            default:
                Clock();
                break;
        }
    }

    private void Clock()
    {
        switch (world.Random.Next(4))
        {
            case 0:
                world.Clock.Step(Span(-12 * 3600, 12 * 3600));
                break;
            case 1:
                world.Clock.Synchronised = false;
                break;
            case 2:
                world.DeviceDown = world.Random.Next(world.Site.Devices.Length);
                world.Later(Span(5, 300), 31, () => world.DeviceDown = null);
                break;
            default:
                world.Clock.Set();
                break;
        }
    }

    private void Broker(BrokerMood mood, TimeSpan span)
    {
        _broker = world.Clock.Now + span;
        world.Tell($"for {span:c}: {mood}");
        world.Broker.Mood = mood;
        world.Later(span, 32, () =>
        {
            if (world.Clock.Now >= _broker && !_over)
            {
                world.Broker.Mood = new BrokerMood();
                world.Broker.CutAll();
            }
        });
    }

    private void Disk(string words, TimeSpan span, Func<DiskCall, DiskError>? fault, TimeSpan? slow)
    {
        _disk = world.Clock.Now + span;
        world.Tell($"for {span:c}: the disk {words}");
        world.Ledger.DiskTroubledUntil = _disk + (slow ?? TimeSpan.Zero) + TimeSpan.FromSeconds(5);

        // What is read stays readable: a bad block is damage, and another test's.
        world.Disk.Memory.Fault = fault is null ? null : (call, _) =>
            call is DiskCall.Read or DiskCall.Length or DiskCall.Open or DiskCall.List or DiskCall.Lock ? DiskError.None : fault(call);
        if (slow is { } most)
        {
            world.Disk.Takes = call => call == DiskCall.Sync ? world.Between(most / 2, most) : TimeSpan.Zero;
        }

        world.Later(span, 33, () =>
        {
            if (world.Clock.Now >= _disk)
            {
                world.Disk.Memory.Fault = null;
                Ordinary();
            }
        });
    }
}
