using System.Text.Json;
using EdgeNode.Core;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Verbs;
using EdgeNode.UnitTests.Engine;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Provisioning;

/// <summary><c>simulated: true</c> on a device: what it measures, and what is made of that, says so wherever it is told; nothing else does.</summary>
public sealed class SimulatedDeviceTests
{
    private const string Plc = """
        outputs:
          - { id: P-1, device: PT-101, coil: 5, normal: energised, safe: de-energised, device-watchdog: 10s, backstop: [ device-watchdog ] }
        trips:
          - { id: stop, cause: PAH-101, effect: [ P-1 ], on-bad: { trip-after: 10s }, process-safety-time: 60s, mode: armed }

        """;

    private static readonly string Inlet = File.ReadAllText(Path.Combine(TestFiles.Examples, "protected-inlet.yaml"));
    private static readonly string Simulated = Inlet.Replace("address: 2, profile: keller-series30,", "address: 2, profile: keller-series30, simulated: true,", StringComparison.Ordinal);
    private static readonly Site Site = TestFiles.Load(Simulated);

    [Fact]
    public void Its_points_are_simulated_and_those_that_a_group_computes_of_them_and_no_others()
    {
        var own = Site.Points.Where(p => !p.IsComputed && Site.Devices[p.Device].Id == "PT-101B").Select(p => p.Name);
        Assert.Equal([.. own, "P-101.value", "P-101.spread", "P-101.voting"], Site.Points.Where(p => p.Simulated).Select(p => p.Name));
        Assert.DoesNotContain(TestFiles.Load(Inlet).Points, p => p.Simulated);
        Assert.DoesNotContain(TestFiles.Load(Simulated.Replace("simulated: true", "simulated: false", StringComparison.Ordinal)).Points, p => p.Simulated);
    }

