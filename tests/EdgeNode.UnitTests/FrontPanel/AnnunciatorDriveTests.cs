using System.Text.Json;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>From a reading to the line of a siren: step, writer, port.</summary>
public class AnnunciatorDriveTests
{
    [Fact]
    public void A_siren_sounds_from_the_first_step_after_the_alarm_and_is_still_after_a_silence()
    {
        var time = new FakeTimeProvider();
        var clock = new FakeStationClock(time);
        var site = PanelBench.Make([PanelBench.High(0, AlarmPriority.Critical)]) with { Buses = [new GpioBusOptions("gpio0", "/dev/gpiochip0")] };
        var (queue, mailbox, siren, bell, lamp) = (new RecorderQueue(), new SampleMailbox(() => { }), new Line(), new Line(), new Line());
        var drive = new OutputDrive(site, new DrivenPorts([], [siren, bell, lamp], null), time, () => { }, NullLogger.Instance);
        StationLoop? loop = null;
        var commands = new CommandMailbox(() => loop!.RunDue());
        loop = new StationLoop(site, mailbox, queue, new NodeAlarmBoard(queue, clock, NullLogger.Instance), clock, NullLogger.Instance, null, commands, drive: drive);
        var writer = Assert.Single(drive.Writers);

        Read(1);
        Assert.Equal((false, false, false), (siren.Level, bell.Level, lamp.Level));
        Read(7);
        Assert.Equal((true, true), (siren.Level, bell.Level));
        Assert.Equal(TimeSpan.FromMilliseconds(250), loop.RunDue()); // the lamp's next change
        commands.Post(new SilenceCommand(null, "mei"));
        writer.RunDue(CancellationToken.None);
        Assert.Equal((false, true), (siren.Level, bell.Level));

        void Read(double value)
        {
            var list = mailbox.Rent();
            list.Add(new RawSample(0, value, Quality.Good, time.Monotonic()));
            mailbox.Post(list);
            loop!.RunDue();
            writer.RunDue(CancellationToken.None);
        }
    }

    [Fact]
    public void A_siren_that_cannot_be_driven_is_an_alarm_of_the_node_after_ten_seconds_and_lights_the_lamp_until_it_can()
    {
        var bench = new DriveBench();
        bench.Siren.Fault = "line 27: no such chip";
        bench.Run(0);
        bench.Run(9.9);
        Assert.False(bench.Alarm.Active);
        Assert.False(bench.Lamp.Level);
        bench.Run(0.1);
        Assert.Equal((true, "SIREN: it cannot be driven: line 27: no such chip."), (bench.Alarm.Active, bench.Alarm.Detail));
        bench.Run(1);
        Assert.True(bench.Lamp.Level);
        Assert.Equal(["raised"], bench.Events());

        bench.Siren.Fault = "";
        bench.Run(5);
        Assert.False(bench.Alarm.Active);
        bench.Run(1);
        Assert.False(bench.Lamp.Level);
        Assert.Equal(["cleared"], bench.Events());
    }

    [Fact]
    public void One_that_fails_beside_another_is_told_anew_and_the_alarm_stands_until_both_work()
    {
        var bench = new DriveBench();
        bench.Run(0);
        bench.Siren.Fault = "gone";
        bench.Read(7); // it is to sound
        bench.Run(10);
        Assert.Equal("SIREN: it cannot be driven: gone.", bench.Alarm.Detail);
        bench.Lamp.Opposite = true;
        bench.Run(1);
        bench.Run(10);
        Assert.Equal("SIREN: it cannot be driven: gone; LAMP: it took its command, and reads back the opposite.", bench.Alarm.Detail);
        Assert.Equal(["raised", "cleared", "raised"], bench.Events());
        bench.Siren.Fault = "";
        bench.Run(5);
        Assert.Equal((true, "LAMP: it took its command, and reads back the opposite."), (bench.Alarm.Active, bench.Alarm.Detail));
        bench.Lamp.Opposite = false;
        bench.Run(5);
        Assert.False(bench.Alarm.Active);
    }

