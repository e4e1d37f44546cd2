using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One connection and one open request at a time: sends it, finds its own reply among whatever comes, and replaces the connection
/// when the stream cannot be trusted any more.
/// </summary>
internal sealed class TcpChannel(
    Connection connection, ILink link, TimeProvider time, ushort firstTransaction, Counters counters, ILogger logger) : IChannel
{
    /// <summary>Most frames of other transactions that one request puts up with.</summary>
    public const int StrayLimit = 64;

    private readonly MbapFramer _framer = new();
    private readonly TransactionIds _ids = new(firstTransaction);
    private readonly byte[] _frame = new byte[MbapFramer.MaxFrame];

    public string Peer => connection.Peer;

    public string Bus => connection.Bus;

    public ChannelState Ready(byte unit, BusTurn? turn, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return ChannelState.Cancelled;
        if (_ids.OpenCount >= TransactionIds.OpenLimit)
        {
            logger.LinkDropsRequests(Bus, Peer, TransactionIds.OpenLimit);
            CloseInOrder();
        }

        if (connection.IsOpen)
        {
            connection.PauseBetween(stop);
            if (!stop.IsCancellationRequested && !DropWhatIsThere())
                connection.Drop();
        }

        if (stop.IsCancellationRequested)
            return ChannelState.Cancelled;
        if (connection.IsOpen)
            return ChannelState.Ready;

        _framer.Reset();
        _ids.Forget();
        return connection.Dial(stop);
    }

    public TimeSpan NotBefore(byte unit) => TimeSpan.MinValue;

    public Reply Exchange(scoped in Request request, bool anyUnitEcho, TimeSpan deadline, CancellationToken stop)
    {
        var id = _ids.Take();
        var bytes = _frame.AsSpan(0, MbapFramer.HeaderLength + request.Pdu.Length);
        MbapFramer.WriteHeader(bytes, id, request.Unit, request.Pdu.Length);
        request.Pdu.CopyTo(bytes[MbapFramer.HeaderLength..]);

        // A frame that began before the request cannot be its reply, whatever number it bears.
        var beganBefore = _framer.IsPartial;
        var strays = 0;
        counters.Request();
        if (link.Send(bytes) != LinkResult.Done)
            return Lost();

        while (true)
        {
            while (_framer.Next(out var frame) is var state && state != FramerState.Incomplete)
            {
                if (state == FramerState.Broken)
                    return Wrong(_framer.Fault);

                _ids.Answered(frame.Transaction);
                if (frame.Transaction == id && !beganBefore)
                    return Match(frame, request, anyUnitEcho);

                beganBefore = false;
                counters.Stray();
                if (++strays > StrayLimit)
                    return Wrong(new Mismatch(MismatchKind.Strays, StrayLimit, strays));
            }

            var now = time.Monotonic();
            if (now >= deadline)
                return TimedOut(now);

            switch (link.Receive(_framer.Free(), deadline - now, stop, out var count))
            {
                case LinkResult.Done:
                    _framer.Added(count);
                    break;
                case LinkResult.Closed:
                    return Lost();
                case LinkResult.Cancelled:
                    return new Reply { Outcome = Outcome.Cancelled, At = time.Monotonic() };
            }
        }
    }

    public void Wait(TimeSpan span, CancellationToken stop) => link.Wait(span, stop);

    public void CloseInOrder() => connection.CloseInOrder();

    public void Dispose() => connection.Dispose();

    /// <summary>
    /// Late and unasked frames; false when the peer has closed, or sent what is no frame. Part of a frame may be a late reply under way,
    /// but only if one is still owed.
    /// </summary>
    private bool DropWhatIsThere()
    {
        for (var strays = 0; ;)
        {
            switch (link.Receive(_framer.Free(), TimeSpan.Zero, CancellationToken.None, out var count))
            {
                case LinkResult.Done:
                    _framer.Added(count);
                    break;
                case LinkResult.Closed:
                    return false;
                default:
                    return !_framer.IsPartial || _ids.OpenCount > 0;
            }

            while (_framer.Next(out var frame) is var state && state != FramerState.Incomplete)
            {
                if (state == FramerState.Broken || ++strays > StrayLimit)
                    return false;
                _ids.Answered(frame.Transaction);
                counters.Stray();
            }
        }
    }

    private Reply Match(scoped in MbapFrame frame, scoped in Request request, bool anyUnitEcho)
    {
        if (frame.Unit != request.Unit && !(anyUnitEcho && frame.Unit is 0 or 255))
            return Wrong(new Mismatch(MismatchKind.Unit, request.Unit, frame.Unit));

        var kind = Pdu.ReadReply(frame.Pdu, request, out var data, out var code, out var mismatch);
        if (kind == PduKind.Wrong)
            return Wrong(mismatch);

        counters.Reply();
        if (kind == PduKind.Exception)
            counters.Exception();
        var now = time.Monotonic();
        connection.Answered(now);
        return kind == PduKind.Exception
            ? new Reply { Outcome = Outcome.Exception, Code = code, At = now }
            : new Reply { Outcome = Outcome.Answered, Data = data, At = now };
    }

    private Reply TimedOut(TimeSpan now)
    {
        counters.Timeout();
        connection.Unanswered(now);

        // A frame that stops half-way would swallow the head of the next one.
        if (_framer.IsPartial)
            connection.Drop();
        return new Reply { Outcome = Outcome.TimedOut, At = now };
    }

    private Reply Wrong(Mismatch mismatch)
    {
        counters.WrongReply();
        connection.Drop(mismatch);
        return new Reply { Outcome = Outcome.Wrong, Mismatch = mismatch, At = time.Monotonic() };
    }

    private Reply Lost()
    {
        counters.LinkFailure();
        connection.Drop();
        return new Reply { Outcome = Outcome.Lost, At = time.Monotonic() };
    }
}
