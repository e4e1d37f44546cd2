using EdgeNode.Core.Act;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Record;

public static partial class EventBody
{
    /// <summary>
    /// Something has happened to an output: <c>change</c> is commanded, proved, fault, fault-gone, held or released; <c>position</c> is what is asked
    /// for, in the plant's word; <c>travel</c> is in seconds.
    /// </summary>
    public static EventRecord Output(Site site, in OutputEvent happened)
    {
        ArgumentNullException.ThrowIfNull(site);
        var e = happened;
        var output = site.Outputs[e.Output];
        return Make("output", e.Time, json =>
        {
            json.WriteString("id", output.Id);
            json.WriteString("change", e.Change.Text());
            json.WriteString("position", output.Word(e.Energised));
            json.WriteBoolean("energised", e.Energised);
            json.WriteBoolean("safe", e.Safe);
            if (e.Travel is { } travel)
            {
                json.WriteNumber("travel", Math.Round(travel.TotalSeconds, 3));
            }

            if (e.Detail is { } detail)
            {
                json.WriteString("detail", detail);
            }

            if (e.By is { } by)
            {
                json.WriteString("by", by);
            }
        });
    }
}
