using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Voting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What the local socket answers to requests about bypasses, before a station that takes each command at once.</summary>
public class BypassHandsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly TrailFake _trail = new();
    private readonly StationLoop _loop;
    private readonly AllHands _hands;

    public BypassHandsTests()
    {
        var site = GroupSite.Of(Bars.Group(3, "2oo3") with { Bypass = new BypassOptions(1, TimeSpan.FromHours(4)) });
        var clock = new FakeStationClock(_time);
        var queue = new RecorderQueue();
        StationLoop? loop = null;
        var commands = new CommandMailbox(() => loop!.RunDue());
        _loop = loop = new StationLoop(site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
        _hands = new AllHands(
            ("alarms", new AlarmHands(site, loop, new HandsDesk(commands, _trail, TimeProvider.System)).AnswerAsync),
            ("bypass", new BypassHands(site, loop, new HandsDesk(commands, _trail, TimeProvider.System)).AnswerAsync));
        Scan(5, 5, 5);
    }

    [Fact]
    public async Task A_bypass_is_granted_listed_and_ended_and_the_trail_says_by_whom_for_how_long_and_why()
    {
        var until = _time.GetUtcNow() + TimeSpan.FromHours(2);
        Assert.Equal($"done: it has no vote in P-101 until {until:u}", await DoAsync("set", "PT-101A.pressure", 7200));
        _time.Advance(TimeSpan.FromMinutes(30));
        var shown = Assert.Single((await AskAsync("""{"do":"bypass.list"}""")).GetProperty("bypasses").EnumerateArray());
        Assert.Equal(
            $$"""{"group":"P-101","member":"PT-101A.pressure","until":{{until.ToUnixTimeSeconds()}},"left":5400,"by":"mei","why":"pump test"}""", shown.GetRawText());
        Assert.Equal("done: its bypass in P-101 has ended", await DoAsync("end", "PT-101A.pressure"));
        Assert.Empty((await AskAsync("""{"do":"bypass.list"}""")).GetProperty("bypasses").EnumerateArray());

        Assert.Equal(["mei bypass-set", "mei bypass-end"], _trail.Entries.Select(e => $"{e.Who} {e.What}"));
        Assert.Equal(
            $$"""{"group":"P-101","member":"PT-101A.pressure","outcome":"done","seconds":7200,"until":{{until.ToUnixTimeSeconds()}},"why":"pump test","uid":7,"pid":42}""",
            _trail.Entries[0].Body.GetRawText());
    }

    [Fact]
    public async Task A_renewal_is_an_act_of_its_own_with_its_own_reason_and_reaches_no_further_than_a_new_one_would()
    {
        await DoAsync("set", "PT-101A.pressure", 3600);
        _time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("refused: P-101 allows 4h at most (bypass: for, in the site file)", await DoAsync("set", "PT-101A.pressure", 4 * 3600 + 1));
        Assert.Contains("'why' is missing", (await AskAsync("""{"do":"bypass.set","group":"P-101","member":"PT-101A.pressure","seconds":60}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromMinutes(10), "pump test"), (Assert.Single(_loop.Bypasses).Left, _loop.Bypasses[0].Why));
        var renewed = await AskAsync("""{"do":"bypass.set","group":"P-101","member":"PT-101A.pressure","seconds":14400,"why":"the spare has not come"}""");
        Assert.True(renewed.GetProperty("ok").GetBoolean());
        Assert.Equal((TimeSpan.FromHours(4), "the spare has not come"), (Assert.Single(_loop.Bypasses).Left, _loop.Bypasses[0].Why));
        Assert.Equal(["done pump test", "refused pump test", "done the spare has not come"], _trail.Entries.Select(e => $"{e.Body.GetProperty("outcome").GetString()} {e.Body.GetProperty("why").GetString()}"));
        _time.Advance(TimeSpan.FromHours(4));
        Scan(5, 5, 5);
        Assert.Empty(_loop.Bypasses);
    }

    [Fact]
    public async Task Without_a_time_it_lasts_as_long_as_the_site_file_allows()
    {
        await DoAsync("set", "PT-101A.pressure");
        Assert.Equal(TimeSpan.FromHours(4), Assert.Single(_loop.Bypasses).Left);
    }

    [Fact]
    public async Task What_is_refused_is_answered_with_why_and_what_helps_and_stands_in_the_trail()
    {
        Assert.Equal("refused: it is not bypassed", await DoAsync("end", "PT-101A.pressure"));
        Assert.Equal("refused: P-101 allows 4h at most (bypass: for, in the site file)", await DoAsync("set", "PT-101A.pressure", 20_000));
        Assert.Equal("refused: it is no member of P-101; expected PT-101A.pressure, PT-101B.pressure, PT-101C.pressure", await DoAsync("set", "PT-101A"));
        Assert.Equal("refused: there is no group P-100; expected P-101", await DoAsync("set", "PT-101A.pressure", group: "P-100"));
        await DoAsync("set", "PT-101A.pressure", 60);
        Assert.Equal(
            "refused: P-101 allows 1 at a time (bypass: at-most, in the site file), and PT-101A.pressure is bypassed; end one first", await DoAsync("set", "PT-101B.pressure", 60));
        await DoAsync("end", "PT-101A.pressure");
        Scan(5, double.NaN, double.NaN);
        Assert.Equal("refused: no member of P-101 with a vote would be left; the others are bad, bypassed or have a value by hand, as groups list shows", await DoAsync("set", "PT-101A.pressure", 60));
        Assert.Equal(
            ["refused not-bypassed", "refused too-long", "refused ", "refused ", "done ", "refused too-many", "done ", "refused nobody-left"],
            _trail.Entries.Select(e => $"{e.Body.GetProperty("outcome").GetString()} {(e.Body.TryGetProperty("reason", out var r) ? r.GetString() : "")}"));
    }

    [Theory]
    [InlineData("""{"do":"bypass.grant"}""", "'bypass.grant' is not something to do here; expected bypass.list, bypass.set, bypass.end")]
    [InlineData("""{"do":"bypass"}""", "'bypass' is not something to do here; expected alarms.list, bypass.list and the like")]
    [InlineData("""{"do":7}""", "'' is not something to do here")]
    [InlineData("""{"do":"bypass.set","group":"P-101","why":"w"}""", "'group' or 'member' is missing")]
    [InlineData("""{"do":"bypass.set","group":"P-101","member":"PT-101A.pressure"}""", "'why' is missing")]
    [InlineData("""{"do":"bypass.set","group":"P-101","member":"PT-101A.pressure","why":"w","seconds":0}""", "'seconds' is no time")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong_and_does_nothing(string request, string said)
    {
        var answer = await AskAsync(request);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Contains(said, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_trail.Entries);
        Assert.Empty(_loop.Bypasses);
    }

    [Fact]
    public async Task Alarms_are_asked_at_the_same_place()
    {
        Assert.Equal(5, (await AskAsync("""{"do":"alarms.list"}""")).GetProperty("alarms").GetArrayLength());
    }

    [Fact]
    public void Commands_of_all_kinds_share_the_mailboxs_limit()
    {
        var mailbox = new CommandMailbox(() => { });
        for (var i = 0; i < CommandMailbox.Limit; i += 2)
        {
            Assert.NotNull(mailbox.Post(new BypassRequest(0, 0, null, "mei", "")));
            Assert.NotNull(mailbox.Post(new Core.Evaluate.AlarmCommand(0, Core.Evaluate.AlarmInput.Acknowledge, "mei")));
        }

        Assert.Null(mailbox.Post(new BypassRequest(0, 0, null, "mei", "")));
    }

    private void Scan(params double[] values)
    {
        var list = _mailbox.Rent();
        list.AddRange(GroupSite.Samples(_time.Monotonic().TotalSeconds, values));
        _mailbox.Post(list);
        _loop.RunDue();
    }

    private async Task<string> DoAsync(string what, string member, int? seconds = null, string group = "P-101")
    {
        var answer = await AskAsync($$"""{"do":"bypass.{{what}}","group":"{{group}}","member":"{{member}}"{{(seconds is null ? "" : $",\"seconds\":{seconds}")}},"why":"pump test"}""");
        var result = Assert.Single(answer.GetProperty("results").EnumerateArray());
        Assert.Equal(result.GetProperty("outcome").GetString() == "done", answer.GetProperty("ok").GetBoolean());
        return $"{result.GetProperty("outcome").GetString()}: {result.GetProperty("said").GetString()}";
    }

    private async Task<JsonElement> AskAsync(string request) => JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei"))).AsSpan());
}
