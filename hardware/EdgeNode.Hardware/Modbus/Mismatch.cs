using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>Which part of a frame was not as expected.</summary>
internal enum MismatchKind
{
    None,

    /// <summary>MBAP protocol identifier, always 0.</summary>
    Protocol,

    /// <summary>MBAP length, 3 to 254.</summary>
    FrameLength,

    /// <summary>Unit identifier.</summary>
    Unit,

    /// <summary>Function code.</summary>
    Function,

    /// <summary>Byte count of the registers.</summary>
    ByteCount,

    /// <summary>Length of the PDU.</summary>
    Length,

    /// <summary>More frames of other transactions or units than a peer in order would send.</summary>
    Strays,

    /// <summary>RTU: bytes enough for the reply, and no good check sum among them.</summary>
    CheckSum,

    /// <summary>RTU: a reply that stopped half-way.</summary>
    CutOff,

    /// <summary>RTU: the request itself.</summary>
    Echo,

    /// <summary>The confirmation of a write names another register.</summary>
    ConfirmedRegister,

    /// <summary>The confirmation of a write names another value or count.</summary>
    ConfirmedValue,

    /// <summary>Device identification of another kind or level than asked for.</summary>
    Identification,
}

/// <summary>What was expected and what came; becomes text only when it is logged.</summary>
internal readonly record struct Mismatch(MismatchKind Kind, int Expected, int Came)
{
    /// <summary>What it means for a reading: bytes that were spoilt on their way say something of the wires, another reply something of the device.</summary>
    public Reason ToReason() => Kind == MismatchKind.CheckSum ? Reason.Checksum : Reason.WrongReply;

    public override string ToString() => Kind switch
    {
        MismatchKind.None => "a reply",
        MismatchKind.Protocol => $"expected protocol {Expected}, came {Came}",
        MismatchKind.FrameLength => $"expected an MBAP length of 3 to {Expected}, came {Came}",
        MismatchKind.Unit => $"expected unit {Expected}, came {Came}",
        MismatchKind.Function => $"expected function {Expected}, came {Came}",
        MismatchKind.ByteCount => $"expected {Expected} bytes of data, came {Came}",
        MismatchKind.Length => $"expected a PDU of {Expected} bytes, came {Came}",
        MismatchKind.CheckSum => $"expected {Expected} bytes with a good check sum, came {Came} without one",
        MismatchKind.CutOff => $"expected {Expected} bytes, came {Came} and then silence",
        MismatchKind.Echo => "expected the reply, came the request itself: the adapter echoes, and the bus wants echo: true",
        MismatchKind.ConfirmedRegister => $"expected register {Expected} to be confirmed, came {Came}",
        MismatchKind.ConfirmedValue => $"expected the value or count {Expected} to be confirmed, came {Came}",
        MismatchKind.Identification => $"expected identification of level {Expected}, came level {Came}",
        _ => $"expected the reply, came {Came} frames of others (limit {Expected})",
    };
}
