using System.Buffers.Binary;

namespace EdgeNode.Hardware.Modbus;

/// <summary>One frame; its PDU lies in the framer's buffer until the next byte is received.</summary>
internal readonly ref struct MbapFrame(ushort transaction, byte unit, ReadOnlySpan<byte> pdu)
{
    public ushort Transaction { get; } = transaction;

    public byte Unit { get; } = unit;

    public ReadOnlySpan<byte> Pdu { get; } = pdu;
}

/// <summary>What the received bytes amount to.</summary>
internal enum FramerState
{
    /// <summary>No whole frame yet.</summary>
    Incomplete,

    /// <summary>A frame.</summary>
    Frame,

    /// <summary>Not Modbus TCP: only a new connection helps, since the stream carries no mark to find the next frame by.</summary>
    Broken,
}

/// <summary>
/// Cuts the received bytes into frames (Modbus messaging on TCP/IP V1.0b, section 3.1.3). A pure state machine: no clock,
/// no socket. A header is judged as soon as its bytes are there, so a length that lies is never waited for.
/// </summary>
internal sealed class MbapFramer
{
    /// <summary>Transaction, protocol, length, unit.</summary>
    public const int HeaderLength = 7;

    /// <summary>Longest frame: header and a PDU of 253 bytes.</summary>
    public const int MaxFrame = 260;

    /// <summary>Shortest length field of a reply: unit, function and one byte.</summary>
    public const int MinLength = 3;

    /// <summary>Longest length field: unit and a PDU of 253 bytes.</summary>
    public const int MaxLength = 254;

    private const int BeforeLength = 6;

    // Room for a reply and some stale frames in one receive; more of them wait in the socket.
    private readonly byte[] _buffer = new byte[4 * MaxFrame];
    private int _head;
    private int _tail;

    /// <summary>Bytes of a frame that is not complete are waiting.</summary>
    public bool IsPartial => _tail > _head;

    /// <summary>Why the stream is broken.</summary>
    public Mismatch Fault { get; private set; }

    /// <summary>Where the next bytes go; never empty once <see cref="Next"/> has said Incomplete. Ends the life of the last frame.</summary>
    public Span<byte> Free()
    {
        if (_head > 0)
        {
            _buffer.AsSpan(_head, _tail - _head).CopyTo(_buffer);
            _tail -= _head;
            _head = 0;
        }

        return _buffer.AsSpan(_tail);
    }

    /// <summary>Bytes were put where <see cref="Free"/> said.</summary>
    public void Added(int count) => _tail += count;

    /// <summary>A new connection: nothing of the old one counts.</summary>
    public void Reset()
    {
        _head = _tail = 0;
        Fault = default;
    }

    /// <summary>Takes the next frame out.</summary>
    public FramerState Next(out MbapFrame frame)
    {
        frame = default;
        if (Fault.Kind != MismatchKind.None)
            return FramerState.Broken;

        var bytes = _buffer.AsSpan(_head, _tail - _head);
        if (bytes.Length < 4)
            return FramerState.Incomplete;
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (protocol != 0)
            return Break(new Mismatch(MismatchKind.Protocol, 0, protocol));

        if (bytes.Length < BeforeLength)
            return FramerState.Incomplete;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length is < MinLength or > MaxLength)
            return Break(new Mismatch(MismatchKind.FrameLength, MaxLength, length));

        if (bytes.Length < BeforeLength + length)
            return FramerState.Incomplete;

        frame = new MbapFrame(BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[BeforeLength], bytes[HeaderLength..(BeforeLength + length)]);
        _head += BeforeLength + length;
        return FramerState.Frame;
    }

    /// <summary>Writes the header of a request.</summary>
    public static void WriteHeader(Span<byte> frame, ushort transaction, byte unit, int pduLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame, transaction);
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame[4..], (ushort)(1 + pduLength));
        frame[BeforeLength] = unit;
    }

    private FramerState Break(Mismatch fault)
    {
        Fault = fault;
        return FramerState.Broken;
    }
}
