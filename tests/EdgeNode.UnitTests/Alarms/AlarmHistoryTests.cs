using System.Text;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Engine;
using EdgeNode.Gateway.Verbs;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.CoreLaws;
using EdgeNode.UnitTests.Engine;
using EdgeNode.UnitTests.Spool;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>What <c>alarms history</c> and <c>alarms performance</c> make of the events that were kept.</summary>
public class AlarmHistoryTests
{
    private const long Hour = 3_600_000_000;

    private readonly List<QueuedEvent> _events = [];

    [Fact]
    public void What_comes_up_set_aside_counts_once_it_is_announced_and_not_before()
    {
        Told(0, "A", AlarmInput.Raise, AlarmState.Unacknowledged);
        Told(1, "B", AlarmInput.Raise, AlarmState.Shelved);
        Told(2, "C", AlarmInput.Raise, AlarmState.SuppressedByDesign);
        Told(3, "D", AlarmInput.Raise, AlarmState.OutOfService);
        Assert.Equal(1, Figures(0, 4).Announced);
        Told(4, "B", AlarmInput.Unshelve, AlarmState.Unacknowledged);
        Told(4.1, "A", AlarmInput.Acknowledge, AlarmState.Acknowledged);
        Told(4.2, "A", AlarmInput.ReAlarm, AlarmState.Unacknowledged);
        Told(4.3, "D", AlarmInput.ReturnToService, AlarmState.LatchedUnacknowledged, active: false);
        Told(4.4, "C", AlarmInput.Unsuppress, AlarmState.Normal, active: false);
        Told(4.5, "A", AlarmInput.Shelve, AlarmState.Shelved);
        var figures = Figures(0, 5);
        Assert.Equal((4, 4 / 30.0), (figures.Announced, figures.PerTenMinutes));
        Assert.Equal(4, figures.Priorities["critical"]);
        Assert.Equal(1, Figures(4.15, 4.25).Announced);
    }

    [Fact]
    public void An_event_of_before_there_were_states_counts_as_it_came_up()
    {
        Add(1, """{"id":"A","state":"raised","priority":"low"}""");
        Add(2, """{"id":"A","state":"cleared","priority":"low"}""");
        Add(3, """{"id":"NODE-SPOOL-DISK","state":"raised","priority":"high"}""");
        Assert.Equal((1, 1), (Figures(0, 4).Announced, Figures(0, 4).Priorities["low"]));
    }

    [Fact]
    public void A_clear_that_was_lost_makes_no_alarm_stand_for_ever()
    {
        foreach (var how in new[] { "raised again", "told at rest", "kept at rest", "not at all" })
        {
            _events.Clear();
            Told(0, "A", AlarmInput.Raise, AlarmState.Unacknowledged);
            Told(1, "B", AlarmInput.Raise, AlarmState.Unacknowledged);
            if (how == "raised again")
            {
                Told(50, "A", AlarmInput.Raise, AlarmState.Unacknowledged);
                Told(51, "A", AlarmInput.Clear, AlarmState.ReturnedUnacknowledged, active: false);
            }

            if (how == "told at rest")
                Told(50, "A", AlarmInput.Acknowledge, AlarmState.Normal, active: false);
            var record = AlarmHistory.Pair(_events, 0, how == "kept at rest" ? new HashSet<string> { "B" } : how == "not at all" ? new HashSet<string> { "A", "B" } : null);
            var lost = how != "not at all";
            Assert.Equal((lost, !lost, null), (record.Occurrences[0].EndLost, record.Occurrences[0].IsUp, record.Occurrences[0].Cleared));
            Assert.True(record.Occurrences[1] is { EndLost: false, IsUp: true });
            Assert.Equal(lost ? new[] { "B" } : ["A", "B"], PerformanceStretch.Of(record, 0, 60 * Hour).Stale);
            Assert.Equal(0, PerformanceStretch.Of(record, 0, 60 * Hour).Fleeting);
        }
    }

    [Fact]
    public void What_the_node_keeps_of_alarms_says_nothing_of_its_own_faults()
    {
        Add(1, """{"id":"NODE-SPOOL-DISK","state":"raised","priority":"high"}""");
        Assert.True(AlarmHistory.Pair(_events, 0, new HashSet<string>()).Occurrences.Single().IsUp);
    }

    [Fact]
    public void What_is_set_aside_is_not_stale_and_what_came_back_is()
    {
        Told(0, "A", AlarmInput.Raise, AlarmState.OutOfService);
        Told(0, "B", AlarmInput.Raise, AlarmState.Unacknowledged);
        Told(1, "B", AlarmInput.Shelve, AlarmState.Shelved);
        Assert.Empty(Figures(0, 48).Stale);
        Told(9, "B", AlarmInput.Unshelve, AlarmState.Unacknowledged);
        Assert.Equal(["B"], Figures(0, 48).Stale);
    }

