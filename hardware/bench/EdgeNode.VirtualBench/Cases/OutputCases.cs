using System.Globalization;
using System.Text.Json;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// What an output's line does when it is tripped, and when the gateway dies, as seen from the other side of gpio-sim. Line 0 (XV-911) is pulled
/// to its safe level; line 5 (XV-912) is pulled to the other one, so that it shows what is driven and what the pull does.
/// </summary>
internal static class OutputCases
{
    /// <summary>Chain of the trip: scan of 100 ms, debounce of 50 ms, step, write. Twice that and a reading of 2 ms is beyond any doubt.</summary>
    private const double MostMilliseconds = 500;

    /// <summary>Of the site file.</summary>
    private const double BeatMilliseconds = 500;

    public static IEnumerable<Case> All =>
    [
        new("output-trip", Trip),
        new("output-contact-and-limit-switches", Feedback),
        new("output-heartbeat", Heartbeat),
        new("output-orderly-stop", OrderlyStop),
        new("output-kept-reset-after-orderly-stop", KeptReset),
        new("output-kill-9", Killed),
        new("output-kill-9-then-outputs-safe", KilledAndDriven),
        new("output-start-after-kill-9", StartAfterKill),
        new("output-sigstop", Stopped),
        .. HoldCases.All,
        new("doctor", Doctor),
    ];

    private static string Trip(OutputStation station)
    {
        station.StartOpen();
        var high = Libc.Now();
        OutputStation.SetPressure(high: true);
        var closed = station.Lines.Await(LineWatch.Valve, high: false, "the trip");
        station.Lines.Await(LineWatch.WronglyPulled, high: false, "the trip");
        if (Milliseconds(high, closed) > MostMilliseconds)
            throw new CaseFailure($"the line is low only after {Ms(high, closed)}");
        station.Until("XV-911 is proved closed", () => Is("XV-911", "closed", "proved"));
        OutputStation.SetPressure(high: false);
        Station.Wait(TimeSpan.FromSeconds(5));
        Stays(station, LineWatch.Valve, closed, high: false, "it was opened without a reset");
        station.Reset();
        return $"low {Ms(high, closed)} after the pressure switch, its contact and limit switches prove it; stays so without the cause until a reset";
    }

    private static string Feedback(OutputStation station)
    {
        station.StartOpen();
        station.Lines.IsPlaying = false;
        try
        {
            // A welded relay: the line falls, the contact stays.
            OutputStation.SetPressure(high: true);
            station.Lines.Await(LineWatch.Valve, high: false, "the trip");
            var welded = Fault(station, "the contact stays");
            LineWatch.Contacts(closed: true, open: true, contact: false);
            var both = Fault(station, "both limit switches", "both");
            LineWatch.Contacts(closed: true, open: false, contact: false);
            station.Until("the fault is over", () => !OutputStation.Shown("XV-911").GetProperty("fault").GetBoolean());
            return $"a contact that stays: '{welded}'; both limit switches at once: '{both}'; no fault once they agree";
        }
        finally
        {
            station.Lines.IsPlaying = true;
        }
    }

    private static string Heartbeat(OutputStation station)
    {
        station.StartOpen();
        var start = Libc.Now();
        Station.Wait(TimeSpan.FromSeconds(10));
        var edges = station.Lines.After(LineWatch.Heartbeat, start).Count;
        if (edges is < 19 or > 21)
            throw new CaseFailure($"{edges} edges in 10 s, not one each {BeatMilliseconds} ms");
        station.Signal(Libc.SigStop);
        var stopped = Silent(station);
        station.Signal(Libc.SigCont);
        station.Until("the heart beats again", () => station.Lines.After(LineWatch.Heartbeat, stopped).Count > 2);
        station.Kill();
        Silent(station);
        return $"{edges} edges in 10 s; none after SIGSTOP; again after SIGCONT; none after kill -9";
    }

