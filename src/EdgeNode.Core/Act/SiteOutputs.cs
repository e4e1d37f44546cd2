using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>All outputs of a site: what is asked of them, and whether they do it.</summary>
/// <remarks>
/// An output is safe while a trip wants it so, while a hold of its own stands, until its minimum time is over, and from the moment on at which
/// the station stops. Nothing else moves it, and nothing holds back the way to its safe state. One that is carried through a planned restart
/// waits for a limited time until the run knows what it wants of it; what the run itself finds against it acts at once.
/// </remarks>
public sealed partial class SiteOutputs
{
    private readonly Site _site;
    private readonly Func<int, bool> _safeWanted;
    private readonly List<OutputCommand> _commands;
    private readonly List<OutputEvent> _events;
    private readonly DrivenOutput[] _outputs;
    private readonly OutputHold[] _holds;
    private readonly int[][] _ofPoint;
    private readonly OutputFaults[] _told;
    private readonly SourceTime[] _since;
    private readonly bool[] _wanted;
    private readonly TimeSpan[] _heldFrom;
    private readonly TimeSpan[] _heldUntil;
    private readonly int[] _computed;
    private readonly double[] _shown;
    private TimeSpan _tellAt;
    private bool _begun;
    private bool _stopping;

    /// <param name="site">The checked site.</param>
    /// <param name="safeWanted">Whether a trip wants an output in its safe state, by <see cref="Site.Outputs"/>.</param>
    /// <param name="start">Monotonic time of the start.</param>
    /// <param name="commands">Takes what outputs are to do, in order.</param>
    /// <param name="events">Takes what happens to them, in order.</param>
    public SiteOutputs(Site site, Func<int, bool> safeWanted, TimeSpan start, List<OutputCommand> commands, List<OutputEvent> events)
    {
        ArgumentNullException.ThrowIfNull(site);
        (_site, _safeWanted, _commands, _events) = (site, safeWanted, commands, events);
        var outputs = site.Outputs;
        _outputs = [.. outputs.Select((_, i) => new DrivenOutput(site, i, start))];
        _holds = [.. outputs.Select((_, i) => new OutputHold([.. site.Trips.Where(t => t.Armed && t.Effect.Contains(i)).Select(t => t.Id)]))];
        _ofPoint = [.. site.Points.Select((_, p) => outputs.Select((o, i) => (o, i)).Where(x => Reads(x.o, p)).Select(x => x.i).ToArray())];
        _told = new OutputFaults[outputs.Length];
        _since = new SourceTime[outputs.Length];
        _wanted = [.. outputs.Select(_ => true)];
        (_heldFrom, _heldUntil) = (new TimeSpan[outputs.Length], new TimeSpan[outputs.Length]);
        (_start, _carriedUntil) = (start, new TimeSpan?[outputs.Length]);
        (_leaving, _leftTold) = (new bool[outputs.Length], new bool[outputs.Length]);
        _computed = [.. outputs.SelectMany(o => new[] { o.Points.Safe, o.Points.Fault })];
        _shown = [.. _computed.Select(_ => double.NaN)];
        _tellAt = start;
    }

    /// <summary>Readings of the outputs' own points by the last call of <see cref="Advance"/>.</summary>
    public List<Reading> Computed { get; } = [];

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            if (_outputs.Length == 0)
            {
                return null;
            }

            var earliest = _tellAt;
            for (var i = 0; i < _outputs.Length; i++)
            {
                earliest = _outputs[i].Deadline is { } due && due < earliest ? due : earliest;
                earliest = _carriedUntil[i] is { } end && end < earliest ? end : earliest;
            }

