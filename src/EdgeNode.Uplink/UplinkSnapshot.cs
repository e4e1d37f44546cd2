namespace EdgeNode.Uplink;

/// <summary>How delivery stands, for a live view.</summary>
/// <param name="Connected">A session stands.</param>
/// <param name="Broker">Host and port of the connected broker, or of the one tried last.</param>
/// <param name="State">In words: connected with which protocol, or why not.</param>
/// <param name="DeliveredReadings">Readings acknowledged by a broker since the start.</param>
/// <param name="DeliveredEvents">Events acknowledged by a broker since the start.</param>
/// <param name="InFlight">Messages sent and not yet acknowledged.</param>
/// <param name="WaitingReadings">Readings in the spool that are not delivered, those in flight included.</param>
/// <param name="WaitingEvents">Events in the spool that are not delivered.</param>
/// <param name="NobodyListens">The broker has no subscriber for telemetry or events: they stay in the spool.</param>
public sealed record UplinkSnapshot(
    bool Connected,
    string Broker,
    string State,
    long DeliveredReadings,
    long DeliveredEvents,
    int InFlight,
    long WaitingReadings,
    long WaitingEvents,
    bool NobodyListens);
