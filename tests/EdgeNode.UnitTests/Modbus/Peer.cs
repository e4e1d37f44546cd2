using System.Buffers.Binary;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>One request as the peer sees it.</summary>
/// <param name="Connection">Counted from 1.</param>
/// <param name="Number">Counted from 1 over all connections.</param>
/// <param name="Frame">The bytes of the request.</param>
public sealed record Ask(int Connection, int Number, byte[] Frame)
{
    public int Transaction => BinaryPrimitives.ReadUInt16BigEndian(Frame);

    public int Unit => Frame[6];

    public int Function => Frame[7];

    public int Register => BinaryPrimitives.ReadUInt16BigEndian(Frame.AsSpan(8));

    public int Count => BinaryPrimitives.ReadUInt16BigEndian(Frame.AsSpan(10));
}

/// <summary>One thing that a peer does with a request: sends raw bytes after a while, or ends the connection.</summary>
public sealed record Act(byte[] Bytes, TimeSpan After, bool Closes = false, bool Resets = false)
{
    public static Act Say(params byte[] bytes) => new(bytes, TimeSpan.Zero);

    public static Act Late(TimeSpan after, byte[] bytes) => new(bytes, after);

    public static Act Fin { get; } = new([], TimeSpan.Zero, Closes: true);

    public static Act Reset { get; } = new([], TimeSpan.Zero, Closes: true, Resets: true);
}

/// <summary>A peer's behaviour, usable over the in-memory link and over real TCP.</summary>
public delegate IEnumerable<Act> Script(Ask ask);

/// <summary>Frames, built byte by byte and without the product's code, so that they can judge it.</summary>
public static class Frames
{
    /// <summary>What the honest peer holds: different for each unit, function and register, so that a wrong value shows.</summary>
    public static ushort Truth(int unit, int function, int register) => (ushort)((unit * 7919) + (function * 4099) + (register * 13) + 1);

    public static byte[] Raw(int transaction, int protocol, int length, int unit, params byte[] pdu) =>
        [(byte)(transaction >> 8), (byte)transaction, (byte)(protocol >> 8), (byte)protocol, (byte)(length >> 8), (byte)length, (byte)unit, .. pdu];

    public static byte[] Frame(int transaction, int unit, params byte[] pdu) => Raw(transaction, 0, pdu.Length + 1, unit, pdu);

    public static byte[] Registers(int unit, int function, int register, int count) =>
        [.. Enumerable.Range(register, count).Select(r => Truth(unit, function, r)).SelectMany(v => new[] { (byte)(v >> 8), (byte)v })];

    public static byte[] Words(params ushort[] words) => [.. words.SelectMany(v => new[] { (byte)(v >> 8), (byte)v })];

    public static byte[] ReadPdu(int function, byte[] registers) => [(byte)function, (byte)registers.Length, .. registers];

    /// <summary>The right answer.</summary>
    public static byte[] Honest(Ask ask) => With(ask, Registers(ask.Unit, ask.Function, ask.Register, ask.Count));

    /// <summary>An answer that fits, with chosen registers.</summary>
    public static byte[] With(Ask ask, byte[] registers) => Frame(ask.Transaction, ask.Unit, ReadPdu(ask.Function, registers));

    public static byte[] Exception(Ask ask, int code) => Frame(ask.Transaction, ask.Unit, (byte)(ask.Function | 0x80), (byte)code);
}

/// <summary>Peers that several tests use.</summary>
public static class Peers
{
    public static IEnumerable<Act> Honest(Ask ask) => [Act.Say(Frames.Honest(ask))];

    public static IEnumerable<Act> Silent(Ask ask) => [];

    /// <summary>Always the same words, whatever is asked.</summary>
    public static Script Holding(params ushort[] words) => ask => [Act.Say(Frames.With(ask, Frames.Words(words)))];

    public static Script Refusing(int code) => ask => [Act.Say(Frames.Exception(ask, code))];

    /// <summary>Honest about all registers but those: a block that touches one is refused.</summary>
    public static Script Lacking(int code, params int[] registers) => ask =>
        [Act.Say(registers.Any(r => r >= ask.Register && r < ask.Register + ask.Count) ? Frames.Exception(ask, code) : Frames.Honest(ask))];

    /// <summary>Something special for the first requests, honest afterwards; null means honest.</summary>
    public static Script First(params Script?[] special) => ask =>
        (ask.Number <= special.Length ? special[ask.Number - 1] ?? Honest : Honest)(ask);
}
