using System.Globalization;

namespace EdgeNode.Core.Model;

/// <summary>The streams of an uplink, each with a sequence of its own. The numbers are part of spool format v1.</summary>
public enum StreamKind : byte
{
    /// <summary>Readings.</summary>
    Telemetry = 1,

    /// <summary>Alarms, gaps and what else happened.</summary>
    Event = 2,
}

/// <summary>
/// Names one run of the gateway on one spool: the spool's random id and a counter that grows with every start.
/// A pair of epoch and sequence number never names two records. Text form: sixteen hex digits, a dash, the counter.
/// </summary>
/// <param name="Spool">Random, made with the spool.</param>
/// <param name="Start">1 with the first start, durable before the first publish.</param>
public readonly record struct Epoch(ulong Spool, uint Start)
{
    /// <summary>For example <c>9f02c1d277aa0b13-7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Spool:x16}-{Start}");

    /// <summary>Reads the text form back.</summary>
    public static bool TryParse(string? text, out Epoch epoch)
    {
        epoch = default;
        if (text is null || text.Length < 18 || text[16] != '-'
            || !ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var spool)
            || !uint.TryParse(text.AsSpan(17), NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            return false;
        }

        epoch = new Epoch(spool, start);
        return true;
    }
}

/// <summary>A place in one stream of one spool: sequence numbers count from 1 within a start.</summary>
/// <param name="Start">The counter of the epoch.</param>
/// <param name="Seq">The sequence number.</param>
public readonly record struct Position(uint Start, ulong Seq) : IComparable<Position>
{
    /// <inheritdoc/>
    public int CompareTo(Position other) => Start != other.Start ? Start.CompareTo(other.Start) : Seq.CompareTo(other.Seq);

    /// <summary>Order by start, then by sequence number.</summary>
    public static bool operator <(Position a, Position b) => a.CompareTo(b) < 0;

    /// <summary>Order by start, then by sequence number.</summary>
    public static bool operator >(Position a, Position b) => a.CompareTo(b) > 0;

    /// <summary>Order by start, then by sequence number.</summary>
    public static bool operator <=(Position a, Position b) => a.CompareTo(b) <= 0;

    /// <summary>Order by start, then by sequence number.</summary>
    public static bool operator >=(Position a, Position b) => a.CompareTo(b) >= 0;
}

/// <summary>
/// Something that happened, on its way to the event stream. The body is one JSON object in UTF-8; on the wire it stands
/// under its kind beside epoch, seq and time: <c>{"epoch":"..","seq":5,"t":..,"gap":{..}}</c>.
/// </summary>
/// <param name="Kind">For example <c>alarm</c>, <c>gap</c>, <c>node</c>.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Body">One JSON object.</param>
public sealed record EventRecord(string Kind, SourceTime Time, ReadOnlyMemory<byte> Body);
