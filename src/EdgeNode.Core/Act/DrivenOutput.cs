using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>One output: what is asked of it, and whether it does that.</summary>
internal sealed class DrivenOutput
{
    private readonly OutputOptions _options;
    private readonly DriveWatch _drive;
    private readonly ContactWatch? _contact;
    private readonly ProofWatch? _proof;
    private readonly ModeWatch? _mode;
    private readonly SupplyWatch? _supply;
    private TimeSpan _safeSince;

    /// <param name="site">The checked site.</param>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    /// <param name="start">Monotonic time of the start.</param>
    /// <param name="safe">It begins in its safe state.</param>
    public DrivenOutput(Site site, int output, TimeSpan start, bool safe = true)
    {
        _options = site.Outputs[output];
        (Safe, Energised, _safeSince) = (safe, safe ? _options.SafeEnergised : _options.NormalEnergised, start);
        _drive = new DriveWatch(Energised, start);
        _contact = _options.ReadBack is null ? null : new ContactWatch(_options.ReadBackWithin, Energised, start);
        _proof = _options.Proof is { } proof ? new ProofWatch(proof, site, Energised, start) : null;
        _mode = _options.HandOffAuto is { } mode ? new ModeWatch(mode, start) : null;
        _supply = _options.Backstops.Contains(Backstop.WatchdogRelay) && !_options.SafeEnergised ? new SupplyWatch(start) : null;
        _supply?.Look(IsNotSafe, start);
    }

    /// <summary>The position that is asked for.</summary>
    public bool Energised { get; private set; }

    /// <summary>It is the safe state.</summary>
    public bool Safe { get; private set; }

    /// <summary>It is to go back to normal and waits for the end of its minimum time.</summary>
    public bool Waits { get; private set; }

    /// <summary>What is wrong.</summary>
    public OutputFaults Faults =>
        (_drive.IsFault ? OutputFaults.NotDriven : 0)
        | (_drive.ReadsBackOther ? OutputFaults.ReadsBackOther : 0)
        | (_contact is { IsFault: true } ? OutputFaults.Contact : 0)
        | (_proof is not null && ProofTable.IsFault(_proof.State) ? OutputFaults.Proof : 0)
        | (_mode is { IsFault: true } ? OutputFaults.NotInAuto : 0)
        | (_supply is { Cuts: true } ? OutputFaults.CutOff : 0);

    /// <summary>The watchdog relay may give the outputs their supply, as far as this one is concerned.</summary>
    public bool MaySupply => _supply is null or { Cuts: false, IsUnknown: false };

    /// <summary>The same in words.</summary>
    public string Detail => string.Join("; ", new[]
    {
        _drive.Detail,
        _drive.ReadsBackOther ? string.Create(CultureInfo.InvariantCulture, $"it reads back {_options.Word(!Energised)}") : null,
        _contact?.Detail,
        _proof?.Detail,
        _mode?.Detail,
        _supply?.Detail,
    }.Where(d => d is not null));

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            var earliest = Waits ? _safeSince + _options.MinimumSafe : (TimeSpan?)null;
            Take(_drive.Deadline);
            Take(_contact?.Deadline);
            Take(_proof?.Deadline);
            Take(_mode?.Deadline);
            Take(_supply?.Deadline);
            return earliest;

            void Take(TimeSpan? at) => earliest = earliest is null || at < earliest ? at : earliest;
        }
    }

    private bool IsNotSafe => Safe && (!_drive.HasTaken || _drive.ReadsBackOther || _contact is { SaysOther: true });

    /// <summary>The limit switches have proved a position since the last call, and how long the travel took.</summary>
    public (TimeSpan At, TimeSpan? Travel)? TakeArrival()
    {
        if (_proof is null)
        {
            return null;
        }

        var arrived = _proof.Arrived;
        _proof.Arrived = null;
        return arrived;
    }

    /// <summary>One of its contacts has been read.</summary>
    public void Observe(int point, bool? closed, TimeSpan at)
    {
        if (point == _options.ReadBack)
        {
            _contact!.Observe(closed, at);
        }

        if (_proof?.IsOf(point) == true)
        {
            _proof.Observe(point, closed, at);
        }

        if (_mode?.IsOf(point) == true)
        {
            _mode.Observe(point, closed, at);
        }
    }

    /// <summary>What became of driving it.</summary>
    public void Take(in OutputReport report) => _drive.Take(report);

    /// <summary>Lets its watches run up to a moment.</summary>
    public void Watch(TimeSpan until)
    {
        _drive.Advance(until);
        _contact?.Advance(until);
        _proof?.Advance(until);
        _mode?.Advance(until);
        _supply?.Look(IsNotSafe, until);
    }

    /// <summary>What is wanted of it at a moment.</summary>
    /// <param name="safe">Its safe state.</param>
    /// <param name="at">The moment.</param>
    /// <returns>True when another position is asked for since then.</returns>
    public bool Want(bool safe, TimeSpan at)
    {
        // Going safe never waits; the minimum time holds back the way to normal alone.
        Waits = Safe && !safe && at < _safeSince + _options.MinimumSafe;
        var next = safe || Waits;
        if (next == Safe)
        {
            return false;
        }

        Safe = next;
        _safeSince = Safe ? at : _safeSince;
        var energised = Safe ? _options.SafeEnergised : _options.NormalEnergised;
        if (energised == Energised)
        {
            return true;
        }

        Energised = energised;
        _drive.Command(energised, at);
        _contact?.Command(energised, at);
        _proof?.Command(energised, at);
        _supply?.Look(IsNotSafe, at);
        return true;
    }

    /// <summary>As those see it who look from outside.</summary>
    public OutputStatus Status(SourceTime since) => new(Energised, Safe, since)
    {
        Waits = Waits,
        Driven = _drive.Driven,
        ReadBack = _drive.ReadBack,
        Contact = _contact?.Value,
        Proof = _proof?.State,
        Mode = _mode?.Mode,
        LastTravel = _proof?.LastTravel,
        Faults = Faults,
        Detail = Detail,
    };
}
