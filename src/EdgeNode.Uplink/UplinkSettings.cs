namespace EdgeNode.Uplink;

/// <summary>Every limit and deadline of the uplink, by name. They are not the site's to choose; tests shorten them.</summary>
internal sealed record UplinkSettings
{
    /// <summary>Messages in flight at most; the broker's Receive Maximum may ask for fewer.</summary>
    public int Window { get; init; } = 16;

    /// <summary>Readings in one message at most.</summary>
    public int BatchReadings { get; init; } = 500;

    /// <summary>Bytes of one telemetry message at most; the broker's Maximum Packet Size may ask for fewer.</summary>
    public int BatchBytes { get; init; } = 64 * 1024;

    /// <summary>How long live readings are gathered while a live message is in flight.</summary>
    public TimeSpan LiveAge { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Live readings waiting beyond this number become backlog, so that the live lane stays live.</summary>
    public int LiveBehind { get; init; } = 5000;

    /// <summary>How often it is looked for readings that wait and are in neither lane.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Backlog readings a second at most: a replay must not be an attack on one's own platform.</summary>
    public int BacklogPerSecond { get; init; } = 2000;

    /// <summary>From the first packet to CONNACK, TLS included.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>With something outstanding and nothing coming back for this long, the broker hangs.</summary>
    public TimeSpan AnswerDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>One message without its PUBACK for this long ends the session, even when others are answered.</summary>
    public TimeSpan PubackDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which we ping.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The keep alive of CONNECT: after one and a half of it the broker publishes the will.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before the next probe message when nobody listens.</summary>
    public TimeSpan NobodyRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First wait after a refused message; it doubles up to <see cref="RefusedRetryMax"/>.</summary>
    public TimeSpan RefusedRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait after refused messages.</summary>
    public TimeSpan RefusedRetryMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>First wait before connecting anew; it doubles, with jitter, up to <see cref="ReconnectMax"/>.</summary>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before connecting anew.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A session that lasted this long sets the back-off to its start.</summary>
    public TimeSpan StableSession { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The status is sent at least this often.</summary>
    public TimeSpan StatusEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is looked whether the status has changed.</summary>
    public TimeSpan StatusCheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait after an alarm's transition, so that its event is in the spool and goes first.</summary>
    public TimeSpan AlarmSettle { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The retained alarm waits this long at most for the events before it.</summary>
    public TimeSpan AlarmHold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long retained alarms are listened for after connecting, to clear those that the site file no longer has.</summary>
    public TimeSpan AlarmSweep { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Retained alarms to clear in one session at most; the next session clears the rest.</summary>
    public int AlarmSweepLimit { get; init; } = 1000;

    /// <summary>At an orderly stop: time for the last PUBACKs and the offline status.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
