namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// The machine's kernel starts anew, the gateway's disk stays. Where the line stands during a reset is not shown: gpio-sim begins as it was made, a
/// board by its own pulls.
/// </summary>
internal static class ResetCases
{
    public static IEnumerable<Case> All =>
    [
        new("kernel-reset-while-open", station => Open(station, "b")) { AfterReset = OutputCases.NotWithoutReset },
        new("kernel-panic-while-open", station => Open(station, "c")) { AfterReset = OutputCases.NotWithoutReset },
        new("kernel-reset-after-orderly-stop", OrderlyStop) { AfterReset = OpensByItself },
        new("kernel-reset-while-tripped", Tripped) { AfterReset = OutputCases.NotWithoutReset },
    ];

    private static string Open(OutputStation station, string how)
    {
        station.StartOpen();
        return Reset(how);
    }

    private static string OrderlyStop(OutputStation station)
    {
        station.StartOpen();
        station.Signal(Libc.SigTerm);
        station.Ended();
        return Reset("b");
    }

    private static string Tripped(OutputStation station)
    {
        station.StartOpen();
        OutputStation.SetPressure(high: true);
        station.Lines.Await(LineWatch.Valve, high: false, "the trip");
        Station.Wait(TimeSpan.FromSeconds(2));
        return Reset("b");
    }

    /// <summary>The reset was kept, and the stop was orderly: no person is needed.</summary>
    private static string OpensByItself(OutputStation station)
    {
        var start = Libc.Now();
        station.Start();
        var open = station.Lines.Await(LineWatch.Valve, high: true, "the kept reset");
        return $"the kept reset counts: it opens by itself {OutputCases.Ms(start, open)} after the start";
    }

    /// <summary>Documentation/admin-guide/sysrq.rst: b resets at once, without syncing or unmounting; c panics, and panic=-1 resets.</summary>
    private static string Reset(string how)
    {
        File.WriteAllText("/proc/sysrq-trigger", how);
        Station.Wait(TimeSpan.FromSeconds(10));
        return "";
    }
}
