using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware;

/// <summary>
/// An output that begins a run as the one before left it for a planned restart. Before it is driven there for the first time it must read so: what has fallen meanwhile, by its
/// own watchdog or by the process that kept it, is not energised again without a person.
/// </summary>
/// <param name="port">The output; disposed of with this.</param>
/// <param name="level">How it was left.</param>
/// <param name="fallen">Called once when it is found in another state; it must not wait.</param>
public sealed class CarriedPort(IOutputPort port, bool level, Action fallen) : IOutputPort
{
    private enum State
    {
        NotLooked,
        Fallen,
        Plain,
    }

    private State _state;

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
            _state = State.Plain;
        if (_state == State.NotLooked)
        {
            if (port.Look(stop) is not { } now)
                return new OutputResult(false, null, "not yet known whether it is still as the run before left it");
            _state = now == level ? State.Plain : State.Fallen;
            if (_state == State.Fallen)
                fallen();
        }

        if (_state == State.Plain)
            return drive();
        var safe = port.Drive(!level, stop);
        return new OutputResult(false, safe.ReadBack, "it was no longer as the run before left it, and is kept safe");
    }

    /// <inheritdoc/>
    public void Dispose() => port.Dispose();
}
