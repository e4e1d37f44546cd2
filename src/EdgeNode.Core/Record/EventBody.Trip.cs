using System.Text.Json;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

public static partial class EventBody
{
    /// <summary>
    /// Something has happened with a trip. <c>change</c> is what, <c>state</c> what it is since then; of one that has tripped <c>cause</c> says what spoke for it, with
    /// the first one marked, and <c>acts</c> whether its outputs go to their safe state.
    /// </summary>
    public static EventRecord Trip(Site site, TripTransition transition)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(transition);
        var t = transition;
        return Make("trip", t.Time, json =>
        {
            json.WriteString("id", site.Trips[t.Trip].Id);
            WriteTrip(json, site, t);
        });
    }

    /// <summary>The members of the event behind its id, which the audit trail's entries have too.</summary>
    public static void WriteTrip(Utf8JsonWriter json, Site site, TripTransition transition)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(transition);
        var t = transition;
        var trip = site.Trips[t.Trip];
        json.WriteString("change", t.Change.Text());
        json.WriteString("state", t.State.Text());
        json.WriteString("mode", trip.Armed ? "armed" : "shadow");
        if (t.By is { } by)
        {
            json.WriteString("by", by);
        }

        if (t.Why.Length > 0)
        {
            json.WriteString("why", t.Why);
        }

        if (t.Until is { } until)
        {
            json.WriteNumber("until", Seconds(until.UnixMicroseconds));
        }

        if (t.SuppressedBy != TripSuppression.None)
        {
            json.WriteString("suppressedBy", t.SuppressedBy == TripSuppression.Test ? "test" : "inhibit");
        }

        if (t.Change != TripChange.Tripped)
        {
            return;
        }

        json.WriteBoolean("acts", t.Acts(trip));
        if (!trip.Armed && t.SuppressedBy == TripSuppression.None)
        {
            json.WriteBoolean("wouldHaveTripped", true);
        }

        json.WriteStartArray("cause");
        for (var i = 0; i < t.Cause.Length; i++)
        {
            WriteEvidence(json, site, t.Cause[i], first: i == 0);
        }

        json.WriteEndArray();
        json.WriteStartArray("effect");
        foreach (var output in trip.Effect)
        {
            json.WriteStringValue(site.Outputs[output].Id);
        }

        json.WriteEndArray();
    }

    private static void WriteEvidence(Utf8JsonWriter json, Site site, in TripEvidence evidence, bool first)
    {
        var leaf = evidence.Leaf;
        json.WriteStartObject();
        json.WriteString("of", leaf.What.IsAlarm ? site.Alarms[leaf.What.Index].Id : site.Points[leaf.What.Index].Name);
        json.WriteString("is", leaf.Value switch { true => "true", false => "false", null => "unknown" });
        json.WriteNumber("since", Seconds(evidence.Since.UnixMicroseconds));
        Simulated(json, Record.Evidence.IsSimulated(site, leaf.What));
        if (first)
        {
            json.WriteBoolean("firstOut", true);
        }

        if (leaf.What.IsAlarm && site.Alarms[leaf.What.Index].Group is { } group)
        {
            Group(json, site, site.Groups[group], evidence.Votes);
        }

        json.WriteEndObject();
    }
}
