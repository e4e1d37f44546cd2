using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Gateway.Hands;

/// <summary>All outputs as they are.</summary>
internal static class OutputListing
{
    public static void Write(Utf8JsonWriter json, Site site, IStationState state)
    {
        var present = new OutputStatus[site.Outputs.Length];
        state.CopyOutputs(present);
        json.WriteBoolean("ok", true);
        json.WriteStartArray("outputs");
        for (var i = 0; i < present.Length; i++)
        {
            json.WriteStartObject();
            WriteOutput(json, site.Outputs[i], present[i], TripsOf(i, site, state));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The trips that keep an output in its safe state.</summary>
    public static IReadOnlyList<string> TripsOf(int output, Site site, IStationState state)
    {
        var trips = new TripStatus[site.Trips.Length];
        state.CopyTrips(trips);
        return [.. site.Trips.Where((t, i) => trips[i].Acts && t.Effect.Contains(output)).Select(t => t.Id)];
    }

    /// <summary>Why an output is where it is, in a few words.</summary>
    public static string State(in OutputStatus status, IReadOnlyList<string> trips) => (status.Safe, status.IsHeld, status.Waits) switch
    {
        (false, _, _) when status.IsCarried => "normal, held through the restart until its causes are known good",
        (false, _, _) => "normal",
        (_, true, _) => $"safe, held by {status.HeldBy}{(trips.Count > 0 ? $", and by the trip {string.Join(", ", trips)}" : "")}",
        _ when trips.Count > 0 => $"safe, by the trip {string.Join(", ", trips)}",
        (_, _, true) => "safe, until its minimum time is over",
        _ => "safe",
    };

    private static void WriteOutput(Utf8JsonWriter json, OutputOptions output, in OutputStatus status, IReadOnlyList<string> trips)
    {
        json.WriteString("id", output.Id);
        json.WriteString("position", output.Word(status.Energised));
        json.WriteBoolean("energised", status.Energised);
        json.WriteBoolean("safe", status.Safe);
        json.WriteString("state", State(status, trips));
        json.WriteNumber("since", status.Since.UnixMicroseconds / 1_000_000m);
        json.WriteBoolean("held", status.IsHeld);
        if (status.IsHeld)
        {
            json.WriteString("heldBy", status.HeldBy);
        }

        json.WriteStartArray("trips");
        foreach (var trip in trips)
        {
            json.WriteStringValue(trip);
        }

        json.WriteEndArray();
        json.WriteBoolean("waits", status.Waits);
        json.WriteBoolean("carried", status.IsCarried);
        json.WriteNumber("holdThroughRestart", output.HoldThroughRestart.TotalSeconds);
        Flag("driven", status.Driven);
        Word("readBack", output, status.ReadBack);
        if (output.ReadBack is not null)
        {
            Word("contact", output, status.Contact);
        }

        if (status.Proof is { } proof)
        {
            json.WriteString("proof", proof.Text());
        }

        if (status.Mode is { } mode)
        {
            json.WriteString("handOffAuto", mode.Text());
        }

        if (status.LastTravel is { } travel)
        {
            json.WriteNumber("lastTravel", Math.Round(travel.TotalSeconds, 3));
        }

        json.WriteBoolean("fault", status.Faults != OutputFaults.None);
        if (status.Faults != OutputFaults.None)
        {
            json.WriteString("detail", status.Detail);
        }

        json.WriteStartArray("backstop");
        foreach (var backstop in output.Backstops)
        {
            json.WriteStringValue(backstop.Text());
        }

        json.WriteEndArray();

        void Flag(string name, bool? value)
        {
            if (value is { } known)
            {
                json.WriteBoolean(name, known);
            }
            else
            {
                json.WriteNull(name);
            }
        }

        void Word(string name, OutputOptions of, bool? energised)
        {
            if (energised is { } known)
            {
                json.WriteString(name, of.Word(known));
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }
}
