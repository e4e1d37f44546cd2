using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Payload;

/// <summary>What <c>meta</c> says of inputs, outputs and trips, so that the platform knows what their points and alarms are about.</summary>
internal static class ProtectionMeta
{
    private static readonly string[] Meanings = ["", "acknowledge", "silence", "reset", "lamp-test", "maintenance", "tamper", "mains-fail", "door"];
    private static readonly string[] Backstops = ["released-line", "watchdog-relay", "device-watchdog", "hard-wired"];

    /// <summary>The arrays <c>inputs</c>, <c>outputs</c> and <c>trips</c>; none where the site has none.</summary>
    public static void Write(Utf8JsonWriter json, Site site)
    {
        Array(json, "inputs"u8, site.Inputs.Length, i => Input(json, site, site.Inputs[i]));
        Array(json, "outputs"u8, site.Outputs.Length, i => Output(json, site, site.Outputs[i]));
        Array(json, "trips"u8, site.Trips.Length, i => Trip(json, site, site.Trips[i]));
    }

    /// <summary>The trip or output that computes a point.</summary>
    public static void WriteOwner(Utf8JsonWriter json, Site site, int point)
    {
        foreach (var trip in site.Trips)
        {
            if (trip.Points.Tripped == point || trip.Points.Inhibited == point)
            {
                json.WriteString("trip"u8, trip.Id);
            }
        }

        foreach (var output in site.Outputs)
        {
            if (output.Points.Safe == point || output.Points.Fault == point)
            {
                json.WriteString("output"u8, output.Id);
            }
        }
    }

    private static void Array(Utf8JsonWriter json, ReadOnlySpan<byte> name, int count, Action<int> item)
    {
        if (count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        for (var i = 0; i < count; i++)
        {
            json.WriteStartObject();
            item(i);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Input(Utf8JsonWriter json, Site site, InputOptions input)
    {
        json.WriteString("id"u8, input.Id);
        json.WriteString("of"u8, site.Points[input.Point].Name);
        if (input.Means != InputMeaning.None)
        {
            json.WriteString("means"u8, Meanings[(int)input.Means]);
        }
    }

    private static void Output(Utf8JsonWriter json, Site site, OutputOptions output)
    {
        json.WriteString("id"u8, output.Id);
        json.WriteString("normal"u8, output.Word(output.NormalEnergised));
        json.WriteString("safe"u8, output.Word(output.SafeEnergised));
        json.WriteString("energised"u8, output.Energised);
        json.WriteStartArray("backstop"u8);
        foreach (var backstop in output.Backstops)
        {
            json.WriteStringValue(Backstops[(int)backstop]);
        }

        json.WriteEndArray();
        if (output.Proof is { } proof)
        {
            json.WriteStartObject("proof"u8);
            json.WriteString(output.Energised, site.Points[proof.EnergisedPoint].Name);
            json.WriteString(output.DeEnergised, site.Points[proof.DeEnergisedPoint].Name);
            json.WriteSeconds("within"u8, proof.Within);
            json.WriteEndObject();
        }
    }

    private static void Trip(Utf8JsonWriter json, Site site, TripOptions trip)
    {
        json.WriteString("id"u8, trip.Id);
        json.WriteString("mode"u8, trip.Armed ? "armed"u8 : "shadow"u8);
        json.WritePropertyName("cause"u8);
        Cause(json, site, trip.Cause);
        json.WriteStartArray("effect"u8);
        foreach (var output in trip.Effect)
        {
            json.WriteStringValue(site.Outputs[output].Id);
        }

        json.WriteEndArray();
        json.WriteString("onBad"u8, trip.OnBad.Kind switch { OnBadKind.TripAfter => "trip-after"u8, OnBadKind.Hold => "hold"u8, _ => "alarm-only"u8 });
        if (trip.OnBad.Kind == OnBadKind.TripAfter)
        {
            json.WriteSeconds("tripAfter"u8, trip.OnBad.After);
        }

        json.WriteSeconds("processSafetyTime"u8, trip.ProcessSafetyTime);
        json.WriteString("reset"u8, trip.ManualReset ? "manual"u8 : "automatic"u8);
    }

    /// <summary>As the site file writes it: a name, or one key with a cause or causes, <c>after</c> beside it in seconds.</summary>
    private static void Cause(Utf8JsonWriter json, Site site, Cause cause)
    {
        if (cause is CauseOf { What: var what })
        {
            json.WriteStringValue(what.IsAlarm ? site.Alarms[what.Index].Id : site.Points[what.Index].Name);
            return;
        }

        json.WriteStartObject();
        switch (cause)
        {
            case CauseNot not:
                json.WritePropertyName("not"u8);
                Cause(json, site, not.Of);
                break;
            case CauseAfter after:
                json.WritePropertyName("of"u8);
                Cause(json, site, after.Of);
                json.WriteSeconds("after"u8, after.Delay);
                break;
            case CauseAny any:
                Several("any", any.Of);
                break;
            case CauseAll all:
                Several("all", all.Of);
                break;
            case CauseVote vote:
                Several(string.Create(CultureInfo.InvariantCulture, $"{vote.Needs}oo{vote.Of.Length}"), vote.Of);
                break;
        }

        json.WriteEndObject();

        void Several(string key, IEnumerable<Cause> causes)
        {
            json.WriteStartArray(key);
            foreach (var each in causes)
            {
                Cause(json, site, each);
            }

            json.WriteEndArray();
        }
    }
}
