using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Vote;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Spool;
using EdgeNode.UnitTests.Voting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>Bypasses and the clock of a repair, in the loop round the step and across restarts.</summary>
public class KeptBypassTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();
    private Guid _boot = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private TimeSpan _wallOffset;
    private GroupOptions _group = Bars.Group(3, "2oo3") with { RepairWithin = Hour };

    [Fact]
    public void What_becomes_of_a_bypass_is_told_to_the_platform_and_its_end_by_time_to_the_trail()
    {
        var run = Start();
        run.Scan(5, 5, 5);
        Assert.Equal(BypassOutcome.Granted, run.Ask(0, Hour));
        Assert.Equal(BypassOutcome.Granted, run.Ask(1, Hour));
        Assert.Equal(BypassOutcome.TooMany, run.Ask(2, Hour));
        Assert.Equal(BypassOutcome.Ended, run.Ask(1, null));
        Assert.Empty(run.Trail.Entries);
        _time.Advance(Hour);
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
        Assert.Equal(
            [
                "PT-101A.pressure granted mei - pump test", "PT-101B.pressure granted mei - pump test", "PT-101C.pressure refused:too-many mei - pump test",
                "PT-101B.pressure ended mei mei pump test", "PT-101A.pressure expired - mei pump test",
            ],
            run.Events("bypass").Select(Text));
        Assert.Equal("system bypass-expired PT-101A.pressure expired - mei pump test", Assert.Single(run.Trail.Entries.Select(e => $"{e.Who} {e.What} {Text(e.Body)}")));

        static string Text(JsonElement e) =>
            $"{Of(e, "member")} {Of(e, "change")}{(e.TryGetProperty("reason", out var r) ? ":" + r.GetString() : "")} {Of(e, "by")} {Of(e, "grantedBy")} {Of(e, "why")}";

        static string Of(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString()! : "-";
    }

    [Fact]
    public void The_list_after_a_restart_is_the_list_before_and_the_bypass_ends_when_it_would_have()
    {
        var before = Leave();
        _time.Advance(Hour / 2);
        var run = Start();
        run.Loop.RunDue();
        Assert.Equal([before with { Left = Hour / 2 }], run.Loop.Bypasses);
        run.Scan(7, 5, 5);
        run.Scan(7, 7, 5);
        Assert.Equal(1, run.Loop.Counters.AlarmsRaised); // 1oo2 of those left, by B alone
        _time.Advance(Hour / 2);
        run.Scan(7, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
        run.Store.Commit();
        Assert.Empty(Start().Loop.Bypasses);
    }

    [Fact]
    public void Where_the_others_have_failed_since_it_is_not_given_back_by_a_restart()
    {
        Leave();
        var run = Start(load: false);
        run.Scan(7, double.NaN, double.NaN);
        run.Store.Load();
        run.Scan(7, double.NaN, double.NaN);
        Assert.Single(run.Loop.Bypasses);
        Assert.Equal(BypassOutcome.NobodyLeft, Other().Ask(0, Hour)); // which a new one is not granted

        Run Other()
        {
            var run = new Run(_time, new StateStore("/other", _disk), _group, new BootClock(_time, _boot, default));
            run.Scan(7, double.NaN, double.NaN);
            return run;
        }
    }

    [Theory]
    [InlineData(10, 50)]
    [InlineData(-100_000, 59)]
    [InlineData(61, 0)]
    public void After_another_boot_it_goes_on_for_no_longer_than_was_left(int wallMinutes, int leftMinutes)
    {
        Leave();
        _boot = Guid.NewGuid();
        _wallOffset = TimeSpan.FromMinutes(wallMinutes);
        var run = Start();
        run.Scan(5, 5, 5);
        Assert.Equal(leftMinutes == 0 ? [] : [TimeSpan.FromMinutes(leftMinutes)], run.Loop.Bypasses.Select(b => b.Left));
        Assert.Equal(leftMinutes == 0 ? 1 : 0, run.Events("bypass").Count);
        _time.Advance(TimeSpan.FromMinutes(leftMinutes));
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
        Assert.Single(run.Trail.Entries);
    }

    [Law(MaxTest = 100)]
    public void A_bypass_always_ends((byte What, short A)[] steps)
    {
        Leave();
        _time.Advance(TimeSpan.Zero);
        var (run, ran) = (Start(), TimeSpan.Zero);
        foreach (var (what, a) in steps)
        {
            if (what % 3 == 0)
            {
                _wallOffset += TimeSpan.FromHours(a);
            }

            if (what % 3 < 2)
            {
                _boot = Guid.NewGuid();
                run.Store.Commit();
                run = Start();
            }
            else
            {
                var span = TimeSpan.FromSeconds(1 + (Math.Abs((int)a) % 25));
                _time.Advance(span);
                ran += span;
            }

            run.Scan(5, 5, 5);
            Assert.True(ran < Hour || run.Loop.Bypasses.Count == 0, $"after {ran} it still stands");
        }

        _time.Advance(Hour);
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
    }

    [Fact]
    public void What_a_person_says_before_the_store_is_there_counts()
    {
        Leave();
        var run = Start(load: false);
        Assert.Equal(BypassOutcome.Granted, run.Ask(0, 2 * Hour));
        Assert.Equal(BypassOutcome.NotBypassed, run.Ask(1, null));
        run.Store.Load();
        run.Scan(5, 5, 5);
        Assert.Equal(2 * Hour, Assert.Single(run.Loop.Bypasses).Left);

        Leave();
        run = Start(load: false);
        Assert.Equal(BypassOutcome.NotBypassed, run.Ask(0, null));
        run.Store.Load();
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
    }

    [Fact]
    public void What_the_site_file_no_longer_allows_is_not_taken_over_and_is_told()
    {
        Leave();
        _group = _group with { Bypass = new BypassOptions(0, Hour) };
        var run = Start();
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
        Assert.Equal("expired", Assert.Single(run.Events("bypass")).GetProperty("change").GetString());

        Leave(new BypassOptions(2, 8 * Hour), 8 * Hour);
        _group = _group with { Bypass = new BypassOptions(2, Hour) };
        run = Start();
        run.Scan(5, 5, 5);
        Assert.Equal(Hour, Assert.Single(run.Loop.Bypasses).Left);
    }

    [Theory]
    [InlineData("bypass/P-101/GONE.pressure", 41)]
    [InlineData("bypass/P-101/PT-101B.pressure", 3)]
    [InlineData("bypass/P-101/PT-101B.pressure", 41)]
    [InlineData("repair/P-101", 3)]
    [InlineData("repair/P-999", 41)]
    public void What_is_of_another_site_or_cannot_be_read_is_forgotten(string key, int bytes)
    {
        var store = new StateStore("/state", _disk);
        store.Load();
        var value = new byte[bytes];
        value[0] = 1;
        store.Set(key, value);
        store.Commit();
        var run = Start();
        run.Scan(5, 5, 5);
        Assert.Empty(run.Loop.Bypasses);
        Assert.Null(run.Store.Get(key));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_restart_does_not_extend_the_time_for_a_repair(bool boot, bool load)
    {
        var run = Start();
        run.Scan(5, 5, double.NaN);
        _time.Advance(Hour / 2);
        run.Scan(5, 5, double.NaN);
        run.Store.Commit();
        _time.Advance(TimeSpan.FromMinutes(20));
        _boot = boot ? Guid.NewGuid() : _boot;
        run = Start(load);
        run.Scan(5, 5, double.NaN);
        run.Store.Load();
        run.Scan(5, 5, double.NaN);
        Assert.False(run.IsOverdue);
        _time.Advance(TimeSpan.FromMinutes(9));
        run.Scan(5, 5, double.NaN);
        Assert.False(run.IsOverdue);
        _time.Advance(TimeSpan.FromMinutes(1));
        run.Scan(5, 5, double.NaN);
        Assert.True(run.IsOverdue);
    }

    [Fact]
    public void A_repair_that_became_overdue_while_the_gateway_was_down_is_told_at_once_and_one_that_was_done_begins_anew()
    {
        var run = Start();
        run.Scan(5, 5, double.NaN);
        run.Store.Commit();
        _time.Advance(2 * Hour);
        run = Start();
        run.Scan(5, 5, double.NaN);
        Assert.True(run.IsOverdue);
        Assert.Equal(run.Clock.Read().Wall.UnixMicroseconds, run.OverdueSince.UnixMicroseconds);

        var other = Start();
        other.Scan(5, 5, 5);
        Assert.Null(other.Store.Get("repair/P-101"));
        other.Scan(5, 5, double.NaN);
        _time.Advance(Hour - TimeSpan.FromSeconds(1));
        other.Scan(5, 5, double.NaN);
        Assert.False(other.IsOverdue);
    }

    [Fact]
    public void A_repair_that_was_done_before_the_store_is_there_is_forgotten_with_it()
    {
        var run = Start();
        run.Scan(5, 5, double.NaN);
        run.Store.Commit();
        run = Start(load: false);
        run.Scan(5, 5, 5);
        run.Scan(5, 5, double.NaN);
        _time.Advance(Hour / 2);
        run.Store.Load();
        run.Scan(5, 5, double.NaN);
        _time.Advance((Hour / 2) - TimeSpan.FromSeconds(1));
        run.Scan(5, 5, double.NaN);
        Assert.False(run.IsOverdue);
    }

    /// <summary>A run in which A is bypassed.</summary>
    private BypassStatus Leave(BypassOptions? rules = null, TimeSpan? span = null)
    {
        _group = _group with { Bypass = rules ?? _group.Bypass };
        var run = Start();
        run.Scan(5, 5, 5);
        Assert.Equal(BypassOutcome.Granted, run.Ask(0, span ?? Hour));
        run.Store.Commit();
        return Assert.Single(run.Loop.Bypasses);
    }

    private Run Start(bool load = true)
    {
        var run = new Run(_time, new StateStore("/state", _disk), _group, new BootClock(_time, _boot, _wallOffset));
        if (load)
        {
            run.Store.Load();
        }

        return run;
    }

    private sealed class BootClock(FakeTimeProvider time, Guid boot, TimeSpan wallOffset) : IStationClock
    {
        public Guid BootId => boot;

        public ClockReading Read() => new(time.Monotonic(), new SourceTime(
            (time.GetUtcNow() - DateTimeOffset.UnixEpoch + wallOffset).Ticks / TimeSpan.TicksPerMicrosecond, ClockQuality.Synchronised));
    }

    private sealed class Run
    {
        private readonly FakeTimeProvider _time;
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly CommandMailbox _commands = new(() => { });
        private readonly RecorderQueue _queue = new();

        public Run(FakeTimeProvider time, StateStore store, GroupOptions group, IStationClock clock)
        {
            (_time, Store, Clock) = (time, store, clock);
            var site = GroupSite.Of(group, on: 0);
            site = site with { Points = [.. site.Points.Select(p => p with { Stale = TimeSpan.FromDays(10) })] };
            Loop = new StationLoop(site, _mailbox, _queue, new NodeAlarmBoard(_queue, clock, NullLogger.Instance), clock, NullLogger.Instance, store, _commands, Trail);
        }

        public StateStore Store { get; }

        public IStationClock Clock { get; }

        public StationLoop Loop { get; }

        public TrailFake Trail { get; } = new();

        public bool IsOverdue => Overdue.Active;

        public SourceTime OverdueSince => Overdue.Since;

        private AlarmStatus Overdue
        {
            get
            {
                var alarms = new AlarmStatus[Loop.Site.Alarms.Length];
                Loop.CopyAlarms(alarms);
                return alarms[GroupSite.Overdue];
            }
        }

        public void Scan(params double[] values)
        {
            var list = _mailbox.Rent();
            list.AddRange(GroupSite.Samples(_time.Monotonic().TotalSeconds, values));
            _mailbox.Post(list);
            Loop.RunDue();
        }

        public BypassOutcome Ask(int member, TimeSpan? span)
        {
            var reply = _commands.Post(new BypassRequest(0, member, span, "mei", "pump test"))!;
            Loop.RunDue();
            return reply.Result.Outcome;
        }

        public List<JsonElement> Events(string kind)
        {
            var events = new List<JsonElement>();
            while (_queue.TryTakeEvent(out var record))
            {
                if (record.Kind == kind)
                {
                    events.Add(JsonElement.Parse(record.Body.Span));
                }
            }

            return events;
        }
    }
}
