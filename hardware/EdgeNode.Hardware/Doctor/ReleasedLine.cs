using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Doctor;

/// <summary>
/// What this kernel does with a line whose process is gone. Upstream a driver makes it an input again. A Raspberry Pi's kernel keeps its level unless
/// persist_gpio_outputs is off: raspberrypi/linux pull requests 6117 and 6150; "A history of GPIO usage on Raspberry Pi devices" (RP-006553-WP).
/// </summary>
internal static class ReleasedLine
{
    private const string Trial = "hardware/wiring/try-board.sh shows it in step 3, with a wire between two free lines";

    /// <summary>Labels of chips whose driver has the parameter, and the driver's module.</summary>
    private static readonly (string Label, string Module)[] Pi =
        [("pinctrl-bcm2835", "pinctrl_bcm2835"), ("pinctrl-bcm2711", "pinctrl_bcm2835"), ("pinctrl-rp1", "pinctrl_rp1")];

    /// <summary>Where config.txt is: since Debian 12, and before.</summary>
    private static readonly string[] Configurations = ["boot/firmware/config.txt", "boot/config.txt"];

    /// <summary>The verdict, what was found, and what is to be done.</summary>
    /// <param name="label">The kernel's label of the chip.</param>
    /// <param name="board">The board.</param>
    public static (Verdict Verdict, string Says, string Remedy) Of(string label, Board board)
    {
        // Documentation/admin-guide/gpio/gpio-sim.rst; its driver's free() gives the line its pull.
        if (label.StartsWith("gpio-sim", StringComparison.Ordinal))
            return (Verdict.Right, "gpio-sim lets a released line fall to its pull", "");
        if (Array.Find(Pi, p => p.Label == label) is not { Module: not null } pi)
            return (Verdict.Unknown, $"whether the driver of this chip ({label}) lets a released line fall to its pull is not known", Trial);

        var parameter = $"{pi.Module}.persist_gpio_outputs";
        return board.Text($"sys/module/{pi.Module}/parameters/persist_gpio_outputs") switch
        {
            "N" or "0" => (Verdict.Right, $"the kernel lets a released line fall to its pull ({parameter}=N)", ""),
            "Y" or "1" => (Verdict.Wrong, $"this kernel keeps a released line at its last level ({parameter}=Y)", Remedy(board)),
            _ => (Verdict.Unknown, $"this kernel has no parameter {parameter}: what it does with a released line depends on its age", Trial),
        };
    }

    private static string Remedy(Board board)
    {
        var path = Array.Find(Configurations, board.Has) ?? Configurations[0];
        return IsStrict(board.Text(path))
            ? $"dtparam=strict_gpiod stands in /{path} and has had no effect: reboot; where that changes nothing, it stands under the [section] of another board"
            : $"write dtparam=strict_gpiod into /{path} and reboot, or take released-line out of 'backstop'";
    }

    /// <summary>config.txt has the parameter, alone or in a list, and not in a comment.</summary>
    private static bool IsStrict(string? text) => (text ?? "").Split('\n').Select(l => l.Trim())
        .Where(l => l.StartsWith("dtparam=", StringComparison.Ordinal))
        .SelectMany(l => l["dtparam=".Length..].Split(','))
        .Any(p => p.Trim() is "strict_gpiod" || p.Trim().StartsWith("strict_gpiod=", StringComparison.Ordinal));
}

/// <summary>The pulls that a line has from power-up until somebody sets another one.</summary>
internal static class PowerUpPull
{
    /// <summary>
    /// BCM2835 ARM Peripherals, section 6.2, table 6-31 (the same lines on BCM2711): 0 to 8 up, 9 to 27 down. Of the lines that no header has, and of all
    /// other chips, nothing is said.
    /// </summary>
    public static LinePull? Of(string label, int line) => label is not ("pinctrl-bcm2835" or "pinctrl-bcm2711") ? null : line switch
    {
        >= 0 and <= 8 => LinePull.Up,
        >= 9 and <= 27 => LinePull.Down,
        _ => null,
    };
}
