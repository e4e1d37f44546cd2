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

    private sealed class Line : IOutputPort
    {
        public bool? Level { get; private set; }

        public OutputResult Drive(bool energised, CancellationToken stop)
        {
            Level = energised;
            return new OutputResult(true, energised, "");
        }

        public void Dispose()
        {
        }
    }
}
