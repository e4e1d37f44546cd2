using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One connection and one open request at a time, or as many as the site file allows: sends it, finds its own reply among whatever comes, and replaces the connection
/// when the stream cannot be trusted any more.
/// </summary>
internal sealed class TcpChannel(
    Connection connection, ILink link, TimeProvider time, ushort firstTransaction, int depth, Counters counters, ILogger logger) : IChannel
{
    /// <summary>Most frames of other transactions that one request puts up with.</summary>
    public const int StrayLimit = 64;

    private readonly MbapFramer _framer = new();
    private readonly AheadWindow _ahead = new(depth - 1);
    private readonly TransactionIds _ids = new(firstTransaction);

    // How many may be open again if a request that failed among others fails alone as well; 0 while none is on trial.
    private int _depthOnTrial;
    private readonly byte[] _frame = new byte[MbapFramer.MaxFrame];

    public string Peer => connection.Peer;

    public string Bus => connection.Bus;

    public ChannelState Ready(byte unit, BusTurn? turn, CancellationToken stop, bool overtakes = false)
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
        _ahead.Clear();
        return connection.Dial(stop);
    }

    public TimeSpan NotBefore(byte unit) => TimeSpan.MinValue;

    public int Depth { get; private set; } = depth;

    public void Follow(scoped in Request request)
    {
        if (Depth > 1)
            _ahead.Add(request);
    }

    public void FollowNothing() => _ahead.Clear();

    public Reply Exchange(scoped in Request request, bool anyUnitEcho, TimeSpan deadline, CancellationToken stop)
    {
        var strays = 0;
        ushort id;
        bool beganBefore;
        var early = _ahead.Find(request);
        if (early is { IsSent: true })
        {
            early.IsTaken = false;
            if (early.HasCome)
                return Match(early.ReplyUnit, early.Reply, request, anyUnitEcho);
            (id, beganBefore) = (early.Transaction, false);
        }
        else
        {
            if (early is not null)
                early.IsTaken = false;

            // A frame that began before the request cannot be its reply, whatever number it bears.
            beganBefore = _framer.IsPartial;
            if (!Send(request, out id))
                return Lost();
        }

        if (!beganBefore && !SendAhead())
            return Lost();

        while (true)
        {
            while (_framer.Next(out var frame) is var state && state != FramerState.Incomplete)
            {
                if (state == FramerState.Broken)
                    return Wrong(_framer.Fault);

                _ids.Answered(frame.Transaction);
                if (frame.Transaction == id && !beganBefore)
                    return Match(frame.Unit, frame.Pdu, request, anyUnitEcho);

                beganBefore = false;
                if (_ahead.Came(frame))
                    continue;
                counters.Stray();
                if (++strays > StrayLimit)
                    return Wrong(new Mismatch(MismatchKind.Strays, StrayLimit, strays));
            }

            var now = time.Monotonic();
            if (now >= deadline)
                return TimedOut(now, early is { IsSent: true });

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

    private bool Send(scoped in Request request, out ushort id)
    {
        id = _ids.Take();
        var bytes = _frame.AsSpan(0, MbapFramer.HeaderLength + request.Pdu.Length);
        MbapFramer.WriteHeader(bytes, id, request.Unit, request.Pdu.Length);
        request.Pdu.CopyTo(bytes[MbapFramer.HeaderLength..]);
        counters.Request();
        return link.Send(bytes) == LinkResult.Done;
    }

    private bool SendAhead()
    {
        foreach (var entry in _ahead.Entries)
        {
            if (entry is not { IsTaken: true, IsSent: false })
                continue;
            if (!Send(entry.Request, out var id))
                return false;
            (entry.IsSent, entry.Transaction) = (true, id);
        }

        return true;
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
                if (!_ahead.Came(frame))
                    counters.Stray();
            }
        }
    }

    private Reply Match(byte unit, ReadOnlySpan<byte> pdu, scoped in Request request, bool anyUnitEcho)
    {
        if (unit != request.Unit && !(anyUnitEcho && unit is 0 or 255))
            return Wrong(new Mismatch(MismatchKind.Unit, request.Unit, unit));

        var kind = Pdu.ReadReply(pdu, request, out var data, out var code, out var mismatch);
        if (kind == PduKind.Wrong)
            return Wrong(mismatch);

        if (_depthOnTrial > 0)
        {
            _depthOnTrial = 0;
            logger.PipelineGivenUp(Bus, Peer);
        }

        counters.Reply();
        if (kind == PduKind.Exception)
            counters.Exception();
        var now = time.Monotonic();
        connection.Answered(now);
        return kind == PduKind.Exception
            ? new Reply { Outcome = Outcome.Exception, Code = code, At = now }
            : new Reply { Outcome = Outcome.Answered, Data = data, At = now };
    }

    private Reply TimedOut(TimeSpan now, bool wasEarly)
    {
        // Was it the crowd, or is the unit dead? It is asked once more, alone.
        var wasCrowded = Depth > 1 && (wasEarly || _ahead.IsBusy);
        Try(wasCrowded);
        counters.Timeout();
        connection.Unanswered(now);

        // A frame that stops half-way would swallow the head of the next one.
        if (_framer.IsPartial)
            connection.Drop();
        return new Reply { Outcome = Outcome.TimedOut, WasCrowded = wasCrowded, At = now };
    }

    private Reply Wrong(Mismatch mismatch)
    {
        counters.WrongReply();
        _ahead.Clear();
        connection.Drop(mismatch);
        return new Reply { Outcome = Outcome.Wrong, Mismatch = mismatch, At = time.Monotonic() };
    }

    private Reply Lost()
    {
        Try(_ahead.IsBusy);
        counters.LinkFailure();
        connection.Drop();
        return new Reply { Outcome = Outcome.Lost, At = time.Monotonic() };
    }

    /// <summary>A request failed among others: the next one goes alone. One that failed alone clears the others of suspicion.</summary>
    private void Try(bool wasCrowded)
    {
        _ahead.Clear();
        if (wasCrowded && Depth > 1)
            (_depthOnTrial, Depth) = (Depth, 1);
        else if (_depthOnTrial > 0)
            (Depth, _depthOnTrial) = (_depthOnTrial, 0);
    }
}
