using System.Text.Json;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

/// <summary>Events of the front panel.</summary>
public static partial class EventBody
{
    /// <summary>Something happened at the front panel.</summary>
    /// <param name="site">The site.</param>
    /// <param name="told">What.</param>
    /// <param name="away">Of a mains contact: how long the mains were away, where both clocks can say it.</param>
    /// <param name="changes">Of a contact that flaps: how often it has changed since it was told last.</param>
    public static EventRecord Panel(Site site, PanelEvent told, TimeSpan? away = null, int? changes = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(told);
        return Make(Kind(site, told), told.Time, json => WritePanel(json, site, told, away, changes));
    }

    /// <summary>The members of the event, which the audit trail's entries have too.</summary>
    public static void WritePanel(Utf8JsonWriter json, Site site, PanelEvent told, TimeSpan? away = null, int? changes = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(told);
        if (told.Input is { } input)
        {
            json.WriteString("input", site.Inputs[input].Id);
        }

        switch (told.Act)
        {
            case PanelAct.Silence:
                WriteDone(json, told);
                Names(json, "annunciators", told.Silenced.Stilled.Select(a => site.Annunciators[a].Id));
                Names(json, "refused", told.Silenced.Refused.Select(a => site.Annunciators[a].Id));
                break;
            case PanelAct.Maintenance or PanelAct.MaintenanceEnd or PanelAct.MaintenanceOver:
                WriteMaintenance(json, told);
                break;
            case PanelAct.Contact or PanelAct.ContactEnd:
                WriteContact(json, site.Inputs[told.Input!.Value].Means, told.Act == PanelAct.Contact, away);
                if (changes is { } many)
                {
                    json.WriteNumber("changes", many);
                }

                break;
            default:
                json.WriteString("means", site.Inputs[told.Input!.Value].Means.Text());
                json.WriteString("change", told.Act switch
                {
                    PanelAct.LampTestEnd => "released",
                    PanelAct.Stuck => "stuck",
                    PanelAct.Free => "free",
                    _ => "pressed",
                });
                if (told.Act is PanelAct.Acknowledge or PanelAct.Reset)
                {
                    Names(json, "alarms", told.Alarms.Select(a => site.Alarms[a].Id));
                }

                if (!told.Trips.IsEmpty || !told.RefusedTrips.IsEmpty)
                {
                    Names(json, "trips", told.Trips.Select(t => site.Trips[t].Id));
                    Names(json, "refused", told.RefusedTrips.Select(t => site.Trips[t].Id));
                }

                break;
        }
    }

    private static string Kind(Site site, PanelEvent told) => told.Act switch
    {
        PanelAct.Silence => "silence",
        PanelAct.Maintenance or PanelAct.MaintenanceEnd or PanelAct.MaintenanceOver => "maintenance",
        PanelAct.Contact when site.Inputs[told.Input!.Value].Means == InputMeaning.MainsFail => "mains-fail",
        PanelAct.ContactEnd when site.Inputs[told.Input!.Value].Means == InputMeaning.MainsFail => "power-return",
        PanelAct.Contact or PanelAct.ContactEnd => "contact",
        _ => "panel",
    };

    private static void WriteContact(Utf8JsonWriter json, InputMeaning means, bool active, TimeSpan? away)
    {
        if (means != InputMeaning.MainsFail)
        {
            json.WriteString("means", means.Text());
            json.WriteBoolean("active", active);
        }
        else if (!active && away is { } span)
        {
            json.WriteNumber("seconds", Math.Round((decimal)span.TotalSeconds, 3));
        }
    }

    private static void WriteMaintenance(Utf8JsonWriter json, PanelEvent told)
    {
        json.WriteString("change", told.Act switch
        {
            PanelAct.Maintenance when told.Outcome != PanelOutcome.Done => "refused",
            PanelAct.Maintenance when told.Maintenance!.Since == told.At => "begun",
            PanelAct.Maintenance => "moved",
            PanelAct.MaintenanceEnd => "ended",
            _ => "over",
        });
        WriteDone(json, told);
        if (told.Maintenance is not { } span)
        {
            return;
        }

        if (told.Act != PanelAct.Maintenance)
        {
            json.WriteString("begunBy", span.By);
        }

        if (span.Why.Length > 0)
        {
            json.WriteString("why", span.Why);
        }
    }

    private static void WriteDone(Utf8JsonWriter json, PanelEvent told)
    {
        if (told.By.Length > 0)
        {
            json.WriteString("by", told.By);
        }

        if (told.Until is { } until)
        {
            json.WriteNumber("until", Seconds(until.UnixMicroseconds));
        }
    }

    private static void Names(Utf8JsonWriter json, string name, IEnumerable<string> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }
}
