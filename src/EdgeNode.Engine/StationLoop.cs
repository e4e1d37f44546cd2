using System.Runtime.InteropServices;
using EdgeNode.Core;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>
/// The loop round <see cref="Station.Step"/>: takes scans from the mailbox, steps, and hands the outcome on to the recorder's queue
/// and to those who look. It waits for nothing but samples and deadlines. One thread runs it; a test runs it by hand.
/// </summary>
public sealed class StationLoop : IStationState
{
    private readonly Station _station;
    private readonly SampleMailbox _mailbox;
    private readonly CommandMailbox? _commandMailbox;
    private readonly RecorderQueue _queue;
    private readonly NodeAlarmBoard _board;
    private readonly IStationClock _clock;
    private readonly ILogger _log;
    private readonly Lock _look = new();
    private readonly List<RawSample> _samples = [];
    private readonly Reading[] _readings;
    private readonly AlarmBook _alarms;
    private readonly EmergencyBook _emergency;
    private readonly GroupBook _groups;
    private readonly TripBook _trips;
    private readonly PanelBook _panel;
    private readonly OutputBook _outputs;
    private readonly OutputDrive _drive;
    private readonly AnnunciatorWatch _annunciators;
    private readonly RunMark? _mark;
    private readonly SubstituteBook _substitutes;
    private StepCommands _asked = new();
    private long _alarmVersion;
    private long _readingCount;
    private long _reported;
    private long _droppedTold;
    private bool _dropping;

    /// <param name="site">The checked site.</param>
    /// <param name="mailbox">Where scans arrive.</param>
    /// <param name="queue">Where records go.</param>
    /// <param name="board">The node's own faults, shown beside the site's alarms.</param>
    /// <param name="clock">Both clocks.</param>
    /// <param name="log">Where alarms are told.</param>
    /// <param name="state">What keeps the alarms across a restart; null: nothing does.</param>
    /// <param name="commands">Where people's commands arrive; null: there are none.</param>
    /// <param name="audit">Where the end of what people asked for is entered, when its time was over; null: nowhere.</param>
    /// <param name="drive">What drives outputs, lamps and sirens; null: nothing is driven.</param>
    /// <param name="trace">What this boot knows of runs without a disk; null: nothing.</param>
    public StationLoop(
        Site site, SampleMailbox mailbox, RecorderQueue queue, NodeAlarmBoard board, IStationClock clock, ILogger log, IStateStore? state = null,
        CommandMailbox? commands = null, IAudit? audit = null, OutputDrive? drive = null, RunTrace? trace = null)
    {
        var now = clock.Read();
        Site = site;
        _station = new Station(site, now.Monotonic);
        _mailbox = mailbox;
        _queue = queue;
        _board = board;
        _clock = clock;
        _log = log;
        _commandMailbox = commands;
        _readings = [.. Enumerable.Range(0, site.Points.Length).Select(_station.Last)];
        _mark = state is null ? null : new RunMark(state, clock.BootId, trace);
        _alarms = new AlarmBook(site, _station, queue, clock, log, state);
        _emergency = new EmergencyBook(site, _station.Witness, queue, clock, log);
        _groups = new GroupBook(site, _station, queue, clock, log, state, audit);
        _trips = new TripBook(site, _station, queue, board, clock, log, state, audit, _mark);
        _panel = new PanelBook(site, _station, queue, board, clock, log, state, audit);
        _drive = drive ?? new OutputDrive(site, DrivenPorts.None, TimeProvider.System, static () => { }, log);
        _outputs = new OutputBook(site, _station, queue, clock, log, state, _mark, _drive);
        _annunciators = new AnnunciatorWatch(site, _station, _drive, board, clock);
        _substitutes = new SubstituteBook(site, _station, queue, board, clock, log, state, audit);
        board.Changed += ShowAlarmChange;
    }

    /// <summary>Called when the emergency mode has begun or is over, from the station's loop: it must only signal.</summary>
    public event Action<bool>? EmergencyChanged
    {
        add => _emergency.Changed += value;
        remove => _emergency.Changed -= value;
    }

    /// <inheritdoc/>
    public event Action? AlarmsChanged;

    /// <inheritdoc/>
    public Site Site { get; }

    /// <inheritdoc/>
    public EmergencyStatus Emergency => _emergency.Present;

    /// <inheritdoc/>
    public IReadOnlyList<GroupStatus> Groups => _groups.Present;

    /// <inheritdoc/>
    public IReadOnlyList<BypassStatus> Bypasses => _groups.Bypasses;

    /// <inheritdoc/>
    public MaintenanceStatus? Maintenance => _panel.Maintenance;

    /// <inheritdoc/>
    public IReadOnlyList<SubstituteStatus> Substitutes => _substitutes.Present;

    /// <inheritdoc/>
    public long AlarmVersion => Volatile.Read(ref _alarmVersion);

    /// <inheritdoc/>
    public StationCounters Counters => new(0, 0, Volatile.Read(ref _readingCount), 0, _queue.Lost, _alarms.Raised)
    {
        Reported = Volatile.Read(ref _reported),
        SamplesDropped = _mailbox.Dropped,
    };

