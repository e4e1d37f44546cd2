using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>
/// Remembers the content of what arrived, as a hash of the last <see cref="Slots"/> keys, so that a key that comes again with other content
/// is found out. An older key that comes again counts as a redelivery. A stamp may be another one when it was not synchronised before and is now:
/// the node has corrected it meanwhile.
/// </summary>
internal sealed class ContentMemory
{
    private const int Slots = 1 << 18;

    private readonly (Epoch Epoch, ulong Seq, int Hash, SourceTime Time)[] _slots = new (Epoch, ulong, int, SourceTime)[Slots];

    public void Remember(in TapReading reading) =>
        _slots[reading.Seq % Slots] = (reading.Epoch, reading.Seq, Hash(reading), reading.Time);

    /// <summary>False when the same key is known with other content. A time that was not synchronised may have been corrected since.</summary>
    public bool Agrees(in TapReading reading)
    {
        var (epoch, seq, hash, time) = _slots[reading.Seq % Slots];
        var corrected = time.Clock == ClockQuality.Unsynchronised && reading.Time.Clock == ClockQuality.Synchronised;
        return epoch != reading.Epoch || seq != reading.Seq || (hash == Hash(reading) && (time == reading.Time || corrected));
    }

    private static int Hash(in TapReading r) => HashCode.Combine(r.Name, r.Unit, r.Value, r.Quality, r.Simulated);
}
