using EdgeNode.SimulationTests.Protection.Plant;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>What the valve's line did after each death, by the kernel's rule and by what else was there to act.</summary>
/// <param name="world">Where.</param>
/// <param name="find">Takes what is wrong.</param>
internal sealed class DeathTable(PlantWorld world, Action<string> find)
{
    /// <summary>So long after a death nobody has started anything anew, and what acts has acted.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1.5);

    /// <summary>Deaths with the valve open, by what followed.</summary>
    public SortedDictionary<string, int> Rows { get; } = new(StringComparer.Ordinal);

    public void Died(Death death)
    {
        var wasOpen = world.Wiring.Line;
        world.Later(Look, 50, () =>
        {
            var open = world.Wiring.Line;
            var acts = death == Death.PowerCut || world.Wiring.Rule == ReleaseRule.Reverts || world.StopPost;
            if (open && (acts || !wasOpen))
            {
                find($"(7) {Look.TotalSeconds} s after {death} the line is high; it {world.Wiring.Rule}, ExecStopPost {(world.StopPost ? "runs" : "is missing")}, and it was {(wasOpen ? "high" : "low")}");
            }
            else if (!open && wasOpen && !acts && death != Death.OrderlyStop)
            {
                find($"(7) after {death} the line fell, and nothing was there to make it");
            }

            if (wasOpen)
            {
                Count($"{death}, line {world.Wiring.Rule.ToString().ToLowerInvariant()}, ExecStopPost {(world.StopPost ? "yes" : "no")}", open);
            }
        });
    }

    /// <summary>The process stands still: what keeps the valve is the relay alone.</summary>
    public void Froze(Func<bool> still)
    {
        var since = world.Clock.Now;
        world.Later(Wiring.RelayTime + TimeSpan.FromSeconds(1.5), 51, () =>
        {
            if (!still() || world.Clock.Now - since < Wiring.RelayTime)
            {
                return;
            }

            var open = world.Wiring.ValveEnergised(world.Clock.Now);
            if (open && world.Wiring.HasRelay)
            {
                find("(7) the process stands still, no heartbeat comes, and the relay has not fallen");
            }

            if (world.Wiring.Line)
            {
                Count($"SIGSTOP, watchdog relay {(world.Wiring.HasRelay ? "yes" : "no")}", open);
            }
        });
    }

    private void Count(string row, bool open)
    {
        row += open ? ": open" : ": closed";
        Rows[row] = Rows.GetValueOrDefault(row) + 1;
    }
}
