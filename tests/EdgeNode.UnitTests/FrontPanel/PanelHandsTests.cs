using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Gateway.Hands;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>What the local socket answers to requests about the front panel.</summary>
public class PanelHandsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PanelRun _run;
    private readonly PanelHands _hands;

    public PanelHandsTests()
    {
        var site = PanelBench.Make([PanelBench.High(0, AlarmPriority.Critical)], InputMeaning.Maintenance);
        _run = new PanelRun(_time, new StateStore("/state", new MemoryDisk()), site, new PanelRun.BootClock(_time, Guid.NewGuid(), default));
        _run.Store.Load();
        _hands = new PanelHands(site, _run.Loop, new HandsDesk(_run.Commands, _run.Trail, TimeProvider.System));
        _run.Read(0, 1);
    }

    [Fact]
    public async Task A_silence_says_which_sirens_are_still_and_which_may_not_be()
    {
        Assert.Equal("True", await DoAsync("""{"do":"panel.silence"}""")); // and no results: nothing sounds
        _run.Read(0, 7);
        Assert.Equal(
            "True SIREN done: it is still until the next alarm, and for 15 min at most; alarms ack stills it for good BELL refused: it may not be silenced (silence: allowed, in the site file); alarms ack stills it",
            await DoAsync("""{"do":"panel.silence"}"""));
        Assert.Equal("True SIREN nothing: it does not sound", await DoAsync("""{"do":"panel.silence","ids":["SIREN"]}"""));
        Assert.Equal("False LAMP refused: a lamp is not silenced; it goes by its alarms", await DoAsync("""{"do":"panel.silence","ids":["LAMP"]}"""));
        Assert.Equal("False HORN refused: there is no such annunciator; expected SIREN, BELL, LAMP", await DoAsync("""{"do":"panel.silence","ids":["HORN"]}"""));
        Assert.Equal(
            [
                """mei silence {"outcome":"nothing","annunciators":[],"refused":[],"uid":7,"pid":42}""",
                """mei silence {"outcome":"done","annunciators":["SIREN"],"refused":["BELL"],"uid":7,"pid":42}""",
                """mei silence {"outcome":"nothing","annunciators":[],"refused":[],"uid":7,"pid":42}""",
                """mei silence {"outcome":"not-allowed","annunciators":[],"refused":["LAMP"],"uid":7,"pid":42}""",
                """mei silence {"outcome":"refused","annunciator":"HORN","uid":7,"pid":42}""",
            ],
            _run.Entries);
    }

    [Fact]
    public async Task Maintenance_begins_is_shown_and_ends()
    {
        var until = _time.GetUtcNow() + TimeSpan.FromHours(1);
        Assert.Equal(
            $"True maintenance done: what is measured is marked until {until:u}; alarms and trips work on",
            await DoAsync("""{"do":"panel.maintenance-on","seconds":3600,"why":"new seal"}"""));
        var shown = (await AskAsync("""{"do":"panel.list"}""")).GetProperty("maintenance");
        Assert.Equal($$"""{"until":{{until.ToUnixTimeSeconds()}},"left":3600,"by":"mei","why":"new seal"}""", shown.GetRawText());
        Assert.Equal("True maintenance done: it has ended", await DoAsync("""{"do":"panel.maintenance-off"}"""));
        Assert.Equal("True maintenance nothing: there is none", await DoAsync("""{"do":"panel.maintenance-off"}"""));
        Assert.False((await AskAsync("""{"do":"panel.list"}""")).TryGetProperty("maintenance", out _));
        Assert.Equal(
            "False maintenance refused: the site allows 2h at most (maintenance: for, in the site file)",
            await DoAsync("""{"do":"panel.maintenance-on","seconds":7201,"why":"w"}"""));
        Assert.Equal(
            [
                $$"""mei maintenance-on {"outcome":"done","seconds":3600,"until":{{until.ToUnixTimeSeconds()}},"why":"new seal","uid":7,"pid":42}""",
                """mei maintenance-off {"outcome":"done","uid":7,"pid":42}""",
                """mei maintenance-off {"outcome":"nothing","uid":7,"pid":42}""",
                """mei maintenance-on {"outcome":"refused","reason":"too-long","seconds":7201,"why":"w","uid":7,"pid":42}""",
            ],
            _run.Entries);
    }

    [Fact]
    public async Task The_end_of_the_command_s_maintenance_says_which_key_keeps_its_own()
    {
        _run.Contact(0, false);
        _run.Contact(0, true);
        var until = _time.GetUtcNow() + TimeSpan.FromHours(2);
        await DoAsync("""{"do":"panel.maintenance-on","seconds":60,"why":"new seal"}""");
        Assert.Equal($"True maintenance done: it has ended; that of panel HS-0 goes on until {until:u}", await DoAsync("""{"do":"panel.maintenance-off"}"""));
        Assert.Equal(
            $"True maintenance nothing: there is none that this command began; that of panel HS-0 goes on until {until:u}", await DoAsync("""{"do":"panel.maintenance-off"}"""));
    }

    [Theory]
    [InlineData("""{"do":"panel.reset"}""", "'panel.reset' is not something to do here; expected panel.list, panel.silence")]
    [InlineData("""{"do":"panel.silence","ids":[]}""", "'ids' is no list of annunciators")]
    [InlineData("""{"do":"panel.silence","ids":[7]}""", "'ids' is no list of annunciators")]
    [InlineData("""{"do":"panel.maintenance-on","seconds":60}""", "'why' is missing")]
    [InlineData("""{"do":"panel.maintenance-on","seconds":-1,"why":"w"}""", "'seconds' is no time")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong_and_does_nothing(string request, string said)
    {
        var answer = await AskAsync(request);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Contains(said, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_run.Trail.Entries);
    }

    private async Task<string> DoAsync(string request)
    {
        var answer = await AskAsync(request);
        return string.Join(' ', answer.GetProperty("results").EnumerateArray()
            .Select(r => $"{r.GetProperty("id").GetString()} {r.GetProperty("outcome").GetString()}: {r.GetProperty("said").GetString()}")
            .Prepend(answer.GetProperty("ok").GetBoolean().ToString()));
    }

    private async Task<JsonElement> AskAsync(string request) =>
        JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei"))).AsSpan());
}
