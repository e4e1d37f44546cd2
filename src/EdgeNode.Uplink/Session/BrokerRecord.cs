using EdgeNode.Core.Model;
using EdgeNode.Uplink.Payload;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// How one broker stands, and what of it was logged: one line for each change of state. A broker that takes the session and loses it
/// again and again is one state too, and ends when a session holds.
/// </summary>
internal sealed class BrokerRecord(BrokerOptions broker, ILogger log)
{
    /// <summary>Sessions in a row that did not hold before it counts as flapping.</summary>
    private const int ShortSessions = 3;

    private string? _logged;
    private int _short;

    public string Address { get; } = broker.Address();

    /// <summary>For <c>status</c>.</summary>
    public BrokerStatus Status { get; private set; } = new(broker.Address(), "not-tried");

    /// <summary>It has acknowledged a status of this run.</summary>
    public bool HasOurStatus { get; set; }

    private bool Flapping => _short >= ShortSessions;

    public void Connected(string protocol)
    {
        Status = Status with { State = "connected" };
        if (!Flapping)
        {
            _logged = null;
            log.Connected(Address, protocol);
        }
    }

    /// <summary>The session has lasted long enough to count as stable.</summary>
    public void Held(string protocol)
    {
        if (Flapping)
        {
            _logged = null;
            log.Connected(Address, protocol);
        }

        _short = 0;
    }

    /// <summary>The session was ended by us, for another broker.</summary>
    public void StandsBy() => Status = Status with { State = "standby" };

    /// <summary>Another client has taken the session over: said once, until a session holds.</summary>
    public void TakenOver(BrokerFault fault)
    {
        Status = Status with { State = fault.State };
        if (_logged != fault.Words)
        {
            log.TakenOver(Address, fault.Words);
        }

        (_logged, _short) = (fault.Words, ShortSessions);
    }

    /// <summary>No session could be opened.</summary>
    public void Failed(BrokerFault fault)
    {
        Status = Status with { State = fault.State };
        if (_logged != fault.Words)
        {
            _logged = fault.Words;
            log.BrokerFault(Address, fault.Told);
        }
    }

    /// <summary>A session ended by itself, <paramref name="held"/> or not.</summary>
    public void Ended(BrokerFault fault, bool held)
    {
        Status = Status with { State = fault.State };
        _short = held ? 0 : _short + 1;
        if (_short == ShortSessions)
        {
            log.Flapping(Address, fault.Told);
        }
        else if (!Flapping)
        {
            Failed(fault);
        }
    }
}
