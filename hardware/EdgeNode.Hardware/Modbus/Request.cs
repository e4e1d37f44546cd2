namespace EdgeNode.Hardware.Modbus;

/// <summary>One request as it goes out, with what is known of its reply before it has come.</summary>
internal readonly ref struct Request
{
    /// <param name="unit">Unit identifier; 0 on a serial line is everybody.</param>
    /// <param name="pdu">Function code and data, made by <see cref="Requests"/>.</param>
    /// <param name="replyLength">Bytes of the reply's PDU; only for a maker's own function, which nobody else can know.</param>
    public Request(byte unit, ReadOnlySpan<byte> pdu, int replyLength = 0)
    {
        Unit = unit;
        Pdu = pdu;
        ReplyLength = replyLength > 0 ? replyLength : Modbus.Pdu.ReplyLength(pdu);
    }

    public byte Unit { get; }

    public ReadOnlySpan<byte> Pdu { get; }

    public byte Function => Pdu[0];

    /// <summary>Bytes of the normal reply's PDU; 0 when only the reply itself says (functions 17 and 43).</summary>
    public int ReplyLength { get; }
}