    [Fact]
    public void A_clear_is_paired_with_its_raise_and_one_alone_is_kept()
    {
        Told(0, "B", AlarmInput.Clear, AlarmState.Normal, active: false);
        Told(1, "A", AlarmInput.Raise, AlarmState.Unacknowledged);
        Told(2, "A", AlarmInput.ClearLatching, AlarmState.LatchedUnacknowledged, active: false);
        Told(3, "A", AlarmInput.Acknowledge, AlarmState.LatchedAcknowledged, active: false);
        Assert.Equal(
            [("B", null, 0L, false), ("A", Hour, 2 * Hour, false)],
            AlarmHistory.Pair(_events, 0, null).Occurrences.Select(o => (o.Id, o.Raised?.UnixMicroseconds, o.Cleared!.Value.UnixMicroseconds, o.EndLost)));
    }

    [Theory]
    [InlineData(0, 1000L, 24, 976.0, 1000.0)] // longer than was asked for
    [InlineData(990, 1000L, 24, 990.0, 1000.0)] // it begins later
    [InlineData(0, 980L, 24, 976.0, 980.0)] // the node has stood still since
    [InlineData(0, 3000L, 24, 976.0, 1000.0)] // written by a clock of its own
    [InlineData(0, null, 24, 976.0, 1000.0)] // nobody knows when it was written
    [InlineData(0, 970L, 24, null, null)]
    [InlineData(1000, 1000L, 24, null, null)]
    public void The_stretch_is_what_the_history_covers_of_what_was_asked_for(int begins, long? written, int asked, double? from, double? to)
    {
        var covered = PerformanceStretch.Covered(new AlarmRecord([], [], begins * Hour), written * Hour, 1000 * Hour, TimeSpan.FromHours(asked));
        Assert.Equal((from, to), (covered?.From / (double)Hour, covered?.To / (double)Hour));
    }

    [Fact]
    public void A_history_without_events_covers_nothing_and_one_that_was_written_after_the_journal_reaches_to_its_last_alarm()
    {
        Assert.Null(PerformanceStretch.Covered(new AlarmRecord([], [], null), 1000 * Hour, 1000 * Hour, TimeSpan.FromHours(1)));
        Told(999, "A", AlarmInput.Raise, AlarmState.Unacknowledged);
        Assert.Equal((990 * Hour, 999 * Hour), PerformanceStretch.Covered(AlarmHistory.Pair(_events, 0, null), 980 * Hour, 1000 * Hour, TimeSpan.FromHours(10)));
        Assert.Equal(
            "Of 1970-01-02 00:00:00 to 1970-01-02 12:00:00 (UTC), 12 h: what the history covers of the last 168 h.", PerformanceStretch.Said(TimeSpan.FromDays(7), 24 * Hour, 36 * Hour));
    }

    [Fact]
    public void The_state_store_names_the_alarms_that_stand()
    {
        var store = new StateStore("/state", new MemoryDisk());
        store.Load();
        var clock = new FakeStationClock(new FakeTimeProvider());
        var site = TestSite.Of([TestSite.Point()], [TestSite.Alarm(), TestSite.Alarm() with { Id = "B" }, TestSite.Alarm() with { Id = "C" }]);
        var memory = new AlarmMemory(site, store, clock);
        memory.Keep(0, new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), false, default, true, clock.Read());
        memory.Keep(1, new AlarmFacts(AlarmState.LatchedAcknowledged, false, true, false, null, false), false, default, true, clock.Read());
        store.Set("alarm/TORN", [3, 1]);
        Assert.Equal(["PAH-101"], KeptAlarms.Active(store));
    }

    private AlarmPerformance Figures(double from, double to) => PerformanceStretch.Of(AlarmHistory.Pair(_events, 0, null), (long)(from * Hour), (long)(to * Hour));

    private void Told(double hours, string id, AlarmInput input, AlarmState state, bool active = true)
    {
        var site = TestSite.Of([TestSite.Point()], [TestSite.Alarm() with { Id = id }]);
        var record = EventBody.Alarm(site, new AlarmTransition(0, active, new SourceTime((long)(hours * Hour), ClockQuality.Synchronised), 7, default) { Input = input, State = state });
        _events.Add(new QueuedEvent(new Epoch(1, 1), (ulong)_events.Count + 1, record));
    }

    private void Add(double hours, string body) => _events.Add(new QueuedEvent(
        new Epoch(1, 1), (ulong)_events.Count + 1, new EventRecord("alarm", new SourceTime((long)(hours * Hour), ClockQuality.Synchronised), Encoding.UTF8.GetBytes(body))));
}
