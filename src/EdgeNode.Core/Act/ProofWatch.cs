using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>Follows a movement by its two limit switches, and measures how long it takes.</summary>
/// <param name="options">The switches and the longest travel.</param>
/// <param name="site">The checked site.</param>
/// <param name="energised">The position asked for at the start.</param>
/// <param name="start">Monotonic time of the start.</param>
internal sealed class ProofWatch(ProofOptions options, Site site, bool energised, TimeSpan start)
{
    /// <summary>Two switches are read one after the other, so that one scan may see both closed in between.</summary>
    private readonly TimeSpan _bothAfter = 2 * Longer(site.EveryOf(options.EnergisedPoint), site.EveryOf(options.DeEnergisedPoint));

    private bool? _atEnergised;
    private bool? _atDeEnergised;
    private bool _energised = energised;
    private TimeSpan _commandAt = start;
    private TimeSpan _seenSince = start;
    private bool _fromOtherEnd;

    /// <summary>Where it stands.</summary>
    public ProofState State { get; private set; } = ProofState.Moving;

    /// <summary>The last travel from one end to the other.</summary>
    public TimeSpan? LastTravel { get; private set; }

    /// <summary>Set with each proof; whoever tells of it takes it away.</summary>
    public (TimeSpan At, TimeSpan? Travel)? Arrived { get; set; }

    /// <summary>What is wrong, or null.</summary>
    public string? Detail => State switch
    {
        ProofState.Late => string.Create(CultureInfo.InvariantCulture, $"its limit switches do not show it within {options.Within.TotalSeconds:0.###} s"),
        ProofState.Left => "it has left its end without a command",
        ProofState.Both => "both limit switches are closed at once",
        ProofState.Blind => "a limit switch gives no value",
        _ => null,
    };

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            var up = State == ProofState.Moving ? _commandAt + options.Within : (TimeSpan?)null;
            var seen = (Seen, State) switch
            {
                (Sight.Both, not ProofState.Both) => _seenSince + _bothAfter,
                (Sight.Blind, not ProofState.Blind) => _seenSince + options.Within,
                _ => (TimeSpan?)null,
            };
            return seen is null || up < seen ? up : seen;
        }
    }

    private enum Sight
    {
        Blind,
        There,
        Other,
        Between,
        Both,
    }

    private Sight Seen => (_atEnergised, _atDeEnergised) switch
    {
        (null, _) or (_, null) => Sight.Blind,
        (true, true) => Sight.Both,
        (false, false) => Sight.Between,
        (true, _) => _energised ? Sight.There : Sight.Other,
        _ => _energised ? Sight.Other : Sight.There,
    };

    /// <summary>The point is one of the switches.</summary>
    public bool IsOf(int point) => point == options.EnergisedPoint || point == options.DeEnergisedPoint;

    /// <summary>A switch has been read.</summary>
    public void Observe(int point, bool? closed, TimeSpan at)
    {
        var before = Seen;
        if (point == options.EnergisedPoint)
        {
            _atEnergised = closed;
        }
        else
        {
            _atDeEnergised = closed;
        }

        if (Seen != before)
        {
            _seenSince = at;
        }

        Look(at);
    }

    /// <summary>Another position is asked for.</summary>
    public void Command(bool energised, TimeSpan at)
    {
        (_energised, _commandAt, _fromOtherEnd) = (energised, at, false);
        State = ProofTable.After(State, ProofInput.Command);
        Look(at);
    }

    /// <summary>Lets time run up to a moment.</summary>
    public void Advance(TimeSpan until)
    {
        while (Deadline is { } due && due <= until)
        {
            var before = State;
            Look(due);
            if (State == before)
            {
                return;
            }
        }
    }

    private void Look(TimeSpan at)
    {
        switch (Seen)
        {
            case Sight.There:
                if (State != ProofState.Proved)
                {
                    Arrive(at);
                }

                break;
            case Sight.Other or Sight.Between:
                State = ProofTable.After(State, ProofInput.Away);
                _fromOtherEnd |= Seen == Sight.Other && State == ProofState.Moving;
                break;
            case Sight.Both when at >= _seenSince + _bothAfter:
                State = ProofTable.After(State, ProofInput.Both);
                break;
            case Sight.Blind when at >= _seenSince + options.Within:
                State = ProofTable.After(State, ProofInput.Blind);
                break;
        }

        if (Seen != Sight.There && at >= _commandAt + options.Within)
        {
            State = ProofTable.After(State, ProofInput.TimeUp);
        }
    }

    private void Arrive(TimeSpan at)
    {
        State = ProofTable.After(State, ProofInput.There);
        var travel = _fromOtherEnd ? at - _commandAt : (TimeSpan?)null;
        LastTravel = travel ?? LastTravel;
        Arrived = (at, travel);
        _fromOtherEnd = false;
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
