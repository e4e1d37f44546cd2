using System.Globalization;
using EdgeNode.Core.Act;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Protection.Node;
using EdgeNode.SimulationTests.Protection.Plant;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>
/// Who knows the truth: the pressure as it is, every sample as it was handed over, every command as it was given. It compares what the node does with that, by the
/// invariants that README.md numbers, and uses nothing of the code that it judges but the node's answers.
/// </summary>
internal sealed partial class Observer
{
    /// <summary>The pressure's trip, the level's, and that of a pump without flow.</summary>
    private const int Pressure = 0, Level = 1, Dry = 2;

    private readonly PlantWorld _world;
    private readonly Shown[] _shown;
    private readonly Shown _level;
    private readonly Shown _noFlow;
    private readonly Shown _running;
    private readonly Shown?[] _ofPoint;
    private readonly AlarmWatch _alarmWatch;
    private readonly CauseWatch _causeWatch;
    private readonly TimeSpan[] _validAt;
    private readonly TripStatus[] _trips;
    private readonly OutputStatus[] _outputs;
    private readonly AlarmStatus[] _alarms;
    private readonly Reading[] _readings;
    private readonly TimeSpan?[] _armedSince;
    private readonly TimeSpan[] _sureAt;
    private readonly TimeSpan[] _safeSince;
    private readonly bool[] _held;
    private readonly bool[] _takenOver;
    private readonly bool[] _driven;
    private readonly bool?[] _asked;
    private TimeSpan _calmSince;
    private TimeSpan _writesBadAt = TimeSpan.MinValue / 2;
    private TimeSpan _busBadAt = TimeSpan.MinValue / 2;
    private TimeSpan _lookedAt;
    private TimeSpan _committedAt;
    private TimeSpan _resetPressedAt = TimeSpan.MinValue / 2;
    private TimeSpan _steppedAt;
    private TimeSpan? _loadedAt;
    private TimeSpan? _begunAt;
    private TimeSpan? _callSince;
    private ProtectedLife? _life;
    private bool _handsActive;
    private int _handsSeen;

    public Observer(PlantWorld world)
    {
        _world = world;
        var site = world.Site;
        _shown = [.. world.Field.Transmitters.Select(t => new Shown(new Signal(t.IsLoop), static bar => bar >= StationSite.Setpoint + 0.001, TimeSpan.FromSeconds(1)))];
        _level = new Shown(new Signal(isLoop: false), static raw => raw <= StationSite.LowLevel - 0.001, TimeSpan.FromSeconds(2));
        _noFlow = new Shown(new Signal(isLoop: false), static raw => raw <= 5 - 0.001, TimeSpan.FromSeconds(2));
        _running = new Shown(new Signal(isLoop: false), static raw => raw == 0, TimeSpan.FromSeconds(2));
        _ofPoint = [.. site.Points.Select(p => p.Name switch { "LT-100.level" => _level, "FT-101.flow" => _noFlow, "MCC-101.stopped" => _running, _ => null })];
        for (var t = 0; t < _shown.Length; t++)
        {
            _ofPoint[world.Field.Members[t]] = _shown[t];
        }

        _alarmWatch = new AlarmWatch(site, world.Field, t => _shown[t].VotesSince, Find);
        _causeWatch = new CauseWatch(site, world.DryAfter, world.Signs, _alarmWatch.IsPast, Find);
        _validAt = [.. Enumerable.Repeat(TimeSpan.MinValue / 2, world.Field.Count)];
        _trips = new TripStatus[site.Trips.Length];
        _outputs = new OutputStatus[site.Outputs.Length];
        _alarms = new AlarmStatus[site.Alarms.Length];
        _readings = new Reading[site.Points.Length];
        _armedSince = new TimeSpan?[site.Trips.Length];
        _sureAt = [.. Enumerable.Repeat(TimeSpan.MinValue / 2, site.Trips.Length)];
        (_safeSince, _held, _takenOver) = (new TimeSpan[site.Outputs.Length], new bool[site.Outputs.Length], new bool[site.Outputs.Length]);
        (_driven, _asked) = (new bool[site.Outputs.Length], new bool?[site.Outputs.Length]);
        Limits = new TimeLimits(Find);
        Resets = new ResetLedger(site);
        Deaths = new DeathTable(world, Find);
    }

    /// <summary>What is wrong, in sentences; the first is what counts.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>(9) is looked at. A negative control of another invariant leaves it out where this one would find the bug before it.</summary>
    public bool WatchesConditions { get; set; } = true;

    public TimeLimits Limits { get; }

    public ResetLedger Resets { get; }

