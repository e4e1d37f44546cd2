namespace EdgeNode.Core.Ports;

/// <summary>
/// One line or register that the node drives. One thread at a time calls it. A failing line or device is a result, never an exception; the
/// next call tries anew, with a chip that was plugged in again, say.
/// </summary>
public interface IOutputPort : IDisposable
{
    /// <summary>Drives it, and reads back what it does. The first call takes the line, with this level from the first moment.</summary>
    /// <param name="energised">The position that is asked for.</param>
    /// <param name="stop">Gives up; what was sent by then may still have its effect.</param>
    OutputResult Drive(bool energised, CancellationToken stop);

    /// <summary>
    /// Drives it, and it may be taken back until it is sent. A port that waits before it sends looks once more after the wait. One that would wait for what it reads back leaves that to
    /// <see cref="ReadBack"/>: something else may have to be driven first.
    /// </summary>
    /// <param name="energised">The position that is asked for.</param>
    /// <param name="withdrawal">Says that it is not to be sent any more; null: nothing does, for it goes to where it rests, its safe state or off.</param>
    /// <param name="stop">Gives up; what was sent by then may still have its effect.</param>
    OutputResult Drive(bool energised, Withdrawal? withdrawal, CancellationToken stop) =>
        withdrawal is { IsDue: true } ? OutputResult.TakenBack : Drive(energised, stop);

    /// <summary>What it does since a drive that was left <see cref="OutputResult.IsUnread"/>; null when that cannot be read, or was put off.</summary>
    /// <param name="energised">The position that was asked for.</param>
    /// <param name="withdrawal">Puts it off until it is sent.</param>
    /// <param name="stop">Gives up.</param>
    bool? ReadBack(bool energised, Withdrawal withdrawal, CancellationToken stop) => null;

    /// <summary>
    /// Keeps all but what is driven and read back from beginning anything on its bus until it is given back: several go safe one after the other. Null where nothing else is in the way. From any thread, and never waits.
    /// </summary>
    IDisposable? Reserve() => null;

    /// <summary>What it does now, without driving it; null when that is not known. Nothing is taken for it.</summary>
    /// <param name="stop">Gives up.</param>
    bool? Look(CancellationToken stop) => null;

    /// <summary>How often it must be driven although nothing has changed, so that the device's own watchdog does not let it fall; null: never.</summary>
    TimeSpan? RefreshEvery => null;
}

/// <summary>What became of driving an output.</summary>
/// <param name="Done">The line or the device took it.</param>
/// <param name="ReadBack">What it says that it does; null when that cannot be read.</param>
/// <param name="Fault">Why not, in a few words; empty when done.</param>
public readonly record struct OutputResult(bool Done, bool? ReadBack, string Fault)
{
    /// <summary>It was taken back in time: nothing was sent.</summary>
    public static OutputResult TakenBack => new(false, null, "taken back") { WasTakenBack = true };

    /// <summary>Nothing was sent, because it was taken back.</summary>
    public bool WasTakenBack { get; init; }

    /// <summary>It was done, and what it does now is still to be read.</summary>
    public bool IsUnread { get; init; }
}