    /// <summary>The wrongly pulled line tells: it is low while it is driven so, and high again once it is released.</summary>
    private static string OrderlyStop(OutputStation station)
    {
        station.StartOpen();
        var asked = station.Signal(Libc.SigTerm);
        var (exit, ended) = station.Ended();
        Station.Wait(TimeSpan.FromMilliseconds(20));
        var closed = station.Lines.Await(LineWatch.Valve, high: false, "the stop");
        if (exit != 0 || closed > ended)
            throw new CaseFailure($"the gateway ended with {exit}, and the line was low {Ms(closed, ended)} before that");
        if (station.Lines.After(LineWatch.WronglyPulled, asked) is not [{ High: false } driven, { High: true } released] || driven.At > ended)
            throw new CaseFailure("the line with the wrong pull was not driven low and then released");
        return $"driven low {Ms(asked, closed)} after SIGTERM, {Ms(closed, ended)} before the end of the process; released with it, and the wrong pull took its line up after {Ms(driven.At, released.At)}";
    }

    private static string KeptReset(OutputStation station)
    {
        station.StartOpen();
        station.Signal(Libc.SigTerm);
        station.Ended();
        Station.Wait(TimeSpan.FromMilliseconds(20));
        var start = Libc.Now();
        station.Start();
        var open = station.Lines.Await(LineWatch.Valve, high: true, "the kept reset");
        return $"opens by itself {Ms(start, open)} after the start, the settle time of 1 s in it";
    }

    private static string Killed(OutputStation station)
    {
        station.StartOpen();
        var killed = station.Kill();
        var low = station.Lines.Await(LineWatch.Valve, high: false, "kill -9");
        Station.Wait(TimeSpan.FromSeconds(2));
        Stays(station, LineWatch.Valve, low, high: false, "it came back");
        Stays(station, LineWatch.WronglyPulled, killed, high: true, "nobody was there to drive it");
        return $"the released line falls to its pull {Ms(killed, low)} after the signal; the line with the wrong pull stays high, as the control";
    }

    /// <summary>
    /// With nobody but the verb there: while it runs it drives, and when it ends, this kernel releases the line again. Where the pull is right that
    /// changes nothing; where it is wrong it shows that on such a kernel no software is a backstop for it.
    /// </summary>
    private static string KilledAndDriven(OutputStation station)
    {
        station.StartOpen();
        var killed = station.Kill();
        var (exit, said) = OutputStation.Safe();
        Station.Wait(TimeSpan.FromMilliseconds(20));
        if (exit != 0)
            throw new CaseFailure($"outputs safe ended with {exit}: {said}");
        if (station.Lines.After(LineWatch.WronglyPulled, killed) is not [{ High: false } driven, { High: true } released])
            throw new CaseFailure("the line with the wrong pull was not driven low by the verb and released at its end");
        if (station.Lines.After(LineWatch.Valve, killed) is not [{ High: false }])
            throw new CaseFailure("the line with the right pull did not stay low");
        return $"driven low {Ms(killed, driven.At)} after the kill, read back as closed; the wrong pull has its line again {Ms(driven.At, released.At)} later, when the verb ends, the right one stays low";
    }

    private static string StartAfterKill(OutputStation station)
    {
        station.StartOpen();
        station.Kill();
        station.Lines.Await(LineWatch.Valve, high: false, "kill -9");
        return NotWithoutReset(station);
    }

    /// <summary>What a start after an unclean end does: nothing opens until a person resets.</summary>
    public static string NotWithoutReset(OutputStation station)
    {
        var start = Libc.Now();
        station.Start();
        Station.Wait(TimeSpan.FromSeconds(5));
        Stays(station, LineWatch.Valve, start, high: false, "it was opened without a reset");
        if (station.Lines.Now(LineWatch.WronglyPulled).High)
            throw new CaseFailure("the gateway does not drive the line with the wrong pull low");
        var shown = OutputStation.Shown("XV-911").GetProperty("state").GetString();
        station.Reset();
        return $"stays low after the start ('{shown}') until a person resets, then it opens";
    }

