using System.Globalization;
using EdgeNode.Core.Model;
using EdgeNode.Engine;
using EdgeNode.SimulationTests.Protection.Node;
using EdgeNode.SimulationTests.Protection.Plant;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>The invariants.</summary>
internal sealed partial class Observer
{
    /// <summary>From the last of the samples that must agree to the command: the on-delay, a jump that waits for one more sample, the step's tick.</summary>
    private static readonly TimeSpan PressureWithin = StationSite.OnDelay + TimeSpan.FromSeconds(1 + 0.5 + 0.3);

    /// <summary>The same of the level: on-delay 2 s, no group.</summary>
    private static readonly TimeSpan LevelWithin = TimeSpan.FromSeconds(2 + 0.5);

    /// <summary>From a command to the line, where writes go well: the longest pause between attempts, and the longest write before it.</summary>
    private static readonly TimeSpan WriteWithin = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void SeeMoods(TimeSpan now)
    {
        _writesBadAt = ReferenceEquals(_world.Writes, WriteMood.Well) ? _writesBadAt : now;
        _busBadAt = ReferenceEquals(_world.Buses[1], BusMood.Well) ? _busBadAt : now;
    }

    private void SeeTrips(TimeSpan now)
    {
        for (var trip = 0; trip < _trips.Length; trip++)
        {
            ref readonly var status = ref _trips[trip];
            var options = _world.Site.Trips[trip];
            // One that resets itself takes the reset that was kept also after it has tripped once more: its next reset is not a person's either.
            if (options.ManualReset && (status.State is TripState.Tripped or TripState.Settling))
            {
                Resets.Drop(trip);
            }
            else if (status.State == TripState.Ready)
            {
                Resets.TakeOver(trip);
            }

            // Under an inhibit a button lets go in spite of the cause, as the verb does.
            if ((status.State == TripState.Ready || (status.Suppressed && status.InhibitedUntil is not null)) && now - _resetPressedAt < TimeSpan.FromSeconds(8))
            {
                Resets.Grant(trip);
            }

            if (status.Acts && options.ManualReset && Resets.IsGranted(trip))
            {
                Resets.Revoke(trip);
                Trips++;
            }

            var armed = options.Armed && status.InhibitedUntil is null && status.TestUntil is null;
            _armedSince[trip] = armed ? _armedSince[trip] ?? now : null;
        }
    }

    private void SeeOutputs(TimeSpan now, TimeSpan gap)
    {
        for (var o = 0; o < _outputs.Length; o++)
        {
            ref readonly var status = ref _outputs[o];
            if (_asked[o] != status.Energised)
            {
                _asked[o] = status.Energised;
                Commands.Add((now, o, status.Energised));
                _safeSince[o] = now;
                if (!status.Safe && now - _begunAt <= Chance.Round)
                {
                    Chances.Add(new Chance(now, o, ChanceKind.DiskSaid));
                }
            }

            var takenOver = status.HeldBy.StartsWith("writer:", StringComparison.Ordinal);
            if (takenOver && !_takenOver[o] && gap < OutputWriter.LifeLimit + Chance.Looks)
            {
                Chances.Add(new Chance(now, o, ChanceKind.TakenOver));
            }

            _takenOver[o] = takenOver;

            // What holds it until it is known how the run before left it is no hold that a person must reset.
            _held[o] |= status.IsHeld && !status.HeldBy.StartsWith("start:", StringComparison.Ordinal);
        }
    }

    private void SeeHands(ProtectedLife life, TimeSpan now)
    {
        if (!_handsActive && Limits.Count == _handsSeen)
        {
            return;
        }

        (_handsActive, _handsSeen) = (true, Limits.Count);
        var (bypasses, substitutes) = (life.Loop.Bypasses, life.Loop.Substitutes);
        for (var t = 0; t < _shown.Length; t++)
        {
            var aside = bypasses.Any(b => b.Member == t) || substitutes.Any(s => s.Point == _world.Field.Members[t]);
            _shown[t].VotesSince = aside ? null : _shown[t].VotesSince ?? now;
        }
    }