    public DeathTable Deaths { get; }

    /// <summary>What the node has asked of its outputs, in order: when, which, energised.</summary>
    public List<(TimeSpan At, int Output, bool Energised)> Commands { get; } = [];

    /// <summary>When what was asked hung on the moment at which one of the node's own threads came round.</summary>
    public List<Chance> Chances { get; } = [];

    /// <summary>Power cuts so far, and when the first was.</summary>
    public TimeSpan? FirstPowerCut { get; private set; }

    public int Lives { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Times that an armed trip took its outputs to their safe state.</summary>
    public int Trips { get; private set; }

    /// <summary>Times that the pressure was shown as too high for so long that the trip had to act.</summary>
    public int Demands { get; private set; }

    /// <summary>Times that an alarm came or went, that one was the first of its group, that one came back from where it was set aside, that a trip became ready or tripped, steps in which an <c>after</c> counted; each was judged.</summary>
    public (int Alarms, int Firsts, int Returns, int Trips, int Counted) Judged => (_alarmWatch.Judged, _alarmWatch.Firsts, _alarmWatch.Returns, _causeWatch.Judged, _causeWatch.Counted);

    public void Find(string words) => Findings.Add(string.Create(CultureInfo.InvariantCulture, $"{words}, at {_world.Clock.Now:c}"));

    /// <summary>The observer looks by a clock of its own as well: a step that does not come must not blind it.</summary>
    public void Begin() => _world.Later(TimeSpan.FromMilliseconds(500), 53, () =>
    {
        if (_life is { IsStopping: false } && _calmSince < _world.Clock.Now)
        {
            JudgeProtection(_world.Clock.Now);
        }

        Begin();
    });

    /// <summary>The field has handed over a sample.</summary>
    public void Delivered(RawSample sample)
    {
        var now = _world.Clock.Now;
        if (!sample.Quality.IsBad)
        {
            _validAt[sample.Point] = now;
        }

        _ofPoint[sample.Point]?.Take(sample, now);
        _alarmWatch.Delivered(sample, now);
        _causeWatch.Delivered(sample, now);
    }

    public void Born(ProtectedLife life)
    {
        (_life, _handsActive, _calmSince, _lookedAt) = (life, true, _world.Clock.Now, _world.Clock.Now);
        Lives++;
        (_loadedAt, _begunAt) = (null, null);
        _alarmWatch.Forget();
        _causeWatch.Forget();
        Array.Clear(_driven);
        Array.Fill(_safeSince, _world.Clock.Now);
        Array.Fill(_armedSince, null);
    }

    public void Died(Death death, bool kept)
    {
        FirstPowerCut ??= death == Death.PowerCut ? _world.Clock.Now : null;
        Resets.Died(death == Death.OrderlyStop && kept, death == Death.PowerCut);
        Limits.Died(death == Death.PowerCut ? _world.Clock.Now - _committedAt : null);
        _committedAt = _world.Clock.Now;

        _world.Operator.Forget();
        _life = null;
        Deaths.Died(death);

        // What of a hold had not reached the disk nobody can know; the trips hold the outputs after such a stop.
        Array.Clear(_held);
    }

    public void Committed(bool done)
    {
        if (done && _life is { } life && life.Store.Written == life.Store.Changes)
        {
            if (life.Store.Written > 0)
            {
                _begunAt ??= _world.Clock.Now;
                Resets.Committed();
            }

            Limits.Committed();
            _committedAt = _world.Clock.Now;
        }
    }

    public void Frozen()
    {
        var life = _life;
        _calmSince = TimeSpan.MaxValue;
        Pause();
        Deaths.Froze(() => _life == life && _world.IsFrozen);
    }

    public void Stalled(TimeSpan span)
    {
        var (life, since) = (_life, _world.Clock.Now);
        _calmSince = TimeSpan.MaxValue;
        Pause();
        var due = OutputWriter.LifeLimit + Chance.Looks;
        _world.Later(due, 52, () =>
        {
            if (_life == life && span > due && !_world.IsFrozen && life!.Station.Stopped && _writesBadAt < since && ReferenceEquals(_world.Writes, WriteMood.Well) && _world.Wiring.Line)
            {
                Find($"(7) the step has hung for {due:c}, and its writer has not made the valve safe");
            }
        });
    }

    public void Thawed() => (_calmSince, _lookedAt) = (_world.Clock.Now, _world.Clock.Now);

    private void Pause()
    {
        _alarmWatch.Forget();
        _causeWatch.Pause();
    }

    /// <summary>An orderly stop has driven what it drives.</summary>
    public void Stopped(bool atRest)
    {
        if (_world.Wiring.Line && (atRest || (ReferenceEquals(_world.Writes, WriteMood.Well) && _world.Clock.Now - _writesBadAt > TimeSpan.FromSeconds(10))))
        {
            Find("(7) an orderly stop has left the valve's line high");
        }
    }

    /// <summary>Whose maintenance it is: the command is 0.</summary>
    private const int OfKey = 1;

    public void Pressed(string button)
    {
        if (button == "HS-103")
        {
            _resetPressedAt = _world.Clock.Now;
        }
        else if (button == "HS-104")
        {
            Limits.Allow(HandKind.Maintenance, OfKey, TimeSpan.FromHours(1));
        }
    }

    /// <summary>A line or a coil is about to be driven.</summary>
    public void BeforeDrive(int output, bool energised)
    {
        var before = _driven[output];
        _driven[output] = energised;
        if (energised && !before)
        {
            LeavesSafe(output);
        }
    }

    /// <summary>The node's step has run.</summary>
    public void AfterStep(ProtectedLife life)
    {
        Steps++;
        var now = _world.Clock.Now;
        if (now - _steppedAt > TimeSpan.FromSeconds(1) && now - _resetPressedAt < now - _steppedAt + TimeSpan.FromSeconds(8))
        {
            _resetPressedAt += now - _steppedAt; // a press waits for a step that stands still
        }

        var gap = now - _steppedAt;
        _steppedAt = now;
        _loadedAt = life.Store.IsLoaded ? _loadedAt ?? now : null;
        life.Loop.CopyTrips(_trips);
        life.Loop.CopyOutputs(_outputs);
        life.Loop.CopyAlarms(_alarms);
        _world.Operator.TakeReplies();
        SeeMoods(now);
        SeeTrips(now);
        SeeOutputs(now, gap);
        SeeHands(life, now);
        if (life.IsStopping || _calmSince == TimeSpan.MaxValue)
        {
            return;
        }

        JudgeProtection(now);
        if (WatchesConditions)
        {
            _alarmWatch.Look(_alarms, now, gap, _loadedAt is { } loaded ? now - Later(loaded, _calmSince) : TimeSpan.Zero);
            _causeWatch.Look(_trips, _alarms, now, gap);
        }

        if (now - _lookedAt >= TimeSpan.FromSeconds(1))
        {
            Look(life, now);
            _lookedAt = now;
        }
    }

    /// <summary>An alarm as the node has it now.</summary>
    public AlarmStatus AlarmStatus(int alarm)
    {
        _life?.Loop.CopyAlarms(_alarms);
        return _alarms[alarm];
    }

    /// <summary>What became of a command to an alarm.</summary>
    public void Asked(int alarm, AlarmInput input, TimeSpan? time, in AlarmStatus before, AlarmReply reply)
    {
        _alarmWatch.Asked(alarm);
        if (input == AlarmInput.Shelve && reply.Answer == AlarmAnswer.Done)
        {
            // It may stand for its off-delay more, while its condition is known to be gone.
            var options = _world.Site.Alarms[alarm];
            Limits.Asked(HandKind.Shelf, alarm, (time ?? options.ShelveAtMost) + (options.Priority == AlarmPriority.Critical ? TimeSpan.Zero : options.OffDelay));
        }

        if (input == AlarmInput.Acknowledge && before.Active && !AlarmStatus(alarm).Active && StillTrue(alarm))
        {
            Find($"(8) {_world.Site.Alarms[alarm].Id} was active, was acknowledged, and is not active any more, though its condition is true");
        }
    }

    /// <summary>What became of a command to a trip.</summary>
    public void Asked(int trip, TripAsk ask, TimeSpan? time, TripAnswer answer)
    {
        if (answer.Outcome != TripOutcome.Done)
        {
            return;
        }

        switch (ask)
        {
            case TripAsk.Reset:
                Resets.Grant(trip);
                break;
            case TripAsk.Trip:
                Resets.Revoke(trip);
                break;
            case TripAsk.Inhibit:
                Limits.Asked(HandKind.Inhibit, trip, time ?? _world.Site.Trips[trip].InhibitAtMost);
                break;
            case TripAsk.Test:
                Limits.Asked(HandKind.Test, trip, time ?? _world.Site.Trips[trip].TestAtMost);
                break;
        }
    }

    /// <summary>What became of a command to an output.</summary>
    public void Asked(int output, bool hold, OutputAnswer answer) => _held[output] = answer == OutputAnswer.Done ? hold : _held[output];
}
