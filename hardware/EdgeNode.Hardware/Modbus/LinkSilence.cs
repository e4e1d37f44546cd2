namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Notices that the whole link is silent, not one unit: each unit of the bus missed since the last frame. Then one new connection is
/// worth trying, once for the link and not once for each unit.
/// </summary>
/// <param name="units">Number of different units on the link.</param>
internal sealed class LinkSilence(int units)
{
    /// <summary>Fewest misses in a row; one is not yet a silence on a link with one unit.</summary>
    public const int MissLimit = 2;

    /// <summary>A silence that lasts gets another connection this much later, for a peer whose session hangs.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private readonly HashSet<byte> _missed = new(units);
    private int _misses;
    private TimeSpan? _reconnectedAt;

    /// <summary>The peer sent a frame.</summary>
    public void Heard()
    {
        _missed.Clear();
        _misses = 0;
        _reconnectedAt = null;
    }

    /// <summary>A unit did not answer.</summary>
    /// <returns>True when the link should be replaced now.</returns>
    public bool Missed(byte unit, TimeSpan now)
    {
        _missed.Add(unit);
        _misses = Math.Min(_misses + 1, MissLimit);
        if (_missed.Count < units || _misses < MissLimit || (_reconnectedAt is { } at && now - at < Again))
            return false;

        _reconnectedAt = now;
        return true;
    }
}