    /// <summary>(1) What is dangerous and shown makes safe in time; (2) as far as it is about what stands.</summary>
    private void JudgeProtection(TimeSpan now)
    {
        var agree = 0;
        for (var t = 0; t < _shown.Length; t++)
        {
            agree += _shown[t].For(PressureWithin, now) ? 1 : 0;
        }

        for (var trip = 0; trip < _trips.Length; trip++)
        {
            foreach (var output in _trips[trip].Acts ? _world.Site.Trips[trip].Effect : [])
            {
                if (!_outputs[output].Safe)
                {
                    Find($"(1) {_world.Site.Trips[trip].Id} acts, and {_world.Site.Outputs[output].Id} is not asked to be safe");
                }
            }
        }

        Judge(Pressure, agree >= 2, PressureWithin, now);
        Judge(Level, _level.For(LevelWithin, now), LevelWithin, now);
        var dryWithin = TimeSpan.FromSeconds(15 + 0.5) + _world.DryAfter;
        Judge(Dry, _noFlow.For(dryWithin, now) && _running.For(dryWithin, now), dryWithin, now);
        if (_world.Station.AboveSince is { } above && agree >= 2 && now - above > PressureWithin && _sureAt[Pressure] == now)
        {
            Demands++;
        }

        if (_outputs[0].Safe && now - Later(_safeSince[0], _calmSince) > WriteWithin && now - _writesBadAt > WriteWithin && _world.Wiring.Line)
        {
            Find($"(1) the valve has been asked to be safe for more than {WriteWithin.TotalSeconds} s, writes go well, and its line is high");
        }

        if (_outputs[1].Safe && now - Later(_safeSince[1], _calmSince) > WriteWithin && now - _busBadAt > WriteWithin && _world.Wiring.Coil(now))
        {
            Find($"(1) the pump has been asked to be safe for more than {WriteWithin.TotalSeconds} s, its bus is well, and its coil is on");
        }
    }

    private void Judge(int trip, bool sure, TimeSpan within, TimeSpan now)
    {
        // Members that show it say nothing to a node that has slept, or that was told to look away.
        if (!sure || now - _calmSince < within + Tick || !(_armedSince[trip] <= now - within - Tick))
        {
            return;
        }

        _sureAt[trip] = now;
        foreach (var output in _world.Site.Trips[trip].Effect)
        {
            if (!_outputs[output].Safe)
            {
                Find(string.Create(
                    CultureInfo.InvariantCulture,
                    $"(1) {_world.Site.Trips[trip].Id}: its measurements have shown danger for {within.TotalSeconds} s (true pressure {_world.Station.Pressure:F2} bar, level {_world.Station.Level:F2} m), and {_world.Site.Outputs[output].Id} is not asked to be safe"));
            }
        }
    }

    /// <summary>(2) No output leaves its safe state while a cause stands, is within the settle time, or a reset is missing.</summary>
    private void LeavesSafe(int output)
    {
        var now = _world.Clock.Now;
        var id = _world.Site.Outputs[output].Id;
        for (var trip = 0; trip < _trips.Length; trip++)
        {
            var options = _world.Site.Trips[trip];
            if (!options.Armed || !options.Effect.Contains(output))
            {
                continue;
            }

            if (!Resets.IsGranted(trip))
            {
                Find($"(2) {id} leaves its safe state, and {options.Id} has not been reset since it tripped, or since a start after which no reset counts");
            }

            var settled = _sureAt[trip] + options.Settle - Tick;
            if (now < settled && _armedSince[trip] <= _sureAt[trip])
            {
                Find($"(2) {id} leaves its safe state {(now - _sureAt[trip]).TotalSeconds:F1} s after the cause of {options.Id} was seen to stand; it is to settle for {options.Settle.TotalSeconds} s");
            }
        }

        if (_held[output])
        {
            Find($"(2) {id} leaves its safe state, and a hold of its own stands that nobody has reset");
        }
    }

