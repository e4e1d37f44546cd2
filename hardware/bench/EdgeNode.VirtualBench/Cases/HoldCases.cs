namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// A planned restart on the kernel's own lines. XV-911 is granted 20 s, and its pull is its safe level: it falls as soon as no process has its file open any more. XV-912 is granted nothing: the old run
/// drives it low, and its wrong pull takes it up once it is released.
/// </summary>
internal static class HoldCases
{
    /// <summary>Of the site file, ms.</summary>
    private const double Granted = 20_000;

    public static IEnumerable<Case> All =>
    [
        new("output-planned-restart", Held),
        new("output-planned-restart-no-new-run", NoNewRun),
    ];

    private static string Held(OutputStation station)
    {
        station.StartOpen();
        var began = Libc.Now();
        using var verb = OutputStation.Restart();
        var (exit, ended) = station.Ended();
        if (exit != 0)
            throw new CaseFailure($"the gateway ended with {exit}");
        station.Lines.Await(LineWatch.WronglyPulled, high: true, "the release of what is not held");
        if (station.Lines.After(LineWatch.WronglyPulled, began) is not [{ High: false }, { High: true }])
            throw new CaseFailure("the line that is granted nothing was not driven low by the run that ended");
        station.Start();
        var (code, end) = OutputStation.EndOf(verb);
        var taken = Libc.Now();
        if (code != 0 || end != "normal")
            throw new CaseFailure($"restart ended with {code}, and XV-911 '{end}'");
        OutputCases.Stays(station, LineWatch.Valve, began, high: true, "it did not stay open through the restart");

        // The new run has the line, and nothing of the hold is left: it protects.
        var high = Libc.Now();
        OutputStation.SetPressure(high: true);
        var closed = station.Lines.Await(LineWatch.Valve, high: false, "the trip of the new run");
        OutputStation.SetPressure(high: false);
        return $"no edge in {OutputCases.Ms(began, taken)}, {OutputCases.Ms(ended, taken)} of them between the end of the old run and the word of the new one; then low {OutputCases.Ms(high, closed)} after the pressure switch; "
            + "the line that is granted nothing was driven low";
    }

    private static string NoNewRun(OutputStation station)
    {
        station.StartOpen();
        var began = Libc.Now();
        using var verb = OutputStation.Restart();
        var (_, ended) = station.Ended();
        var low = station.Lines.Await(LineWatch.Valve, high: false, "the end of the granted time");
        var (code, end) = OutputStation.EndOf(verb);
        if (code != 1 || end != "safe")
            throw new CaseFailure($"restart ended with {code}, and XV-911 '{end}'");
        if (OutputCases.Milliseconds(began, low) < Granted || OutputCases.Milliseconds(ended, low) > Granted + 100)
            throw new CaseFailure($"low {OutputCases.Ms(began, low)} after it was asked for and {OutputCases.Ms(ended, low)} after the end of the old run, with {Granted} ms granted in between");
        Station.Wait(TimeSpan.FromSeconds(2));
        OutputCases.Stays(station, LineWatch.Valve, low, high: false, "it came back");
        return $"low {OutputCases.Ms(ended, low)} after the end of the old run, of {Granted} ms granted a little before it, and stays so";
    }
}