            return earliest;
        }
    }

    /// <summary>The watchdog relay may give the outputs their supply: the safe state of each whose backstop it is was reached where it is asked for. Else the heartbeat is to stand still.</summary>
    public bool MaySupply => Array.TrueForAll(_outputs, static o => o.MaySupply);

    /// <summary>Present state of an output.</summary>
    public OutputStatus Status(int output) =>
        _outputs[output].Status(_since[output]) with { IsHeld = _holds[output].IsOn, HeldBy = _holds[output].By, IsCarried = _carriedUntil[output] is not null };

    /// <summary>What is to be kept of an output's own hold; null while it is not known how the run before left it.</summary>
    public OutputKept? Kept(int output) => _holds[output].IsDecided ? new OutputKept(_holds[output].IsOn, _holds[output].By, false) : null;

    /// <summary>A reading has come; of its contacts they say what an output does.</summary>
    public void Observe(in Reading reading, TimeSpan at)
    {
        foreach (var output in _ofPoint[reading.Point])
        {
            _outputs[output].Observe(reading.Point, reading.IsOn, at); // a value by hand proves nothing
        }
    }

    /// <summary>What became of driving an output.</summary>
    public void Take(in OutputReport report)
    {
        if ((uint)report.Output < (uint)_outputs.Length)
        {
            _outputs[report.Output].Take(report);
        }
    }

    /// <summary>A person, or the node itself, asks for a hold or resets one.</summary>
    public OutputAnswer Ask(in OutputAsk ask, ClockReading now)
    {
        if ((uint)ask.Output >= (uint)_outputs.Length)
        {
            return OutputAnswer.NoSuchOutput;
        }

        var answer = _holds[ask.Output].Ask(ask);
        if (ask.Hold)
        {
            StaySafe(ask.Output);
            _heldFrom[ask.Output] = answer == OutputAnswer.Done ? now.Monotonic : _heldFrom[ask.Output];
        }
        else
        {
            _heldUntil[ask.Output] = now.Monotonic;
        }

        if (answer == OutputAnswer.Done)
        {
            Tell(ask.Output, ask.Hold ? OutputChange.Held : OutputChange.Released, now.Wall, by: ask.By);
        }

        return answer;
    }

    /// <summary>What the run before left of an output's own hold; null when there is no record of it.</summary>
    public void Restore(int output, OutputKept? kept) => _holds[output].Restore(kept);

    /// <summary>
    /// Lets time run up to a moment, and asks trips and holds what they want then. What they wanted before holds until that moment: a trip that is
    /// reset now does not let go in the past, and neither does a hold.
    /// </summary>
    public void Advance(ClockReading until)
    {
        Computed.Clear();
        for (var i = 0; i < _outputs.Length; i++)
        {
            while (_outputs[i].Deadline is { } due && due < until.Monotonic)
            {
                Run(i, new ClockReading(due, until.WallAt(due)));
                if (_outputs[i].Deadline == due)
                {
                    break;
                }
            }

            _wanted[i] = IsSafeWanted(i, until) || (until.Monotonic < _heldUntil[i] && _outputs[i].Safe);
            Run(i, until);
        }

        _begun = true;
        Show(until);
    }

    /// <summary>What is safe stays so from here on: a minimum time that has run out since the last step gives nothing back that is held by now.</summary>
    private void StaySafe(int output) => _wanted[output] |= _outputs[output].Safe;

    private static bool Reads(OutputOptions output, int point) =>
        output.ReadBack == point
        || output.Proof?.EnergisedPoint == point || output.Proof?.DeEnergisedPoint == point
        || output.HandOffAuto?.AutoPoint == point || output.HandOffAuto?.HandPoint == point;

    private void Run(int i, ClockReading at)
    {
        var output = _outputs[i];
        output.Watch(at.Monotonic);
        if (output.Want(_wanted[i], at.Monotonic) || !_begun)
        {
            _since[i] = at.Wall;
            _commands.Add(new OutputCommand(i, output.Energised, output.Safe));
            Tell(i, OutputChange.Commanded, at.Wall);
        }

        if (output.TakeArrival() is { } arrived)
        {
            Tell(i, OutputChange.Proved, at.WallAt(arrived.At), arrived.Travel);
        }

        var faults = output.Faults;
        if (faults != _told[i])
        {
            _told[i] = faults;
            Tell(i, faults == OutputFaults.None ? OutputChange.FaultGone : OutputChange.Fault, at.Wall, detail: faults == OutputFaults.None ? null : output.Detail);
        }
    }

    private void Tell(int output, OutputChange change, SourceTime time, TimeSpan? travel = null, string? detail = null, string? by = null) =>
        _events.Add(new OutputEvent(output, change, time, _outputs[output].Energised, _outputs[output].Safe) { Travel = travel, Detail = detail, By = by });

    private void Show(ClockReading at)
    {
        var all = at.Monotonic >= _tellAt;
        if (all)
        {
            _tellAt = at.Monotonic + Site.StateEvery;
        }

        for (var n = 0; n < _computed.Length; n++)
        {
            var value = (n % 2 == 0 ? _outputs[n / 2].Safe : _outputs[n / 2].Faults != OutputFaults.None) ? 1.0 : 0.0;
            if (_computed[n] >= 0 && (all || value != _shown[n]))
            {
                _shown[n] = value;
                Computed.Add(new Reading(_computed[n], value, Quality.Good, at.Wall));
            }
        }
    }
}
