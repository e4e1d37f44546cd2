using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink;

/// <summary>All that the uplink says, once per change of state. Event ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Connected to broker {Broker} ({Protocol}).")]
    internal static partial void Connected(this ILogger log, string broker, string protocol);

    [LoggerMessage(3001, LogLevel.Warning, "Broker {Broker}: {Fault}. Readings stay in the spool; trying again.")]
    internal static partial void BrokerFault(this ILogger log, string broker, string fault);

    [LoggerMessage(3002, LogLevel.Warning, "Broker {Broker}: {Fault}. Trying again.")]
    internal static partial void TapFault(this ILogger log, string broker, string fault);

    [LoggerMessage(3003, LogLevel.Information, "Disconnected from broker {Broker}: stopped.")]
    internal static partial void Stopped(this ILogger log, string broker);

    [LoggerMessage(3004, LogLevel.Warning, "Broker {Broker} takes the session and loses it again and again, last: {Fault}. Does another station use the same node id? Readings stay in the spool; trying again.")]
    internal static partial void Flapping(this ILogger log, string broker, string fault);

    [LoggerMessage(3005, LogLevel.Information, "Broker {Broker} is back: leaving {Other} for it.")]
    internal static partial void PreferredIsBack(this ILogger log, string broker, string other);

    [LoggerMessage(3006, LogLevel.Information, "Broker {Broker} takes MQTT 5 now: connecting anew.")]
    internal static partial void TakesMqtt5(this ILogger log, string broker);

    [LoggerMessage(3007, LogLevel.Error, "Broker {Broker}: {Fault} A cloned card, for example. Readings stay in the spool; the attempts wait, longer each time.")]
    internal static partial void TakenOver(this ILogger log, string broker, string fault);

    [LoggerMessage(3008, LogLevel.Error, "Broker {Broker} has a status of another station with this node's id, of boot {Boot} and run {Run}: a cloned card, for example. Both go on; sessions that they take from each other are waited for, longer each time.")]
    internal static partial void OtherNode(this ILogger log, string broker, string boot, string run);

    [LoggerMessage(3010, LogLevel.Warning, "Nobody listens to {Topic}: the broker has no matching subscriber. What is sent there stays in the spool.")]
    internal static partial void NobodyListens(this ILogger log, string topic);

    [LoggerMessage(3011, LogLevel.Warning, "The broker refuses messages on {Topic}: {Reason}. They stay here and are tried again.")]
    internal static partial void MessageRefused(this ILogger log, string topic, string reason);

    [LoggerMessage(3012, LogLevel.Information, "Messages on {Topic} are delivered again.")]
    internal static partial void TopicTakesMessages(this ILogger log, string topic);

    [LoggerMessage(3013, LogLevel.Warning, "{Topic} takes {Bytes} bytes, more than the broker's largest packet of {Limit} bytes: not sent.")]
    internal static partial void MessageTooLarge(this ILogger log, string topic, int bytes, long limit);

    [LoggerMessage(3015, LogLevel.Warning, "The broker refuses record {Seq} of the {Stream} stream alone: {Reason}. It is passed over and tried again.")]
    internal static partial void Suspected(this ILogger log, StreamKind stream, ulong seq, string reason);

    [LoggerMessage(3016, LogLevel.Error, "Record {Seq} of epoch {Epoch} of the {Stream} stream is given up, a gap names it: {Reason}. The broker refused it again and again and took others meanwhile.")]
    internal static partial void GivenUp(this ILogger log, StreamKind stream, Epoch epoch, ulong seq, string reason);

    [LoggerMessage(3014, LogLevel.Information, "Cleared the retained alarm {Topic}: the site file no longer has it.")]
    internal static partial void AlarmCleared(this ILogger log, string topic);
}
