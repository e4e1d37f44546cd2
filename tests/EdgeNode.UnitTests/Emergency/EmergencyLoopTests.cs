using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Emergency;

/// <summary>The emergency mode and the evidence as events, and the hands on the mode.</summary>
public class EmergencyLoopTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddSeconds(1_795_374_600));
    private readonly FakeRecorder _recorder = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly RecorderQueue _queue = new();
    private readonly Trail _trail = new();
    private readonly StationLoop _loop;
    private readonly RecorderLoop _record;
    private readonly EmergencyHands _hands;

    public EmergencyLoopTests() => (_loop, _record, _hands) = Make(TestSite.Of([TestSite.Point(stale: 1e6)], [TestSite.Alarm(on: 0)]) with
    {
        Emergency = new EmergencyOptions([0], [0], TimeSpan.FromMinutes(15)),
    });

    private IEnumerable<(string Kind, string Body)> Events => _recorder.Events.Select(e => (e.Kind, Encoding.UTF8.GetString(e.Body.Span)));

    [Fact]
    public void An_alarm_is_told_with_its_evidence_then_the_mode_and_later_what_came_after()
    {
        var changes = new List<bool>();
        _loop.EmergencyChanged += changes.Add;
        Read(5);
        Pass(1);
        Read(7);
        for (var i = 0; i < 8; i++)
        {
            Pass(0.5);
            Read(7 + (i * 0.1));
        }

        Pass(900);
        _loop.RunDue();
        _record.RunDue();
        Assert.Equal([true, false], changes);
        Assert.Equal(["alarm", "emergency", "snapshot", "emergency"], Events.Select(e => e.Kind));
        var bodies = Events.Select(e => e.Body).ToArray();
        Assert.EndsWith(
            ""","before":[{"point":"PT-101.pressure","u":"Pa","readings":[{"dt":-1,"v":500000,"q":"good"},{"dt":0,"v":700000,"q":"good"}]}]}""", bodies[0], StringComparison.Ordinal);
        Assert.Equal("""{"mode":"on","why":"alarm","alarm":"PAH-101","until":1795375501}""", bodies[1]);
        Assert.StartsWith("""{"of":"PAH-101","after":[{"point":"PT-101.pressure","u":"Pa","readings":[{"dt":0.5,"v":700000,"q":"good"},{"dt":1,"v":710000,""", bodies[2], StringComparison.Ordinal);
        Assert.Equal("""{"mode":"off","why":"time"}""", bodies[3]);
        Assert.Equal(_recorder.Events[0].Time, _recorder.Events[2].Time);
        Assert.Equal(1_795_375_501_000_000, _recorder.Events[3].Time.UnixMicroseconds);
    }

    [Fact]
    public void A_stop_tells_what_came_after_so_far()
    {
        Read(7);
        Pass(1);
        Read(7, Quality.Bad(Reason.Timeout));
        _loop.LetGo();
        _record.RunDue();
        Assert.Equal("""{"of":"PAH-101","after":[{"point":"PT-101.pressure","u":"Pa","readings":[{"dt":1,"q":"bad:timeout"}]}]}""", Events.Single(e => e.Kind == "snapshot").Body);
    }

    [Fact]
    public async Task A_person_begins_prolongs_and_ends_it_and_the_trail_says_who_how_long_and_why()
    {
        Assert.Equal("done: it is on now", await DoAsync("on", ",\"seconds\":3600,\"why\":\"pump test\""));
        Assert.Equal("nothing: it is on for as long already", await DoAsync("on"));
        Assert.Equal("done: it is on now", await DoAsync("on", ",\"seconds\":86400"));
        Assert.True(_loop.Emergency.On);
        var status = await AskAsync("""{"do":"emergency.status"}""");
        Assert.Equal((true, "mei", "pump test", 1795461000), (status.GetProperty("on").GetBoolean(), status.GetProperty("by").GetString(), status.GetProperty("why").GetString(), status.GetProperty("until").GetInt64()));
        Assert.Equal("done: it is off now", await DoAsync("off", ",\"why\":\"done\""));
        Assert.Equal("nothing: it is off already", await DoAsync("off"));
        Assert.False((await AskAsync("""{"do":"emergency.status"}""")).GetProperty("on").GetBoolean());

        Assert.Equal(
            ["emergency-on done 3600 pump test", "emergency-on nothing 900 ", "emergency-on done 86400 ", "emergency-off done 0 done", "emergency-off nothing 0 "],
            _trail.Entries.Select(e => $"{e.What} {e.Body.GetProperty("outcome").GetString()} {(e.Body.TryGetProperty("seconds", out var s) ? s.GetInt32() : 0)} {(e.Body.TryGetProperty("why", out var w) ? w.GetString() : "")}"));
        Assert.All(_trail.Entries, e => Assert.Equal(("mei", 7, 1000), (e.Who, e.Body.GetProperty("pid").GetInt32(), e.Body.GetProperty("uid").GetInt32())));
        _record.RunDue();
        Assert.Equal(
            ["""{"mode":"on","why":"command","by":"mei","text":"pump test","until":1795378200}""", """{"mode":"off","why":"command","by":"mei","text":"done"}"""],
            Events.Select(e => e.Body));
    }

    [Theory]
    [InlineData("""{"do":"emergency.now"}""", "expected emergency.on, emergency.off, emergency.status")]
    [InlineData("""{"do":"emergency.on","seconds":0}""", "'seconds' is no time")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong_and_does_nothing(string request, string said)
    {
        Assert.Contains(said, (await AskAsync(request)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_trail.Entries);
        Assert.False(_loop.Emergency.On);
    }

    [Fact]
    public async Task What_is_asked_for_longer_than_it_may_last_is_refused_and_stands_in_the_trail()
    {
        Assert.Equal("refused: the emergency mode is on for 24h at most; it can be prolonged", await DoAsync("on", ",\"seconds\":86401,\"why\":\"storm\""));
        Assert.False(_loop.Emergency.On);
        Assert.Equal("""{"outcome":"refused","reason":"too-long","seconds":86401,"why":"storm","uid":1000,"pid":7}""", Assert.Single(_trail.Entries).Body.GetRawText());
    }

    [Fact]
    public async Task Where_the_site_file_has_none_the_command_is_refused_and_stands_in_the_trail()
    {
        var (_, _, hands) = Make(TestSite.Of([TestSite.Point()]));
        var answer = await AskAsync("""{"do":"emergency.on"}""", hands);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Contains("the site file has no 'emergency'", answer.GetProperty("said").GetString(), StringComparison.Ordinal);
        Assert.Equal("refused", Assert.Single(_trail.Entries).Body.GetProperty("outcome").GetString());
    }

    private (StationLoop Loop, RecorderLoop Record, EmergencyHands Hands) Make(Site site)
    {
        var clock = new FakeStationClock(_time);
        StationLoop? loop = null;
        var commands = new CommandMailbox(() => loop!.RunDue());
        loop = new StationLoop(site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
        return (loop, new RecorderLoop(_queue, _recorder, TestSite.Second, _time, NullLogger.Instance), new EmergencyHands(site, loop, new HandsDesk(commands, _trail, TimeProvider.System)));
    }

    private void Read(double value, Quality quality = default)
    {
        var list = _mailbox.Rent();
        list.Add(new RawSample(0, quality.IsBad ? 0 : value, quality, _time.Monotonic()));
        _mailbox.Post(list);
        _loop.RunDue();
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private async Task<string> DoAsync(string what, string more = "")
    {
        var answer = await AskAsync($$"""{"do":"emergency.{{what}}"{{more}}}""");
        return $"{answer.GetProperty("outcome").GetString()}: {answer.GetProperty("said").GetString()}";
    }

    private async Task<JsonElement> AskAsync(string request, EmergencyHands? hands = null) =>
        JsonElement.Parse(await (hands ?? _hands).AnswerAsync(JsonElement.Parse(request), new HandsPeer(7, 1000, "mei")));

    private sealed class Trail : IAudit
    {
        public List<(string Who, string What, JsonElement Body)> Entries { get; } = [];

        public void Add(string who, string what, ReadOnlyMemory<byte> body) => Entries.Add((who, what, JsonElement.Parse(body.Span)));
    }
}
