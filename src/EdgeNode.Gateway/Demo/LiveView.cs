using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Uplink.Tapping;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeNode.Gateway.Demo;

/// <summary>What the demo shows: what protects, each point with value, quality and age, the alarms, and the account of delivery.</summary>
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
    private readonly LiveFrame _frame;
    private readonly TimeSpan _start;

    public LiveView(Site site, GatewayEngine engine, IOutbox outbox, Tap tap, int port, Func<IReadOnlyList<ScenarioEntry>> faults, Func<int, bool> energy, TimeProvider time)
    {
        _site = site;
        _engine = engine;
        _outbox = outbox;
        _tap = tap;
        _port = port;
        _faults = faults;
        _time = time;
        _start = time.Monotonic();
        _frame = new LiveFrame(site, engine, energy, time);
    }

    /// <summary>What has been told so far; its newest lines stand above the values.</summary>
    public Func<IReadOnlyList<string>> Told { get; init; } = () => [];

    /// <summary>Keys can be pressed; the last line says which.</summary>
    public bool Keys { get; init; }

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
            await AnsiConsole.Live(Draw(Height())).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async live =>
            {
                while (!over.IsCancellationRequested)
                {
                    live.UpdateTarget(Draw(Height()));
                    await Task.Delay(Refresh, _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                live.UpdateTarget(Draw(Height()));
            }).ConfigureAwait(false);
        }
        else
        {
            // Not a terminal: a table now and then, the first one as soon as there are values.
            await Task.Delay(TimeSpan.FromSeconds(1.5), _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            do
            {
                AnsiConsole.Write(Draw(int.MaxValue));
                await Task.Delay(PlainRefresh, _time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            while (!over.IsCancellationRequested);
        }
    }

    // The cursor stands in the line below the picture.
    private static int Height() => AnsiConsole.Console.Profile.Height - 1;

    private IRenderable Draw(int height)
    {
        var console = AnsiConsole.Console;
        return _frame.Draw([Header(), .. Story(height), .. Faults()], Footer(), RenderOptions.Create(console, console.Profile.Capabilities), console.Profile.Width, height);
    }

    private string Header() => string.Create(
        CultureInfo.InvariantCulture,
        $"[bold]EdgeNode {CommandLine.Version}[/]  node [aqua]{_site.Node.Id}[/], site {_site.Node.SiteName}, simulated field  [grey]{(_time.Monotonic() - _start).TotalSeconds:0} s[/]");

    private IEnumerable<string> Story(int height) => Told().TakeLast(height < ScreenPlan.RoomyRows ? StoryLines / 2 : StoryLines).Select(line => $"[aqua]{Markup.Escape(line)}[/]");

    /// <summary>What the scenario breaks now; no line where nothing is.</summary>
    private IEnumerable<string> Faults()
    {
        var faults = _faults();
        if (faults.Count > 0)
        {
            yield return $"[yellow]Made wrong by the scenario: {Markup.Escape(string.Join(", ", faults.Select(f => ScenarioText.Of(_site, f))))}[/]";
        }
    }

    private IReadOnlyList<string> Footer()
    {
        var counters = _engine.Counters;
        var tap = _tap.Report();
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"Recorded [bold]{counters.Recorded}[/], delivered [bold]{tap.Readings}[/], in the spool {_outbox.Waiting(StreamKind.Telemetry)}, missing {tap.Missing}, gaps {tap.Gaps.Length}; alarms raised {counters.AlarmsRaised}"),
            $"[grey]mqtt://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}  {Markup.Escape(_site.Uplink!.Topic)}/#[/]",
            $"{(Keys ? "[bold]a[/] acknowledges  [bold]r[/] resets  " : "")}[bold]Ctrl-C[/] ends",
        ];
    }
}
