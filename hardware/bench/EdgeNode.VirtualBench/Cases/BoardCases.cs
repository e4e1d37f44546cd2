using System.Diagnostics;

namespace EdgeNode.VirtualBench.Cases;

/// <summary>
/// hardware/wiring/try-board.sh itself, as it is run on a board: under systemd, with libgpiod's tools, and a wire between two lines. This kernel reverts; a line that
/// persists is played by its pull.
/// </summary>
internal static class BoardCases
{
    private const string Log = "/tmp/try-board.log";

    public static IEnumerable<Case> All =>
    [
        new("try-board", Wire),
        new("try-board-wrong-pull", WrongPull),
        new("try-board-persists", Persists),
        new("try-board-no-wire", NoWire),
        new("try-board-relay", Relay),
        new("try-board-ended", Ended),
        new("try-board-after-boot", AfterBoot),
    ];

    private static string Wire(Plant plant)
    {
        using var wire = new BoardWire();
        return Whole(plant, 0, "9 steps, 9 passed, 0 failed", []);
    }

    /// <summary>The control: a line that no software makes safe once it is dead. Each step in which the pull decides says so, and none of the others.</summary>
    private static string WrongPull(Plant plant)
    {
        using var wire = new BoardWire(pullsUp: true);
        return Whole(plant, 1, "9 steps, 4 passed, 5 failed", ["2", "5", "6", "7", "8"]);
    }

    /// <summary>The line keeps its level, and the kernel says that it does not: step 3 finds that. Step 6 passes, since it expects what step 3 saw.</summary>
    private static string Persists(Plant plant)
    {
        using var wire = new BoardWire(persists: true);
        return Whole(plant, 1, "9 steps, 8 passed, 1 failed", ["3"]);
    }

    private static string NoWire(Plant plant) => Whole(plant, 1, "1 steps, 0 passed, 1 failed", ["1"]);

    private static string Relay(Plant plant)
    {
        using var relay = new BoardWire(isRelay: true);
        return Whole(plant, 0, "4 steps, 4 passed, 0 failed", [], "--relay");
    }

    private static string AfterBoot(Plant plant)
    {
        using var wire = new BoardWire();
        return Whole(plant, 0, "1 steps, 1 passed, 0 failed", [], "--after-boot");
    }

    /// <summary>Ctrl-C in the middle, with the gateway running and the line high.</summary>
    private static string Ended(Plant plant)
    {
        using var wire = new BoardWire();
        using var script = Start(plant.Services, []);
        Until("step 4 has the line high", () => Said().Contains("== 4.", StringComparison.Ordinal) && BoardWire.IsHigh);
        _ = Libc.Kill(Systemd.Child(script.Id), Libc.SigTerm);
        script.WaitForExit();
        if (script.ExitCode != 130)
            throw new CaseFailure($"it ended with {script.ExitCode}: {Said()}");
        NothingIsLeft(plant);
        return "ended in step 4: the gateway is stopped, the line is free and low, nothing is left in /tmp";
    }

    /// <summary>Runs it to its end, and holds what it says against what this machine is known to do.</summary>
    private static string Whole(Plant plant, int exit, string sum, string[] failures, params string[] options)
    {
        var services = plant.Services;
        var began = Libc.Now();
        using var script = Start(services, options);
        script.WaitForExit();
        var took = (Libc.Now() - began) / 1e9;
        var said = Said();
        var lines = said.Split('\n');
        string[] failed = [.. lines.Where(l => l.StartsWith("FAIL  ", StringComparison.Ordinal)).Select(l => l["FAIL  ".Length..].Split('.')[0])];
        if (script.ExitCode != exit || !lines.Contains(sum) || !failed.SequenceEqual(failures))
            throw new CaseFailure($"it ended with {script.ExitCode}, not {exit} and '{sum}':\n{said}");
        NothingIsLeft(plant);
        return $"{took:F0} s; " + string.Join("; ", lines.Where(l => l.StartsWith("PASS  ", StringComparison.Ordinal) || l.StartsWith("FAIL  ", StringComparison.Ordinal)));
    }

    private static Process Start(Systemd services, string[] options) =>
        services.Start(Log, ["bash", "/try-board.sh", .. options, "/dev/gpiochip0", $"{BoardWire.Out}", $"{BoardWire.In}", .. options is ["--after-boot"] ? Array.Empty<string>() : ["/edgenode"]]);

    private static string Said() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    private static void NothingIsLeft(Plant plant)
    {
        if (Directory.EnumerateFileSystemEntries("/tmp", "try-board.*").FirstOrDefault(p => p != Log) is { } left)
            throw new CaseFailure($"{left} is left");
        if (plant.Services.Run("sh", "-c", "systemctl list-units --all --plain --no-legend 'try-board*' | grep -q .") == 0)
            throw new CaseFailure("a unit is left");
        if (plant.Services.Run("sh", "-c", $"gpioinfo /dev/gpiochip0 | grep -E 'line +({BoardWire.Out}|{BoardWire.In}):.* unused +input' | grep -c . | grep -qx 2") != 0)
            throw new CaseFailure("a line is still taken, or is no input");
    }

    private static void Until(string what, Func<bool> reached)
    {
        var deadline = Libc.Now() + 300_000_000_000;
        while (!reached())
        {
            if (Libc.Now() > deadline)
                throw new CaseFailure($"not within 300 s: {what}: {Said()}");
            Station.Wait(TimeSpan.FromMilliseconds(100));
        }
    }
}