    /// <summary>One step of all that waits in the mailbox.</summary>
    /// <returns>How long until a deadline of the station; null when there is none.</returns>
    /// <remarks>
    /// All of it, because a step also lets the delays run up to now: a scan still in the mailbox could deny what they say, and a
    /// loop that was held up would call points stale and raise alarms that never were.
    /// </remarks>
    public TimeSpan? RunDue()
    {
        _samples.Clear();
        for (var scans = 0; scans < SampleMailbox.Limit && _mailbox.TryTake(out var samples); scans++)
        {
            _samples.AddRange(samples);
            _mailbox.Return(samples);
        }

        TellDropped();
        _panel.Restore();
        _outputs.Restore();
        _substitutes.Restore();
        _groups.Restore(); // before the alarms: what is true for them depends on who votes
        _trips.Restore();
        if (_alarms.Restore())
        {
            ShowAlarmChange();
        }

        Step(InOrder(CollectionsMarshal.AsSpan(_samples)));
        _drive.Life.Beat();
        _outputs.Obey();
        if (_station.Deadline() is not { } deadline)
        {
            return null;
        }

        var wait = deadline - _clock.Read().Monotonic;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <inheritdoc/>
    public void CopyReadings(Span<Reading> into)
    {
        lock (_look)
        {
            _readings.CopyTo(into);
        }
    }

    /// <inheritdoc/>
    public void CopyAlarms(Span<AlarmStatus> into) => _alarms.Copy(into);

    /// <inheritdoc/>
    public void CopyOutputs(Span<OutputStatus> into) => _outputs.Copy(into);

    /// <inheritdoc/>
    public void CopyNodeAlarms(Span<NodeAlarmStatus> into) => _board.Copy(into);

    /// <inheritdoc/>
    public void CopyTrips(Span<TripStatus> into) => _trips.Copy(into);

    /// <summary>The run ends in an orderly way: the resets that are kept count in the next one.</summary>
    public void EndInOrder()
    {
        _mark?.End();
        _outputs.EndInOrder();
    }

    /// <summary>Hands on what waits to be compared with the run before: the end of the run, or of the patience.</summary>
    public void LetGo()
    {
        _panel.End();
        _alarms.LetGo();
        _emergency.End();
    }

    /// <summary>The station stops: from the next step on every output is asked for its safe state, but for those that a planned restart leaves as they are.</summary>
    public void StopOutputs(IReadOnlyList<int>? leave = null) => _station.Outputs.Stop(leave);

    /// <summary>Before the first step: an output begins in its normal state, as the run before left it; for so long it may wait for what is to become of it.</summary>
    public void Carry(int output, TimeSpan wait) => _station.Outputs.Carry(output, _clock.Read().Monotonic + wait);

    // Scans come bus by bus, and the members of a group may be of different buses. Two samples of one point are never of one moment.
    private static ReadOnlySpan<RawSample> InOrder(Span<RawSample> samples)
    {
        for (var i = 1; i < samples.Length; i++)
        {
            if (samples[i].TakenAt < samples[i - 1].TakenAt)
            {
                samples.Sort(static (a, b) => a.TakenAt.CompareTo(b.TakenAt));
                break;
            }
        }

        return samples;
    }

    private void Step(ReadOnlySpan<RawSample> samples)
    {
        _asked.Clear();
        _asked = _commandMailbox?.Exchange(_asked) ?? _asked;
        var now = _clock.Read();
        var result = _station.Step(
            now, samples, CollectionsMarshal.AsSpan(_groups.Commands(_asked.Bypasses, now)), CollectionsMarshal.AsSpan(_asked.Alarms.Commands),
            CollectionsMarshal.AsSpan(_asked.Panel.Commands), _outputs.Reports(), _outputs.Asks(_asked.Outputs),
            CollectionsMarshal.AsSpan(_substitutes.Commands(_asked.Substitutes, now)),
            CollectionsMarshal.AsSpan(_trips.Commands(_asked.Trips)), CollectionsMarshal.AsSpan(_asked.Emergencies.Commands));
        _outputs.Take(result, _asked.Outputs);
        Volatile.Write(ref _readingCount, _readingCount + result.Readings.Count);
        lock (_look)
        {
            foreach (var reading in result.Readings)
            {
                _readings[reading.Point] = reading;
            }
        }

        // Events first: an alarm is durable before the readings that it came from.
        // The panel's first of all: the mains may have failed.
        _panel.Take(result, _asked.Panel, now);
        _trips.Take(result.Trips, result.TripAnswers, _asked.Trips, now);
        _groups.Take(result.Bypasses, _asked.Bypasses, now);
        _substitutes.Take(result.Substitutions, _asked.Substitutes, now);
        var changed = _alarms.Take(result.Alarms, now);
        changed |= _emergency.Take(result, _asked.Emergencies, now);
        TellFlood();
        _annunciators.Look();
        _queue.Put(result.Recorded);
        Volatile.Write(ref _reported, _reported + result.Recorded.Count);
        if (changed)
        {
            ShowAlarmChange();
        }

        for (var i = 0; i < _asked.Alarms.Commands.Count; i++)
        {
            _asked.Alarms.Reply(i, new AlarmReply(result.Answers[i], _station.Alarm(_asked.Alarms.Commands[i].Alarm).State));
        }
    }

    private void TellFlood() => _board.Set(NodeAlarm.AlarmFlood, _station.Alarms.IsFlooded, _station.Alarms.IsFlooded
        ? "More than 10 alarms came up within 10 min; those of low and medium priority are shown and not announced until fewer than 5 do."
        : "");

    private void ShowAlarmChange()
    {
        Interlocked.Increment(ref _alarmVersion);
        AlarmsChanged?.Invoke();
    }

    private void TellDropped()
    {
        var dropped = _mailbox.Dropped;
        var more = dropped > _droppedTold;
        if (more && !_dropping)
        {
            _log.SamplesDropped(dropped - _droppedTold);
        }

        _dropping = more;
        _droppedTold = dropped;
    }
}