    /// <summary>Each second: (4) and (5).</summary>
    private void Look(ProtectedLife life, TimeSpan now)
    {
        var since = now - _lookedAt;
        var (bypasses, substitutes) = (life.Loop.Bypasses, life.Loop.Substitutes);
        foreach (var bypass in bypasses)
        {
            Limits.InForce(HandKind.Bypass, bypass.Member, since);
        }

        foreach (var substitute in substitutes)
        {
            Limits.InForce(HandKind.Substitute, substitute.Point, since);
        }

        _handsActive = bypasses.Count + substitutes.Count > 0 || now - life.BornAt < TimeSpan.FromMinutes(5) || _shown.Any(s => s.VotesSince is null);
        for (var trip = 0; trip < _trips.Length; trip++)
        {
            if (_trips[trip].InhibitedUntil is not null)
            {
                Limits.InForce(HandKind.Inhibit, trip, since);
            }

            if (_trips[trip].TestUntil is not null)
            {
                Limits.InForce(HandKind.Test, trip, since);
            }
        }

        for (var alarm = 0; alarm < _alarms.Length; alarm++)
        {
            if (_alarms[alarm].State == AlarmState.Shelved)
            {
                Limits.InForce(HandKind.Shelf, alarm, since);
            }
        }

        if (life.Loop.Maintenance is not null)
        {
            Limits.InForceOfAny(HandKind.Maintenance, since);
        }

        LookAtQuality(life, now);
        LookAtSiren(now);
    }

    /// <summary>(4) No good quality without a fresh valid sample.</summary>
    private void LookAtQuality(ProtectedLife life, TimeSpan now)
    {
        life.Loop.CopyReadings(_readings);
        for (var point = 0; point < _world.Field.Count; point++)
        {
            var stale = _world.Site.Points[point].Stale;
            if (_readings[point].Quality.IsGood && now - Later(_validAt[point], _calmSince) > stale + Tick)
            {
                Find($"(4) {_world.Site.Points[point].Name} is good, and its last valid sample came {(now - _validAt[point]).TotalSeconds:F1} s ago; it is stale after {stale.TotalSeconds} s");
            }
        }

        for (var t = 0; t < _shown.Length; t++)
        {
            var point = _world.Field.Members[t];
            var options = _world.Site.Points[point];
            var (newest, before) = _shown[t].Raw;
            if (_readings[point] is { Quality.IsGood: true } reading && _validAt[point] > life.BornAt
                && !IsOf(newest) && !IsOf(before))
            {
                Find(string.Create(
                    CultureInfo.InvariantCulture, $"(4) {options.Name} is good at {reading.Value:F3} bar, and its last samples were {newest} and {before}"));
            }

            bool IsOf(double raw) => Math.Abs((raw * options.Scale) + options.Offset - reading.Value) < 1e-9;
        }
    }

    /// <summary>(5) for silence: a critical alarm that waits to be acknowledged sounds again after 15 min at the latest.</summary>
    private void LookAtSiren(TimeSpan now)
    {
        var calls = _alarms[0] is { State: AlarmState.Unacknowledged, Announced: true };
        _callSince = calls && !_world.SirenSounds ? _callSince ?? now : null;
        if (now - _callSince > TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(5))
        {
            Find("(5) a critical alarm waits to be acknowledged, and the siren has been still for more than 15 min");
        }
    }

    /// <summary>By the samples that were handed over the condition of an alarm is true.</summary>
    private bool StillTrue(int alarm)
    {
        var now = _world.Clock.Now;
        return _world.Site.Alarms[alarm].Id switch
        {
            "PAHH-101" => _shown.Count(s => s.For(TimeSpan.FromSeconds(1), now)) >= 2,
            "LALL-100" => _level.For(TimeSpan.Zero, now),
            _ => _alarmWatch.SaysActive(alarm, now),
        };
    }
}
