using EdgeNode.Simulation.PumpStation;

namespace EdgeNode.UnitTests.Simulation;

/// <summary>The laws of the model, for any seed.</summary>
public class SimulatedPumpStationTests
{
    [Law(MaxTest = 20)]
    public void The_pressure_exceeds_the_setpoint_from_8_to_14_seconds_of_each_minute_and_at_no_other_time(int seed)
    {
        foreach (SimulatedPumpStation station in History(seed, seconds: 190))
        {
            double second = station.Elapsed.TotalSeconds % 60;
            Assert.All(station.HeaderPressures, pressure =>
            {
                if (second is > 8.5 and < 13.5) Assert.True(pressure > SimulatedPumpStation.ExcursionSetpoint + 0.1, $"{pressure} bar at {station.Elapsed}");

                // Below the alarm's deadband too, so that the alarm clears.
                if (second is < 7.5 or > 14.5) Assert.InRange(pressure, 3.9, 4.5);
            });
        }
    }

    [Law(MaxTest = 20)]
    public void The_three_transmitters_agree_but_are_not_copies(int seed)
    {
        int same = 0;
        foreach (SimulatedPumpStation station in History(seed, seconds: 60))
        {
            Assert.True(station.HeaderPressures.Max() - station.HeaderPressures.Min() < 0.1);
            if (station.HeaderPressures.Distinct().Count() < 3) same++;
        }

        Assert.Equal(0, same);
    }

    [Law(MaxTest = 20)]
    public void The_totaliser_and_the_energy_never_fall_and_gain_what_flow_and_power_say(int seed)
    {
        uint litres = 0;
        double energy = 0;
        var flows = new List<double>();
        var powers = new List<double>();
        uint firstLitres = 0;
        double firstEnergy = 0;
        foreach (SimulatedPumpStation station in History(seed, seconds: 300))
        {
            Assert.True(station.Litres >= litres);
            Assert.True(station.Energy >= energy);
            litres = station.Litres;
            energy = station.Energy;
            if (flows.Count == 0) (firstLitres, firstEnergy) = (litres, energy);
            flows.Add(station.Flow);
            powers.Add(station.Power);
        }

        Assert.Equal(flows.Average() * 5, litres - firstLitres, tolerance: 2);
        Assert.Equal(powers.Average() * 300 / 3_600_000, energy - firstEnergy, tolerance: 0.001);
    }

    [Law(MaxTest = 20)]
    public void The_power_follows_the_flow(int seed)
    {
        SimulatedPumpStation? before = null;
        double flow = 0, power = 0;
        foreach (SimulatedPumpStation station in History(seed, seconds: 60))
        {
            if (before is not null) Assert.Equal(Math.Sign(station.Flow - flow), Math.Sign(station.Power - power));
            (before, flow, power) = (station, station.Flow, station.Power);
            Assert.Equal(station.Power, station.Voltage * station.Current * 0.86, tolerance: 1e-6);
        }
    }

    [Law(MaxTest = 20)]
    public void Every_quantity_stays_where_such_a_site_would_have_it(int seed)
    {
        foreach (SimulatedPumpStation station in History(seed, seconds: 900))
        {
            Assert.InRange(station.Flow, 40, 100);
            Assert.InRange(station.Voltage, 225, 235);
            Assert.InRange(station.Frequency, 49.9, 50.1);
            Assert.InRange(station.Temperature, 16, 20);
            Assert.InRange(station.Strain, 50, 500);
            Assert.InRange(station.StrandForce, 835, 860);
            Assert.InRange(station.RiverLevel, 2200, 2400);
        }
    }

    [Law(MaxTest = 20)]
    public void Traffic_moves_the_strain_within_five_minutes(int seed)
    {
        double lowest = double.MaxValue, highest = double.MinValue;
        foreach (SimulatedPumpStation station in History(seed, seconds: 300))
        {
            double withoutHeat = station.Strain - (11.7 * (station.Temperature - 18));
            lowest = Math.Min(lowest, withoutHeat);
            highest = Math.Max(highest, withoutHeat);
        }

        Assert.InRange(lowest, 110, 125);
        Assert.True(highest > 130, $"The strain never exceeded {highest} microstrain.");
    }

    [Law(MaxTest = 20)]
    public void The_same_seed_replays_exactly_however_often_it_is_asked(int seed)
    {
        var once = new SimulatedPumpStation(seed);
        once.AdvanceTo(TimeSpan.FromSeconds(100));

        var often = new SimulatedPumpStation(seed);
        var steps = new Random(1);
        for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromSeconds(100); elapsed += TimeSpan.FromMilliseconds(steps.Next(1, 900))) often.AdvanceTo(elapsed);
        often.AdvanceTo(TimeSpan.FromSeconds(100));

        Assert.Equal(State(once), State(often));
        Assert.Equal(TimeSpan.FromSeconds(100), often.Elapsed);
    }

    [Fact]
    public void Another_seed_is_another_history() => Assert.NotEqual(State(new SimulatedPumpStation(1)), State(new SimulatedPumpStation(2)));

    [Fact]
    public void Time_that_goes_back_changes_nothing()
    {
        var station = new SimulatedPumpStation(1);
        station.AdvanceTo(TimeSpan.FromSeconds(5));
        double[] before = State(station);
        station.AdvanceTo(TimeSpan.FromSeconds(4));
        Assert.Equal(before, State(station));
    }

    internal static double[] State(SimulatedPumpStation station) =>
    [
        .. station.HeaderPressures, station.Flow, station.Litres, station.Voltage, station.Current, station.Power, station.Frequency, station.Energy,
        station.Strain, station.Temperature, station.StrandForce, station.RiverLevel,
    ];

    /// <summary>The same station, tick after tick.</summary>
    private static IEnumerable<SimulatedPumpStation> History(int seed, int seconds)
    {
        var station = new SimulatedPumpStation(seed);
        while (station.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            yield return station;
            station.AdvanceTo(station.Elapsed + SimulatedPumpStation.Tick);
        }
    }
}
