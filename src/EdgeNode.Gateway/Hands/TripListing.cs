using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;

namespace EdgeNode.Gateway.Hands;

/// <summary>All trips as they are.</summary>
internal static class TripListing
{
    public static void Write(Utf8JsonWriter json, Site site, IStationState state)
    {
        var trips = new TripStatus[site.Trips.Length];
        state.CopyTrips(trips);
        json.WriteBoolean("ok", true);
        json.WriteStartArray("trips");
        for (var i = 0; i < trips.Length; i++)
        {
            WriteTrip(json, site, site.Trips[i], trips[i]);
        }

        json.WriteEndArray();
    }

    /// <summary>The alarm or the point that a cause names.</summary>
    public static string Name(Site site, AlarmCause what) => what.IsAlarm ? site.Alarms[what.Index].Id : site.Points[what.Index].Name;

    /// <summary>true, false or unknown.</summary>
    public static string Word(bool? value) => value switch { true => "true", false => "false", null => "unknown" };

    private static void WriteTrip(Utf8JsonWriter json, Site site, TripOptions trip, in TripStatus status)
    {
        json.WriteStartObject();
        json.WriteString("id", trip.Id);
        json.WriteString("state", status.State.Text());
        WriteTime(json, "since", status.Since);
        json.WriteString("mode", trip.Armed ? "armed" : "shadow");
        json.WriteBoolean("acts", status.Acts);
        json.WriteString("cause", Word(status.Cause));
        WriteTime(json, "causeSince", status.CauseSince);
        json.WriteBoolean("pending", status.IsPending);
        json.WriteStartArray("leaves");
        foreach (var (leaf, value, pending) in trip.Cause.Leaves.Zip(status.Leaves, status.Pending).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("of", Name(site, leaf));
            json.WriteString("is", Word(value));
            json.WriteBoolean("pending", pending);
            EventBody.Simulated(json, Evidence.IsSimulated(site, leaf));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("effect");
        foreach (var output in trip.Effect)
        {
            json.WriteStringValue(site.Outputs[output].Id);
        }

        json.WriteEndArray();
        json.WriteString("reset", trip.ManualReset ? "manual" : "automatic");
        WriteTime(json, "settledAt", status.SettledAt);
        WriteTime(json, "inhibitedUntil", status.InhibitedUntil);
        WriteTime(json, "testUntil", status.TestUntil);
        if (trip.ProofTestDue is { } due)
        {
            json.WriteString("proofTestDue", due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteBoolean("proofTestOverdue", status.ProofTestDue);
        }

        if (status.ChangedBy is { } by)
        {
            json.WriteString("by", by);
        }

        AlarmListing.WriteText(json, trip.Text);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, SourceTime? time)
    {
        if (time is { } t)
        {
            json.WriteNumber(name, t.UnixMicroseconds / 1_000_000m);
        }
    }
}
