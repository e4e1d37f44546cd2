using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A device with a memory and status words in it; what it is asked for can be refused, or met with silence.</summary>
internal sealed class StatusUnit
{
    public const int Word = 4;

    public ushort[] Registers { get; } = new ushort[4000];

    /// <summary>A request that touches one of them is refused with exception 2.</summary>
    public HashSet<int> Refused { get; } = [];

    /// <summary>A request that touches one of them is not answered.</summary>
    public HashSet<int> Silent { get; } = [];

    /// <summary>Nothing is answered.</summary>
    public bool IsDead { get; set; }

    public Script Script => ask =>
    {
        var asked = Enumerable.Range(ask.Register, ask.Count).ToList();
        return IsDead || asked.Any(Silent.Contains) ? []
            : asked.Any(Refused.Contains) ? [Act.Say(Frames.Exception(ask, 2))]
            : [Act.Say(ask.Function == 2 ? Frames.With(ask, [(byte)(Registers[ask.Register] & 1)]) : Frames.With(ask, Frames.Words([.. asked.Select(r => Registers[r])])))];
    };

    /// <summary>Bits 0 to 3 by class, F to M, of a word of 16 bits.</summary>
    public static StatusWord Of(int register, params int[] points) => new(Plant.Value(-1, register), 1, 2, 4, 8, [.. points]);

    /// <summary>Two values at registers 0 and 1, of points 0 and 1, and a word.</summary>
    public static ModbusDeviceOptions Device(params StatusWord[] words) => Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1)) with { Status = [.. words] };

    /// <summary>What a scan gave, as <c>good 7, bad:timeout 0</c>, in the order of the points.</summary>
    public static string Scan(Rig rig) =>
        string.Join(", ", rig.Scan().OrderBy(s => s.Point).Select(s => FormattableString.Invariant($"{s.Quality} {s.Raw}")));
}
