using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Gateway.Hands;
using EdgeNode.Hardware;
using EdgeNode.Spool.State;
using EdgeNode.UnitTests.Spool;
using EdgeNode.UnitTests.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Engine;

/// <summary>
/// A node in virtual time, from the drivers up: buses, schedules, step, writers and state store as the engine composes them, and the local socket's answers. One thread runs what the engine has threads for.
/// </summary>
internal sealed class VirtualNode : IDisposable
{
    /// <summary>How far time goes at once; the engine's threads come round as often.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time;
    private readonly StateStore _store = new("state", new MemoryDisk());
    private readonly RecorderQueue _queue = new();
    private readonly NodeAlarmBoard _board;
    private readonly OutputDrive _drive;
    private readonly BusLoop[] _buses;
    private readonly CommandMailbox _commands;
    private readonly Lock _step = new();

    /// <param name="site">The checked site.</param>
    /// <param name="buses">A bus for each of the site's, in order; disposed of with this.</param>
    /// <param name="seams">The simulated chips.</param>
    /// <param name="time">The clock.</param>
    public VirtualNode(Site site, IReadOnlyList<IFieldBus> buses, IFieldSeams seams, FakeTimeProvider time)
    {
        _time = time;
        var (clock, mailbox) = (new FakeStationClock(time), new SampleMailbox(static () => { }));
        _board = new NodeAlarmBoard(_queue, clock, Log);
        _drive = new OutputDrive(site, OutputPorts.All(site, buses, seams), time, static () => { }, Log);
        _commands = new CommandMailbox(Step);
        Loop = new StationLoop(site, mailbox, _queue, _board, clock, Log, _store, _commands, Trail, _drive);
        _buses = [.. buses.Select((bus, b) => new BusLoop(
            bus, new ScanSchedule([.. site.Devices.Index().Where(d => d.Item.Bus == b).Select(d => (d.Index, d.Item.Every))], time.Monotonic()), mailbox, time))];
        var desk = new HandsDesk(_commands, Trail, TimeProvider.System);
        Hands = new AllHands(
            ("alarms", new AlarmHands(site, Loop, desk).AnswerAsync), ("trips", new TripHands(site, Loop, desk).AnswerAsync),
            ("outputs", new OutputHands(site, Loop, desk).AnswerAsync), ("panel", new PanelHands(site, Loop, desk).AnswerAsync));
        _store.Load();
    }

    public StationLoop Loop { get; }

    public AllHands Hands { get; }

    public TrailFake Trail { get; } = new();

    public LogLines Log { get; } = new();

    /// <summary>One of the node's own alarms.</summary>
    public NodeAlarmStatus NodeAlarm(NodeAlarm alarm)
    {
        var all = new NodeAlarmStatus[NodeAlarmIds.Count];
        _board.Copy(all);
        return all[(int)alarm];
    }

    /// <summary>Lets so much time go by.</summary>
    public void Run(double seconds)
    {
        for (var until = _time.Monotonic() + TimeSpan.FromSeconds(seconds); _time.Monotonic() < until;)
        {
            _time.Advance(Turn);
            foreach (var bus in _buses)
            {
                while (bus.RunDue(CancellationToken.None) == TimeSpan.Zero)
                {
                }
            }

            Step();
            foreach (var writer in _drive.Writers)
            {
                writer.RunDue(CancellationToken.None);
            }

            Step();
            _store.Commit();
        }
    }

    /// <summary>What the local socket answers.</summary>
    public async Task<JsonElement> AskAsync(string request) =>
        JsonElement.Parse(await Hands.AnswerAsync(JsonElement.Parse(request), new HandsPeer(42, 7, "mei")));

    /// <summary>The bodies of the events since the last call.</summary>
    public List<JsonElement> Events()
    {
        var events = new List<JsonElement>();
        while (_queue.TryTakeEvent(out var record))
        {
            events.Add(JsonElement.Parse(record.Body.Span));
        }

        return events;
    }

    public void Dispose()
    {
        foreach (var bus in _buses)
        {
            bus.Bus.Dispose();
        }
    }

    private void Step()
    {
        lock (_step)
        {
            Loop.RunDue();
        }
    }
}
