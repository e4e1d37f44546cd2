using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Session;

/// <summary>
/// Which brokers are spoken to in MQTT 3.1.1 for the time being: those that answered that they speak no 5, and those that dropped a
/// CONNECT of MQTT 5 without an answer, as some old ones and some machines in between do. After a while 5 is tried again: what dropped
/// it may have been a restart.
/// </summary>
internal sealed class SpokenVersions(TimeProvider time, TimeSpan again)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BrokerOptions, (TimeSpan Until, bool Dropped)> _old = [];

    /// <summary>The next CONNECT is one of 3.1.1.</summary>
    public bool IsOld(BrokerOptions broker)
    {
        lock (_lock)
        {
            return _old.TryGetValue(broker, out var known) && time.Monotonic() < known.Until;
        }
    }

    /// <summary>It never said so: it may take MQTT 5 after all.</summary>
    public bool IsInDoubt(BrokerOptions broker)
    {
        lock (_lock)
        {
            return _old.TryGetValue(broker, out var known) && known.Dropped;
        }
    }

    /// <summary>It does not take MQTT 5, or did not this time.</summary>
    public void TakesNo5(BrokerOptions broker, bool dropped)
    {
        lock (_lock)
        {
            _old[broker] = (time.Monotonic() + again, dropped);
        }
    }

    /// <summary>It does not take 3.1.1 either, or takes 5: nothing speaks for 3.1.1.</summary>
    public void Forget(BrokerOptions broker)
    {
        lock (_lock)
        {
            _old.Remove(broker);
        }
    }
}
