using EdgeNode.Hardware.I2c;

namespace EdgeNode.Simulation.I2c;

/// <summary>What is wrong with a simulated bus.</summary>
public enum I2cFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A line is held low: each transfer fails, after the adapter's time-out.</summary>
    Stuck,

    /// <summary>The adapter was unplugged.</summary>
    Unplugged,
}

/// <summary>
/// An I2C bus at the seam below the drivers, with chip models on it. Faults and inputs may change while it runs, from any thread, since
/// one lock is round each transfer and each change.
/// </summary>
/// <param name="pass">Lets time pass while a stuck bus keeps the adapter waiting.</param>
/// <param name="chips">Chips, each at its own address.</param>
public sealed class SimulatedI2cBus(Action<TimeSpan> pass, params ISimulatedChip[] chips) : II2cBus
{
    private const int NoisyShare = 8;

    private readonly Lock _gate = new();
    /// <summary>What the kernel waits for a stuck line before it gives up.</summary>
    public static readonly TimeSpan StuckTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, ISimulatedChip> _chips = chips.ToDictionary(c => c.Address);
    private readonly HashSet<int> _missing = [];
    private readonly Dictionary<int, Random> _noisy = [];
    private int _nackAt = -1;

    /// <summary>Transfers that have gone out, failed ones included.</summary>
    public int Transfers { get; private set; }

    /// <summary>What is wrong with the bus.</summary>
    public I2cFault State { get; set; }

    /// <summary>An adapter that reports a missing chip as success and leaves the buffer as it was; one kind of virtual adapter does.</summary>
    public bool HidesMissing { get; set; }

    /// <inheritdoc/>
    public string Fault { get; private set; } = "";

    /// <summary>Takes a chip off the bus, or puts it back with its supply having been gone.</summary>
    public void Plug(int address, bool there)
    {
        lock (_gate)
        {
            if (there && _missing.Remove(address))
            {
                _chips[address].PowerCycle();
            }
            else if (!there)
            {
                _missing.Add(address);
            }
        }
    }

    /// <summary>One in eight of the transfers with a chip breaks off: noise that the adapter takes for a lost arbitration or a missing acknowledge.</summary>
    /// <param name="address">7 bits.</param>
    /// <param name="noisy">Whether there is noise.</param>
    /// <param name="seed">The same seed breaks off the same transfers.</param>
    public void Disturb(int address, bool noisy, int seed = 0)
    {
        lock (_gate)
        {
            if (noisy)
            {
                _noisy.TryAdd(address, new Random(seed));
            }
            else
            {
                _noisy.Remove(address);
            }
        }
    }

    /// <summary>Changes what the chips measure, between two transfers.</summary>
    public void Change(Action change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            change();
        }
    }

    /// <summary>One transfer is not acknowledged.</summary>
    /// <param name="transfers">How many go through before it.</param>
    public void NackAfter(int transfers) => _nackAt = Transfers + transfers;

    /// <inheritdoc/>
    public I2cResult Write(int address, ReadOnlySpan<byte> bytes)
    {
        WaitWhileStuck();
        lock (_gate)
        {
            if (Begin(address, out var chip) is { } result)
            {
                return result;
            }

            chip!.Write(bytes);
            return I2cResult.Done;
        }
    }

    /// <inheritdoc/>
    public I2cResult WriteRead(int address, ReadOnlySpan<byte> write, Span<byte> read)
    {
        WaitWhileStuck();
        lock (_gate)
        {
            if (Begin(address, out var chip) is { } result)
            {
                return result;
            }

            chip!.Write(write);
            chip.Read(read);
            return I2cResult.Done;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Not under the lock: others may look at the bus, and free it.</summary>
    private void WaitWhileStuck()
    {
        if (State == I2cFault.Stuck)
        {
            pass(StuckTimeout);
        }
    }

    private I2cResult? Begin(int address, out ISimulatedChip? chip)
    {
        chip = null;
        var number = Transfers++;
        if (State == I2cFault.Unplugged)
        {
            return Failed("there is no /dev/i2c-9", I2cResult.NoBus);
        }

        if (State == I2cFault.Stuck)
        {
            return Failed("Connection timed out", I2cResult.NoAnswer);
        }

        if (_missing.Contains(address) || !_chips.TryGetValue(address, out chip))
        {
            return HidesMissing ? I2cResult.Done : Failed("Remote I/O error", I2cResult.NoAnswer);
        }

        return number == _nackAt || (_noisy.TryGetValue(address, out var random) && random.Next(NoisyShare) == 0) ? Failed("Remote I/O error", I2cResult.NoAnswer) : null;
    }

    private I2cResult Failed(string fault, I2cResult result)
    {
        Fault = fault;
        return result;
    }
}
