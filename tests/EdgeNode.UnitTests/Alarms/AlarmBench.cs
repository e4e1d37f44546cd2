using EdgeNode.Core;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>A station of a few points with alarms on them; point n is <c>P-n.value</c>, and its alarm, if not another, is <c>A-n</c>, high at 6.5.</summary>
internal sealed class AlarmBench
{
    private readonly Station _station;
    private double _now;

    public AlarmBench(params AlarmOptions[] alarms)
    {
        var points = Math.Max(1, alarms.Max(a => Math.Max(a.Point, a.SuppressWhen is { IsAlarm: false } c ? c.Index : 0)) + 1);
        Site = Of([.. Enumerable.Range(0, points).Select(n => Point($"P-{n}.value", stale: 1e6))], alarms);
        _station = new Station(Site, TimeSpan.Zero);
    }

    public Site Site { get; }

    public SiteAlarms Alarms => _station.Alarms;

    /// <summary>An alarm without delays that is neither critical nor latching.</summary>
    public static AlarmOptions High(int n = 0, AlarmPriority priority = AlarmPriority.High) => Alarm(on: 0, point: n) with { Id = $"A-{n}", Priority = priority };

    public AlarmState State(int alarm = 0) => _station.Alarm(alarm).State;

    /// <summary>Reads a point, <paramref name="after"/> seconds after the last step.</summary>
    public List<AlarmTransition> Read(double value, double after = 1, int point = 0, Quality quality = default)
    {
        _now += after;
        return [.. _station.Step(At(_now), [Sample(_now, value, quality, point)]).Alarms];
    }

    /// <summary>Lets time pass.</summary>
    public List<AlarmTransition> Wait(double seconds)
    {
        _now += seconds;
        return [.. _station.Step(At(_now), []).Alarms];
    }

    /// <summary>A person asks for something.</summary>
    public AlarmAnswer Ask(AlarmInput input, int alarm = 0, double? seconds = null, bool oneShot = false) => _station.Step(At(_now), [],
        commands: [new AlarmCommand(alarm, input, "mei") { Time = seconds is { } s ? TimeSpan.FromSeconds(s) : null, OneShot = oneShot }]).Answers.Single();
}
