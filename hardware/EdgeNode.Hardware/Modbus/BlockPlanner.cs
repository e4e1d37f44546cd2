using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Joins the values of a device into as few requests as its limits allow, in one sorted sweep: O(n log n). A value is never split over
/// two requests (its words would be of two moments), a forbidden register is never touched, and a block starts and ends with a wanted register.
/// Status words are values among others, of no point, and requests that hold one come first.
/// </summary>
internal static class BlockPlanner
{
    private const int BitsPerRegister = 16;

    /// <summary>Plans the requests of a device.</summary>
    /// <exception cref="ArgumentException">A value that no request can read: outside 0 to 65535, longer than a request may be, of
    /// another function than 1 to 4, or on a register that must not be read.</exception>
    public static List<Block> Plan(ModbusDeviceOptions device)
    {
        if (device.MaxRegisters is < 1 or > Pdu.MaxRegisters)
            throw new ArgumentException($"{device.Id}: most registers in one request is {device.MaxRegisters}, expected 1 to {Pdu.MaxRegisters}.", nameof(device));

        var forbidden = Join(device.NeverRead);
        RegisterOptions[] values = [.. device.Registers, .. device.Status.Select((s, i) => s.Register with { Point = Block.StatusPoint(i) })];
        foreach (var value in values)
            Check(device, forbidden, value);
        Array.Sort(values, static (a, b) => (a.Function, a.First, a.End).CompareTo((b.Function, b.First, b.End)));

        var blocks = new List<Block>();
        var first = 0;
        var end = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            var newEnd = value.End;
            if (i > first)
            {
                var size = Size(value);
                var joins = value.Function == values[first].Function
                    && value.First - end <= device.MaxGap * size
                    && Math.Max(newEnd, end) - values[first].First <= device.MaxRegisters * size
                    && (size > 1 || !Touches(forbidden, end, value.First));
                if (joins)
                {
                    end = Math.Max(end, newEnd);
                    continue;
                }

                blocks.Add(new Block(values.AsSpan(first..i)));
            }

            first = i;
            end = newEnd;
        }

        if (values.Length > 0)
            blocks.Add(new Block(values.AsSpan(first)));
        return device.Status.IsEmpty ? blocks : [.. blocks.OrderByDescending(b => b.HasStatus)];
    }

    private static void Check(ModbusDeviceOptions device, RegisterRange[] forbidden, RegisterOptions value)
    {
        var end = value.End;
        var fault = !Pdu.IsRead(value.Function) ? $"function {value.Function}, expected 1 to 4"
            : Pdu.IsOfBits(value.Function) != (value.Type == RegisterType.Bit) ? $"type {value.Type}, expected bit with function 1 or 2, and another with 3 or 4"
            : value.First < 0 || end > Pdu.AddressSpace ? $"registers {value.First} to {end - 1}, expected 0 to 65535"
            : end - value.First > device.MaxRegisters * Size(value) ? $"{end - value.First} registers, but one request may read {device.MaxRegisters}"
            : Size(value) == 1 && Touches(forbidden, value.First, end) ? "a register that must not be read"
            : value.Type == RegisterType.Bits && (value.FirstBit < 0 || value.BitCount < 1 || value.FirstBit + value.BitCount > 16) ? $"bits {value.FirstBit} to {value.FirstBit + value.BitCount - 1}, expected 0 to 15"
            : null;
        if (fault is not null)
            throw new ArgumentException($"{device.Id}: the value at register {value.Register} has {fault}.", nameof(device));
    }

    /// <summary>Coils and discrete inputs are no registers: sixteen of them count as one, and what must not be read does not mean them.</summary>
    private static int Size(RegisterOptions value) => Pdu.IsOfBits(value.Function) ? BitsPerRegister : 1;

    /// <summary>Sorted, without overlaps, so that one search answers for all.</summary>
    private static RegisterRange[] Join(IEnumerable<RegisterRange> ranges)
    {
        var joined = new List<RegisterRange>();
        foreach (var range in ranges.OrderBy(r => r.First))
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last)
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            else
                joined.Add(range);
        }

        return [.. joined];
    }

    /// <summary>True when a forbidden register lies in <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    private static bool Touches(RegisterRange[] forbidden, int from, int to)
    {
        var low = 0;
        var high = forbidden.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (forbidden[middle].Last < from)
                low = middle + 1;
            else
                high = middle;
        }

        return low < forbidden.Length && forbidden[low].First < to;
    }
}
