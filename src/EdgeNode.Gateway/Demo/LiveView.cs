using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Engine;
using EdgeNode.Uplink.Tapping;
using Spectre.Console;

namespace EdgeNode.Gateway.Demo;

/// <summary>What the demo shows: each point with value, quality and age, the alarms, and the account of delivery.</summary>
internal sealed class LiveView
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private const int StoryLines = 4;
    private static readonly TimeSpan PlainRefresh = TimeSpan.FromSeconds(5);

    private readonly Site _site;
    private readonly GatewayEngine _engine;
    private readonly IOutbox _outbox;
    private readonly Tap _tap;
    private readonly int _port;
    private readonly Func<IReadOnlyList<ScenarioEntry>> _faults;
    private readonly TimeProvider _time;
    private readonly Reading[] _readings;
    private readonly AlarmStatus[] _alarms;
    private readonly TimeSpan _start;

    public LiveView(Site site, GatewayEngine engine, IOutbox outbox, Tap tap, int port, Func<IReadOnlyList<ScenarioEntry>> faults, TimeProvider time)
    {
        _site = site;
        _engine = engine;
        _outbox = outbox;
        _tap = tap;
        _port = port;
        _faults = faults;
        _time = time;
        _start = time.Monotonic();
        _readings = new Reading[site.Points.Length];
        _alarms = new AlarmStatus[site.Alarms.Length];
    }

    /// <summary>What a story has told so far; its newest lines stand above the values.</summary>
    public Func<IReadOnlyList<string>> Told { get; init; } = () => [];

    /// <summary>Shows until the time is over or the demo is stopped. With <paramref name="quiet"/> nothing is shown.</summary>
    public async Task ShowAsync(TimeSpan? duration, bool quiet, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (duration is { } d)
        {
            over.CancelAfter(d);
        }

        if (quiet)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else if (AnsiConsole.Profile.Capabilities.Interactive)
        {
            await AnsiConsole.Live(Draw()).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
            {
                while (!over.IsCancellationRequested)
                {
                    live.UpdateTarget(Draw());
                    await Task.Delay(Refresh, _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                live.UpdateTarget(Draw());
            }).ConfigureAwait(false);
        }
        else
        {
            // Not a terminal: a table now and then, the first one as soon as there are values.
            await Task.Delay(TimeSpan.FromSeconds(1.5), _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            do
            {
                AnsiConsole.Write(Draw());
                await Task.Delay(PlainRefresh, _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            while (!over.IsCancellationRequested);
        }
    }

    private Rows Draw()
    {
        _engine.CopyReadings(_readings);
        _engine.CopyAlarms(_alarms);
        return new Rows([Header(), .. Story(), .. Faults(), Points(), Alarms(), Footer()]);
    }

    private Markup Header() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"[bold]EdgeNode {CommandLine.Version}[/]  node [aqua]{_site.Node.Id}[/], site {_site.Node.SiteName}, simulated field  [grey]{(_time.Monotonic() - _start).TotalSeconds:0} s[/]"));

    private IEnumerable<Markup> Story() => Told().TakeLast(StoryLines).Select(line => new Markup($"[aqua]{Markup.Escape(line)}[/]"));

    /// <summary>What the scenario breaks now; no line where nothing is.</summary>
    private IEnumerable<Markup> Faults()
    {
        var faults = _faults();
        if (faults.Count > 0)
        {
            yield return new Markup($"[yellow]Made wrong by the scenario: {Markup.Escape(string.Join(", ", faults.Select(f => ScenarioText.Of(_site, f))))}[/]");
        }
    }

    private Table Points()
    {
        var now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var table = new Table().RoundedBorder().AddColumns("Point", "Value", "Unit", "Quality", "Age");
        table.Columns[1].RightAligned().Width(10);
        table.Columns[3].Width(20);
        table.Columns[4].RightAligned().Width(7);
        for (var i = 0; i < _readings.Length; i++)
        {
            var r = _readings[i];
            var read = r.Quality.Reason != Reason.NotYetRead;
            table.AddRow(
                _site.Points[i].Name,
                r.Quality.IsBad ? "-" : r.Value.ToString("0.000", CultureInfo.InvariantCulture),
                _site.Points[i].Unit.Symbol,
                QualityMarkup.Of(r.Quality),
                read ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, now - r.Time.UnixMicroseconds) / 1e6:0.0} s") : "-");
        }

        return table;
    }

    private Table Alarms()
    {
        var table = new Table().RoundedBorder().AddColumns("Alarm", "State", "Priority", "Text");
        table.Columns[1].Width(7);
        for (var i = 0; i < _alarms.Length; i++)
        {
            var alarm = _site.Alarms[i];
            table.AddRow(
                alarm.Id,
                _alarms[i].Active ? "[bold red]ACTIVE[/]" : "[green]normal[/]",
                EventBody.PriorityText(alarm.Priority),
                Markup.Escape(string.Join("  ", new[] { alarm.Text.En, alarm.Text.ZhHant, alarm.Text.ZhHans }.Where(t => t.Length > 0))));
        }

        return table;
    }

    private Markup Footer()
    {
        var counters = _engine.Counters;
        var tap = _tap.Report();
        return new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"Recorded [bold]{counters.Recorded}[/]  delivered [bold]{tap.Readings}[/]  in the spool {_outbox.Waiting(StreamKind.Telemetry)}  missing {tap.Missing}  gaps {tap.Gaps.Length}  alarms raised {counters.AlarmsRaised}\n[grey]Broker mqtt://127.0.0.1:{_port}, topic {_site.Uplink!.Topic}/#. Ctrl-C ends.[/]"));
    }
}
