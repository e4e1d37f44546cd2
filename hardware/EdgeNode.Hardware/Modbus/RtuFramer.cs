namespace EdgeNode.Hardware.Modbus;

/// <summary>One frame with a good check sum; its PDU lies in the framer's buffer until the next byte is received.</summary>
internal readonly ref struct RtuFrame(byte unit, ReadOnlySpan<byte> pdu)
{
    public byte Unit { get; } = unit;

    public ReadOnlySpan<byte> Pdu { get; } = pdu;
}

/// <summary>
/// Finds replies among the bytes of a serial line (Modbus over serial line 1.02, section 2.5.1). A pure state machine: no clock, no port.
/// Function and byte count say how long a reply is, so a silence is not needed to find its end, and bytes that are no reply are skipped one
/// by one until a frame fits: noise or an echo before a reply does no harm. An exception is five bytes long and known as soon as they are there.
/// </summary>
internal sealed class RtuFramer
{
    /// <summary>Unit, function, code, check sum.</summary>
    public const int ExceptionLength = 5;

    /// <summary>Unit and check sum: what a frame has besides its PDU.</summary>
    public const int Overhead = 1 + Crc16.Length;

    /// <summary>Longest frame on a serial line.</summary>
    public const int MaxFrame = 256;

    /// <summary>Shortest frame: a maker's own function may be confirmed by its code alone.</summary>
    private const int MinFrame = Overhead + 1;

    private readonly byte[] _buffer = new byte[2 * MaxFrame];
    private int _head;
    private int _tail;
    private (byte Function, int Length) _vendor;

    /// <summary>What is there and is no frame yet, if it ever becomes one.</summary>
    public ReadOnlySpan<byte> Waiting => _buffer.AsSpan(_head, _tail - _head);

    /// <summary>Where the next bytes go; never empty. Ends the life of the last frame. A line that only makes noise loses its oldest bytes.</summary>
    public Span<byte> Free()
    {
        var keep = Math.Min(_tail - _head, MaxFrame);
        _buffer.AsSpan(_tail - keep, keep).CopyTo(_buffer);
        (_head, _tail) = (0, keep);
        return _buffer.AsSpan(_tail);
    }

    /// <summary>Bytes were put where <see cref="Free"/> said.</summary>
    public void Added(int count) => _tail += count;

    public void Reset() => _head = _tail = 0;

    /// <summary>A request goes out. A maker's own function is a frame only while its reply is awaited.</summary>
    public void Await(scoped in Request request) =>
        _vendor = IsKnown(request.Function) ? default : (request.Function, request.ReplyLength);

    /// <summary>The first bytes are an echo.</summary>
    public void Skip(int count) => _head += count;

    /// <summary>Takes the first whole frame out, together with all that stands before it.</summary>
    public bool Next(out RtuFrame frame)
    {
        var bytes = Waiting;
        for (var at = 0; at + MinFrame <= bytes.Length; at++)
        {
            var length = Length(bytes[at..]);
            if (length == 0 || at + length > bytes.Length || !Crc16.Fits(bytes.Slice(at, length)))
                continue;

            frame = new RtuFrame(bytes[at], bytes.Slice(at + 1, length - 1 - Crc16.Length));
            _head += at + length;
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>The line has fallen silent, and these bytes are no frame. All but the head of a reply are dropped: the rest of that may still come.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">The bytes in which it was asked.</param>
    /// <param name="echo">An echo is expected.</param>
    /// <returns>What they were; <see cref="MismatchKind.None"/> for noise that may have come before the reply, and for an echo that was expected.</returns>
    public Mismatch Silence(scoped in Request request, ReadOnlySpan<byte> sent, bool echo)
    {
        var found = Judge(request, sent, echo);
        if (found.Kind != MismatchKind.CutOff)
            Reset();
        return found;
    }

    private Mismatch Judge(scoped in Request request, ReadOnlySpan<byte> sent, bool echo)
    {
        var bytes = Waiting;
        var length = request.ReplyLength > 0 ? Overhead + request.ReplyLength : MaxFrame;
        if (echo && sent.IndexOf(bytes) >= 0)
            return default;
        if (bytes.SequenceEqual(sent))
            return new Mismatch(MismatchKind.Echo, length, bytes.Length);
        if (bytes.Length >= length)
            return new Mismatch(MismatchKind.CheckSum, length, bytes.Length);

        for (var at = 0; at + 1 < bytes.Length; at++)
        {
            if (bytes[at] != request.Unit || (bytes[at + 1] & ~Pdu.ExceptionFlag) != request.Function)
                continue;
            var came = bytes.Length - at;
            return bytes[at + 1] != request.Function && came >= ExceptionLength
                ? new Mismatch(MismatchKind.CheckSum, ExceptionLength, came)
                : new Mismatch(MismatchKind.CutOff, length, came);
        }

        return default;
    }

    /// <summary>Length of the reply that may begin here; 0 when none does, or too little of it is there to know.</summary>
    private int Length(ReadOnlySpan<byte> bytes)
    {
        var (unit, function) = (bytes[0], bytes[1]);
        if (unit == 0)
            return 0; // nobody answers a broadcast
        if (function == _vendor.Function && function != 0)
            return Overhead + _vendor.Length;
        if (bytes.Length < ExceptionLength)
            return 0;
        return function switch
        {
            >= Pdu.ExceptionFlag => IsKnown(function & ~Pdu.ExceptionFlag) || function == (_vendor.Function | Pdu.ExceptionFlag) ? ExceptionLength : 0,
            Pdu.ReadCoils or Pdu.ReadDiscreteInputs or Pdu.ServerId => bytes[2] is > 0 and < MaxFrame - ExceptionLength ? ExceptionLength + bytes[2] : 0,
            Pdu.ReadHoldingRegisters or Pdu.ReadInputRegisters or Pdu.ReadWrite => bytes[2] is > 0 and <= 2 * Pdu.MaxRegisters && (bytes[2] & 1) == 0 ? ExceptionLength + bytes[2] : 0,
            Pdu.WriteCoil or Pdu.WriteRegister or Pdu.WriteCoils or Pdu.WriteRegisters or Pdu.Diagnostics => 8,
            Pdu.MaskWrite => 10,
            Pdu.EncapsulatedInterface => Pdu.IdentificationLength(bytes[1..]) is > 0 and <= Pdu.MaxLength and var length ? Overhead + length : 0,
            _ => 0,
        };
    }

    private static bool IsKnown(int function) =>
        Pdu.IsRead(function) || function is Pdu.WriteCoil or Pdu.WriteRegister or Pdu.Diagnostics or Pdu.WriteCoils or Pdu.WriteRegisters
            or Pdu.ServerId or Pdu.MaskWrite or Pdu.ReadWrite or Pdu.EncapsulatedInterface;
}
