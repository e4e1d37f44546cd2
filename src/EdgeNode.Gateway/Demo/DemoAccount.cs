using System.Globalization;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.Gateway.Demo;

/// <summary>The demo's account: what was recorded against what a separate subscriber counted.</summary>
/// <param name="Readings">Readings that were to be recorded, samples dropped before the step included.</param>
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
    public static bool IsClosed(GatewayEngine engine, IOutbox outbox, TapReport tap) =>
        outbox.Waiting(StreamKind.Telemetry) == 0 && outbox.Waiting(StreamKind.Event) == 0 && tap.Readings >= engine.Counters.Reported;

    public static DemoAccount Of(GatewayEngine engine, IOutbox outbox, TapReport tap, TimeSpan elapsed)
    {
        var counters = engine.Counters;
        return new DemoAccount(
            counters.Reported + counters.SamplesDropped, tap.Readings, outbox.Waiting(StreamKind.Telemetry), tap.Gaps.Length, counters.AlarmsRaised, elapsed);
    }

    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("readings", Readings);
        json.WriteNumber("delivered", Delivered);
        json.WriteNumber("spooled", Spooled);
        json.WriteNumber("lost", Lost);
        json.WriteNumber("gaps", Gaps);
        json.WriteNumber("alarms", Alarms);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 1));
    }

    public void Write() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Readings} readings in {Elapsed.TotalSeconds:0.0} s: {Delivered} delivered, {Spooled} in the spool, {Lost} lost, {Gaps} gaps; {Alarms} alarms raised."));
}
