using System.CommandLine;
using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Validate;
using EdgeNode.Engine;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary><c>read</c>: one reading of each point, or a live table, straight from the devices.</summary>
internal static class ReadVerb
{
    public static Command Make()
    {
        var site = Options.Site();
        var points = new Argument<string[]>("POINT") { Description = "Points to read, such as PT-101A.pressure; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<bool>("--watch") { Description = "Read again and again, each device at its own period, until Ctrl-C." };
        var json = Options.Json();
        var verb = new Command("read", "Reads the site's devices once and shows raw and engineering value, unit, quality and age. Exit code 69 when a device does not answer.")
        {
            points, site, watch, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(json))
            {
                result.AddError("--watch shows a live table and --json ends with one object: use one of them.");
            }
        });
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(site), parsed.GetValue(points) ?? [], parsed.GetValue(watch), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(string path, string[] names, bool watch, bool json)
    {
        if (SiteReader.Load(path) is not { } site)
        {
            return Exit.Config;
        }

        var wanted = new SortedSet<int>();
        foreach (var name in names)
        {
            var point = site.Points.ToList().FindIndex(p => p.Name == name);
            if (point < 0)
            {
                Console.Error.WriteLine($"{path}: there is no point {name}. The points are: {string.Join(", ", site.Points.Select(p => p.Name))}.");
                return Exit.Usage;
            }

            wanted.Add(point);
        }

        if (names.Length == 0)
        {
            wanted.UnionWith(Enumerable.Range(0, site.Points.Length));
        }

        using var termination = new Termination();
        using var reader = new PointReader(site, wanted, TimeProvider.System);
        if (watch)
        {
            return Watch(reader, termination.Token);
        }

        reader.ReadOnce(termination.Token);
        if (json)
        {
            WriteJson(reader);
        }
        else
        {
            AnsiConsole.Write(reader.ToTable());
        }

        return reader.AllAnswered ? Exit.Done : Exit.Unreachable;
    }

    private static int Watch(PointReader reader, CancellationToken stop)
    {
        AnsiConsole.Live(reader.ToTable()).Start(live =>
        {
            while (!stop.IsCancellationRequested)
            {
                var wait = reader.ReadDue(stop);
                live.UpdateTarget(reader.ToTable());
                stop.WaitHandle.WaitOne(wait);
            }
        });
        return reader.AllAnswered ? Exit.Done : Exit.Unreachable;
    }

    private static void WriteJson(PointReader reader) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("readings");
        foreach (var (point, raw, reading) in reader.Rows())
        {
            json.WriteStartObject();
            json.WriteString("point", point.Name);
            if (!reading.Quality.IsBad)
            {
                json.WriteNumber("raw", raw);
                json.WriteNumber("value", reading.Value);
            }

            json.WriteString("unit", point.Unit.Symbol);
            json.WriteString("quality", reading.Quality.ToString());
            json.WriteString("time", reading.Time.ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Scans the devices of the wanted points on the caller's thread.</summary>
    private sealed class PointReader : IDisposable
    {
        private readonly Site _site;
        private readonly SortedSet<int> _wanted;
        private readonly SystemClock _clock;
        private readonly TimeProvider _time;
        private readonly IFieldBus[] _buses;
        private readonly ScanSchedule _schedule;
        private readonly PointValidator[] _validators;
        private readonly double[] _raw;
        private readonly List<RawSample> _samples = [];
        private readonly int[] _devices;

        public PointReader(Site site, SortedSet<int> wanted, TimeProvider time)
        {
            _site = site;
            _wanted = wanted;
            _time = time;
            _clock = new SystemClock(time);
            _buses = [.. site.Buses.Select((_, i) => ModbusBus.Create(site, i, time, NullLogger.Instance))];
            _devices = [.. wanted.Select(p => site.Points[p].Device).Distinct()];
            _schedule = new ScanSchedule([.. _devices.Select(d => (d, site.Devices[d].Every))], time.Monotonic());
            _validators = [.. site.Points.Select((p, i) => new PointValidator(i, p, time.Monotonic()))];
            _raw = new double[site.Points.Length];
        }

        /// <summary>No wanted point is bad because its device or link did not answer.</summary>
        public bool AllAnswered => _wanted.All(p => _validators[p].Last.Quality.Reason
            is not (Reason.NotYetRead or Reason.Timeout or Reason.LinkDown or Reason.DeviceSuspended or Reason.GatewayPath or Reason.Stale));

        public void ReadOnce(CancellationToken stop)
        {
            foreach (var device in _devices)
            {
                Scan(device, stop);
            }
        }

        /// <summary>Scans what is due; returns how long until the next.</summary>
        public TimeSpan ReadDue(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested && _schedule.Take(_time.Monotonic()) is { } device)
            {
                Scan(device, stop);
            }

            // Ages move on the screen also while nothing is due.
            var wait = (_schedule.NextDue ?? TimeSpan.Zero) - _time.Monotonic();
            return TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, 250));
        }

        public IEnumerable<(PointOptions Point, double Raw, Reading Reading)> Rows() =>
            _wanted.Select(p => (_site.Points[p], _raw[p], _validators[p].Last));

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
                    reading.Quality.IsBad ? "" : Show(raw),
                    reading.Quality.IsBad ? "-" : Show(reading.Value),
                    point.Unit.Symbol,
                    QualityMarkup.Of(reading.Quality),
                    read ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, now - reading.Time.UnixMicroseconds) / 1e6:0.0} s") : "-");
            }

            return table;
        }

        public void Dispose()
        {
            foreach (var bus in _buses)
            {
                bus.Dispose();
            }
        }

        private static string Show(double value) => value.ToString("G7", CultureInfo.InvariantCulture);

        private void Scan(int device, CancellationToken stop)
        {
            _samples.Clear();
            _buses[_site.Devices[device].Bus].Scan(device, _samples, stop);
            var now = _clock.Read();
            foreach (var sample in _samples)
            {
                _raw[sample.Point] = sample.Raw;
                _validators[sample.Point].Accept(sample, now);
            }
        }
    }
}
