using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Modbus;

/// <summary>What a bus counts. One thread writes, any thread reads.</summary>
internal sealed class Counters
{
    private long _requests;
    private long _replies;
    private long _timeouts;
    private long _wrongReplies;
    private long _exceptions;
    private long _retries;
    private long _connects;
    private long _linkFailures;
    private long _checksums;
    private long _busy;
    private long _strays;
    private volatile bool _linkUp;

    /// <summary>The last dial succeeded and the connection has not broken since.</summary>
    public bool LinkUp
    {
        get => _linkUp;
        set => _linkUp = value;
    }

    /// <summary>Frames that were dropped because their transaction was not the open one.</summary>
    public long Strays => Interlocked.Read(ref _strays);

    public void Request() => Interlocked.Increment(ref _requests);

    public void Reply() => Interlocked.Increment(ref _replies);

    public void Timeout() => Interlocked.Increment(ref _timeouts);

    public void WrongReply() => Interlocked.Increment(ref _wrongReplies);

    public void ChecksumError() => Interlocked.Increment(ref _checksums);

    public void Exception() => Interlocked.Increment(ref _exceptions);

    public void Retry() => Interlocked.Increment(ref _retries);

    public void Connect() => Interlocked.Increment(ref _connects);

    public void LinkFailure() => Interlocked.Increment(ref _linkFailures);

    /// <summary>The bus could serve nobody else for this long.</summary>
    public void Busy(TimeSpan span) => Interlocked.Add(ref _busy, span.Ticks);

    public void Stray() => Interlocked.Increment(ref _strays);

    public BusHealth Read() => new(
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _replies),
        Interlocked.Read(ref _timeouts),
        Interlocked.Read(ref _wrongReplies),
        Interlocked.Read(ref _exceptions),
        Interlocked.Read(ref _retries),
        Interlocked.Read(ref _connects),
        Interlocked.Read(ref _linkFailures),
        LinkUp)
    {
        ChecksumErrors = Interlocked.Read(ref _checksums),
        BusyTime = TimeSpan.FromTicks(Interlocked.Read(ref _busy)),
    };
}
