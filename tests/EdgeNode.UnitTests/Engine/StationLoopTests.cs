using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.UnitTests.CoreLaws;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

public class StationLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeRecorder _recorder = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly RecorderQueue _queue = new();
    private readonly NodeAlarmBoard _board;
    private readonly StationLoop _loop;
    private readonly RecorderLoop _record;

    public StationLoopTests()
    {
        var site = TestSite.Of([TestSite.Point()], [TestSite.Alarm(on: 1)]);
        var clock = new FakeStationClock(_time);
        _board = new NodeAlarmBoard(_queue, clock, NullLogger.Instance);
        _loop = new StationLoop(site, _mailbox, _queue, _board, clock, NullLogger.Instance);
        _record = new RecorderLoop(_queue, _recorder, TestSite.Second, _time, NullLogger.Instance);
    }

    [Fact]
    public void An_alarm_is_seen_by_those_who_look_and_recorded_as_an_event()
    {
        var changes = 0;
        _loop.AlarmsChanged += () => changes++;
        Post(7);
        Assert.Equal(TimeSpan.FromSeconds(1), _loop.RunDue());
        _time.Advance(TimeSpan.FromSeconds(1));
        _loop.RunDue();
        _record.RunDue();

        var status = new EdgeNode.Core.Ports.AlarmStatus[1];
        _loop.CopyAlarms(status);
        Assert.True(status[0].Active);
        Assert.Equal((2, 2L, 1L), (changes, _loop.AlarmVersion, _loop.Counters.AlarmsRaised));
        Assert.Equal(["event alarm", "readings 1"], _recorder.Calls.Where(c => c != "commit").Order(StringComparer.Ordinal).Take(2));
    }

    [Fact]
    public void A_fault_of_the_node_is_told_once_seen_by_those_who_look_and_recorded_as_an_event()
    {
        var changes = 0;
        _loop.AlarmsChanged += () => changes++;
        _board.Set(NodeAlarm.SpoolFull, active: false);
        _board.Set(NodeAlarm.SpoolFull, active: true, "4 GiB are used");
        _board.Set(NodeAlarm.SpoolFull, active: true, "still");
        _record.RunDue();
        var status = new NodeAlarmStatus[NodeAlarmIds.Count];
        _loop.CopyNodeAlarms(status);
        Assert.Equal("4 GiB are used", Assert.Single(status, s => s.Active).Detail);
        Assert.Equal((1, 1L), (changes, _loop.AlarmVersion));
        Assert.Equal("""{"id":"NODE-SPOOL-FULL","state":"raised","kind":"node","priority":"high","detail":"4 GiB are used"}""", Encoding.UTF8.GetString(Assert.Single(_recorder.Events).Body.Span));

        _board.Set(NodeAlarm.SpoolFull, active: false);
        _record.RunDue();
        Assert.Equal((2, 2L, 2), (changes, _loop.AlarmVersion, _recorder.Events.Count));
    }

    [Fact]
    public void A_change_of_the_points_quality_is_a_change_of_its_alarms_and_the_same_quality_again_is_none()
    {
        Post(5);
        _loop.RunDue();
        Post(5);
        _loop.RunDue();
        Assert.Equal(1, _loop.AlarmVersion);
        Post(0, Quality.Bad(Reason.Timeout));
        _loop.RunDue();
        Assert.Equal(2, _loop.AlarmVersion);
    }

    [Fact]
    public void An_alarm_shows_the_value_that_was_judged_last_also_without_a_transition()
    {
        Post(5);
        _loop.RunDue();
        var status = new EdgeNode.Core.Ports.AlarmStatus[1];
        _loop.CopyAlarms(status);
        Assert.Equal((false, 5d, Quality.Good), (status[0].Active, status[0].Value, status[0].Quality));
    }

    [Fact]
    public void The_latest_reading_of_each_point_can_be_seen()
    {
        var readings = new Reading[1];
        _loop.CopyReadings(readings);
        Assert.Equal(Quality.Bad(Reason.NotYetRead), readings[0].Quality);
        Post(5);
        _loop.RunDue();
        _loop.CopyReadings(readings);
        Assert.Equal((5d, Quality.Good), (readings[0].Value, readings[0].Quality));
    }

    private void Post(double value, Quality quality = default)
    {
        var list = _mailbox.Rent();
        list.Add(new RawSample(0, value, quality, _time.Monotonic()));
        _mailbox.Post(list);
    }

}
