using EdgeNode.Core.Model;
using EdgeNode.Hardware.Scan;

namespace EdgeNode.Hardware.Doctor;

/// <summary>What protects a site's outputs when the software cannot: is it there, as far as this board can tell?</summary>
public static class OutputChecks
{
    /// <summary>The backstops that the site file claims, output by output. No line is looked at, so a gateway that is about to take them may ask.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="board">The board.</param>
    public static IEnumerable<Finding> Backstops(Site site, Board board)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(board);
        foreach (var output in site.Outputs)
        {
            if (output.Backstops.IsEmpty)
                yield return new Finding("backstop", output.Id, Verdict.Wrong, "nothing makes it safe when the software cannot", "wire one of those in hardware/wiring, and name it under 'backstop'");
            foreach (var backstop in output.Backstops)
            {
                foreach (var finding in Of(backstop, output, site, board))
                    yield return finding;
            }
        }
    }

    /// <summary>The lines that outputs, annunciators and the heartbeat are on: there, free or the gateway's own.</summary>
    /// <param name="site">The checked site.</param>
    /// <param name="board">The board.</param>
    /// <param name="isRunning">A gateway runs with this site's data; null when that is not known.</param>
    public static IEnumerable<Finding> Lines(Site site, Board board, bool? isRunning)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(board);
        List<(string Id, LineOutput Place)> driven =
        [
            .. site.Outputs.Where(o => o.Place is LineOutput).Select(o => (o.Id, (LineOutput)o.Place)),
            .. site.Annunciators.Select(a => (a.Id, a.Place)),
        ];
        if (site.Heartbeat is { } heartbeat)
            driven.Add(("heartbeat", heartbeat.Place));
        foreach (var bus in driven.GroupBy(d => d.Place.Bus).OrderBy(g => g.Key))
        {
            var path = ((GpioBusOptions)site.Buses[bus.Key]).Path;
            var chip = board.Chip(path);
            if (chip.Fault is { } fault)
            {
                yield return new Finding("chip", path, Verdict.Wrong, $"it cannot be opened: {fault}", Remedy(fault));
                continue;
            }

            yield return new Finding("chip", path, Verdict.Right, $"{chip.Label}, {chip.Lines.Length} lines, and this user may open it");
            foreach (var (id, place) in bus)
                yield return Line(id, place.Line, chip, isRunning);
        }
    }

    private static string Remedy(string fault) => fault switch
    {
        "Permission denied" => "run it with sudo, or as a user of the group gpio, as the unit's SupplementaryGroups has it",
        "No such file or directory" => "`edgenode scan gpio` lists the chips of this board; their numbers change with kernels",
        _ => "`edgenode scan gpio` lists the chips that can be opened",
    };

    private static IEnumerable<Finding> Of(Backstop backstop, OutputOptions output, Site site, Board board)
    {
        var at = output.Id;
        switch (backstop, output.Place)
        {
            case (Backstop.ReleasedLine, LineOutput place):
                var chip = board.Chip(((GpioBusOptions)site.Buses[place.Bus]).Path);
                if (chip.Fault is { } fault)
                {
                    yield return new Finding("released-line", at, Verdict.Unknown, $"its chip cannot be opened: {fault}", Remedy(fault));
                    break;
                }

                var (verdict, says, remedy) = ReleasedLine.Of(chip.Label, board);
                yield return new Finding("released-line", at, verdict, says, remedy);
                foreach (var pull in Pull(output, place.Line, chip))
                    yield return pull;
                break;
            case (Backstop.WatchdogRelay, _):
                yield return site.Heartbeat is { } heartbeat
                    ? new Finding("watchdog-relay", at, Verdict.Unknown, $"the heartbeat goes out on line {heartbeat.Place.Line.Shown} each {heartbeat.Every.TotalMilliseconds:F0} ms; whether a relay hangs on it cannot be seen from here",
                        "stop the gateway and hear the relay fall; hardware/wiring/try-board.sh --relay measures it on two free lines")
                    : new Finding("watchdog-relay", at, Verdict.Wrong, "the site file has no heartbeat to feed the relay", "heartbeat: { bus: gpio0, line: 26 } in the site file, or another backstop");
                break;
            case (Backstop.DeviceWatchdog, RegisterOutput { DeviceWatchdog: { } time }):
                yield return new Finding("device-watchdog", at, Verdict.Unknown, $"the site file says that the device makes it safe after {time.TotalSeconds:0.###} s without a request; what is set in the device is not read",
                    "compare it with the device's own setting, then pull the cable and look");
                break;
            default:
                yield return new Finding("hard-wired", at, Verdict.Unknown, "a hard-wired trip cannot be seen from here", "prove it as the plant's documents say");
                break;
        }
    }

    /// <summary>A released line goes where its pull takes it: that must be the safe level, now and from power-up on.</summary>
    private static IEnumerable<Finding> Pull(OutputOptions output, LineOptions line, GpioScanReport chip)
    {
        var isHigh = output.SafeEnergised != line.ActiveLow;
        var (due, level) = (isHigh ? LinePull.Up : LinePull.Down, isHigh ? "high" : "low");
        var word = isHigh ? "up" : "down";
        var info = Find(chip, line);
        if (line.Pull == due)
        {
            yield return new Finding("pull", output.Id, Verdict.Right, $"the site file sets pull: {word}, and its safe level is {level}");
        }
        else
        {
            var isWrong = info?.Pull is { Length: > 0 } told && told != word;
            yield return new Finding(
                "pull", output.Id, isWrong ? Verdict.Wrong : Verdict.Unknown,
                isWrong ? $"the kernel says pull: {info!.Pull}, and its safe level is {level}" : $"the site file sets no pull, and its safe level is {level}",
                $"pull: {word} in the site file, or a resistor of 10 kOhm to the {level} level");
        }

        if (info is not null && PowerUpPull.Of(chip.Label, info.Number) is { } first && first != due)
        {
            yield return new Finding(
                "power-up", output.Id, Verdict.Unknown, $"line {line.Shown} of this chip pulls {(isHigh ? "down" : "up")} from power-up until the gateway takes it, and its safe level is {level}",
                $"a resistor of 10 kOhm to the {level} level, or a line of {(isHigh ? "0 to 8" : "9 to 27")}");
        }
    }

    private static Finding Line(string id, LineOptions line, GpioScanReport chip, bool? isRunning)
    {
        if (Find(chip, line) is not { } info)
            return new Finding("line", id, Verdict.Wrong, $"{chip.Path} has no line {line.Shown}", "`edgenode scan gpio` lists its lines by number and name");
        if (info.IsUsed && info.Consumer != LineOptions.Consumer)
        {
            return new Finding(
                "line", id, Verdict.Wrong, $"line {line.Shown} is taken by {(info.Consumer.Length > 0 ? info.Consumer : "the kernel")}, so the gateway cannot drive it",
                "stop that program, or take its overlay out of config.txt; or choose another line");
        }

        return (info.IsUsed, isRunning) switch
        {
            (true, false) => new Finding("line", id, Verdict.Wrong, $"line {line.Shown} is held by an edgenode that does not answer in this data directory", "--data as the gateway has it; one that stands still is ended by systemctl kill -s KILL edgenode"),
            (true, _) => new Finding("line", id, Verdict.Right, $"line {line.Shown} is held by edgenode"),
            (false, true) => new Finding("line", id, Verdict.Wrong, $"the gateway runs and does not hold line {line.Shown}", "`edgenode outputs list` and the gateway's log say why"),
            _ => new Finding("line", id, Verdict.Right, $"line {line.Shown} is there and free"),
        };
    }

    private static LineInfo? Find(GpioScanReport chip, LineOptions line) => chip.Lines.FirstOrDefault(l => line.Name is { } name ? l.Name == name : l.Number == line.Number);
}