    [Fact]
    public void A_device_of_every_kind_may_be_a_simulator()
    {
        var flow = TestFiles.Load(Inlet.Replace("profile: pulse-meter,", "profile: pulse-meter, simulated: true,", StringComparison.Ordinal));
        Assert.Equal(["FT-101"], flow.Devices.Where(d => d.Simulated).Select(d => d.Id));
        var chip = TestFiles.Load(Inlet.Replace("profile: ads1115-4-20ma,", "profile: ads1115-4-20ma, simulated: true,", StringComparison.Ordinal));
        Assert.Contains("P-101.value", chip.Points.Where(p => p.Simulated).Select(p => p.Name));
        Assert.Contains("'yes' is not true or false", TestFiles.OnlyFault(Simulated.Replace("simulated: true", "simulated: 'yes'", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alarm_is_simulated_when_a_point_is_that_it_or_its_trip_goes_by() =>
        Assert.Equal(
            ["P-101.all-bad", "P-101.degraded", "P-101.deviation", "P-101.repair-overdue", "PAHH-101", "close-inlet.blind", "close-inlet.tripped"],
            Site.Alarms.Where(a => Evidence.IsSimulated(Site, a)).Select(a => a.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Its_event_says_so_and_of_the_evidence_each_point_that_is()
    {
        var body = Body(EventBody.Alarm(Site, Raise(Site)), "alarm");
        Assert.True(body.GetProperty("sim").GetBoolean());
        Assert.Equal(["PT-101B.pressure"], body.GetProperty("before").EnumerateArray().Where(p => p.TryGetProperty("sim", out _)).Select(p => p.GetProperty("point").GetString()));
        Assert.Equal(3, body.GetProperty("before").GetArrayLength());
        Assert.Contains(", good, simulated; past it: ", AlarmWords.Said(body, Site), StringComparison.Ordinal);

        var real = TestFiles.Load(Inlet);
        Assert.DoesNotContain("\"sim\"", Body(EventBody.Alarm(real, Raise(real)), "alarm").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trip_says_of_each_part_of_its_cause_whether_it_is_simulated()
    {
        Assert.Equal([true, false], Marks(Site, "PAHH-101", "FAL-101"));
        Assert.Equal([false, true], Marks(TestFiles.Load(Inlet.Replace("profile: pulse-meter,", "profile: pulse-meter, simulated: true,", StringComparison.Ordinal)), "PAHH-101", "FAL-101"));
    }

    [Fact]
    public void The_retained_state_of_an_alarm_says_so()
    {
        Assert.Equal([true, false], Site.Alarms.Where(a => a.Id is "PAHH-101" or "FAL-101").Select(a => Retained(a).TryGetProperty("sim", out _)));

        static JsonElement Retained(AlarmOptions alarm)
        {
            using var encoder = new SiteEncoder(Site);
            var buffer = new PayloadBuffer();
            encoder.EncodeAlarm(alarm, new AlarmStatus(true, default, 6.7, Quality.Good), buffer);
            return JsonDocument.Parse(buffer.Written).RootElement;
        }
    }

    [Fact]
    public async Task Who_asks_at_the_gateway_is_told()
    {
        var queue = new RecorderQueue();
        var clock = new FakeStationClock(new FakeTimeProvider());
        var mailbox = new CommandMailbox(() => { });
        var loop = new StationLoop(Site, new SampleMailbox(() => { }), queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, mailbox);
        var desk = new HandsDesk(mailbox, new TrailFake(), TimeProvider.System);
        var hands = new AllHands(("alarms", new AlarmHands(Site, loop, desk).AnswerAsync), ("groups", new GroupHands(Site, loop).AnswerAsync), ("trips", new TripHands(Site, loop, desk).AnswerAsync));

        var alarms = (await AskAsync("alarms")).EnumerateArray().Where(a => a.GetProperty("id").GetString() is "PAHH-101" or "FAL-101").ToList();
        Assert.Equal([true, false], alarms.Select(a => a.TryGetProperty("sim", out _)));
        Assert.Contains("bad:not-yet-read, simulated (high 6.5 bar)", AlarmWords.What(alarms[0]), StringComparison.Ordinal);
        Assert.Equal([true, true], Assert.Single((await AskAsync("trips")).EnumerateArray()).GetProperty("leaves").EnumerateArray().Select(l => l.TryGetProperty("sim", out _)));
        var group = Assert.Single((await AskAsync("groups")).EnumerateArray());
        Assert.True(group.TryGetProperty("sim", out _));
        Assert.Equal([false, true, false], group.GetProperty("members").EnumerateArray().Select(m => m.TryGetProperty("sim", out _)));
        Assert.Equal([true, false, true, false], GroupRows.Of([group]).Select(r => r.Value.Contains(", simulated", StringComparison.Ordinal)));

        async Task<JsonElement> AskAsync(string what) =>
            JsonElement.Parse((await hands.AnswerAsync(JsonElement.Parse($$"""{"do":"{{what}}.list"}"""), new HandsPeer(42, 7, "mei"))).AsSpan()).GetProperty(what);
    }

    [Fact]
    public void An_armed_trip_that_goes_by_a_simulated_device_is_hinted_at_where_its_cause_stands()
    {
        var hint = Assert.Single(TestFiles.Parse(Simulated).Hints);
        Assert.Equal(
            "close-inlet: its cause goes by PT-101B, which is simulated, so what that says is not of the plant: it protects nothing there. Write `mode: shadow` at the trip, or take `simulated: true` away once the real device is there.",
            hint.Message);
        Assert.StartsWith("cause: ", Simulated.Split('\n')[hint.Line - 1][(hint.Column - 1)..], StringComparison.Ordinal);
        Assert.Empty(TestFiles.Parse(Simulated.Replace("mode: armed ", "mode: shadow ", StringComparison.Ordinal)).Hints);
        Assert.Empty(TestFiles.Parse(Inlet.Replace("profile: pulse-meter,", "profile: pulse-meter, simulated: true,", StringComparison.Ordinal)).Hints);
    }

    [Fact]
    public void So_is_one_that_moves_nothing_because_its_output_is_at_one()
    {
        var text = TestFiles.Small.Replace("every: 1s\n", "every: 1s\n    simulated: true\n", StringComparison.Ordinal) + Plc;
        var hints = TestFiles.Parse(text).Hints.Select(h => h.Message).ToList();
        Assert.Contains(hints, h => h.StartsWith("stop: its cause goes by PT-101, which is simulated, ", StringComparison.Ordinal));
        Assert.Contains(hints, h => h.StartsWith("stop: its effect is at PT-101, which is simulated, so nothing of the plant moves: ", StringComparison.Ordinal));
        Assert.DoesNotContain(TestFiles.Parse(TestFiles.Small + Plc).Hints, h => h.Message.Contains("simulated", StringComparison.Ordinal));
    }

    /// <summary>PAHH-101 as a real station raises it: two of three members past the setpoint for its delay.</summary>
    private static Core.Evaluate.AlarmTransition Raise(Site site)
    {
        var station = new Station(site, TimeSpan.Zero);
        var raised = new List<Core.Evaluate.AlarmTransition>();
        for (var t = 0; t < 5; t++)
        {
            raised.AddRange(station.Step(At(t), [Sample(t, 7, point: Index("PT-101A.pressure")), Sample(t, 7, point: Index("PT-101B.pressure"))]).Alarms);
        }

        return raised.Single(a => site.Alarms[a.Alarm].Id == "PAHH-101" && a.Active);

        int Index(string name) => site.Points.ToList().FindIndex(p => p.Name == name);
    }

    private static IEnumerable<bool> Marks(Site site, params string[] alarms)
    {
        var told = new TripTransition(0, TripChange.Tripped, TripState.Tripped, default)
        {
            Cause = [.. alarms.Select(id => new TripEvidence(new CauseLeaf(new AlarmCause(true, site.Alarms.ToList().FindIndex(a => a.Id == id)), true, default, true), default, default))],
        };
        return [.. Body(EventBody.Trip(site, told), "trip").GetProperty("cause").EnumerateArray().Select(c => c.TryGetProperty("sim", out _))];
    }

    private static JsonElement Body(EventRecord record, string kind) => JsonElement.Parse(record.Body.Span) is var body && body.TryGetProperty(kind, out var inner) ? inner : body;
}
