using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>How a run begins and ends for the outputs: safe, but for those that a planned restart carries over.</summary>
public sealed partial class SiteOutputs
{
    private readonly TimeSpan _start;
    private readonly TimeSpan?[] _carriedUntil;
    private readonly bool[] _leaving;
    private readonly bool[] _leftTold;

    /// <summary>Whether a trip wants an output in its safe state for what this run has seen, and not only because the run has just begun.</summary>
    public Func<int, bool> SafeByThisRun { get; init; } = static _ => true;

    /// <summary>
    /// The run begins with an output in its normal state, as the run before left it for a planned restart. It stays so until what keeps every output safe at a start is over: the
    /// record of the run before is read, and each cause has been good for the settle time. When that does not come in time, or something speaks against it, it goes safe.
    /// </summary>
    /// <param name="output">Index into <see cref="Site.Outputs"/>.</param>
    /// <param name="until">Monotonic end of the time that the site file grants.</param>
    /// <remarks>Before the first step.</remarks>
    public void Carry(int output, TimeSpan until)
    {
        _outputs[output] = new DrivenOutput(_site, output, _start, safe: false);
        (_carriedUntil[output], _wanted[output]) = (until, false);
    }

    /// <summary>The station stops: everything goes to its safe state, and nothing of that is kept.</summary>
    /// <param name="leave">Those that are left in their normal state, for a planned restart, until they are not named any more; what is safe by now stays so.</param>
    public void Stop(IReadOnlyList<int>? leave = null)
    {
        var first = !_stopping;
        _stopping = true;
        for (var i = 0; i < _outputs.Length; i++)
        {
            _leaving[i] = leave?.Contains(i) == true && !_outputs[i].Safe && (first ? _carriedUntil[i] is null : _leaving[i]);
            if (!_leaving[i])
            {
                _carriedUntil[i] = null;
                StaySafe(i);
            }
        }
    }

    private bool IsSafeWanted(int i, ClockReading at)
    {
        // A hold acts from the moment on at which it was asked for: a step that comes late looks at older ones first.
        var usual = (_holds[i].IsOn && (at.Monotonic >= _heldFrom[i] || _outputs[i].Safe)) || _safeWanted(i);
        if (_stopping && !_leaving[i])
        {
            return true;
        }

        if (_leaving[i] && !_leftTold[i])
        {
            _leftTold[i] = true;
            Tell(i, OutputChange.LeftNormal, at.Wall);
        }

        if (_carriedUntil[i] is not { } until)
        {
            return usual;
        }

        if (!_begun)
        {
            Tell(i, OutputChange.Carried, at.Wall);
        }

        var why = !usual ? "its causes are known good, and the reset of the run before counts"
            : _holds[i] is { IsDecided: true, IsOn: true } ? "it is held safe"
            : SafeByThisRun(i) ? "a trip wants it safe"
            : at.Monotonic >= until ? "it was not known in time whether it may stay normal"
            : null;
        if (why is null)
        {
            return false;
        }

        _carriedUntil[i] = null;
        Tell(i, OutputChange.CarryEnded, at.Wall, detail: why);
        return usual;
    }
}
