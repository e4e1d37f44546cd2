using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One scan of one device: its blocks one by one, each value with its own quality and what the device's status words say of it, and the memory of what the device refuses.
/// </summary>
internal sealed class DeviceReader(
    ModbusDeviceOptions options, UnitState unit, IChannel channel, BusTurn turn, ProbeTurns probes, TimeProvider time, Counters counters, ILogger logger)
{
    /// <summary>A function that the device does not know is tried again this much later.</summary>
    public static readonly TimeSpan FunctionInterval = TimeSpan.FromMinutes(10);

    /// <summary>Most blocks that one scan splits; the next scan goes on.</summary>
    public const int SplitLimit = 16;

    private readonly List<Block> _blocks = BlockPlanner.Plan(options);
    private readonly RegisterRead _read = new(options, unit, channel, turn, time, counters);
    private readonly DeviceStatus? _status = options.Status.IsEmpty ? null : new(options.Status);
    private readonly TimeSpan?[] _unsupportedUntil = new TimeSpan?[Pdu.ReadInputRegisters + 1];
    private int _returns;

    public void Scan(List<RawSample> samples, CancellationToken stop)
    {
        var first = samples.Count;
        _status?.Begin();
        Read(samples, stop);
        if (_status is null)
            return;
        if (stop.IsCancellationRequested && !_status.IsComplete)
            samples.RemoveRange(first, samples.Count - first); // the words would have come: a stop makes no value doubtful
        _status.Apply(samples, first);
    }

    private void Read(List<RawSample> samples, CancellationToken stop)
    {
        var started = time.Monotonic();
        var end = probes.MayAsk(unit, started) ? Reason.None : Reason.DeviceSuspended;
        var wasAsked = end == Reason.None;
        var answered = false;
        var splits = 0;
        channel.FollowNothing();
        Block? silent = null;

        // The last reply's time is as good as the clock, and free.
        var now = started;
        for (var i = 0; i < _blocks.Count; i++)
        {
            if (stop.IsCancellationRequested)
                return;

            var block = _blocks[i];
            var rests = end != Reason.None ? end : Rests(block, now);
            if (rests != Reason.None)
            {
                AddBad(samples, block, rests, now);
                continue;
            }

            Announce(i + 1, now);
            var reply = _read.Run(block, stop);
            if (reply.Outcome == Outcome.Cancelled)
                return;
            now = reply.At;
            if (reply.Outcome == Outcome.NoLink)
            {
                end = Reason.LinkDown;
                AddBad(samples, block, end, reply.At);
                continue;
            }

            var refusal = reply.Outcome == Outcome.Exception ? reply.Code.ToReason() : Reason.None;
            if (reply.Outcome == Outcome.Answered || (refusal != Reason.None && !reply.Code.IsGateway()))
            {
                answered = true;
                Answered(block);
                if (refusal is Reason.IllegalAddress or Reason.IllegalValue && block.Values.Length > 1)
                {
                    (_blocks[i], var high) = block.Split();
                    _blocks.Insert(i + 1, high);
                    if (++splits <= SplitLimit)
                    {
                        i--; // the low half is read in this same scan
                        continue;
                    }

                    AddBad(samples, _blocks[i++], refusal, reply.At);
                    AddBad(samples, high, refusal, reply.At);
                    continue;
                }

                if (refusal == Reason.None)
                    AddValues(samples, block, reply);
                else
                    Refused(samples, block, refusal, reply.At);
                continue;
            }

            var reason = refusal != Reason.None ? refusal : ReasonOf(reply);
            if (reply.Outcome == Outcome.TimedOut)
                silent = block;
            Missed(block, reply, answered);
            AddBad(samples, block, reason, reply.At);

            // The unit may be dead: no further deadline is spent on it in this scan. One silent block of a unit that has just
            // answered is another matter.
            if (!answered || unit.Misses > 1)
                end = reason;
        }

        if (wasAsked)
            probes.Done(unit, started, now);
        if (!answered && silent is not null)
        {
            // The next scan asks about other registers first: a device may keep silent about some that it does not have.
            _blocks.Remove(silent);
            _blocks.Add(silent);
        }
    }

    /// <summary>Tells the channel what will follow; only of a unit that is known to answer.</summary>
    private void Announce(int next, TimeSpan now)
    {
        if (channel.Depth == 1 || !unit.IsWell)
            return;
        Span<byte> pdu = stackalloc byte[Requests.ReadLength];
        for (var announced = 1; next < _blocks.Count && announced < channel.Depth; next++)
        {
            if (Rests(_blocks[next], now) != Reason.None)
                continue;
            Requests.Read(pdu, _blocks[next].Function, _blocks[next].Register, _blocks[next].Count);
            channel.Follow(new Request(unit.Address, pdu));
            announced++;
        }
    }

    private static Reason ReasonOf(in Reply reply) => reply.Outcome switch
    {
        Outcome.TimedOut => Reason.Timeout,
        Outcome.Wrong => reply.Mismatch.ToReason(),
        _ => Reason.LinkDown,
    };

    private Reason Rests(Block block, TimeSpan now)
    {
        if (_unsupportedUntil[block.Function] is { } until && now < until)
            return Reason.IllegalFunction;
        if (block.RestsAsHole(now))
            return block.Hole;
        return block.Silence.MayTry(now) ? Reason.None : Reason.DeviceSuspended;
    }

    private void Answered(Block block)
    {
        unit.Answered();
        if (block.Silence.Answered())
            logger.BlockAnswers(options.Id, channel.Peer, unit.Address, block.Register, block.Function);
        if (_returns == unit.Returns)
            return;

        _returns = unit.Returns;
        _status?.Forget();
        for (var f = 0; f < _unsupportedUntil.Length; f++)
        {
            if (_unsupportedUntil[f] is not null)
                _unsupportedUntil[f] = TimeSpan.Zero;
        }

        foreach (var other in _blocks)
            other.AskAgain();
    }

    private void Missed(Block block, in Reply reply, bool answered)
    {
        if (unit.Missed(reply))
        {
            logger.LinkSilent(channel.Bus, channel.Peer);
            channel.CloseInOrder();
        }

        if (answered && reply.Outcome == Outcome.TimedOut && block.Silence.Missed(reply.At))
            logger.BlockSilent(options.Id, channel.Peer, unit.Address, block.Register, block.Count, block.Function);
    }

    private void AddValues(List<RawSample> samples, Block block, in Reply reply)
    {
        if (_unsupportedUntil[block.Function] is not null)
        {
            _unsupportedUntil[block.Function] = null;
            logger.FunctionSupported(options.Id, channel.Peer, unit.Address, block.Function);
        }

        if (block.Given())
            logger.RegisterGiven(options.Id, channel.Peer, unit.Address, block.Register, block.Function);
        var data = reply.Data;
        var at = reply.At;
        foreach (var value in block.Values)
        {
            if (Block.IsStatus(value))
            {
                TakeStatus(value, ValueDecoder.Bits(value, block, data));
                continue;
            }

            var quality = ValueDecoder.Decode(value, block, data, out var raw);
            samples.Add(new RawSample(value.Point, raw, quality, at));
        }
    }

    private void TakeStatus(RegisterOptions word, ulong bits)
    {
        if (!_status!.Take(Block.StatusPoint(word.Point), bits, out var says))
            return;
        if (says.IsGood)
            logger.StatusWell(options.Id, channel.Peer, unit.Address, bits, word.Register, (byte)word.Function);
        else
            logger.StatusSays(options.Id, channel.Peer, unit.Address, bits, word.Register, (byte)word.Function, says, says.Status().Letter());
    }

    private void Refused(List<RawSample> samples, Block block, Reason refusal, TimeSpan at)
    {
        if (refusal == Reason.IllegalFunction)
        {
            if (_unsupportedUntil[block.Function] is null)
                logger.FunctionUnsupported(options.Id, channel.Peer, unit.Address, block.Function, FunctionInterval);
            _unsupportedUntil[block.Function] = at + FunctionInterval;
        }
        else if (refusal is Reason.IllegalAddress or Reason.IllegalValue && block.Refused(refusal, at))
        {
            logger.RegisterRefused(options.Id, channel.Peer, unit.Address, block.Register, block.Count, block.Function, refusal);
        }

        AddBad(samples, block, refusal, at);
    }

    private static void AddBad(List<RawSample> samples, Block block, Reason reason, TimeSpan at)
    {
        foreach (var value in block.Values)
        {
            if (!Block.IsStatus(value))
                samples.Add(new RawSample(value.Point, 0, Quality.Bad(reason), at));
        }
    }
}
