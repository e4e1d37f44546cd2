using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Simulation.PumpStation;

namespace EdgeNode.Gateway.Demo;

/// <summary>
/// What the story sees and does: the station's state as every reader has it, the simulated wires behind the gateway's back, and the operator's hand.
/// </summary>
/// <param name="site">The story's site.</param>
/// <param name="state">The running station.</param>
/// <param name="plant">The simulated instruments.</param>
/// <param name="hands">The operator's hand.</param>
/// <param name="time">The clock.</param>
internal sealed class StoryStage(Site site, IStationState state, PumpStationDevices plant, DemoHands hands, TimeProvider time)
{
    private const int CoilLine = 22;
    private const int SirenLine = 27;

    /// <summary>Somebody shuts the valve behind the pumps, or opens it again.</summary>
    public void ShutOutlet(bool shut) => plant.OutletShut = shut;

    /// <summary>Energy on the valve's line, as measured there.</summary>
    public bool Coil => plant.Gpio.Level(CoilLine);

    /// <summary>Energy on the siren's line, as measured there.</summary>
    public bool Siren => plant.Gpio.Level(SirenLine);

    /// <summary>The one trip.</summary>
    public TripStatus Trip
    {
        get
        {
            var trips = new TripStatus[site.Trips.Length];
            state.CopyTrips(trips);
            return trips[0];
        }
    }

    /// <summary>The trip's cause has been gone for its settle time, so that a reset is taken.</summary>
    public bool IsSettled => Trip.SettledAt is { } at && at.ToDateTimeOffset() <= time.GetUtcNow();

    /// <summary>The one output.</summary>
    public OutputStatus Valve
    {
        get
        {
            var outputs = new OutputStatus[site.Outputs.Length];
            state.CopyOutputs(outputs);
            return outputs[0];
        }
    }

    /// <summary>Newest reading of a point.</summary>
    public Reading Reading(string point)
    {
        var readings = new Reading[site.Points.Length];
        state.CopyReadings(readings);
        return readings[Enumerable.Range(0, readings.Length).First(i => site.Points[i].Name == point)];
    }

    /// <summary>Present state of an alarm.</summary>
    public AlarmStatus Alarm(string id)
    {
        var alarms = new AlarmStatus[site.Alarms.Length];
        state.CopyAlarms(alarms);
        return alarms[Enumerable.Range(0, alarms.Length).First(i => site.Alarms[i].Id == id)];
    }

    /// <summary>The operator's hand.</summary>
    public DemoHands Hands => hands;
}
