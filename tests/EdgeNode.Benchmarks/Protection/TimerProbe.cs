using System.Diagnostics;

namespace EdgeNode.Benchmarks.Protection;

/// <summary>A thread that waits for 5 ms again and again: how much later than that it runs.</summary>
internal sealed class TimerProbe : IDisposable
{
    private const int PeriodMs = 5;

    private readonly List<long> _delays = new(100_000);
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;

    public TimerProbe()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "timer probe" };
        _thread.Start();
    }

    /// <summary>Ends it.</summary>
    public Figures End()
    {
        _stop.Set();
        _thread.Join();
        return Figures.Of([.. _delays], Stopwatch.Frequency / 1e3);
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var period = PeriodMs * Stopwatch.Frequency / 1000;
        while (true)
        {
            var due = Stopwatch.GetTimestamp() + period;
            if (_stop.WaitOne(PeriodMs))
            {
                return;
            }

            _delays.Add(Math.Max(0, Stopwatch.GetTimestamp() - due));
        }
    }
}
