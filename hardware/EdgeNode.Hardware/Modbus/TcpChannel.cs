using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>Whether a request can be sent.</summary>
internal enum ChannelState
{
    Ready,
    Down,
    Cancelled,
}

/// <summary>
/// One connection and one open request at a time: sends it, finds its own reply among whatever comes, and replaces the connection
/// when the stream cannot be trusted any more. It knows nothing of devices.
/// </summary>
internal sealed class TcpChannel(
    ModbusTcpBusOptions options, ILink link, TimeProvider time, Random jitter, ushort firstTransaction, Counters counters, ILogger logger) : IDisposable
{
    /// <summary>Deadline of a dial; a device's own deadline only counts once there is a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Most frames of other transactions that one request puts up with.</summary>
    public const int StrayLimit = 64;

    private readonly MbapFramer _framer = new();
    private readonly TransactionIds _ids = new(firstTransaction);
    private readonly BackOff _backOff = new(jitter);
    private readonly byte[] _request = new byte[MbapFramer.HeaderLength + Pdu.ReadRequestLength];
    private bool _open;
    private bool _hadReply;
    private bool? _saidUp;
    private TimeSpan _lastExchange = TimeSpan.MinValue;

    public string Peer => link.Peer;

    public string Bus => options.Id;

    /// <summary>Dials when needed and allowed, keeps the pauses, and throws away what came unasked.</summary>
    public ChannelState Ready(CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return ChannelState.Cancelled;
        if (_ids.OpenCount >= TransactionIds.OpenLimit)
        {
            logger.LinkDropsRequests(options.Id, link.Peer, TransactionIds.OpenLimit);
            CloseInOrder();
        }

        if (_open)
        {
            PauseBetween(stop);
            if (_open && !stop.IsCancellationRequested && !DropWhatIsThere())
                Drop();
        }

        if (stop.IsCancellationRequested)
            return ChannelState.Cancelled;
        return _open ? ChannelState.Ready : Dial(stop);
    }

    /// <summary>Sends a request and waits for its reply; only after <see cref="Ready"/>.</summary>
    /// <param name="anyUnitEcho">Accept unit 0 or 255 in the reply.</param>
    /// <param name="deadline">Monotonic time at which the wait ends, whatever comes meanwhile.</param>
    public Reply Exchange(scoped in ReadRequest request, bool anyUnitEcho, TimeSpan deadline, CancellationToken stop)
    {
        var id = _ids.Take();
        MbapFramer.WriteHeader(_request, id, request.Unit, Pdu.ReadRequestLength);
        Pdu.WriteRead(_request.AsSpan(MbapFramer.HeaderLength), request);

        // A frame that began before the request cannot be its reply, whatever number it bears.
        var beganBefore = _framer.IsPartial;
        var strays = 0;
        counters.Request();
        if (link.Send(_request) != LinkResult.Done)
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

    /// <summary>Lets time pass between two requests.</summary>
    public void Wait(TimeSpan span, CancellationToken stop) => link.Wait(span, stop);

    /// <summary>Closes without a fault; the next request dials at once.</summary>
    public void CloseInOrder()
    {
        link.Close();
        _open = false;
    }

    public void Dispose()
    {
        counters.LinkUp = false;
        link.Dispose();
    }

    private ChannelState Dial(CancellationToken stop)
    {
        if (time.Monotonic() < _backOff.Until)
            return ChannelState.Down;

        // The old connection goes first: many devices serve one master only.
        link.Close();
        _framer.Reset();
        _ids.Forget();
        _hadReply = false;
        switch (link.Connect(ConnectTimeout, stop))
        {
            case LinkResult.Done:
                counters.Connect();
                counters.LinkUp = true;
                _open = true;
                if (options.PauseAfterConnect > TimeSpan.Zero)
                    link.Wait(options.PauseAfterConnect, stop);
                if (!stop.IsCancellationRequested)
                    return ChannelState.Ready;
                CloseInOrder(); // so that the next dial keeps the whole pause
                return ChannelState.Cancelled;
            case LinkResult.Cancelled:
                link.Close();
                return ChannelState.Cancelled;
            default:
                counters.LinkFailure();
                counters.LinkUp = false;
                _backOff.Failed(time.Monotonic());
                SayDown(link.Fault);
                return ChannelState.Down;
        }
    }

    private void PauseBetween(CancellationToken stop)
    {
        if (options.PauseBetween <= TimeSpan.Zero || _lastExchange == TimeSpan.MinValue)
            return;

        var left = _lastExchange + options.PauseBetween - time.Monotonic();
        if (left > TimeSpan.Zero)
            link.Wait(left, stop);
    }

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

    private Reply Match(scoped in MbapFrame frame, scoped in ReadRequest request, bool anyUnitEcho)
    {
        if (frame.Unit != request.Unit && !(anyUnitEcho && frame.Unit is 0 or 255))
            return Wrong(new Mismatch(MismatchKind.Unit, request.Unit, frame.Unit));

        var kind = Pdu.ReadReply(frame.Pdu, request, out var registers, out var code, out var mismatch);
        if (kind == PduKind.Wrong)
            return Wrong(mismatch);

        counters.Reply();
        if (kind == PduKind.Exception)
            counters.Exception();
        _hadReply = true;
        _backOff.Answered();
        if (_saidUp != true)
        {
            _saidUp = true;
            logger.LinkUp(options.Id, link.Peer);
        }

        _lastExchange = time.Monotonic();
        return kind == PduKind.Exception
            ? new Reply { Outcome = Outcome.Exception, Code = code, At = _lastExchange }
            : new Reply { Outcome = Outcome.Registers, Registers = registers, At = _lastExchange };
    }

    private Reply TimedOut(TimeSpan now)
    {
        counters.Timeout();
        _lastExchange = now;

        // A frame that stops half-way would swallow the head of the next one.
        if (_framer.IsPartial)
            Drop();
        return new Reply { Outcome = Outcome.TimedOut, At = now };
    }

    private Reply Wrong(Mismatch mismatch)
    {
        counters.WrongReply();
        Drop(mismatch);
        return new Reply { Outcome = Outcome.Wrong, Mismatch = mismatch, At = time.Monotonic() };
    }

    private Reply Lost()
    {
        counters.LinkFailure();
        Drop();
        return new Reply { Outcome = Outcome.Lost, At = time.Monotonic() };
    }

    private void Drop(Mismatch mismatch = default)
    {
        var fault = link.Fault;
        link.Close();
        _open = false;
        counters.LinkUp = false;
        if (_backOff.Lost(time.Monotonic(), _hadReply))
            SayDown(mismatch.Kind == MismatchKind.None ? fault : mismatch.ToString());
    }

    private void SayDown(string fault)
    {
        if (_saidUp == false)
            return;
        _saidUp = false;
        logger.LinkDown(options.Id, link.Peer, fault);
    }
}
