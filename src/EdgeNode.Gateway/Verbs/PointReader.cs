using System.Collections.Concurrent;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Engine;
using EdgeNode.Hardware;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>
/// Scans the devices of the wanted points, each bus on a thread of its own: a dead bus holds up no other, and no screen.
/// </summary>
internal sealed class PointReader : IDisposable
{
    private readonly Site _site;
    private readonly SortedSet<int> _wanted;
    private readonly SystemClock _clock;
    private readonly TimeProvider _time;
    private readonly bool _once;
    private readonly Listener _listener = new();
    private readonly IFieldBus[] _buses;
    private readonly ValidatedPoints _validators;
    private readonly int[] _read;
    private readonly double?[] _raw;
    private readonly Lock _look = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private readonly CountdownEvent _left;

    /// <param name="site">The checked site.</param>
    /// <param name="wanted">Point indexes.</param>
    /// <param name="data">What the node keeps: its disk is the cabinet's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="once">Each device once; otherwise each at its own period until stopped.</param>
    public PointReader(Site site, SortedSet<int> wanted, string data, TimeProvider time, bool once)
    {
        _site = site;
        _wanted = wanted;
        _time = time;
        _once = once;
        _clock = new SystemClock(time);
        _buses = FieldBuses.All(site, data, new NoTotals(), time, _listener);
        _validators = new ValidatedPoints(site, time.Monotonic());
        _read = [.. wanted.Union(wanted.Select(p => _validators[p].TemperaturePoint).OfType<int>())];
        _raw = new double?[site.Points.Length];
        _left = new CountdownEvent(Math.Max(1, DevicesByBus().Count));
        if (DevicesByBus().Count == 0)
        {
            _left.Signal();
        }
    }

    /// <summary>No wanted point is bad because its device or link did not answer.</summary>
    public bool AllAnswered
    {
        get
        {
            lock (_look)
            {
                return _wanted.All(p => Answered(_validators[p].Last));
            }
        }
    }

    /// <summary>What the buses had to say: why something does not answer.</summary>
    public IEnumerable<string> Said => _listener.Lines;

    public void Start()
    {
        foreach (var bus in DevicesByBus())
        {
            var thread = new Thread(() => Run([.. bus])) { IsBackground = true, Name = "bus " + _site.Buses[bus.Key].Id };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Waits for the end of the reading.</summary>
    /// <returns>True when all devices were read once, or the reading was stopped.</returns>
    public bool WaitDone(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            return _left.Wait(wait, stop);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    public void Stop()
    {
        _stop.Cancel();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>Each wanted point with its last reading. The raw value is there also where it is what the sensor's failure was seen by; else a bad one has none.</summary>
    public List<(PointOptions Point, double? Raw, Reading Reading)> Rows()
    {
        lock (_look)
        {
            var now = _clock.Read();
            foreach (var point in _wanted)
            {
                while (_validators[point].TryDue(now.Monotonic, now, out _, out _))
                {
                }
            }

            return [.. _wanted.Select(p => (_site.Points[p], RawOf(p), _validators[p].Last))];
        }
    }

    public Table ToTable()
    {
        var now = _clock.Read().Wall.UnixMicroseconds;
        var table = new Table().RoundedBorder().AddColumns("Point", "Raw", "Value", "Unit", "Quality", "Age");
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        table.Columns[5].RightAligned();
        foreach (var (point, raw, reading) in Rows())
        {
            var read = reading.Quality.Reason != Reason.NotYetRead;
            table.AddRow(
                point.Name,
                raw is { } seen ? Show(seen) : "",
                reading.Quality.IsBad ? "-" : Show(reading.Value),
                point.Unit.Symbol,
                QualityMarkup.Of(reading.Quality, point.Simulated),
                read ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, now - reading.Time.UnixMicroseconds) / 1e6:0.0} s") : "-");
        }

        return table;
    }

    public void Dispose()
    {
        Stop();
        foreach (var bus in _buses)
        {
            bus.Dispose();
        }

        _left.Dispose();
        _stop.Dispose();
    }

    /// <summary>A pulse meter that was read answers, even though one look does not tell its flow.</summary>
    private static bool Answered(in Reading reading) => reading.Quality.Reason switch
    {
        Reason.Timeout or Reason.LinkDown or Reason.DeviceSuspended or Reason.GatewayPath or Reason.Stale or Reason.NotPresent => false,
        Reason.NotYetRead => reading.Time != default,
        _ => true,
    };

    private double? RawOf(int point) => _validators[point].Last.Quality is { IsBad: false } or { Reason: Reason.SensorFailure } ? _raw[point] : null;

    private static string Show(double value) => value.ToString("G7", CultureInfo.InvariantCulture);

    private List<IGrouping<int, int>> DevicesByBus() =>
        [.. _read.Select(p => _site.Points[p].Device).Distinct().GroupBy(d => _site.Devices[d].Bus)];

    private void Run(int[] devices)
    {
        var samples = new List<RawSample>();
        if (_once)
        {
            foreach (var device in devices)
            {
                Scan(device, samples);
            }

            // Conversions that take their time.
            var bus = _buses[_site.Devices[devices[0]].Bus];
            while (!_stop.IsCancellationRequested && bus.Pending is { } pending)
            {
                Rest(pending);
                Resume(bus, samples);
            }

            _left.Signal();
            return;
        }

        var schedule = new ScanSchedule([.. devices.Select(d => (d, _site.Devices[d].Every))], _time.Monotonic());
        var watched = _buses[_site.Devices[devices[0]].Bus];
        while (!_stop.IsCancellationRequested)
        {
            Resume(watched, samples);
            if (schedule.Take(_time.Monotonic()) is { } device)
            {
                Scan(device, samples);
                continue;
            }

            var due = schedule.NextDue ?? TimeSpan.Zero;
            Rest(watched.Pending is { } pending && pending < due ? pending : due);
        }
    }

    private void Rest(TimeSpan until)
    {
        var wait = until - _time.Monotonic();
        if (wait > TimeSpan.Zero)
        {
            _stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, 1000)));
        }
    }

    private void Resume(IFieldBus bus, List<RawSample> samples)
    {
        samples.Clear();
        bus.Resume(samples, _stop.Token);
        Accept(samples);
    }

    private void Scan(int device, List<RawSample> samples)
    {
        samples.Clear();
        _buses[_site.Devices[device].Bus].Scan(device, samples, _stop.Token);
        Accept(samples);
    }

    private void Accept(List<RawSample> samples)
    {
        lock (_look)
        {
            var now = _clock.Read();
            foreach (var sample in samples)
            {
                _raw[sample.Point] = sample.Quality.IsBad ? null : sample.Raw;
                _validators.Accept(sample, now);
            }
        }
    }

    /// <summary>Keeps the buses' warnings, so that they come below the table and not into it.</summary>
    private sealed class Listener : ILogger
    {
        private const int Most = 50;

        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && Lines.Count < Most)
            {
                Lines.Enqueue(formatter(state, exception));
            }
        }
    }
}
