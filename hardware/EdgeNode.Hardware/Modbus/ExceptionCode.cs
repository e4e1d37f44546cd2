using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>Exception codes (Modbus application protocol V1.1b3, section 7); a device may send others.</summary>
internal enum ExceptionCode : byte
{
    IllegalFunction = 0x01,
    IllegalAddress = 0x02,
    IllegalValue = 0x03,
    DeviceFailure = 0x04,
    Acknowledge = 0x05,
    Busy = 0x06,

    /// <summary>Not in V1.1b3, still sent by old devices.</summary>
    NegativeAcknowledge = 0x07,
    MemoryParity = 0x08,
    GatewayPath = 0x0A,
    GatewayTarget = 0x0B,
}

/// <summary>What an exception means for the house.</summary>
internal static class ExceptionCodes
{
    public static Reason ToReason(this ExceptionCode code) => code switch
    {
        ExceptionCode.IllegalFunction => Reason.IllegalFunction,
        ExceptionCode.IllegalAddress => Reason.IllegalAddress,
        ExceptionCode.IllegalValue => Reason.IllegalValue,
        ExceptionCode.Acknowledge or ExceptionCode.Busy => Reason.DeviceBusy,
        ExceptionCode.GatewayPath or ExceptionCode.GatewayTarget => Reason.GatewayPath,
        _ => Reason.DeviceFailure,
    };

    /// <summary>The device is still at work on it, or the gateway does not know what became of it: a write may have had its effect.</summary>
    public static bool MayHaveDone(this ExceptionCode code) => code is ExceptionCode.Acknowledge or ExceptionCode.DeviceFailure or ExceptionCode.GatewayTarget;

    /// <summary>The gateway answers for a device that it does not reach: the unit is missing, the link is well.</summary>
    public static bool IsGateway(this ExceptionCode code) => code is ExceptionCode.GatewayPath or ExceptionCode.GatewayTarget;
}
