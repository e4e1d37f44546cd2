using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Voting;

/// <summary>A group whose members come by different buses, in the loop round the step.</summary>
public class GroupLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly Site _site = GroupSite.Of(Bars.Group(2, "2oo2"));
    private readonly StationLoop _loop;
    private readonly TimeSpan _start;

    public GroupLoopTests()
    {
        var clock = new FakeStationClock(_time);
        var queue = new RecorderQueue();
        _start = _time.Monotonic();
        _loop = new StationLoop(_site, _mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance);
        Post(0, 0, 7);
        Post(1, 0, 7);
        _loop.RunDue();
    }

    [Fact]
    public void A_member_that_denies_the_condition_is_heard_though_its_bus_came_later_to_the_loop()
    {
        Post(0, 1.2, 7);
        Post(1, 0.5, 5);
        _time.Advance(TimeSpan.FromSeconds(1.3));
        _loop.RunDue();
        Assert.Equal(0, _loop.Counters.AlarmsRaised);
    }

    [Fact]
    public void Who_looks_sees_the_groups_points_and_the_members_that_an_alarm_is_about()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _loop.RunDue();
        var alarms = new AlarmStatus[_site.Alarms.Length];
        var readings = new Reading[_site.Points.Length];
        _loop.CopyAlarms(alarms);
        _loop.CopyReadings(readings);
        Assert.Equal((true, 0b11), (alarms[GroupSite.Setpoint].Active, alarms[GroupSite.Setpoint].Votes.About.Bits));
        Assert.Equal([7.0, 0, 2], readings[2..].Select(r => r.Value));

        var version = _loop.AlarmVersion;
        Post(1, 1, 7, Quality.Bad(Reason.Timeout));
        _loop.RunDue();
        _loop.CopyAlarms(alarms);
        Assert.Equal(0b10, alarms[GroupSite.Setpoint].Votes.Lost.Bits);
        Assert.True(_loop.AlarmVersion > version);
    }

    private void Post(int member, double seconds, double value, Quality quality = default)
    {
        var scan = _mailbox.Rent();
        scan.Add(new RawSample(member, value, quality, _start + TimeSpan.FromSeconds(seconds)));
        _mailbox.Post(scan);
    }
}
