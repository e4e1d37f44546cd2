using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Trips;

/// <summary>What the local socket answers to requests about trips, before a station that takes each command at once.</summary>
public class TripHandsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly TrailFake _trail = new();
    private readonly StationLoop _loop;
    private readonly TripHands _hands;

    public TripHandsTests()
        : this(
            TripBench.Trip(new CauseAny([TripBench.Contact(0), new CauseOf(TripBench.High)])),
            TripBench.Trip(TripBench.Contact(1)) with { InhibitAtMost = TimeSpan.Zero, Permissive = TripBench.Contact(2), ProofTestDue = new DateOnly(2027, 5, 1) })
    {
    }

    private TripHandsTests(params TripOptions[] trips)
    {
        var site = TripBench.Of(trips);
        var clock = new FakeStationClock(_time);
        var queue = new RecorderQueue();
        StationLoop? loop = null;
        var commands = new CommandMailbox(() => loop!.RunDue());
        _loop = loop = new StationLoop(site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands);
        _hands = new TripHands(site, loop, new HandsDesk(commands, _trail, TimeProvider.System));
    }

    [Fact]
    public async Task A_reset_says_why_not_or_that_it_is_ready()
    {
        Assert.Equal("refused: nobody can tell whether its cause stands: S-0.state is unknown, PAHH is unknown", await DoAsync("reset"));
        Scan(1);
        Assert.Equal("refused: its cause stands: S-0.state is true", await DoAsync("reset"));
        Scan(0);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal("refused: its cause has gone, and must have been gone for 5 s; 4 s more", await DoAsync("reset"));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("done: it is ready", await DoAsync("reset"));
        Assert.Equal("nothing: there is nothing to reset", await DoAsync("reset"));
        Assert.Equal("refused: its permissive is not true, or about to go: S-2.state", await DoAsync("reset", "close-inlet-1"));
        Assert.Equal("refused: there is no such trip; trips list shows them", await DoAsync("reset", "XV-9"));
        Assert.Equal("refused: it is an alarm; alarms reset PAHH releases its latch, and trips list shows the trips", await DoAsync("reset", "PAHH"));
        Assert.Equal("refused: it is an output; outputs reset XV-0 ends a hold of its own, and what trips it is reset by name: close-inlet, close-inlet-1", await DoAsync("reset", "XV-0"));
        Assert.Equal(
            ["refused cause-unknown", "refused cause-stands", "refused not-settled", "done ", "nothing ", "refused not-permitted", "refused ", "refused ", "refused "],
            _trail.Entries.Select(e => $"{e.Body.GetProperty("outcome").GetString()} {(e.Body.TryGetProperty("reason", out var r) ? r.GetString() : "")}"));
        Assert.All(_trail.Entries, e => Assert.Equal(("mei", "trip-reset"), (e.Who, e.What)));
    }

    [Fact]
    public async Task What_is_pending_is_named_and_refused()
    {
        Scan(0, pressure: 7);
        Assert.Equal("refused: its cause may be coming: a delay of PAHH runs", await DoAsync("reset"));
        var trips = (await AskAsync("""{"do":"trips.list"}""")).GetProperty("trips").EnumerateArray().ToList();
        Assert.Equal((true, false), (trips[0].GetProperty("pending").GetBoolean(), trips[1].GetProperty("pending").GetBoolean()));
        Assert.Equal(["S-0.state false False", "PAHH false True"], trips[0].GetProperty("leaves").EnumerateArray().Select(l => $"{Text(l, "of")} {Text(l, "is")} {l.GetProperty("pending")}"));
        Assert.False(trips[0].TryGetProperty("settledAt", out _));
        Assert.Equal("cause-pending", _trail.Entries.Single().Body.GetProperty("reason").GetString());
        Scan(0);
        Assert.StartsWith("refused: its cause has gone, and must have been gone for 5 s; 5 s more", await DoAsync("reset"), StringComparison.Ordinal);
        trips = [.. (await AskAsync("""{"do":"trips.list"}""")).GetProperty("trips").EnumerateArray()];
        Assert.Equal((false, true), (trips[0].GetProperty("pending").GetBoolean(), trips[0].TryGetProperty("settledAt", out _)));
    }

    [Fact]
    public async Task An_after_that_counts_is_said_to()
    {
        var bench = new TripHandsTests(TripBench.Trip(new CauseAfter(TimeSpan.FromSeconds(30), TripBench.Contact(0))));
        bench.Scan(1);
        Assert.Equal("refused: its cause may be coming: an after counts: S-0.state is true", await bench.DoAsync("reset"));
    }

    [Fact]
    public async Task All_that_stand_are_reset_with_one_request()
    {
        Scan(0);
        _time.Advance(TimeSpan.FromSeconds(10));
        var answer = await AskAsync("""{"do":"trips.reset","all":true}""");
        Assert.Equal(["close-inlet done", "close-inlet-1 refused"], answer.GetProperty("results").EnumerateArray().Select(r => $"{r.GetProperty("id")} {r.GetProperty("outcome")}"));
        Assert.False(answer.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_reset_of_all_that_finds_none_to_reset_stands_in_the_trail()
    {
        Scan(0, permissive: 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await AskAsync("""{"do":"trips.reset","all":true}""")).GetProperty("results").GetArrayLength());
        _trail.Entries.Clear();
        Assert.Empty((await AskAsync("""{"do":"trips.reset","all":true}""")).GetProperty("results").EnumerateArray());
        var entry = Assert.Single(_trail.Entries);
        Assert.Equal(("mei", "trip-reset", true, "nothing"), (entry.Who, entry.What, entry.Body.GetProperty("all").GetBoolean(), entry.Body.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Inhibit_test_and_the_trip_by_hand_say_what_they_mean()
    {
        await ReadyAsync();
        var until = _time.GetUtcNow() + TimeSpan.FromMinutes(10);
        Assert.Equal($"done: it is inhibited and does not protect until {until:u}", await DoAsync("inhibit", seconds: 600));
        Scan(1);
        Assert.Equal("nothing: there is nothing to reset", await DoAsync("reset"));
        Assert.Equal("done: it is tripped; it stands until it is reset", await DoAsync("trip"));
        Assert.Equal("done: it is released while it is inhibited; when that ends before its cause has been gone for the settle time it trips at once", await DoAsync("reset"));
        Assert.Equal("done: it is armed again, and tripped", await DoAsync("end-inhibit"));
        Assert.Equal("refused: it is tripped, and a test begins with a trip that is ready; reset it first", await DoAsync("test"));
        Assert.Equal("refused: it is not inhibited", await DoAsync("end-inhibit"));
        Assert.Equal("refused: it is not in test", await DoAsync("end-test"));
        Assert.Equal("refused: the site file allows 1h at most (inhibit-at-most)", await DoAsync("inhibit", seconds: 3601));
        Assert.Equal("refused: the site file allows no inhibit of it (inhibit-at-most)", await DoAsync("inhibit", "close-inlet-1"));
        await ReadyAsync();
        Assert.StartsWith("done: it is in test and leaves XV-0 alone until ", await DoAsync("test"), StringComparison.Ordinal);
        Assert.Equal("done: it is tripped; it stands until it is reset; its test is over", await DoAsync("trip"));
    }

    [Fact]
    public async Task A_trip_by_hand_whose_cause_is_away_is_said_to_be_tripped_all_the_same()
    {
        await ReadyAsync();
        Assert.Equal("done: it is tripped; it stands until it is reset", await DoAsync("trip"));
    }

    [Fact]
    public async Task The_list_shows_each_part_of_the_cause_and_what_keeps_the_trip_from_acting()
    {
        await ReadyAsync();
        await DoAsync("inhibit", seconds: 600);
        Scan(1);
        var trips = (await AskAsync("""{"do":"trips.list"}""")).GetProperty("trips").EnumerateArray().ToList();
        Assert.Equal(2, trips.Count);
        Assert.Equal(("tripped", "armed", false, "true"), (Text(trips[0], "state"), Text(trips[0], "mode"), trips[0].GetProperty("acts").GetBoolean(), Text(trips[0], "cause")));
        Assert.Equal(["S-0.state true", "PAHH false"], trips[0].GetProperty("leaves").EnumerateArray().Select(l => $"{Text(l, "of")} {Text(l, "is")}"));
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds() + 600, trips[0].GetProperty("inhibitedUntil").GetInt64());
        Assert.Equal(("2027-05-01", false), (Text(trips[1], "proofTestDue"), trips[1].GetProperty("proofTestOverdue").GetBoolean()));
        Assert.Equal(["XV-0"], trips[1].GetProperty("effect").EnumerateArray().Select(e => e.GetString()!));
    }

    [Theory]
    [InlineData("""{"do":"trips.arm"}""", "'trips.arm' is not something to do here; expected trips.list, trips.reset, trips.inhibit, trips.end-inhibit, trips.trip, trips.test, trips.end-test")]
    [InlineData("""{"do":"trips.keep","ids":["close-inlet"]}""", "'trips.keep' is not something to do here")]
    [InlineData("""{"do":"trips.reset"}""", "'ids' is missing")]
    [InlineData("""{"do":"trips.inhibit","all":true,"why":"w"}""", "'ids' is missing")]
    [InlineData("""{"do":"trips.inhibit","ids":["close-inlet"]}""", "'why' is missing; an inhibit needs a reason")]
    [InlineData("""{"do":"trips.trip","ids":["close-inlet"],"why":""}""", "'why' is missing; a trip by hand needs a reason")]
    [InlineData("""{"do":"trips.test","ids":["close-inlet"],"why":"w","seconds":-1}""", "'seconds' is no time")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong_and_does_nothing(string request, string said)
    {
        var answer = await AskAsync(request);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Contains(said, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(_trail.Entries);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private async Task ReadyAsync()
    {
        Scan(0);
        _time.Advance(TimeSpan.FromSeconds(10));
        await DoAsync("reset");
    }

    /// <summary>The contacts S-0 and S-2, and the pressure; all else is at rest.</summary>
    private void Scan(double contact, double permissive = 0, double pressure = 0)
    {
        var list = _mailbox.Rent();
        list.AddRange(Enumerable.Range(0, 4)
            .Select(p => new RawSample(p, p switch { 0 => contact, 2 => permissive, TripBench.Pressure => pressure, _ => 0 }, default, _time.Monotonic())));
        _mailbox.Post(list);
        _loop.RunDue();
    }

    private async Task<string> DoAsync(string what, string trip = "close-inlet", int? seconds = null)
    {
        var answer = await AskAsync($$"""{"do":"trips.{{what}}","ids":["{{trip}}"]{{(seconds is null ? "" : $",\"seconds\":{seconds}")}},"why":"proof test"}""");
        var result = Assert.Single(answer.GetProperty("results").EnumerateArray());
        return $"{result.GetProperty("outcome").GetString()}: {result.GetProperty("said").GetString()}";
    }

    private async Task<JsonElement> AskAsync(string request) => JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei"))).AsSpan());
}
