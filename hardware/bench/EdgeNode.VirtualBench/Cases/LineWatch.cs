using EdgeNode.VirtualBench.Pulses;
using Microsoft.Win32.SafeHandles;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>A change of a line's level, as the kernel has it.</summary>
/// <param name="At">Monotonic time, ns.</param>
/// <param name="High">Its level from then on.</param>
internal readonly record struct LevelChange(long At, bool High);

/// <summary>
/// Looks at the lines of the outputs each 2 ms, from the other side of gpio-sim, and plays what hangs on them: the contact of the relay follows
/// its line at once, the limit switches of the valve when it has travelled.
/// </summary>
internal sealed class LineWatch : IDisposable
{
    public const int Chip = 1;
    public const int Valve = 0;
    public const int WronglyPulled = 5;
    public const int Heartbeat = 6;

    private const int Closed = 2;
    private const int Open = 3;
    private const int Contact = 4;
    private const long Look = 2_000_000;
    private const long Travel = 400_000_000;

    private static readonly int[] Lines = [Valve, WronglyPulled, Heartbeat];

    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<LevelChange>> _changes = Lines.ToDictionary(l => l, _ => new List<LevelChange>());
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _looked = new();
    private volatile bool _stop;
    private volatile bool _isPlaying = true;

    public LineWatch()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "lines" };
        _thread.Start();
        _looked.Wait();
    }

    /// <summary>False: relay and valve stay as they are, whatever the line does.</summary>
    public bool IsPlaying
    {
        get => _isPlaying;
        set => _isPlaying = value;
    }

    /// <summary>The level of a line now, and since when.</summary>
    public LevelChange Now(int line)
    {
        lock (_lock)
            return _changes[line].Count > 0 ? _changes[line][^1] : default;
    }

    /// <summary>What a line did after a moment.</summary>
    public List<LevelChange> After(int line, long moment)
    {
        lock (_lock)
            return [.. _changes[line].Where(c => c.At > moment)];
    }

    /// <summary>Waits until a line has a level.</summary>
    /// <returns>When it took it.</returns>
    /// <exception cref="CaseFailure">It did not in time.</exception>
    public long Await(int line, bool high, string what, double seconds = 30)
    {
        var deadline = Libc.Now() + (long)(seconds * 1e9);
        while (true)
        {
            var now = Now(line);
            if (now.At > 0 && now.High == high)
                return now.At;
            if (Libc.Now() > deadline)
                throw new CaseFailure($"{what}: line {line} is not {(high ? "high" : "low")} within {seconds} s");
            Station.Wait(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Sets the limit switches and the contact by hand.</summary>
    public static void Contacts(bool closed, bool open, bool contact)
    {
        GpioSim.Set(Closed, closed, Chip);
        GpioSim.Set(Open, open, Chip);
        GpioSim.Set(Contact, contact, Chip);
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _looked.Dispose();
    }

    private void Watch()
    {
        var levels = Lines.Select(l => GpioSim.OpenLevel(l, Chip)).ToArray();
        var last = new bool?[Lines.Length];
        (bool Open, long At)? travelling = null;
        while (!_stop)
        {
            var now = Libc.Now();
            for (var i = 0; i < Lines.Length; i++)
            {
                var high = GpioSim.IsHigh(levels[i]);
                if (high == last[i])
                    continue;
                last[i] = high;
                lock (_lock)
                    _changes[Lines[i]].Add(new LevelChange(now, high));
                if (Lines[i] != Valve)
                    continue;
                travelling = (high, now + Travel);
                if (_isPlaying)
                    Contacts(closed: false, open: false, contact: high);
            }

            _looked.Set();
            if (_isPlaying && travelling is var (open, at) && now >= at)
            {
                Contacts(!open, open, open);
                travelling = null;
            }

            Libc.WaitUntil(now + Look);
        }

        foreach (SafeFileHandle level in levels)
            level.Dispose();
    }
}
