using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What the local socket answers to requests about values by hand, before a station that takes each command at once; and such values over a restart.</summary>
public class SubstituteHandsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryDisk _disk = new();
    private ValueRange _range = new(0, 10);

    [Fact]
    public async Task A_value_is_put_in_in_any_unit_of_its_quantity_listed_and_taken_out_and_the_trail_says_so()
    {
        var run = Start();
        var until = _time.GetUtcNow() + TimeSpan.FromHours(2);
        Assert.Equal($"done: it is 4.2 bar by hand until {until:u}; no alarm, vote or trip goes by it meanwhile", await run.DoAsync("set", "420 kPa", 7200));
        Assert.Equal(
            $$"""{"point":"PT-101.pressure","value":4.2,"unit":"bar","until":{{until.ToUnixTimeSeconds()}},"left":7200,"by":"mei","why":"sensor away"}""",
            Assert.Single((await run.AskAsync("""{"do":"substitute.list"}""")).GetProperty("substitutes").EnumerateArray()).GetRawText());
        Assert.True(run.Alarm.Active);
        Assert.Equal("uncertain:substituted", run.Reading.Quality.ToString());
        Assert.Equal("done: its readings are those of its device again", await run.DoAsync("end"));
        Assert.False(run.Alarm.Active);
        Assert.Equal(["mei substitute-set", "mei substitute-end"], run.Trail.Entries.Select(e => $"{e.Who} {e.What}"));
        Assert.Equal(
            $$"""{"point":"PT-101.pressure","value":"420 kPa","outcome":"done","seconds":7200,"until":{{until.ToUnixTimeSeconds()}},"why":"sensor away","uid":7,"pid":42}""",
            run.Trail.Entries[0].Body.GetRawText());
        Assert.Equal(
            [
                $$"""{"point":"PT-101.pressure","change":"granted","u":"Pa","v":420000,"by":"mei","why":"sensor away","until":{{until.ToUnixTimeSeconds()}}}""",
                """{"point":"PT-101.pressure","change":"ended","u":"Pa","by":"mei","grantedBy":"mei","why":"sensor away"}""",
            ],
            run.Events().Select(e => e.GetRawText()));
    }

    [Theory]
    [InlineData("4.2", "refused: '4.2' has no unit; expected a number with its unit, for example 6.5 bar; did you mean '4.2 bar'?")]
    [InlineData("4 m", "refused: '4 m' is of the quantity length, but PT-101.pressure measures pressure; expected bar or another unit of pressure")]
    [InlineData("11 bar", "refused: it is outside of the point's range, 0..10 bar")]
    public async Task A_value_that_is_none_is_refused_with_what_is_wrong(string value, string said)
    {
        var run = Start();
        Assert.Equal(said, await run.DoAsync("set", value, 60));
        Assert.Equal("refused", Assert.Single(run.Trail.Entries).Body.GetProperty("outcome").GetString());
        Assert.Empty(run.Loop.Substitutes);
        Assert.False(run.Alarm.Active);
    }

    [Fact]
    public async Task What_else_is_refused_is_answered_with_why()
    {
        var run = Start();
        Assert.Equal("refused: there is no such point; edgenode read --site FILE shows them", await run.DoAsync("set", "1 bar", point: "PT-999.pressure"));
        Assert.Equal("refused: a value by hand stands for 8h at most; it can be put in again", await run.DoAsync("set", "1 bar", 30_000));
        Assert.Equal("refused: its readings are those of its device already", await run.DoAsync("end"));
        Assert.Contains("'why' is missing", (await run.AskAsync("""{"do":"substitute.set","point":"PT-101.pressure","value":"1 bar"}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("'value' is missing", (await run.AskAsync("""{"do":"substitute.set","point":"PT-101.pressure","why":"w"}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("'point' is missing", (await run.AskAsync("""{"do":"substitute.end"}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("expected substitute.list", (await run.AskAsync("""{"do":"substitute.all"}""")).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_shows_no_value_that_was_measured_as_one_by_hand()
    {
        var run = Start();
        run.Read(7);
        Assert.Equal("True 7 good", await ShownAsync());
        await run.DoAsync("set", "4.2 bar");
        Assert.Equal("True  uncertain:substituted", await ShownAsync()); // it holds, and what it was judged by is no value by hand
        await run.DoAsync("end");
        run.Read(7.5);
        Assert.Equal("True 7.5 good", await ShownAsync());

        async Task<string> ShownAsync()
        {
            var alarm = Assert.Single((await run.AskAsync("""{"do":"alarms.list"}""")).GetProperty("alarms").EnumerateArray());
            return $"{alarm.GetProperty("active")} {(alarm.TryGetProperty("value", out var value) ? value : "")} {alarm.GetProperty("quality")}";
        }
    }

    [Fact]
    public async Task It_goes_on_over_a_restart_and_ends_when_it_would_have()
    {
        var run = Start();
        await run.DoAsync("set", "4 bar");
        run.Store.Commit();
        _time.Advance(TimeSpan.FromMinutes(40));
        run = Start();
        run.Loop.RunDue();
        Assert.Equal((4, TimeSpan.FromMinutes(20)), Assert.Single(run.Loop.Substitutes.Select(s => ((int)s.Value, s.Left))));
        Assert.True(run.Alarm.Active);
        run.Read(9);
        Assert.Equal((4, "uncertain:substituted"), (run.Reading.Value, run.Reading.Quality.ToString()));
        _time.Advance(TimeSpan.FromMinutes(20));
        run.Read(9);
        Assert.Equal((9, "good"), (run.Reading.Value, run.Reading.Quality.ToString()));
        Assert.False(run.Alarm.Active);
        Assert.Equal("system substitute-expired", Assert.Single(run.Trail.Entries.Select(e => $"{e.Who} {e.What}")));
        run.Store.Commit();
        run = Start();
        run.Loop.RunDue();
        Assert.Empty(run.Loop.Substitutes);
    }

    [Fact]
    public async Task What_the_site_file_no_longer_allows_is_not_taken_over_and_is_told()
    {
        var run = Start();
        await run.DoAsync("set", "4 bar");
        run.Store.Commit();
        _range = new ValueRange(0, 3);
        run = Start();
        run.Read(1);
        Assert.Empty(run.Loop.Substitutes);
        Assert.Equal("expired", Assert.Single(run.Events()).GetProperty("change").GetString());
        Assert.Null(run.Store.Get("substitute/PT-101.pressure"));
    }

    [Theory]
    [InlineData("substitute/PT-101.pressure", 3)]
    [InlineData("substitute/PT-999.pressure", 60)]
    public void What_is_of_another_site_or_cannot_be_read_is_forgotten(string key, int bytes)
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        var value = new byte[bytes];
        value[0] = 1;
        store.Set(key, value);
        store.Commit();
        var run = Start();
        run.Read(1);
        Assert.Empty(run.Loop.Substitutes);
        Assert.Null(run.Store.Get(key));
    }

    private Run Start()
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        return new Run(_time, store, _range);
    }

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly RecorderQueue _queue = new();
        private readonly AllHands _hands;

        public Run(FakeTimeProvider time, StateStore store, ValueRange range)
        {
            (_time, Store) = (time, store);
            var clock = new FakeStationClock(time);
            var site = TestSite.Of([TestSite.Point(range: range, stale: 1e6)], [TestSite.Alarm(on: 0)]);
            StationLoop? loop = null;
            var commands = new CommandMailbox(() => loop!.RunDue());
            Loop = loop = new StationLoop(site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store, commands, Trail);
            var desk = new HandsDesk(commands, Trail, TimeProvider.System);
            _hands = new AllHands(("substitute", new SubstituteHands(site, loop, desk).AnswerAsync), ("alarms", new AlarmHands(site, loop, desk).AnswerAsync));
        }

        public StateStore Store { get; }

        public StationLoop Loop { get; }

        public TrailFake Trail { get; } = new();

        public NodeAlarmStatus Alarm
        {
            get
            {
                var alarms = new NodeAlarmStatus[NodeAlarmIds.Count];
                Loop.CopyNodeAlarms(alarms);
                return alarms[(int)NodeAlarm.Substituted];
            }
        }

        public Reading Reading
        {
            get
            {
                var readings = new Reading[1];
                Loop.CopyReadings(readings);
                return readings[0];
            }
        }

        public void Read(double value)
        {
            var list = _mailbox.Rent();
            list.Add(TestSite.Sample(_time.Monotonic().TotalSeconds, value));
            _mailbox.Post(list);
            Loop.RunDue();
        }

        public List<JsonElement> Events()
        {
            var events = new List<JsonElement>();
            while (_queue.TryTakeEvent(out var record))
            {
                if (record.Kind == "substitution")
                {
                    events.Add(JsonElement.Parse(record.Body.Span));
                }
            }

            return events;
        }

        public async Task<string> DoAsync(string what, string? value = null, int? seconds = null, string point = "PT-101.pressure")
        {
            var answer = await AskAsync(
                $$"""{"do":"substitute.{{what}}","point":"{{point}}"{{(value is null ? "" : $",\"value\":\"{value}\"")}}{{(seconds is null ? "" : $",\"seconds\":{seconds}")}},"why":"sensor away"}""");
            var result = Assert.Single(answer.GetProperty("results").EnumerateArray());
            return $"{result.GetProperty("outcome").GetString()}: {result.GetProperty("said").GetString()}";
        }

        public async Task<JsonElement> AskAsync(string request) =>
            JsonElement.Parse((await _hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei"))).AsSpan());
    }
}
