namespace EdgeNode.Core.Ports;

/// <summary>
/// Totals that survive a restart: what pulse meters have counted. One thread a bus calls it; it never waits for a disk.
/// </summary>
public interface ITotals
{
    /// <summary>What was kept is known. Before that nobody knows where a total begins.</summary>
    bool IsReady { get; }

    /// <summary>The total that was kept last, or null when none was.</summary>
    /// <param name="key">The point's name.</param>
    double? Restore(string key);

    /// <summary>Takes the present total; durable at the store's own pace, and with an orderly stop at the latest.</summary>
    /// <param name="key">The point's name.</param>
    /// <param name="total">In pulses: whoever corrects the size of a pulse corrects the past with it.</param>
    void Keep(string key, double total);
}

/// <summary>Keeps nothing: for a look at the devices that must not touch what the service keeps.</summary>
public sealed class NoTotals : ITotals
{
    /// <inheritdoc/>
    public bool IsReady => true;

    /// <inheritdoc/>
    public double? Restore(string key) => null;

    /// <inheritdoc/>
    public void Keep(string key, double total)
    {
    }
}
