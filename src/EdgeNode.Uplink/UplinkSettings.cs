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

    /// <summary>A broker that took no MQTT 5 is spoken to in 3.1.1 for this long; then 5 is tried again.</summary>
    public TimeSpan Mqtt5Again { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often it is looked, from a later broker, whether an earlier one is back; each time it was not for good, twice as long.</summary>
    public TimeSpan PreferredProbe { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time between two looks for an earlier broker.</summary>
    public TimeSpan PreferredProbeMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>First wait after another client took the session over; it doubles, with jitter, up to <see cref="TakenOverMax"/>.</summary>
    public TimeSpan TakenOver { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait after another client took the session over.</summary>
    public TimeSpan TakenOverMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A session that lasts this long ends the alarm that another client uses this node's identifier: longer than two stations with one
    /// identifier ever leave each other alone.
    /// </summary>
    public TimeSpan TakenOverCalm { get; init; } = TimeSpan.FromMinutes(20);

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

    /// <summary>Wait before the next message while the one among many is looked for that a broker refuses for what it is.</summary>
    public TimeSpan Isolate { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Single readings, or events, that are passed over at most because a broker refuses them; beyond, their lane waits.</summary>
    public int SuspectsMost { get; init; } = 16;

    /// <summary>Refused probes of a topic before an unclear refusal is taken as one of the message.</summary>
    public int UnclearProbes { get; init; } = 3;

    /// <summary>First wait before a single refused record is tried again; it doubles up to <see cref="SuspectRetryMax"/>.</summary>
    public TimeSpan SuspectRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait before a single refused record is tried again.</summary>
    public TimeSpan SuspectRetryMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Refusals of a single record, others being taken between them, before it is given up.</summary>
    public int SuspectStrikes { get; init; } = 5;

    /// <summary>Time from the first refusal before a record is given up when the broker says that it is the record: too large, or its format.</summary>
    public TimeSpan SuspectAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same when the broker's words may also mean something that a person will repair, or when it closes the session without a word.</summary>
    public TimeSpan SuspectAgeUnclear { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Sessions that end in a row over the same message before it is looked for like a refused one.</summary>
    public int SessionsOverOneMessage { get; init; } = 3;

    /// <summary>Sessions that end in a row, without a word, over the same single record alone in flight before it is passed over.</summary>
    public int SessionsOverOneRecord { get; init; } = 10;

    /// <summary>Messages that a broker must take, one at a time, before there are several in flight again.</summary>
    public int CarefulMessages { get; init; } = 16;

    /// <summary>The alarm that messages were refused for good clears this long after the last one.</summary>
    public TimeSpan RefusedAlarm { get; init; } = TimeSpan.FromHours(1);

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

    /// <summary>
    /// Bytes of the largest packet that the node takes from a broker. All it receives is answers and its own retained alarms, which are small.
    /// </summary>
    public const int PacketTakenMost = 64 * 1024;

    /// <summary>Bytes of the largest packet that a tap takes: more than any message of a node.</summary>
    public const int PacketTappedMost = 1024 * 1024;

    /// <summary>After a packet above <see cref="PacketTakenMost"/> retained alarms are not listened for during this time: the next session would end over it too.</summary>
    public TimeSpan SweepAgain { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Retained alarms to clear in one session at most; the next session clears the rest.</summary>
    public int AlarmSweepLimit { get; init; } = 1000;

    /// <summary>At an orderly stop: time for the last PUBACKs and the offline status.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(2);
}
