using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// The one place that says whether a write may go out. Modbus has no authentication: what is not granted by the site file, with function,
/// register and value, is refused here and reaches no wire.
/// </summary>
internal static class WriteGrants
{
    /// <summary>Why a device may not be written to like this; null when it may.</summary>
    public static string? Fault(ModbusDeviceOptions device, FieldWrite write)
    {
        if (write.Function is not (Pdu.WriteCoil or Pdu.WriteRegister or Pdu.WriteCoils or Pdu.WriteRegisters or Pdu.MaskWrite or Pdu.ReadWrite))
            return $"expected function 5, 6, 15, 16, 22 or 23, came {write.Function}";
        if (write.Values.IsDefaultOrEmpty)
            return "expected a value to write, came none";
        if (write.Function is Pdu.WriteCoil or Pdu.WriteRegister && write.Values.Length != 1)
            return $"expected one value with function {write.Function}, came {write.Values.Length}";
        if (write.Function == Pdu.MaskWrite && (write.Values.Length != 2 || write.Values.Any(v => v is < 0 or > ushort.MaxValue)))
            return "expected the bits that stay and the bits to set, both 0 to 65535";
        if ((write.Function == Pdu.ReadWrite) != write.ReadBack.HasValue)
            return "expected registers to read back with function 23, and with no other";

        var span = Span(write);
        foreach (var grant in device.Writes)
        {
            if (grant.Function == write.Function && grant.Registers.First <= span.First && span.Last <= grant.Registers.Last)
                return Values(grant, write);
        }

        return device.Writes.IsDefaultOrEmpty
            ? "the site file grants no writes to it"
            : $"the site file does not grant function {write.Function} on {(span.First == span.Last ? $"register {span.First}" : $"registers {span.First} to {span.Last}")}";
    }

    private static RegisterRange Span(FieldWrite write) =>
        new(write.Register, write.Register + (write.Function == Pdu.MaskWrite ? 1 : write.Values.Length) - 1);

    private static string? Values(WriteGrant grant, FieldWrite write)
    {
        if (grant.Function == Pdu.MaskWrite)
        {
            var changed = ~write.Values[0] & ushort.MaxValue;
            return (changed & ~grant.Mask) == 0 ? null : $"the site file grants the bits 0x{grant.Mask:X4}, and the write would change 0x{changed:X4}";
        }

        foreach (var value in write.Values)
        {
            if (value < grant.Low || value > grant.High)
                return $"the site file grants values from {grant.Low} to {grant.High}, came {value}";
        }

        return null;
    }
}
