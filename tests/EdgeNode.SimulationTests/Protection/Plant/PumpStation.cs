namespace EdgeNode.SimulationTests.Protection.Plant;

/// <summary>
/// The process: a pump feeds a header through an inlet valve, the town takes from it. A blocked outlet or a town that takes little drives the pressure up, as far as the
/// pump can: beyond the range of the transmitters. Integrated in steps of a quarter of a second that lie on a grid, so that nobody changes it by looking.
/// </summary>
/// <param name="random">Of the town's demand and of the water in the sump.</param>
/// <param name="wiring">What the relays do with valve and pump at a moment.</param>
internal sealed class PumpStation(Random random, Wiring wiring)
{
    /// <summary>Pressure at which the pump gives no more flow, bar.</summary>
    public const double ShutOff = 12;

    /// <summary>From one end to the other.</summary>
    public static readonly TimeSpan Travel = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Grid = TimeSpan.FromMilliseconds(250);

    // Flow of the pump at no pressure and of the town at 1 bar, l/min; flow that raises the header by 1 bar in a second.
    private const double PumpFlow = 100;
    private const double TownFlow = 37;
    private const double Stiffness = 330;

    private TimeSpan _next;
    private double _demand = 1;

    /// <summary>True pressure of the header, bar.</summary>
    public double Pressure { get; private set; } = 3;

    /// <summary>True flow into the header, l/min.</summary>
    public double Flow { get; private set; }

    /// <summary>Water in the sump, m.</summary>
    public double Level { get; private set; } = 2;

    /// <summary>Position of the inlet valve: 0 closed, 1 open.</summary>
    public double Valve { get; private set; }

    /// <summary>The pump turns.</summary>
    public bool PumpRuns { get; private set; }

    /// <summary>What is left of the outlet: 1 all, 0 none.</summary>
    public double Outlet { get; set; } = 1;

    /// <summary>What the town wants beside its habits, as a factor.</summary>
    public double Surge { get; set; } = 1;

    /// <summary>The sump's inflow is cut.</summary>
    public bool Dry { get; set; }

    /// <summary>The valve does not move.</summary>
    public bool ValveSticks { get; set; }

    /// <summary>Since when the true pressure has been at the trip's setpoint or above; null while it is not.</summary>
    public TimeSpan? AboveSince { get; private set; }

    /// <summary>How often it came there.</summary>
    public int Overpressures { get; private set; }

    /// <summary>The highest, bar.</summary>
    public double Highest { get; private set; }

    /// <summary>Lets the process run up to a moment.</summary>
    public void RunTo(TimeSpan now)
    {
        while (_next <= now)
        {
            Step(_next);
            _next += Grid;
        }
    }

    private void Step(TimeSpan at)
    {
        var seconds = Grid.TotalSeconds;
        var open = wiring.ValveEnergised(at);
        PumpRuns = wiring.PumpRuns(at);
        if (!ValveSticks)
        {
            var move = seconds / Travel.TotalSeconds;
            Valve = Math.Clamp(Valve + (open ? move : -move), 0, 1);
        }

        _demand = Math.Clamp(_demand + (0.02 * (1.05 - _demand) * seconds) + (0.02 * (random.NextDouble() - 0.5)), 0.88, 1.3);
        var curve = Math.Max(0, 1 - (Pressure / ShutOff * (Pressure / ShutOff)));
        Flow = PumpRuns ? Valve * PumpFlow * curve : 0;
        var taken = Outlet * _demand * Surge * TownFlow * Math.Sqrt(Math.Max(0, Pressure));
        Pressure = Math.Max(0, Pressure + ((Flow - taken) / Stiffness * seconds));
        Level = Math.Clamp(Level + (seconds * ((Dry ? 0 : 0.008) - (Flow * 0.00006))), 0, 3);
        Highest = Math.Max(Highest, Pressure);
        if (Pressure < StationSite.Setpoint)
        {
            AboveSince = null;
        }
        else if (AboveSince is null)
        {
            AboveSince = at;
            Overpressures++;
        }
    }
}
