using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware.Modbus;

/// <summary>The opening, losing and reopening of one link, the same for every kind: back-off, pauses, counters, and a log line for each change.</summary>
internal sealed class Connection(
    string bus, ILink link, TimeSpan pauseAfterConnect, TimeSpan pauseBetween, TimeProvider time, Random jitter, Counters counters, ILogger logger) : IDisposable
{
    /// <summary>Deadline of a dial; a device's own deadline only counts once there is a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly BackOff _backOff = new(jitter);
    private bool _hadReply;
    private bool? _saidUp;
    private TimeSpan _lastExchange = TimeSpan.MinValue;

    public string Bus => bus;

    public string Peer => link.Peer;

    public bool IsOpen { get; private set; }

    /// <summary>Opens a fresh link, unless it is too early for that.</summary>
    public ChannelState Dial(CancellationToken stop)
    {
        if (time.Monotonic() < _backOff.Until)
            return ChannelState.Down;

        // The old connection goes first: many devices serve one master only.
        link.Close();
        _hadReply = false;
        switch (link.Connect(ConnectTimeout, stop))
        {
            case LinkResult.Done:
                counters.Connect();
                counters.LinkUp = true;
                IsOpen = true;
                if (pauseAfterConnect > TimeSpan.Zero)
                    link.Wait(pauseAfterConnect, stop);
                if (!stop.IsCancellationRequested)
                    return ChannelState.Ready;
                CloseInOrder(); // so that the next dial keeps the whole pause
                return ChannelState.Cancelled;
            case LinkResult.Cancelled:
                link.Close();
                return ChannelState.Cancelled;
            default:
                Failed(link.Fault);
                return ChannelState.Down;
        }
    }

    /// <summary>Keeps the pause that the site file asks for between an exchange and the next.</summary>
    public void PauseBetween(CancellationToken stop)
    {
        if (pauseBetween <= TimeSpan.Zero || _lastExchange == TimeSpan.MinValue)
            return;

        var left = _lastExchange + pauseBetween - time.Monotonic();
        if (left > TimeSpan.Zero)
            link.Wait(left, stop);
    }

    /// <summary>A reply to a request came.</summary>
    public void Answered(TimeSpan now)
    {
        _hadReply = true;
        _backOff.Answered();
        _lastExchange = now;
        if (_saidUp == true)
            return;
        _saidUp = true;
        logger.LinkUp(bus, link.Peer);
    }

    /// <summary>A request was waited for in vain.</summary>
    public void Unanswered(TimeSpan now) => _lastExchange = now;

    /// <summary>The link broke, or what came cannot be trusted.</summary>
    public void Drop(Mismatch mismatch = default)
    {
        var fault = link.Fault;
        Close();
        counters.LinkUp = false;
        if (_backOff.Lost(time.Monotonic(), _hadReply))
            SayDown(mismatch.Kind == MismatchKind.None ? fault : mismatch.ToString());
    }

    /// <summary>The link is of no use, and is tried again after a pause.</summary>
    public void Failed(string fault)
    {
        Close();
        counters.LinkFailure();
        counters.LinkUp = false;
        _backOff.Failed(time.Monotonic());
        SayDown(fault);
    }

    /// <summary>Closes without a fault; the next request dials at once.</summary>
    public void CloseInOrder() => Close();

    public void Dispose()
    {
        counters.LinkUp = false;
        link.Dispose();
    }

    private void Close()
    {
        link.Close();
        IsOpen = false;
    }

    private void SayDown(string fault)
    {
        if (_saidUp == false)
            return;
        _saidUp = false;
        logger.LinkDown(bus, link.Peer, fault);
    }
}
