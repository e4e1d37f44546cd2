using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeNode.Gateway.Demo;

/// <summary>
/// One picture of the demo, made for the screen that it is shown on: what protects first and always, then as many points and alarms as there is room for.
/// </summary>
/// <param name="site">The site.</param>
/// <param name="state">The running station.</param>
/// <param name="energy">Whether a line of the simulated chip has energy.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveFrame(Site site, IStationState state, Func<int, bool> energy, TimeProvider time)
{
    private readonly ProtectionRows _protection = new(site, state, energy, time);
    private readonly Reading[] _readings = new Reading[site.Points.Length];
    private readonly AlarmStatus[] _alarms = new AlarmStatus[site.Alarms.Length];

    // What the rows of protection say is not said twice.
    private readonly int[] _points =
    [
        .. Enumerable.Range(0, site.Points.Length)
            .Where(p => !site.Points[p].IsComputed && !site.Outputs.Any(o => o.Proof is { } proof && (proof.EnergisedPoint == p || proof.DeEnergisedPoint == p))),
    ];

    /// <summary>The whole picture.</summary>
    /// <param name="above">Lines above the values, as markup; they wrap.</param>
    /// <param name="below">Lines below.</param>
    /// <param name="options">Of the console.</param>
    /// <param name="width">Columns of the screen.</param>
    /// <param name="height">Its rows; <see cref="int.MaxValue"/> where it has no end.</param>
    public IRenderable Draw(IReadOnlyList<string> above, IReadOnlyList<string> below, RenderOptions options, int width, int height)
    {
        state.CopyReadings(_readings);
        state.CopyAlarms(_alarms);
        var head = new Rows(above.Select(l => new Markup(l)));
        var foot = new Rows(below.Select(l => new Markup(l)));
        var protection = _protection.Now().ToList();

        // First those alarms that are not at rest, then those of the site file, then those that the node makes of groups, trips and outputs.
        var alarms = Enumerable.Range(0, _alarms.Length).OrderBy(a => _alarms[a].State != AlarmState.Normal ? 0 : IsOwn(a) ? 1 : 2).ToList();
        var plan = ScreenPlan.Of(
            height, Lines(head) + Lines(foot) + protection.Count, _points.Length,
            alarms.Count(a => _alarms[a].State != AlarmState.Normal), alarms.Count(a => _alarms[a].State != AlarmState.Normal || IsOwn(a)), alarms.Count);
        IEnumerable<IRenderable> blank = plan.Blanks ? [Text.Empty] : [];
        var rest = alarms.Skip(plan.Alarms).All(a => _alarms[a].State == AlarmState.Normal) ? "alarms, all normal" : "alarms, on a higher screen";
        return new Rows(
        [
            head, .. blank,
            new CutRows(Protection(protection, plan.Headings)), .. blank,
            new CutRows(Points(plan.Points, plan.Headings)), .. More(_points.Length - plan.Points, "points, on a higher screen"), .. blank,
            new CutRows(Alarms(alarms.Take(plan.Alarms), plan.Headings)), .. More(alarms.Count - plan.Alarms, rest), .. blank,
            foot,
        ]);

        int Lines(IRenderable part) => Segment.SplitLines(part.Render(options, width)).Count;
    }

    private bool IsOwn(int alarm) => site.Alarms[alarm] is { Fault: null } options && site.Points[options.Point].Name != options.Id;

    private static IEnumerable<IRenderable> More(int left, string of) =>
        left > 0 ? [new Markup(string.Create(CultureInfo.InvariantCulture, $"[grey]{left} more {of}[/]"))] : [];

    private static Table Protection(IEnumerable<(string Id, string State, string What)> rows, bool headings)
    {
        var table = Make(headings, "Protection", "State", "");
        table.Columns[1].Width(9);
        foreach (var (id, stands, what) in rows)
        {
            table.AddRow(id, stands, what);
        }

        return table;
    }

    private Table Points(int rows, bool headings)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var table = Make(headings, "Point", "Value", "Unit", "Age", "Quality");
        table.Columns[1].RightAligned().Width(10);
        table.Columns[3].RightAligned().Width(7);
        foreach (var i in _points.Take(rows))
        {
            var r = _readings[i];
            var read = r.Quality.Reason != Reason.NotYetRead;
            table.AddRow(
                site.Points[i].Name,
                r.Quality.IsBad ? "-" : r.Value.ToString("0.000", CultureInfo.InvariantCulture),
                site.Points[i].Unit.Symbol,
                read ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, now - r.Time.UnixMicroseconds) / 1e6:0.0} s") : "-",
                QualityMarkup.Of(r.Quality));
        }

        return table;
    }

    private Table Alarms(IEnumerable<int> rows, bool headings)
    {
        var table = Make(headings, "Alarm", "State", "Priority", "Text");
        foreach (var i in rows)
        {
            var (alarm, status) = (site.Alarms[i], _alarms[i]);
            var colour = status.Active && !status.State.IsSetAside() ? "bold red" : status.State.NeedsAcknowledge() ? "yellow" : status.State == AlarmState.Normal ? "green" : "grey";
            table.AddRow(
                alarm.Id,
                $"[{colour}]{status.State.Text()}[/]",
                EventBody.PriorityText(alarm.Priority),
                Markup.Escape(string.Join("  ", new[] { alarm.Text.En, alarm.Text.ZhHant, alarm.Text.ZhHans }.Where(t => t.Length > 0))));
        }

        return table;
    }

    private static Table Make(bool headings, params string[] columns)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = headings };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]").NoWrap().PadRight(2));
        }

        return table;
    }

    /// <summary>Rows that end at the edge of the screen instead of going on in the next line.</summary>
    private sealed class CutRows(IRenderable inner) : Renderable
    {
        // Wide enough for the longest text in three languages.
        private const int Widest = 1000;

        protected override Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            foreach (var line in Segment.SplitLines(inner.Render(options, Widest)))
            {
                // The padding of the last column counts for nothing.
                var whole = new Segment(string.Concat(line.Select(s => s.Text)).TrimEnd()).CellCount() <= maxWidth;
                foreach (var segment in Segment.Truncate(line, whole ? maxWidth : maxWidth - 1))
                {
                    yield return segment;
                }

                if (!whole)
                {
                    yield return new Segment("…");
                }

                yield return Segment.LineBreak;
            }
        }
    }
}
