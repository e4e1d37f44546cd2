using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>What the bus knows of one unit identifier; devices of the site file that share it share this.</summary>
/// <param name="isAlone">It is the only one of its bus.</param>
internal sealed class UnitState(byte address, TimeSpan every, bool isAlone, string bus, string peer, LinkSilence silence, ILogger logger)
{
    private readonly Breaker _breaker = new(isAlone);
    private bool _saidWrong;

    public byte Address => address;

    /// <summary>Shortest scan period of its devices.</summary>
    public TimeSpan Every => every;

    /// <summary>It has answered or missed since the start.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>Its breaker is open.</summary>
    public bool IsSuspended => _breaker.IsOpen;

    /// <summary>Since when it waits for its turn to be probed; kept by <see cref="ProbeTurns"/>, as is <see cref="DeniedAt"/>.</summary>
    public TimeSpan? WaitsSince { get; set; }

    /// <summary>When it came for its turn the last time.</summary>
    public TimeSpan DeniedAt { get; set; }

    /// <summary>It answered the last time it was asked: worth a retry.</summary>
    public bool IsWell { get; private set; }

    /// <summary>Misses since the last answer.</summary>
    public int Misses => _breaker.Misses;

    /// <summary>Counts the returns from a suspension: what answers then may be another device.</summary>
    public int Returns { get; private set; }

    public bool MayTry(TimeSpan now) => _breaker.MayTry(now);

    /// <summary>The unit answered, be it with an exception.</summary>
    public void Answered()
    {
        silence.Heard();
        IsWell = true;
        WasAsked = true;
        _saidWrong = false;
        if (!_breaker.Answered())
            return;

        Returns++;
        logger.UnitRecovered(bus, peer, address);
    }

    /// <summary>Nothing usable came.</summary>
    /// <param name="reply">The end of the request.</param>
    /// <returns>True when the whole link is silent and should be replaced.</returns>
    public bool Missed(in Reply reply)
    {
        if (reply.Outcome == Outcome.Wrong && !_saidWrong)
        {
            _saidWrong = true;
            logger.WrongReply(bus, peer, address, reply.Mismatch);
        }

        IsWell = false;
        WasAsked = true;
        if (_breaker.Missed(reply.At))
            logger.UnitSuspended(bus, peer, address, Breaker.MissLimit, Describe(reply));

        if (reply.Outcome == Outcome.TimedOut)
            return silence.Missed(address, reply.At);

        // Whatever else came, the peer is there.
        silence.Heard();
        return false;
    }

    private static string Describe(in Reply reply) => reply.Outcome switch
    {
        Outcome.TimedOut => "expected a reply, came none within the deadline",
        Outcome.Wrong => reply.Mismatch.ToString(),
        Outcome.Exception => $"expected a reply, came the gateway's exception {(int)reply.Code}",
        _ => "expected a reply, the connection broke instead",
    };
}
