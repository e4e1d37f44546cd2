using EdgeNode.Core.Model;

namespace EdgeNode.Provisioning.Sections;

/// <summary>Contradictions within one output: what it claims against how it is wired.</summary>
internal static class OutputSense
{
    public static void Check(OutputDraft output, SiteDraft draft)
    {
        var (options, section, faults) = (output.Options!, output.Section, draft.Faults);
        if (options.NormalEnergised == options.SafeEnergised)
            return; // said already, and which of the two is meant nobody knows
        var safe = Words.Quoted(options.Word(options.SafeEnergised));
        if (options.SafeEnergised && options.EnergyAccepted is null)
        {
            faults.Add(
                section["safe"]!.At, $"the safe state {safe} needs energy: with the supply gone nothing brings it there",
                "a safe state that is de-energised, or safe-needs-energy-accepted: who accepted it, when and why");
        }
        else if (!options.SafeEnergised && options.EnergyAccepted is not null)
        {
            faults.Add(section.PlaceOf("safe-needs-energy-accepted"), $"the safe state {safe} needs no energy", "no 'safe-needs-energy-accepted'");
        }

        if (options.Backstops.Contains(Backstop.WatchdogRelay) && options.SafeEnergised)
            faults.Add(section.PlaceOf("backstop"), $"a watchdog relay cuts the supply, and the safe state {safe} needs it", "another backstop, or a safe state that is de-energised");
        Hold(options, section, faults);
        if (options.Backstops.Contains(Backstop.ReleasedLine))
            Released(options, safe, section, faults);
        if (options.Backstops.Contains(Backstop.DeviceWatchdog) && options.Place is not RegisterOutput { DeviceWatchdog: not null })
        {
            faults.Add(
                section.PlaceOf("backstop"), options.Place is LineOutput ? "a line has no device whose watchdog could act" : "nothing says when the device's watchdog acts",
                options.Place is LineOutput ? "released-line, watchdog-relay or hard-wired" : "device-watchdog: 10s beside it, as it is set in the device");
        }
    }

    /// <summary>A hold must be able to reach its end, and to come to one: a device that nobody asks acts by its own watchdog, and by nothing else where it has none.</summary>
    private static void Hold(OutputOptions options, SectionReader section, FaultList faults)
    {
        if (options.HoldThroughRestart == TimeSpan.Zero)
            return;
        var at = section.PlaceOf("hold-through-restart");
        if (options.Backstops.Contains(Backstop.WatchdogRelay))
            faults.Add(at, "a restart holds back the heartbeat: the watchdog relay makes the output safe, and would energise it again by itself when the new run feeds it", "no 'hold-through-restart'; or a supply without that relay, and no watchdog-relay in 'backstop'");
        if (options is { Place: LineOutput, SafeEnergised: true } && !options.Backstops.Contains(Backstop.ReleasedLine))
            faults.Add(at, "at its end nobody drives the line any more, and the safe state needs energy: nothing says that the line keeps it", "a pull that keeps it and 'backstop: released-line'; or no 'hold-through-restart'");
        if (options.Place is not RegisterOutput { DeviceWatchdog: var watchdog })
            return;
        if (watchdog is null)
            faults.Add(at, "a Modbus output is held through a restart, and its device says of no watchdog: with the line broken meanwhile nothing would make it safe", "device-watchdog beside it, as it is set in the device; or no 'hold-through-restart'");
        else if (options.HoldThroughRestart > watchdog)
            faults.Add(at, $"the hold of {Words.Seconds(options.HoldThroughRestart)} is longer than the device's watchdog, which makes the output safe after {Words.Seconds(watchdog.Value)} without a request", $"at most {Words.Seconds(watchdog.Value)}");
    }

    /// <summary>A released line falls to its pull: that must be the level of the safe state.</summary>
    private static void Released(OutputOptions options, string safe, SectionReader section, FaultList faults)
    {
        if (options.Place is not LineOutput { Line: var line })
        {
            faults.Add(section.PlaceOf("backstop"), "a Modbus output has no line that could be released", "device-watchdog, watchdog-relay or hard-wired");
            return;
        }

        var high = options.SafeEnergised != line.ActiveLow;
        var due = high ? "up" : "down";
        if (line.Pull == LinePull.Off)
            faults.Add(section.PlaceOf("pull"), "a released line without a pull has no level of its own, and 'backstop' claims one", $"pull: {due}, or no released-line");
        else if (line.Pull != LinePull.AsIs && line.Pull == LinePull.Up != high)
            faults.Add(section.PlaceOf("pull"), $"a released line goes {(high ? "low" : "high")} with this pull, and the safe state {safe} is {(high ? "high" : "low")}", $"pull: {due}, or no released-line");
    }
}
