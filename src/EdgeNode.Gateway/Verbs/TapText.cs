using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Tapping;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>A tap's report as a table, a sentence and JSON.</summary>
internal static class TapText
{
    private const int MostRangesShown = 20;

    public static string Verdict(TapOptions options, TapReport r, bool subscribed) =>
        !subscribed ? $"{options.Broker.Host}:{options.Broker.Port} does not answer: {PlainText.Of(r.State)}."
        : r.Missing > 0 ? $"{Number(r.Missing)} records are missing: they are not here, no gap names them, and the node does not say that it still has them."
        : r.Wrong ? "What was received is not sound; see the findings."
        : r.Late > 0 ? $"{Number(r.Late)} readings are late: the node still has them. Nothing is missing so far."
        : r.Explained > 0 ? $"Everything is here but {Number(r.Explained)} records that gaps name."
        : "Nothing is missing.";

    public static Table Table(TapReport r)
    {
        var table = new Table().RoundedBorder().HideHeaders().AddColumns("What", "Figure");
        Row("Connection", Shown(r.State));
        Row("Node", r.NodeOnline switch { null => "not heard of", true => "[green]online[/]", false => "[red]offline[/]" });
        Row("Run", Runs(r));
        Row("Readings", Number(r.Readings) + $" (live {Number(r.Live)}, backlog {Number(r.Backlog)}) in {Number(r.Messages)} messages");
        Row("Events", Number(r.Events));
        Row("Redelivered", Number(r.Redelivered));
        Row("Waiting in the node", r.Waiting is { } waiting ? Number(waiting) + " at its last status" : "not heard of");
        Row("Late, the node has them", r.Late == 0 ? "0" : $"[yellow]{Number(r.Late)}[/]");
        Row("Missing", Bad(r.Missing));
        Row("Lost, named in gaps", Number(r.Lost) + (r.Explained == r.Lost ? "" : $" ({Number(r.Explained)} are not here)"));
        Row("Out of order", Bad(r.OutOfOrder));
        Row("One key, two contents", Bad(r.Conflicts));
        Row("Malformed", Bad(r.Malformed));
        Row("Clock not synchronised", Number(r.Unsynchronised) + " readings");
        Row("Time corrections", Number(r.Corrections) + (r.LastCorrection is { } c ? string.Create(CultureInfo.InvariantCulture, $", the last {c.Offset:+0.######;-0.######;0} s") : ""));
        foreach (var m in r.MissingRanges.Take(MostRangesShown))
        {
            Row("missing", string.Create(
                CultureInfo.InvariantCulture, $"{StreamText(m.Stream)} {m.Epoch} {m.From}..{m.To}{(m.Count <= m.To - m.From ? $", {m.Count} of them" : "")}"));
        }

        foreach (var g in r.Gaps.TakeLast(MostRangesShown))
        {
            Row("gap", Shown(GapText(g)));
        }

        foreach (var finding in r.Findings.Take(MostRangesShown))
        {
            Row("finding", Shown(finding));
        }

        return table;

        void Row(string what, string figure) => table.AddRow(what, figure);
    }

    public static void Write(Utf8JsonWriter json, TapReport r)
    {
        json.WriteString("state", r.State);
        json.WriteNumber("messages", r.Messages);
        json.WriteNumber("readings", r.Readings);
        json.WriteNumber("live", r.Live);
        json.WriteNumber("backlog", r.Backlog);
        json.WriteNumber("events", r.Events);
        json.WriteNumber("redelivered", r.Redelivered);
        json.WriteNumber("missing", r.Missing);
        json.WriteNumber("late", r.Late);
        Optional(json, "waiting", r.Waiting);
        json.WriteNumber("lost", r.Lost);
        json.WriteNumber("explained", r.Explained);
        json.WriteNumber("outOfOrder", r.OutOfOrder);
        json.WriteNumber("conflicts", r.Conflicts);
        json.WriteNumber("malformed", r.Malformed);
        json.WriteString("epoch", r.Epoch?.ToString());
        json.WriteNumber("restarts", r.Restarts);
        json.WriteNumber("newSpools", r.NewSpools);
        json.WriteNumber("unsynchronised", r.Unsynchronised);
        json.WriteNumber("timeCorrections", r.Corrections);
        if (r.LastCorrection is { } correction)
        {
            json.WriteStartObject("lastTimeCorrection");
            json.WriteString("boot", correction.Boot);
            json.WriteNumber("offset", correction.Offset);
            json.WriteEndObject();
        }

        json.WriteStartArray("missingRanges");
        foreach (var m in r.MissingRanges)
        {
            json.WriteStartObject();
            json.WriteString("stream", StreamText(m.Stream));
            json.WriteString("epoch", m.Epoch.ToString());
            json.WriteNumber("from", m.From);
            json.WriteNumber("to", m.To);
            json.WriteNumber("count", m.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps");
        foreach (var g in r.Gaps)
        {
            json.WriteStartObject();
            json.WriteString("stream", StreamText(g.Stream));
            json.WriteString("epoch", g.Epoch.ToString());
            json.WriteNumber("from", g.From);
            Optional(json, "to", (long?)g.To);
            json.WriteNumber(g.To is null ? "atMost" : "count", g.Count);
            if (g.ClosedBy is { } by)
            {
                json.WriteNumber("closedBy", by);
                json.WriteNumber("absent", g.Absent);
            }

            json.WriteString("reason", g.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in r.Findings)
        {
            json.WriteStringValue(finding);
        }

        json.WriteEndArray();
        json.WriteBoolean("sound", r.Sound);
    }

    private static string Runs(TapReport r) => r.Epoch is not { } epoch
        ? "not heard of"
        : epoch + (r.Restarts > 0 ? $", restarted {Number(r.Restarts)} times" : "") + (r.NewSpools > 0 ? $", [red]with another spool {Number(r.NewSpools)} times[/]" : "");

    private static string GapText(GapNotice g)
    {
        var end = g.To is { } to
            ? string.Create(CultureInfo.InvariantCulture, $"{to}{(g.Count <= to - g.From ? $", {g.Count} of them" : "")}")
            : g.ClosedBy is { } by
                ? string.Create(CultureInfo.InvariantCulture, $"open, closed by {by}: {g.Absent} are not here")
                : string.Create(CultureInfo.InvariantCulture, $"open, at most {g.Count}");
        return string.Create(CultureInfo.InvariantCulture, $"{StreamText(g.Stream)} {g.Epoch} {g.From}..{end}: {g.Reason}");
    }

    private static void Optional(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } n)
        {
            json.WriteNumber(name, n);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    // What a broker or a node has sent.
    private static string Shown(string text) => Markup.Escape(PlainText.Of(text));

    private static string Bad(long count) => count == 0 ? "0" : $"[red]{Number(count)}[/]";

    private static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static string StreamText(StreamKind stream) => stream == StreamKind.Event ? "event" : "telemetry";
}
