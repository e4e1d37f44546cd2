using System.Collections.Immutable;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Modbus;

/// <summary>How much a device is asked to say of itself (Modbus application protocol V1.1b3, section 6.21).</summary>
public enum IdentificationLevel
{
    /// <summary>Objects 0 to 2: maker, product code, revision.</summary>
    Basic = 1,

    /// <summary>Objects 0 to 127: also address of the maker, names of product and model.</summary>
    Regular = 2,

    /// <summary>Objects 0 to 255: also what the maker adds.</summary>
    Extended = 3,

    /// <summary>One object.</summary>
    Single = 4,
}

/// <summary>What a device says of itself.</summary>
/// <param name="Quality">Good, or why there is nothing, or not all.</param>
/// <param name="Objects">Object number and text; printable ASCII, other bytes are U+FFFD.</param>
public sealed record Identification(Quality Quality, ImmutableArray<(int Object, string Text)> Objects);

/// <summary>Questions to a unit that are no scan: who it is, and whether it hears. One attempt each.</summary>
internal sealed class UnitInquiry(IChannel channel, BusTurn turn, TimeProvider time)
{
    /// <summary>Most replies with objects: a device that always says "more follows" is not followed for ever.</summary>
    public const int ReplyLimit = 64;

    /// <summary>Function 43, kind 14.</summary>
    public Identification Identify(byte unit, IdentificationLevel level, int first, TimeSpan timeout, CancellationToken stop)
    {
        var objects = ImmutableArray.CreateBuilder<(int, string)>();
        var buffer = new byte[Requests.ReadLength];
        for (var (replies, next) = (0, first); replies < ReplyLimit; replies++)
        {
            var pdu = buffer.AsSpan(0, Requests.Identification(buffer, (int)level, next));
            var quality = Ask(new Request(unit, pdu), timeout, stop, out var data);
            if (!quality.IsGood)
                return new Identification(quality, objects.ToImmutable());

            // Behind the function code: kind, level, conformity, more follows, next object, number of objects, objects.
            var last = next - 1;
            for (var (at, left) = (Pdu.IdentificationHead - 1, data[5]); left > 0; left--)
            {
                if (data[at] <= last)
                    return new Identification(Quality.Bad(Reason.WrongReply), objects.ToImmutable());
                last = data[at];
                objects.Add((last, RegisterText.Printable(data.AsSpan(at + 2, data[at + 1]))));
                at += 2 + data[at + 1];
            }

            if (data[3] == 0 || level == IdentificationLevel.Single)
                return new Identification(Quality.Good, objects.ToImmutable());

            // It must go on behind what it has said; otherwise it would go round in circles.
            if (data[4] <= last || data[5] == 0)
                return new Identification(Quality.Bad(Reason.WrongReply), objects.ToImmutable());
            next = data[4];
        }

        return new Identification(Quality.Bad(Reason.WrongReply), objects.ToImmutable());
    }

    /// <summary>Function 17: bytes in the maker's own form.</summary>
    public Quality ServerId(byte unit, TimeSpan timeout, CancellationToken stop, out byte[] id)
    {
        var pdu = new byte[1];
        Requests.ServerId(pdu);
        return Ask(new Request(unit, pdu), timeout, stop, out id);
    }

    /// <summary>Function 8, subfunction 0.</summary>
    public Quality Loopback(byte unit, ushort data, TimeSpan timeout, CancellationToken stop)
    {
        var pdu = new byte[Requests.ReadLength];
        Requests.Loopback(pdu, data);
        return Ask(new Request(unit, pdu), timeout, stop, out _);
    }

    /// <summary>A maker's own function; what it does to the device is his affair, so nothing but a test and a person's own command may call this.</summary>
    /// <param name="replyLength">Bytes of the reply's PDU; over TCP at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">No function of a maker, or lengths that no frame has.</exception>
    public Quality Vendor(byte unit, ReadOnlySpan<byte> pdu, int replyLength, TimeSpan timeout, CancellationToken stop, out byte[] data)
    {
        Requests.CheckVendor(pdu, replyLength);
        return Ask(new Request(unit, pdu, replyLength), timeout, stop, out data);
    }

    /// <summary>Any request, once.</summary>
    public Quality Ask(scoped in Request request, TimeSpan timeout, CancellationToken stop, out byte[] data) => Ask(request, timeout, null, stop, out data);

    /// <summary>The same; it can be taken back until its first byte goes out. After that it is finished: a reply that nobody waits for is one that is owed.</summary>
    public Quality Ask(scoped in Request request, TimeSpan timeout, Withdrawal? withdrawal, CancellationToken stop, out byte[] data)
    {
        data = [];
        using var either = withdrawal is null ? null : CancellationTokenSource.CreateLinkedTokenSource(stop, withdrawal.Token);
        var waits = either?.Token ?? stop;
        if (!turn.TakeUrgent(waits))
            return Quality.Bad(Reason.LinkDown);
        try
        {
            if (channel.Ready(request.Unit, null, waits) != ChannelState.Ready)
                return Quality.Bad(Reason.LinkDown);
            var reply = channel.Exchange(request, false, time.Monotonic() + timeout, stop);
            data = reply.Data.ToArray();
            return reply.Outcome switch
            {
                Outcome.Answered => Quality.Good,
                Outcome.Exception => Quality.Bad(reply.Code.ToReason()),
                Outcome.TimedOut => Quality.Bad(Reason.Timeout),
                Outcome.Wrong => Quality.Bad(reply.Mismatch.ToReason()),
                _ => Quality.Bad(Reason.LinkDown),
            };
        }
        finally
        {
            turn.Release();
        }
    }
}
