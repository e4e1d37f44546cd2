using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Verbs;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Voting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What the local socket answers to those who ask how the voting groups are, before a station that takes each command at once.</summary>
public class GroupHandsTests
{
    private static readonly string[] Ways = ["low", "high", "bad", "bypassed", "substituted"];

    public static TheoryData<string> Votes => ["1oo3", "2oo3", "3oo3", "median", "average"];

    /// <summary>Each member low, high, bad, bypassed or with a value by hand, in every pattern that the rules of bypassing let through.</summary>
    [Theory]
    [MemberData(nameof(Votes))]
    public async Task Whatever_the_members_do_what_is_shown_is_what_follows_from_it(string vote)
    {
        var patterns = from a in Ways from b in Ways from c in Ways select new[] { a, b, c };
        var seen = new HashSet<string>();
        foreach (var pattern in patterns)
        {
            var plant = new Plant(Bars.Group(3, vote));
            var values = pattern.Select((way, i) => way == "bad" ? double.NaN : (way == "high" ? 7 : 5) + (0.1 * i)).ToArray();
            plant.Scan(values);
            var standing = pattern.Select(way => way == "bad" ? "bad" : "votes").ToArray();
            for (var i = 0; i < 3; i++)
            {
                if (pattern[i] is "bypassed" or "substituted" && await plant.SetAsync(pattern[i], i))
                {
                    standing[i] = pattern[i];
                }
            }

            var group = await plant.GroupAsync();
            var members = group.GetProperty("members").EnumerateArray().ToList();
            var voting = Enumerable.Range(0, 3).Where(i => standing[i] == "votes").ToList();
            Assert.Equal(standing, members.Select(m => m.GetProperty("standing").GetString()));
            var rule = plant.Site.Groups[0].InForce(3 - voting.Count);
            Assert.Equal((vote, rule?.ToString() ?? "all-bad"), (group.GetProperty("vote").GetString(), group.GetProperty("inForce").GetString()));
            Assert.Equal(voting.Count < 3, group.TryGetProperty("repairLeft", out _));

            var setpoint = Assert.Single(group.GetProperty("setpoints").EnumerateArray());
            var past = voting.Where(i => values[i] > Bars.High).ToList();
            Assert.Equal(past.Count, setpoint.GetProperty("past").GetInt32());
            Assert.Equal(rule is { Kind: VoteKind.Count } count ? count.Needs : 0, setpoint.TryGetProperty("needs", out var needs) ? needs.GetInt32() : 0);
            Assert.Equal(past, Enumerable.Range(0, 3).Where(i => members[i].GetProperty("past").EnumerateArray().Any(p => p.GetString() == "PAHH-101")));

            Assert.Equal(voting.Count > 0, group.TryGetProperty("value", out var value));
            Assert.True(voting.Count == 0 || (value.GetDouble() >= voting.Min(i => values[i]) && value.GetDouble() <= voting.Max(i => values[i])));
            Assert.Equal(voting.Count > 1, group.TryGetProperty("spread", out var spread));
            Assert.True(voting.Count < 2 || Math.Abs(spread.GetDouble() - (voting.Max(i => values[i]) - voting.Min(i => values[i]))) < 1e-9);
            Assert.Equal(pattern.Select(way => way != "bad"), members.Select(m => m.TryGetProperty("value", out _)));
            seen.UnionWith(standing.Append($"{voting.Count}"));
        }

        Assert.Equal(["0", "1", "2", "3", "bad", "bypassed", "substituted", "votes"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_member_that_is_out_says_until_when_by_whom_and_why_and_one_that_deviates_says_so()
    {
        var plant = new Plant(Bars.Group(3, "2oo3"));
        plant.Scan(7, 5, 5);
        var until = plant.Time.GetUtcNow() + TimeSpan.FromHours(1);
        Assert.True(await plant.SetAsync("bypassed", 1));
        plant.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(
            $$"""
            {"id":"P-101","vote":"2oo3","inForce":"1oo2","repairLeft":258600,"value":6,"unit":"bar","quality":"good","spread":2,"spreadUnit":"bar","setpoints":[{"id":"PAHH-101","kind":"high","setpoint":6.5,"past":1,"needs":1,"state":"normal"}],"members":[{"id":"PT-101A.pressure","value":7,"quality":"good","standing":"votes","deviates":true,"past":["PAHH-101"]},{"id":"PT-101B.pressure","value":5,"quality":"good","standing":"bypassed","until":{{until.ToUnixTimeSeconds()}},"left":3000,"by":"mei","why":"pump test","deviates":false,"past":[]},{"id":"PT-101C.pressure","value":5,"quality":"good","standing":"votes","deviates":true,"past":[]}]}
            """,
            (await plant.GroupAsync()).GetRawText());
    }

    [Fact]
    public async Task Before_its_first_reading_a_member_is_neither_in_nor_out_and_a_repair_in_time_ends_its_clock()
    {
        var plant = new Plant(Bars.Group(2, "1oo2") with { RepairWithin = TimeSpan.FromHours(1) });
        Assert.Equal(("1oo2", "not-yet-read not-yet-read", null), await plant.StandAsync());
        plant.Scan(5);
        Assert.Equal(("1oo2", "votes not-yet-read", null), await plant.StandAsync());
        plant.Scan(5, double.NaN);
        plant.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(("1oo1", "votes bad", 600), await plant.StandAsync());
        plant.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(("1oo1", "votes bad", -600), await plant.StandAsync());
        plant.Scan(5, 5);
        Assert.Equal(("1oo2", "votes votes", null), await plant.StandAsync());
    }

    [Fact]
    public async Task The_table_names_the_vote_in_force_what_it_was_and_each_members_place_in_it()
    {
        var plant = new Plant(Bars.Group(3, "2oo3"));
        plant.Scan(5, 7, double.NaN);
        await plant.SetAsync("substituted", 0);
        plant.Time.Advance(TimeSpan.FromHours(80));
        string[] expected =
        [
            "P-101 | 7 bar, good | 1oo1, degraded from 2oo3; repair overdue for 8:00:00\nPAHH-101 (high 6.5 bar): 1 of 1 needed past it; normal",
            "  PT-101A.pressure | 5.5 bar, uncertain:substituted | no vote: substituted until 2000-01-01 01:00:00 UTC (0:00:00 left), by mei: pump test",
            "  PT-101B.pressure | 7 bar, good | votes, past PAHH-101",
            "  PT-101C.pressure | bad:timeout | no vote: bad",
        ];
        Assert.Equal(expected, GroupRows.Of([await plant.GroupAsync()]).Select(r => $"{r.Id} | {r.Value} | {r.Vote}"));
    }

    [Fact]
    public async Task Nothing_else_is_to_do_with_a_group()
    {
        var answer = await new Plant(Bars.Group(1, "1oo1")).AskAsync("""{"do":"groups.end"}""");
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal("'groups.end' is not something to do here; expected groups.list", answer.GetProperty("error").GetString());
    }

    /// <summary>A group before a real station.</summary>
    private sealed class Plant
    {
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly StationLoop _loop;
        private readonly AllHands _hands;

        public Plant(GroupOptions group)
        {
            Site = GroupSite.Of(group);
            var clock = new FakeStationClock(Time);
            var queue = new RecorderQueue();
            StationLoop? loop = null;
            var commands = new CommandMailbox(() => loop!.RunDue());
            _loop = loop = new StationLoop(Site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
            var desk = new HandsDesk(commands, new TrailFake(), TimeProvider.System);
            _hands = new AllHands(
                ("groups", new GroupHands(Site, loop).AnswerAsync), ("bypass", new BypassHands(Site, loop, desk).AnswerAsync),
                ("substitute", new SubstituteHands(Site, loop, desk).AnswerAsync));
        }

        public Site Site { get; }

        public FakeTimeProvider Time { get; } = new();

        public void Scan(params double[] values)
        {
            var list = _mailbox.Rent();
            list.AddRange(GroupSite.Samples(Time.Monotonic().TotalSeconds, values));
            _mailbox.Post(list);
            _loop.RunDue();
        }

        public async Task<bool> SetAsync(string way, int member)
        {
            var name = Site.Points[member].Name;
            var answer = await AskAsync(way == "bypassed"
                ? $$"""{"do":"bypass.set","group":"P-101","member":"{{name}}","seconds":3600,"why":"pump test"}"""
                : $$"""{"do":"substitute.set","point":"{{name}}","value":"5.5 bar","seconds":3600,"why":"pump test"}""");
            return answer.GetProperty("ok").GetBoolean();
        }

        public async Task<JsonElement> GroupAsync() => Assert.Single((await AskAsync("""{"do":"groups.list"}""")).GetProperty("groups").EnumerateArray());

        public async Task<(string? InForce, string Members, double? RepairLeft)> StandAsync()
        {
            var group = await GroupAsync();
            return (group.GetProperty("inForce").GetString(), string.Join(' ', group.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("standing").GetString())),
                group.TryGetProperty("repairLeft", out var left) ? left.GetDouble() : null);
        }

        public async Task<JsonElement> AskAsync(string request) =>
            JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei"))).AsSpan());
    }
}
