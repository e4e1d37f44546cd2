using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware;

/// <summary>
/// An output that begins a run as the one before left it for a planned restart, while the process that kept it may still drive it as well. Before it is driven there for the first time it must read so:
/// what has fallen meanwhile, by its own watchdog or by that process, is not energised again without a person. Past its time it is driven there only once that process has given it away.
/// </summary>
/// <param name="port">The output; disposed of with this.</param>
/// <param name="level">How it was left.</param>
/// <param name="time">The clock.</param>
/// <param name="until">Monotonic time from which on the process that kept it makes it safe, unless it has given it away.</param>
/// <param name="fallen">Called once when it is found in another state, or is not this run's in time; it must not wait.</param>
public sealed class CarriedPort(IOutputPort port, bool level, TimeProvider time, TimeSpan until, Action fallen) : IOutputPort
{
    /// <summary>What an operator reads of an output that stays safe although its reset was taken.</summary>
    public const string NotGiven = "the process that kept it through the restart (edgenode restart) has not let go of it: it must end first";

    private enum State
    {
        NotLooked,
        Left,
        Fallen,
        AskedSafe,
    }

    private State _state;
    private volatile bool _own;
    private volatile bool _wentSafe;
    private volatile string? _lost;

    /// <summary>It was asked safe and has taken that, and is driven otherwise only once it is this run's: also when it is wanted otherwise by now. From any thread.</summary>
    public bool WentSafe => _wentSafe;

    /// <summary>Nobody else drives it any more. From any thread.</summary>
    public void Own() => _own = true;

    /// <summary>It is the other process's, which makes it safe: it is not driven as it was left before it was asked safe and <see cref="Own"/> was called again. From any thread.</summary>
    /// <param name="why">For the operator.</param>
    public void Lose(string why)
    {
        _own = false;
        _lost = why;
    }

    /// <inheritdoc/>
    public TimeSpan? RefreshEvery => port.RefreshEvery;

    /// <inheritdoc/>
    public bool? Look(CancellationToken stop) => port.Look(stop);

    /// <inheritdoc/>
    public bool? ReadBack(bool energised, Withdrawal withdrawal, CancellationToken stop) => port.ReadBack(energised, withdrawal, stop);

    /// <inheritdoc/>
    public IDisposable? Reserve() => port.Reserve();

    /// <inheritdoc/>
    public OutputResult Drive(bool energised, CancellationToken stop) => Drive(energised, () => port.Drive(energised, stop), stop);

    /// <inheritdoc/>
    public OutputResult Drive(bool energised, Withdrawal? withdrawal, CancellationToken stop) => Drive(energised, () => port.Drive(energised, withdrawal, stop), stop);

    private OutputResult Drive(bool energised, Func<OutputResult> drive, CancellationToken stop)
    {
        if (energised != level)
        {
            (_state, _lost) = (State.AskedSafe, null);
            var safe = drive();
            _wentSafe |= safe.Done;
            return safe;
        }

        if (WhyNot(stop) is { } why)
        {
            if (_state == State.NotLooked)
                return new OutputResult(false, null, why);
            var kept = port.Drive(!level, stop);
            _wentSafe |= kept.Done && _state == State.AskedSafe;
            return new OutputResult(false, kept.ReadBack, why);
        }

        _wentSafe = false;
        return drive();
    }

    /// <inheritdoc/>
    public void Dispose() => port.Dispose();

    private string? WhyNot(CancellationToken stop)
    {
        if (_state == State.NotLooked)
        {
            if (port.Look(stop) is not { } now)
                return "not yet known whether it is still as the run before left it";
            _state = now == level ? State.Left : Fall();
        }

        if (_state == State.Left && (_lost is not null || (!_own && time.Monotonic() >= until)))
            _state = Fall();
        return _state == State.Fallen ? _lost ?? "it was no longer as the run before left it, and is kept safe"
            : _state == State.AskedSafe && !_own ? NotGiven
            : null;
    }

    private State Fall()
    {
        fallen();
        return State.Fallen;
    }
}
