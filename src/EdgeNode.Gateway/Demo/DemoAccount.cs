using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.Gateway.Demo;

/// <summary>The demo's account: what was recorded against what a separate subscriber counted.</summary>
/// <param name="Readings">Readings that were to be recorded, whatever became of them, and samples that were dropped before.</param>
/// <param name="Delivered">Distinct readings that the subscriber received.</param>
/// <param name="Spooled">Readings still waiting.</param>
/// <param name="Gaps">Gap events that the subscriber received.</param>
/// <param name="Alarms">Alarms raised.</param>
/// <param name="Elapsed">From the start to the end of the drain.</param>
internal sealed record DemoAccount(long Readings, long Delivered, long Spooled, long Gaps, long Alarms, TimeSpan Elapsed)
{
    /// <summary>Neither delivered nor spooled; below zero when more was delivered than there was, which is as wrong.</summary>
    public long Lost => Readings - Delivered - Spooled;

    /// <summary>Nothing more to come: all that was reported has reached the subscriber, and no event waits.</summary>
    public static bool IsClosed(GatewayNode node, TapReport tap) =>
        node.Outbox.Waiting(StreamKind.Telemetry) == 0 && node.Outbox.Waiting(StreamKind.Event) == 0 && tap.Readings >= node.Engine.Counters.Reported;

    public static DemoAccount Of(GatewayNode node, TapReport tap, TimeSpan elapsed)
    {
        var counters = node.Engine.Counters;
        return new DemoAccount(
            counters.Reported + counters.SamplesDropped, tap.Readings, node.Outbox.Waiting(StreamKind.Telemetry), tap.Gaps.Length, counters.AlarmsRaised, elapsed);
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