    [Fact]
    public void A_lamp_that_flashes_and_loses_a_drive_now_and_then_is_not_dead()
    {
        var bench = new DriveBench();
        bench.Read(7);
        for (var n = 0; n < 100; n++)
        {
            bench.Lamp.Fault = n % 4 == 3 ? "" : "timeout";
            bench.Run(0.25);
            Assert.False(bench.Alarm.Active);
        }
    }

    [Fact]
    public void A_siren_of_whose_drive_nothing_is_heard_is_dead_too()
    {
        var debt = new DriveDebt();
        Assert.Null(debt.Fault(TimeSpan.FromHours(1)));
        debt.Owe(TimeSpan.FromSeconds(5));
        debt.Owe(TimeSpan.FromSeconds(9)); // commands that follow give it no new time
        Assert.Null(debt.Fault(TimeSpan.FromSeconds(14.9)));
        Assert.Equal("nothing was heard of driving it within 10 s", debt.Fault(TimeSpan.FromSeconds(15)));
        debt.Take(true, new OutputResult(true, true, ""));
        Assert.Null(debt.Fault(TimeSpan.FromHours(1)));
    }

    /// <summary>The site of <see cref="PanelBench"/>, with one writer that is run by hand.</summary>
    private sealed class DriveBench
    {
        private readonly FakeTimeProvider _time = new();
        private readonly SampleMailbox _mailbox = new(() => { });
        private readonly RecorderQueue _queue = new();
        private readonly NodeAlarmBoard _board;
        private readonly StationLoop _loop;
        private readonly OutputWriter _writer;

        public DriveBench()
        {
            var clock = new FakeStationClock(_time);
            var site = PanelBench.Make([PanelBench.High(0, AlarmPriority.Critical)]) with { Buses = [new GpioBusOptions("gpio0", "/dev/gpiochip0")] };
            var drive = new OutputDrive(site, new DrivenPorts([], [Siren, new Line(), Lamp], null), _time, static () => { }, NullLogger.Instance);
            _board = new NodeAlarmBoard(_queue, clock, NullLogger.Instance);
            _loop = new StationLoop(site, _mailbox, _queue, _board, clock, NullLogger.Instance, drive: drive);
            _writer = Assert.Single(drive.Writers);
        }

        public Line Siren { get; } = new();

        public Line Lamp { get; } = new();

        public NodeAlarmStatus Alarm
        {
            get
            {
                var all = new NodeAlarmStatus[NodeAlarmIds.Count];
                _board.Copy(all);
                return all[(int)NodeAlarm.Annunciator];
            }
        }

        public void Run(double seconds)
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            _loop.RunDue();
            _writer.RunDue(CancellationToken.None);
            _loop.RunDue();
        }

        public void Read(double value)
        {
            var list = _mailbox.Rent();
            list.Add(new RawSample(0, value, Quality.Good, _time.Monotonic()));
            _mailbox.Post(list);
            Run(0);
        }

        /// <summary>What became of the node's alarm since the last call.</summary>
        public List<string> Events()
        {
            var events = new List<string>();
            while (_queue.TryTakeEvent(out var record))
            {
                if (JsonElement.Parse(record.Body.Span) is var body && body.TryGetProperty("id", out var id) && id.GetString() == "NODE-ANNUNCIATOR")
                {
                    events.Add(body.GetProperty("state").GetString()!);
                }
            }

            return events;
        }
    }

    private sealed class Line : IOutputPort
    {
        public bool? Level { get; private set; }

        public string Fault { get; set; } = "";

        public bool Opposite { get; set; }

        public TimeSpan? RefreshEvery => TimeSpan.FromSeconds(1);

        public OutputResult Drive(bool energised, CancellationToken stop)
        {
            if (Fault.Length > 0)
            {
                return new OutputResult(false, null, Fault);
            }

            Level = energised != Opposite;
            return new OutputResult(true, Level, "");
        }

        public void Dispose()
        {
        }
    }
}
