using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// RTU frames over a serial line or through a serial server: keeps the silences, sends a request, and finds its reply among noise, echo, and
/// what other units say. Whatever comes, the only thing that is ever used is a frame with a good check sum and the unit, function and count
/// that were asked for, while that unit owes no older reply that could pass for it.
/// </summary>
/// <param name="slowest">Longest deadline of a device on this line.</param>
/// <param name="echo">What is sent is heard, and is to be removed.</param>
internal sealed class RtuChannel(
    Connection connection, ILink link, LineTiming timing, TimeSpan slowest, bool echo, TimeProvider time, Counters counters) : IChannel
{
    /// <summary>A line on which nothing but noise or another master is heard for this long is given up, and tried again with growing pauses.</summary>
    public static readonly TimeSpan BabbleLimit = TimeSpan.FromSeconds(2);

    /// <summary>Most frames of others that one request puts up with.</summary>
    public const int StrayLimit = 64;

    /// <summary>Silence after a broadcast, in which every device does what it was told (Modbus over serial line 1.02, section 2.4.1: 100 to 200 ms).</summary>
    public static readonly TimeSpan TurnAround = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest time for which a write waits while a scan waits for a silence.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private readonly RtuFramer _framer = new();
    private readonly Quarantine _quarantine = new();
    private readonly byte[] _frame = new byte[RtuFramer.Overhead + Pdu.MaxLength];
    private bool _wasOpened;
    private TimeSpan _broadcastUntil = TimeSpan.MinValue;

    // The end of the last transmission on the line, ours or another's.
    private TimeSpan _lastActivity;

    public string Peer => connection.Peer;

    public string Bus => connection.Bus;

    public ChannelState Ready(byte unit, BusTurn? turn, CancellationToken stop, bool overtakes = false)
    {
        if (stop.IsCancellationRequested)
            return ChannelState.Cancelled;
        if (connection.IsOpen)
            connection.PauseBetween(stop);

        for (var again = false; ; again = true)
        {
            if (!connection.IsOpen)
            {
                var state = connection.Dial(stop);
                if (state != ChannelState.Ready)
                    return state;
                Opened();
            }

            switch (BecomeSilent(unit, overtakes ? TimeSpan.MinValue : _quarantine.Until(unit), turn, stop))
            {
                case Silence.Kept:
                    return ChannelState.Ready;
                case Silence.Preempted:
                    return ChannelState.Preempted;
                case Silence.Cancelled:
                    return ChannelState.Cancelled;
                case Silence.Never:
                    connection.Failed("the line never falls silent");
                    return ChannelState.Down;
            }

            counters.LinkFailure();
            connection.Drop();
            if (again)
                return ChannelState.Down;
        }
    }

    public int Depth => 1;

    public void Follow(scoped in Request request)
    {
        // One at a time: there is no number to tell replies apart.
    }

    public void FollowNothing()
    {
    }

    public TimeSpan NotBefore(byte unit) => _quarantine.Until(unit);

    /// <summary>As of any channel. The time that the bytes themselves take on the line comes on top of the deadline. A broadcast is over when it is out.</summary>
    public Reply Exchange(scoped in Request request, bool anyUnitEcho, TimeSpan deadline, CancellationToken stop)
    {
        ReadOnlySpan<byte> bytes = Seal(request);
        _framer.Await(request);
        counters.Request();
        var sent = time.Monotonic();
        var configured = deadline - sent;
        deadline += timing.Bytes(bytes.Length + RtuFramer.Overhead + (request.ReplyLength > 0 ? request.ReplyLength : Pdu.MaxLength));
        if (link.Send(bytes) != LinkResult.Done)
            return Lost(request.Unit, sent, configured);

        // Adapters take the bytes and say that they are out while they are not; a computed time alone would miss a slow start.
        _lastActivity = Max(time.Monotonic(), sent + timing.Bytes(bytes.Length));
        if (request.Unit == 0)
            return Broadcast();
        var lastByte = sent;
        var echoAwaited = echo;
        var isJudged = true;
        var strays = 0;
        Mismatch seen = default;
        while (true)
        {
            if (echoAwaited && _framer.Waiting.StartsWith(bytes))
            {
                _framer.Skip(bytes.Length);
                echoAwaited = false;
            }

            while (_framer.Next(out var frame))
            {
                if (echoAwaited && frame.Unit == request.Unit && frame.Pdu.SequenceEqual(request.Pdu))
                {
                    echoAwaited = false; // behind noise; it must not pass for the confirmation of a write
                    continue;
                }

                if (Fits(frame, request, sent, out var reply, out var mismatch))
                    return reply;
                counters.Stray();
                if (!_quarantine.CameLate(frame.Unit, time.Monotonic()))
                    seen = mismatch;
                if (++strays > StrayLimit)
                    return Wrong(request.Unit, sent, configured, new Mismatch(MismatchKind.Strays, StrayLimit, strays));
            }

            var now = time.Monotonic();
            if (now >= deadline)
                return seen.Kind == MismatchKind.None ? TimedOut(request.Unit, sent, configured) : Wrong(request.Unit, sent, configured, seen);

            var wait = deadline - now;
            if (!isJudged && !_framer.Waiting.IsEmpty)
            {
                var left = lastByte + timing.ByteTimeout - now;
                if (left <= TimeSpan.Zero)
                {
                    isJudged = true;
                    var mismatch = _framer.Silence(request, bytes, echo);
                    if (mismatch.Kind == MismatchKind.CheckSum)
                        return Spoilt(request.Unit, sent, configured, mismatch);
                    if (mismatch.Kind != MismatchKind.None)
                        seen = mismatch; // the reply itself may still come
                    continue;
                }

                wait = Min(wait, left);
            }

            switch (link.Receive(_framer.Free(), wait, stop, out var count))
            {
                case LinkResult.Done:
                    _framer.Added(count);
                    Heard(lastByte = time.Monotonic());
                    isJudged = false;
                    break;
                case LinkResult.Closed:
                    return Lost(request.Unit, sent, configured);
                case LinkResult.Cancelled:
                    now = time.Monotonic();
                    _quarantine.Unanswered(request.Unit, sent, now, configured);
                    return new Reply { Outcome = Outcome.Cancelled, At = now };
            }
        }
    }

    public void Wait(TimeSpan span, CancellationToken stop) => link.Wait(span, stop);

    public void CloseInOrder() => connection.CloseInOrder();

    public void Dispose() => connection.Dispose();

    private void Opened()
    {
        _framer.Reset();
        _lastActivity = time.Monotonic();
        if (_wasOpened)
            return;

        // A gateway that was killed and started again must not read the reply to its last request.
        _wasOpened = true;
        _quarantine.Opened(_lastActivity, slowest);
    }

    /// <summary>
    /// Listens until nothing has come for t3.5 and the unit owes no reply. What comes meanwhile is thrown away: late replies, junk behind a
    /// frame, other people's talk.
    /// </summary>
    /// <param name="unit">Whom the next request is for.</param>
    /// <param name="owed">Until when what it owes is waited for, unless it comes before.</param>
    private Silence BecomeSilent(byte unit, TimeSpan owed, BusTurn? turn, CancellationToken stop)
    {
        var now = time.Monotonic();
        var limit = Max(now, owed) + BabbleLimit;

        // What lies in the buffer has come at a time that nobody knows.
        var isDrained = false;
        while (true)
        {
            var until = Min(owed, _quarantine.Until(unit));
            var owes = until > now;
            var left = Max(Max(_lastActivity + timing.Gap, _broadcastUntil), until) - now;
            if (left > TimeSpan.Zero && now >= limit)
                return Silence.Never;
            if (owes && turn is { IsWanted: true })
                return Silence.Preempted;

            var wait = isDrained ? Max(left, TimeSpan.Zero) : TimeSpan.Zero;
            var result = link.Receive(_framer.Free(), owes && turn is not null ? Min(wait, Slice) : wait, stop, out var count);
            now = time.Monotonic();
            switch (result)
            {
                case LinkResult.Done:
                    Heard(now);
                    _framer.Added(count);
                    while (_framer.Next(out var frame))
                    {
                        counters.Stray();
                        _quarantine.CameLate(frame.Unit, isDrained ? now : null);
                    }

                    break;
                case LinkResult.TimedOut:
                    isDrained = true;
                    if (left > TimeSpan.Zero)
                        break;
                    _framer.Reset();
                    if (now >= _quarantine.Until(unit))
                        _quarantine.Over(unit);
                    return Silence.Kept;
                default:
                    return result == LinkResult.Cancelled ? Silence.Cancelled : Silence.Closed;
            }
        }
    }

    private void Heard(TimeSpan now) => _lastActivity = Max(_lastActivity, now);

    private bool Fits(scoped in RtuFrame frame, scoped in Request request, TimeSpan sent, out Reply reply, out Mismatch mismatch)
    {
        reply = default;
        mismatch = new Mismatch(MismatchKind.Unit, request.Unit, frame.Unit);
        if (frame.Unit != request.Unit)
            return false;
        var kind = Pdu.ReadReply(frame.Pdu, request, out var data, out var code, out mismatch);
        if (kind == PduKind.Wrong)
            return false;

        counters.Reply();
        if (kind == PduKind.Exception)
            counters.Exception();
        var now = time.Monotonic();
        _quarantine.Answered(request.Unit, now - sent);
        connection.Answered(now);
        reply = kind == PduKind.Exception
            ? new Reply { Outcome = Outcome.Exception, Code = code, At = now }
            : new Reply { Outcome = Outcome.Answered, Data = data, At = now };
        return true;
    }

    private Reply TimedOut(byte unit, TimeSpan sent, TimeSpan configured)
    {
        counters.Timeout();
        var now = Unanswered(unit, sent, configured);
        return new Reply { Outcome = Outcome.TimedOut, At = now };
    }

    /// <summary>Something else came, and the reply did not.</summary>
    private Reply Wrong(byte unit, TimeSpan sent, TimeSpan configured, Mismatch mismatch)
    {
        counters.WrongReply();
        var now = Unanswered(unit, sent, configured);
        return new Reply { Outcome = Outcome.Wrong, Mismatch = mismatch, At = now };
    }

    /// <summary>As many bytes as the reply has came, and were no frame: it may be asked for once more in the same deadline.</summary>
    private Reply Spoilt(byte unit, TimeSpan sent, TimeSpan configured, Mismatch mismatch)
    {
        counters.ChecksumError();
        var now = time.Monotonic();
        _quarantine.Doubtful(unit, sent, now, configured);
        connection.Unanswered(now);
        return new Reply { Outcome = Outcome.Wrong, Mismatch = mismatch, At = now };
    }

    private Reply Lost(byte unit, TimeSpan sent, TimeSpan configured)
    {
        counters.LinkFailure();
        var now = Unanswered(unit, sent, configured);
        connection.Drop();
        return new Reply { Outcome = Outcome.Lost, At = now };
    }

    private TimeSpan Unanswered(byte unit, TimeSpan sent, TimeSpan configured)
    {
        var now = time.Monotonic();
        _quarantine.Unanswered(unit, sent, now, configured);
        connection.Unanswered(now);
        return now;
    }

    private Reply Broadcast()
    {
        counters.Reply(); // nobody answers one, and that is as it should be
        var now = time.Monotonic();
        _broadcastUntil = _lastActivity + TurnAround;
        connection.Unanswered(now);
        return new Reply { Outcome = Outcome.Answered, At = now };
    }

    private ReadOnlySpan<byte> Seal(scoped in Request request)
    {
        var frame = _frame.AsSpan(0, RtuFramer.Overhead + request.Pdu.Length);
        frame[0] = request.Unit;
        request.Pdu.CopyTo(frame[1..]);
        Crc16.Seal(frame);
        return frame;
    }

    /// <summary>How the wait for a silence ended.</summary>
    private enum Silence
    {
        Kept,
        Never,
        Preempted,
        Closed,
        Cancelled,
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
