using EdgeNode.VirtualBench.Pulses;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>What hangs between the lines OUT and IN that try-board.sh is called with: a wire, or the watchdog relay K1. It looks each millisecond, from the other side of gpio-sim.</summary>
internal sealed class BoardWire : IDisposable
{
    public const int Out = 1;
    public const int In = 2;

    /// <summary>K1's time: three periods of the heartbeat.</summary>
    public const long RelayTime = 1_500_000_000;

    private const int Chip = 0;

    private readonly bool _isRelay;
    private readonly bool _persists;
    private readonly Thread _thread;
    private volatile bool _stop;

    /// <param name="isRelay">IN is K1's contact, which is closed as long as OUT changes; false: a wire.</param>
    /// <param name="pullsUp">Which way OUT is pulled.</param>
    /// <param name="persists">The pull of OUT is ever the level that it has, so that it keeps that when it is released, as on a Pi; an input keeps it as well, which a Pi's does not.</param>
    public BoardWire(bool isRelay = false, bool pullsUp = false, bool persists = false)
    {
        _isRelay = isRelay;
        _persists = persists;
        GpioSim.Set(Out, pullsUp, Chip);
        GpioSim.Set(In, high: false, Chip);
        _thread = new Thread(Carry) { IsBackground = true, Name = "wire" };
        _thread.Start();
    }

    /// <summary>The level of OUT.</summary>
    public static bool IsHigh
    {
        get
        {
            using var level = GpioSim.OpenLevel(Out, Chip);
            return GpioSim.IsHigh(level);
        }
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Carry()
    {
        using var level = GpioSim.OpenLevel(Out, Chip);
        using var pull = GpioSim.Open(In, Chip);
        var (last, changed, carried) = (GpioSim.IsHigh(level), long.MinValue / 2, false);
        while (!_stop)
        {
            var now = Libc.Now();
            var high = GpioSim.IsHigh(level);
            if (high != last)
            {
                (last, changed) = (high, now);
                if (_persists)
                    GpioSim.Set(Out, high, Chip);
            }

            var wanted = _isRelay ? now - changed < RelayTime : high;
            if (wanted != carried)
                GpioSim.Set(pull, carried = wanted);
            Libc.WaitUntil(now + 1_000_000);
        }
    }
}
