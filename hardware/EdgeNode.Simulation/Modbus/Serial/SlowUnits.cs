namespace EdgeNode.Simulation.Modbus.Serial;

/// <summary>A part of a reply.</summary>
/// <param name="After">Pause before it, counted from the end of what went before.</param>
/// <param name="Bytes">What is sent.</param>
internal readonly record struct ReplyPart(TimeSpan After, byte[] Bytes);

/// <summary>The devices of a serial line: a whole request in, the parts of a reply out, with what the device's fault makes of them.</summary>
internal sealed class SlowUnits
{
    private const int MaxGarbageBytes = 64;
    private const int MaxNoiseBytes = 8;

    private readonly FieldUnit?[] _units = new FieldUnit?[256];
    private readonly Random _random;

    /// <exception cref="ArgumentException">An address that no device on a serial line can have, or one that is there twice.</exception>
    public SlowUnits(IEnumerable<FieldUnit> units, Random random)
    {
        _random = random;
        foreach (FieldUnit unit in units)
        {
            if (unit.Address is < 1 or > 247) throw new ArgumentException($"Unit {unit.Address}, but on a serial line units are 1 to 247.", nameof(units));
            if (_units[unit.Address] is not null) throw new ArgumentException($"Unit {unit.Address} is there twice.", nameof(units));
            _units[unit.Address] = unit;
        }
    }

    public FieldUnit? this[byte address] => _units[address];

    /// <summary>Answers a request whose check sum is right.</summary>
    /// <returns>Nothing where the device keeps silent, or is not there; a request for address 0 is done by all and answered by none.</returns>
    public ReplyPart[] Answer(ReadOnlySpan<byte> request)
    {
        if (request[0] == 0)
        {
            byte[] unsaid = new byte[PduAnswer.MaxBytes];
            foreach (FieldUnit? each in _units)
            {
                if (each is not null) PduAnswer.Of(Pdu(request), each.Bank, unsaid);
            }

            return [];
        }

        if (_units[request[0]] is not { } unit) return [];
        FieldFault? fault = unit.Fault;
        if (fault?.Kind == FieldFaultKind.Silent) return [];
        if (fault?.Kind == FieldFaultKind.Garbage) return [new(TimeSpan.Zero, Random(MaxGarbageBytes))];

        byte[] reply = Reply(request, unit, fault);
        return fault?.Kind switch
        {
            FieldFaultKind.Delay => [new(fault.Lateness, reply)],
            FieldFaultKind.Reset => [new(TimeSpan.Zero, reply[..(reply.Length / 2)])],
            FieldFaultKind.Split => [new(TimeSpan.Zero, reply[..(reply.Length / 2)]), new(fault.Pause, reply[(reply.Length / 2)..])],
            FieldFaultKind.Noise => [new(TimeSpan.Zero, [.. Random(MaxNoiseBytes), .. reply])],
            FieldFaultKind.CheckSum => [new(TimeSpan.Zero, [.. reply[..^1], (byte)(reply[^1] ^ 1)])],
            _ => [new(TimeSpan.Zero, reply)],
        };
    }

    private static byte[] Reply(ReadOnlySpan<byte> request, FieldUnit unit, FieldFault? fault)
    {
        Span<byte> reply = stackalloc byte[RtuFrame.MaxBytes];
        reply[0] = fault?.Kind == FieldFaultKind.WrongUnit ? fault.Unit : request[0];
        reply[1] = request[1];
        int pduBytes = fault?.Kind == FieldFaultKind.Exception
            ? PduAnswer.Exception(reply[1..], fault.Code)
            : PduAnswer.Of(Pdu(request), unit.Bank, reply[1..]);
        return reply[..RtuFrame.Seal(reply, 1 + pduBytes)].ToArray();
    }

    private static ReadOnlySpan<byte> Pdu(ReadOnlySpan<byte> request) => request[1..^RtuFrame.CheckSumBytes];

    private byte[] Random(int most)
    {
        byte[] bytes = new byte[_random.Next(1, most + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
