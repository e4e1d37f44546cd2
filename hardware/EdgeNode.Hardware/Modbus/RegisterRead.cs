using EdgeNode.Core.Model;

namespace EdgeNode.Hardware.Modbus;

/// <summary>
/// One read with its retries, all inside one deadline: a busy device is asked again with growing pauses, a broken connection or a wrong
/// reply gets one second try. A timeout has used the deadline up, so it is never repeated.
/// </summary>
internal sealed class RegisterRead(ModbusDeviceOptions options, UnitState unit, IChannel channel, BusTurn turn, TimeProvider time, Counters counters)
{
    /// <summary>First pause before a busy device is asked again; it doubles.</summary>
    public static readonly TimeSpan FirstBusyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Most times that a busy device is asked again.</summary>
    public const int BusyRetryLimit = 6;

    private readonly byte[] _pdu = new byte[Requests.ReadLength];

    // A device that stayed busy for a whole deadline is asked once per block until it is not busy any more.
    private bool _isPatient = true;

    public Reply Run(Block block, CancellationToken stop)
    {
        Requests.Read(_pdu, block.Function, block.Register, block.Count);
        var request = new Request(unit.Address, _pdu);
        var last = new Reply { Outcome = Outcome.NoLink };
        var deadline = TimeSpan.MaxValue;
        var busy = 0;
        var repeated = false;

        while (true)
        {
            var state = turn.Offer(stop) ? channel.Ready(unit.Address, turn, stop) : ChannelState.Cancelled;
            var now = time.Monotonic();
            if (state == ChannelState.Preempted)
                continue;
            if (state == ChannelState.Cancelled)
                return new Reply { Outcome = Outcome.Cancelled, At = now };
            if (now >= deadline)
                return last;
            if (state == ChannelState.Down)
                return new Reply { Outcome = Outcome.NoLink, At = now };

            if (deadline == TimeSpan.MaxValue)
                deadline = now + options.Timeout;
            else
                counters.Retry();

            last = channel.Exchange(request, options.AnyUnitEcho, deadline, stop);
            if (last is { Outcome: Outcome.Exception, Code: ExceptionCode.Busy })
            {
                var pause = FirstBusyPause * (1 << busy);
                _isPatient = _isPatient && ++busy <= BusyRetryLimit && last.At + pause < deadline;
                if (!_isPatient)
                    return last;
                channel.Wait(pause, stop);
                continue;
            }

            if (last.WasCrowded)
            {
                deadline = TimeSpan.MaxValue;
                counters.Retry();
                continue; // once at most: the channel crowds no more
            }

            _isPatient |= last.Outcome is Outcome.Answered or Outcome.Exception;
            var fits = last.At + (options.Timeout / 2) <= deadline;
            if (last.Outcome is not (Outcome.Wrong or Outcome.Lost) || repeated || !unit.IsWell || !fits)
                return last;
            repeated = true;
        }
    }
}
