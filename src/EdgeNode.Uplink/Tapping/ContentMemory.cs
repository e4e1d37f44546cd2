using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>
/// Remembers the content of what arrived, as a hash of the last <see cref="Slots"/> keys, so that a key that comes again with other content
/// is found out. An older key that comes again counts as a redelivery.
/// </summary>
internal sealed class ContentMemory
{
    private const int Slots = 1 << 18;

    private readonly (Epoch Epoch, ulong Seq, int Content, int Time)[] _slots = new (Epoch, ulong, int, int)[Slots];

    public void Remember(in TapReading reading) =>
        _slots[reading.Seq % Slots] = (reading.Epoch, reading.Seq, Content(reading), Time(reading));

    /// <summary>False when the same key is known with other content. A time that was not synchronised may have been corrected since.</summary>
    public bool Agrees(in TapReading reading)
    {
        var (epoch, seq, content, time) = _slots[reading.Seq % Slots];
        return epoch != reading.Epoch || seq != reading.Seq
            || (content == Content(reading) && (time == 0 || Time(reading) == 0 || time == Time(reading)));
    }

    private static int Content(in TapReading r) => HashCode.Combine(r.Name, r.Unit, r.Value, r.Quality, r.Simulated);

    private static int Time(in TapReading r) => r.Time.Clock == ClockQuality.Synchronised ? HashCode.Combine(r.Time.UnixMicroseconds) | 1 : 0;
}