    private static string Stopped(OutputStation station)
    {
        station.StartOpen();
        var stopped = station.Signal(Libc.SigStop);
        OutputStation.SetPressure(high: true);
        Silent(station);
        Station.Wait(TimeSpan.FromSeconds(8));
        Stays(station, LineWatch.Valve, stopped, high: true, "the line of a stopped process fell");
        var (exit, said) = OutputStation.Safe();
        if (exit != 69 || !station.Lines.Now(LineWatch.Valve).High)
            throw new CaseFailure($"outputs safe beside a stopped process ended with {exit}: {said}");
        var killed = station.Kill();
        var low = station.Lines.Await(LineWatch.Valve, high: false, "kill -9");
        return $"stays high for {(killed - stopped) / 1e9:F0} s with the cause standing, and no verb can take it (exit code 69); no heartbeat meanwhile; "
            + $"kill -9, which is systemd's part, lets it fall after {Ms(killed, low)}";
    }

    /// <summary>The lines of a gateway that runs, and of one that is dead, by the kernel's own word; systemd is not there.</summary>
    private static string Doctor(OutputStation station)
    {
        station.StartOpen();
        var running = Found("held by edgenode");
        station.Kill();
        var dead = Found("there and free");
        return $"{running}; after kill -9: {dead}";

        static string Found(string lines)
        {
            var (exit, said) = OutputStation.Doctor();
            using var json = JsonDocument.Parse(said);
            var findings = json.RootElement.GetProperty("findings").EnumerateArray().Select(f => (Check: Word(f, "check"), Place: Word(f, "place"), Verdict: Word(f, "verdict"), Says: Word(f, "says"))).ToList();
            var held = findings.Count(f => f.Check == "line" && f.Verdict == "right" && f.Says.EndsWith(lines, StringComparison.Ordinal));
            return exit == 0 && held == 3 && findings.Exists(f => f is { Check: "released-line", Place: "XV-911", Verdict: "right" }) && findings.Exists(f => f is { Check: "pull", Verdict: "right" })
                && findings.Exists(f => f is { Check: "unit", Verdict: "unknown" })
                ? $"{findings.Count} findings, {held} lines {lines}"
                : throw new CaseFailure($"doctor ended with {exit}: {said}");
        }

        static string Word(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;
    }

    /// <summary>Waits until the heartbeat has been silent for four of its periods.</summary>
    /// <returns>From when on.</returns>
    private static long Silent(OutputStation station)
    {
        // A released line falls to its pull: that is no beat.
        Station.Wait(TimeSpan.FromMilliseconds(100));
        var asked = Libc.Now();
        Station.Wait(TimeSpan.FromMilliseconds(4 * BeatMilliseconds));
        var last = station.Lines.After(LineWatch.Heartbeat, asked);
        return last.Count == 0
            ? asked
            : throw new CaseFailure($"{last.Count} edges of the heartbeat in {4 * BeatMilliseconds} ms when there is nobody to give them");
    }

    private static string Fault(OutputStation station, string what, string wanted = "")
    {
        var detail = "";
        station.Until($"{what}: a fault", () =>
        {
            var shown = OutputStation.Shown("XV-911");
            detail = shown.GetProperty("fault").GetBoolean() ? shown.GetProperty("detail").GetString()! : "";
            return detail.Contains(wanted.Length > 0 ? wanted : "contact", StringComparison.OrdinalIgnoreCase);
        });
        return detail;
    }

    private static bool Is(string id, string position, string proof) =>
        OutputStation.Shown(id) is var shown && shown.GetProperty("position").GetString() == position && shown.GetProperty("readBack").GetString() == position
            && shown.GetProperty("contact").GetString() == position && shown.GetProperty("proof").GetString() == proof && !shown.GetProperty("fault").GetBoolean();

    public static void Stays(OutputStation station, int line, long since, bool high, string otherwise)
    {
        if (station.Lines.Now(line).High != high || station.Lines.After(line, since).Count > 0)
            throw new CaseFailure($"line {line} does not stay {(high ? "high" : "low")}: {otherwise}");
    }

    public static double Milliseconds(long from, long to) => (to - from) / 1e6;

    public static string Ms(long from, long to) => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds(from, to):F0} ms");
}
