using System.Text;
using EdgeNode.Core.Model;

namespace EdgeNode.SimulationTests.Observed;

/// <summary>
/// What a reading must look like on the wire, from the contract and not from the encoder: bar is sent as Pa, metres as they are. The
/// content of a reading is kept as a hash of name, unit, value, quality and mark; its time is looked at by itself.
/// </summary>
internal sealed class Contents
{
    private readonly (string Unit, double Factor, bool Simulated)[] _points;
    private readonly Dictionary<ulong, int> _names = [];
    private readonly Dictionary<Quality, ulong> _qualities = [];

    public Contents(Site site)
    {
        _points = [.. site.Points.Select(p => p.Unit.Symbol switch
        {
            "bar" => ("Pa", 1e5, p.Simulated),
            "m" => ("m", 1.0, p.Simulated),
            var other => throw new NotSupportedException(other),
        })];
        for (var i = 0; i < site.Points.Length; i++)
        {
            _names.Add(Text(Encoding.UTF8.GetBytes($"{site.Node.Id}:{site.Points[i].Name}")), i);
        }
    }

    /// <summary>The content of a reading that is appended.</summary>
    public uint Of(in Reading reading)
    {
        var (_, factor, simulated) = _points[reading.Point];
        if (!_qualities.TryGetValue(reading.Quality, out var quality))
        {
            _qualities.Add(reading.Quality, quality = Text(Encoding.UTF8.GetBytes(reading.Quality.ToString())));
        }

        return Of(reading.Point, reading.Quality.IsBad ? 0 : reading.Value * factor, quality, simulated);
    }

    /// <summary>The content of a record on the wire; null when no point has the name and the unit.</summary>
    public uint? Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit, double value, ReadOnlySpan<byte> quality, bool simulated) =>
        _names.TryGetValue(Text(name), out var point) && Ascii.Equals(unit, _points[point].Unit)
            ? Of(point, value, Text(quality), simulated)
            : null;

    /// <summary>FNV-1a, so that a name costs no string.</summary>
    public static ulong Text(ReadOnlySpan<byte> text)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var b in text)
        {
            hash = (hash ^ b) * 1_099_511_628_211;
        }

        return hash;
    }

    private static uint Of(int point, double value, ulong quality, bool simulated)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var part in (ReadOnlySpan<ulong>)[(ulong)point, BitConverter.DoubleToUInt64Bits(value), quality, simulated ? 1UL : 0])
        {
            hash = (hash ^ part ^ (part >> 32)) * 1_099_511_628_211;
        }

        return (uint)(hash ^ (hash >> 32));
    }
}
