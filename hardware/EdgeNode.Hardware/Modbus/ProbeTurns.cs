namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Keeps the units that do not answer from starving those that do. A unit that missed the last time is asked again only
/// when a unit that answers was scanned since the last deadline was lost (or none is due for five seconds), so that between two
/// scans of living units at most one deadline is lost. Suspended units together take at most a fifth of the bus's time, and the one
/// that has waited longest goes first. Units that have answered so far are asked: where several die at once, that round costs a deadline of
/// each. Where nobody answers there is nobody to starve, and nothing is held back.
/// </summary>
internal sealed class ProbeTurns(IChannel channel)
{
    /// <summary>Most of the bus's time that goes into probes of suspended units.</summary>
    public const double Share = 0.2;

    /// <summary>A failure that took less was no deadline: a gateway that says at once that a unit is absent holds up nobody.</summary>
    public static readonly TimeSpan LeastLoss = TimeSpan.FromMilliseconds(50);

    /// <summary>Where living units are scanned more rarely than this, they are not waited for.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(5);

    private readonly List<UnitState> _units = [];
    private TimeSpan? _lostAt;
    private TimeSpan _shareUntil = TimeSpan.MinValue;

    public void Add(UnitState unit) => _units.Add(unit);

    /// <summary>Whether a scan may put a request to the unit now.</summary>
    public bool MayAsk(UnitState unit, TimeSpan now)
    {
        if (unit.IsWell || !unit.WasAsked)
            return true;
        if (!unit.MayTry(now))
            return false;
        if (!SomebodyLives() || IsFree(unit, now))
        {
            unit.WaitsSince = null;
            return true;
        }

        unit.WaitsSince ??= now;
        unit.DeniedAt = now;
        return false;
    }

    /// <summary>The unit was scanned.</summary>
    public void Done(UnitState unit, TimeSpan started, TimeSpan now)
    {
        if (unit.IsWell)
        {
            _lostAt = null;
            return;
        }

        var took = now - started;
        if (took < LeastLoss)
            return;
        _lostAt = now;
        _shareUntil = now + (took * ((1 / Share) - 1));
    }

    private bool IsFree(UnitState unit, TimeSpan now)
    {
        if ((_lostAt is { } lost && now - lost < Spacing) || channel.NotBefore(unit.Address) > now)
            return false;

        // What is scanned more rarely than it would be probed costs at most its own period's deadline, and could wait for ever for a turn.
        if (unit.Every > Breaker.IntervalCap)
            return true;
        return !(unit.IsSuspended && now < _shareUntil) && !SomebodyIsAhead(unit, now);
    }

    private bool SomebodyLives()
    {
        foreach (var unit in _units)
        {
            if (unit.IsWell)
                return true;
        }

        return false;
    }

    /// <summary>One that was sent away before this one, and is scanned often enough to come for its turn.</summary>
    private bool SomebodyIsAhead(UnitState unit, TimeSpan now)
    {
        var since = unit.WaitsSince ?? now;
        foreach (var other in _units)
        {
            if (other != unit && other.WaitsSince < since && now - other.DeniedAt <= Spacing)
                return true;
        }

        return false;
    }
}
