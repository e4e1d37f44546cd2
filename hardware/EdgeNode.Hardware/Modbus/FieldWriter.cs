using System.Buffers.Binary;
using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// Writes, each once: a second one could do a second time what the first has done already. What was sent and not confirmed is said to be unknown.
/// Each is logged, also those that are refused; of those that go round and round it is for the caller to tell what changes.
/// </summary>
internal sealed class FieldWriter(
    string bus, bool isSerial, IReadOnlyDictionary<int, (ModbusDeviceOptions Options, UnitState Unit)> devices, IChannel channel, BusTurn turn, TimeProvider time, ILogger logger)
{
    public FieldWriteResult Write(FieldWrite write, CancellationToken stop)
    {
        var name = write.Device == FieldWrite.Everybody ? "every device" : devices.TryGetValue(write.Device, out var known) ? known.Options.Id : "";
        var result = Granted(write, name) is { } fault
            ? new FieldWriteResult(FieldWriteOutcome.NotGranted, Reason.None, fault, [])
            : Send(write, stop);
        var values = string.Join(", ", write.Values.IsDefault ? [] : write.Values);
        switch (result.Outcome)
        {
            case not FieldWriteOutcome.NotGranted when write.IsToldByCaller:
                break;
            case FieldWriteOutcome.Done:
                logger.Written(bus, name, write.Function, write.Register, values);
                break;
            case FieldWriteOutcome.NotGranted:
                logger.WriteNotGranted(bus, name, write.Function, write.Register, values, result.Detail);
                break;
            default:
                logger.WriteFailed(bus, name, write.Function, write.Register, values, result.Outcome, result.Detail);
                break;
        }

        return result;
    }

    private string? Granted(FieldWrite write, string name)
    {
        if (name.Length == 0)
            return $"device {write.Device} is not on bus {bus}";
        if (write.Device != FieldWrite.Everybody)
            return WriteGrants.Fault(devices[write.Device].Options, write);
        if (!isSerial)
            return "a write to every device is for a serial line; a connection has no broadcast";
        if (write.Function == Pdu.ReadWrite)
            return "expected a function that only writes, came 23: nobody answers a broadcast";
        foreach (var (options, _) in devices.Values)
        {
            if (WriteGrants.Fault(options, write) is { } fault)
                return $"{options.Id}: {fault}";
        }

        return devices.Count > 0 ? null : "there is no device that grants it";
    }

    private FieldWriteResult Send(FieldWrite write, CancellationToken stop)
    {
        Span<byte> pdu = stackalloc byte[Pdu.MaxLength];
        try
        {
            pdu = pdu[..Encode(pdu, write)];
        }
        catch (ArgumentOutOfRangeException e)
        {
            return new FieldWriteResult(FieldWriteOutcome.NotGranted, Reason.None, e.Message, []);
        }

        // Taking it back ends each wait before the first byte, and no wait after it: a confirmation that nobody waits for is a reply that is owed.
        using var either = write.Withdrawal is { } w ? CancellationTokenSource.CreateLinkedTokenSource(stop, w.Token) : null;
        var waits = either?.Token ?? stop;
        if (!turn.TakeUrgent(waits))
            return NotSent("the caller gave up");
        try
        {
            var (options, unit) = write.Device == FieldWrite.Everybody ? (null, null) : devices[write.Device];
            var request = new Request(unit?.Address ?? 0, pdu);
            switch (channel.Ready(request.Unit, null, waits, write.Overtakes && BearsItsValue(write.Function)))
            {
                case ChannelState.Cancelled:
                    return NotSent("the caller gave up");
                case ChannelState.Down:
                    return NotSent($"there is no link to {channel.Peer}");
            }

            if (write.Withdrawal is { IsDue: true })
                return NotSent("it was taken back");
            var reply = channel.Exchange(request, options?.AnyUnitEcho ?? false, time.Monotonic() + (options?.Timeout ?? TimeSpan.Zero), stop);
            if (unit is not null)
                Learn(unit, reply);
            return Result(write, reply);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The confirmation repeats the value, so that no reply to anything else passes for it: not to a read, and not to a write of another value.</summary>
    private static bool BearsItsValue(int function) => function is Pdu.WriteCoil or Pdu.WriteRegister;

    private static int Encode(Span<byte> pdu, FieldWrite write)
    {
        ReadOnlySpan<ushort> words = [.. write.Values.Select(Word)];
        return write.Function switch
        {
            Pdu.WriteCoil => Requests.WriteCoil(pdu, write.Register, words[0] != 0),
            Pdu.WriteRegister => Requests.WriteRegister(pdu, write.Register, words[0]),
            Pdu.WriteCoils => Requests.WriteCoils(pdu, write.Register, [.. write.Values.Select(v => v != 0)]),
            Pdu.WriteRegisters => Requests.WriteRegisters(pdu, write.Register, words),
            Pdu.MaskWrite => Requests.MaskWrite(pdu, write.Register, words[0], words[1]),
            _ => Requests.ReadWrite(pdu, write.ReadBack!.Value.First, write.ReadBack.Value.Last - write.ReadBack.Value.First + 1, write.Register, words),
        };
    }

    private static ushort Word(int value) => value is >= short.MinValue and <= ushort.MaxValue
        ? unchecked((ushort)value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A register holds -32768 to 65535.");

    private void Learn(UnitState unit, scoped in Reply reply)
    {
        if (reply.Outcome == Outcome.Answered || (reply.Outcome == Outcome.Exception && !reply.Code.IsGateway()))
            unit.Answered();
        else if (reply.Outcome != Outcome.Cancelled && unit.Missed(reply))
            channel.CloseInOrder();
    }

    private static FieldWriteResult Result(FieldWrite write, scoped in Reply reply)
    {
        switch (reply.Outcome)
        {
            case Outcome.Answered:
                return new FieldWriteResult(FieldWriteOutcome.Done, Reason.None, "", write.Function == Pdu.ReadWrite ? Words(reply.Data) : []);
            case Outcome.Exception when reply.Code.ToReason() is var reason:
                return new FieldWriteResult(
                    reply.Code.MayHaveDone() ? FieldWriteOutcome.Unknown : FieldWriteOutcome.Refused, reason, $"expected a confirmation, came exception {(int)reply.Code}", []);
            case Outcome.Wrong:
                return new FieldWriteResult(FieldWriteOutcome.Unknown, reply.Mismatch.ToReason(), reply.Mismatch.ToString(), []);
            case Outcome.TimedOut:
                return new FieldWriteResult(FieldWriteOutcome.Unknown, Reason.Timeout, "expected a confirmation, came none within the deadline", []);
            default:
                return new FieldWriteResult(FieldWriteOutcome.Unknown, Reason.LinkDown, "it was sent, and the wait for its confirmation ended early", []);
        }
    }

    private static ImmutableArray<int> Words(ReadOnlySpan<byte> data)
    {
        var words = ImmutableArray.CreateBuilder<int>(data.Length / 2);
        for (var i = 0; i + 1 < data.Length; i += 2)
            words.Add(BinaryPrimitives.ReadUInt16BigEndian(data[i..]));
        return words.ToImmutable();
    }

    private static FieldWriteResult NotSent(string detail) => new(FieldWriteOutcome.NotSent, Reason.LinkDown, detail, []);
}
