using System.Text.Json;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>One run of a station with a front panel, in virtual time; its state is on a disk that outlives it.</summary>
internal sealed class PanelRun
{
    private readonly FakeTimeProvider _time;
    private readonly SampleMailbox _mailbox = new(() => { });
    private readonly NodeAlarmBoard _board;

    public PanelRun(FakeTimeProvider time, StateStore store, Site site, IStationClock clock)
    {
        (_time, Store) = (time, store);
        _board = new NodeAlarmBoard(Queue, clock, NullLogger.Instance);
        StationLoop? loop = null;
        Commands = new CommandMailbox(() => loop!.RunDue());
        Loop = loop = new StationLoop(site, _mailbox, Queue, _board, clock, NullLogger.Instance, store, Commands, Trail);
    }

    public StateStore Store { get; }

    public StationLoop Loop { get; }

    public CommandMailbox Commands { get; }

    public RecorderQueue Queue { get; } = new();

    public TrailFake Trail { get; } = new();

    public NodeAlarmStatus NodeAlarm
    {
        get
        {
            var all = new NodeAlarmStatus[NodeAlarmIds.Count];
            _board.Copy(all);
            return all[(int)Core.Model.NodeAlarm.Maintenance];
        }
    }

    public IEnumerable<string> Entries => Trail.Entries.Select(e => $"{e.Who} {e.What} {e.Body.GetRawText()}");

    public PanelEvent Ask(PanelCommand command) => Commands.Post(command)!.Result;

    public void Read(int point, double value)
    {
        Post(point, value);
        Loop.RunDue();
    }

    /// <summary>A scan waits for the step.</summary>
    public void Post(int point, double value)
    {
        var list = _mailbox.Rent();
        list.Add(new RawSample(point, value, Quality.Good, _time.Monotonic()));
        _mailbox.Post(list);
    }

    public bool IsOn(int input)
    {
        var readings = new Reading[Loop.Site.Points.Length];
        Loop.CopyReadings(readings);
        return readings[Loop.Site.Inputs[input].Point].Value != 0;
    }

    /// <summary>Values and qualities that the recorder may take, but for those of contacts.</summary>
    public List<(double Value, string Quality)> Recorded()
    {
        var all = new List<(double, string)>();
        while (Queue.TryTakeReadings(out var readings))
        {
            all.AddRange(readings.Where(r => r.Point == 0).Select(r => (r.Value, r.Quality.ToString())));
        }

        return all;
    }

    public void Contact(int input, bool active) => Read(Loop.Site.Inputs[input].Point, active ? 1 : 0);

    public Quality QualityOf(int point)
    {
        var readings = new Reading[Loop.Site.Points.Length];
        Loop.CopyReadings(readings);
        return readings[point].Quality;
    }

    /// <summary>The events since the last call, but for those of alarms.</summary>
    public List<string> Events()
    {
        var events = new List<string>();
        while (Queue.TryTakeEvent(out var record))
        {
            if (record.Kind != "alarm")
            {
                events.Add($"{record.Kind} {JsonElement.Parse(record.Body.Span).GetRawText()}");
            }
        }

        return events;
    }

    internal sealed class BootClock(FakeTimeProvider time, Guid boot, TimeSpan wallOffset, ClockQuality quality = ClockQuality.Synchronised) : IStationClock
    {
        public Guid BootId => boot;

        public ClockReading Read() => new(time.Monotonic(), new SourceTime(
            (time.GetUtcNow() - DateTimeOffset.UnixEpoch + wallOffset).Ticks / TimeSpan.TicksPerMicrosecond, quality));
    }
}
