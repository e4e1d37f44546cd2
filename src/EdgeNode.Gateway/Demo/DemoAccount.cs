using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.Gateway.Demo;

/// <summary>The demo's account: what was recorded against what a separate subscriber counted.</summary>
/// <param name="Readings">Readings that the spool has kept.</param>
/// <param name="Delivered">Distinct readings that the subscriber received.</param>
/// <param name="Spooled">Readings still waiting.</param>
/// <param name="Gaps">Gap events that the subscriber received.</param>
/// <param name="Alarms">Alarms raised.</param>
/// <param name="Elapsed">From the start to the end of the drain.</param>
internal sealed record DemoAccount(long Readings, long Delivered, long Spooled, long Gaps, long Alarms, TimeSpan Elapsed)
{
    /// <summary>Neither delivered nor spooled.</summary>
    public long Lost => Math.Max(0, Readings - Delivered - Spooled);

    public static DemoAccount Of(GatewayEngine engine, IOutbox outbox, TapReport tap, TimeSpan elapsed)
    {
        var counters = engine.Counters;
        return new DemoAccount(
            counters.Recorded, tap.Readings, outbox.Waiting(StreamKind.Telemetry), tap.Gaps.Length, counters.AlarmsRaised, elapsed);
    }

    public void WriteJson() => JsonOutput.Write(json =>
    {
        json.WriteNumber("readings", Readings);
        json.WriteNumber("delivered", Delivered);
        json.WriteNumber("spooled", Spooled);
        json.WriteNumber("lost", Lost);
        json.WriteNumber("gaps", Gaps);
        json.WriteNumber("alarms", Alarms);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 1));
    });

    public void Write() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Readings} readings in {Elapsed.TotalSeconds:0.0} s: {Delivered} delivered, {Spooled} in the spool, {Lost} lost, {Gaps} gaps; {Alarms} alarms raised."));
}
