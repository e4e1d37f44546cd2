using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Hardware;

/// <summary>Every log line of the hardware, event ids 2000 and up. Each is written once per change of state.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Bus {Bus}: {Peer} answers.")]
    public static partial void LinkUp(this ILogger logger, string bus, string peer);

    [LoggerMessage(2001, LogLevel.Warning, "Bus {Bus}: no link to {Peer}: {Fault}. It is tried again with growing pauses.")]
    public static partial void LinkDown(this ILogger logger, string bus, string peer, string fault);

    [LoggerMessage(2002, LogLevel.Warning, "Bus {Bus}: no unit behind {Peer} answers; the connection is replaced once.")]
    public static partial void LinkSilent(this ILogger logger, string bus, string peer);

    [LoggerMessage(2003, LogLevel.Warning, "Bus {Bus}: {Peer} drops requests: {Limit} were never answered; the connection is replaced.")]
    public static partial void LinkDropsRequests(this ILogger logger, string bus, string peer, int limit);

    [LoggerMessage(2004, LogLevel.Warning, "Bus {Bus}: {Peer} does not answer several open requests: from now on one at a time. Leave out pipeline.")]
    public static partial void PipelineGivenUp(this ILogger logger, string bus, string peer);

    [LoggerMessage(2010, LogLevel.Warning, "Bus {Bus}: unit {Unit} behind {Peer} failed {Misses} times in a row, the last time: {Fault}. It is now tried less often, so that it holds up no other; check its address, power and wiring.")]
    public static partial void UnitSuspended(this ILogger logger, string bus, string peer, byte unit, int misses, string fault);

    [LoggerMessage(2011, LogLevel.Information, "Bus {Bus}: unit {Unit} behind {Peer} answers again.")]
    public static partial void UnitRecovered(this ILogger logger, string bus, string peer, byte unit);

    [LoggerMessage(2012, LogLevel.Warning, "Bus {Bus}: unit {Unit} behind {Peer} sent a reply that does not fit its request: {Mismatch}. It is not used.")]
    public static partial void WrongReply(this ILogger logger, string bus, string peer, byte unit, Mismatch mismatch);

    [LoggerMessage(2020, LogLevel.Warning, "{Device}: unit {Unit} behind {Peer} does not know function {Function} (exception 1); it is asked again every {Again}.")]
    public static partial void FunctionUnsupported(this ILogger logger, string device, string peer, byte unit, byte function, TimeSpan again);

    [LoggerMessage(2021, LogLevel.Information, "{Device}: unit {Unit} behind {Peer} knows function {Function} now.")]
    public static partial void FunctionSupported(this ILogger logger, string device, string peer, byte unit, byte function);

    [LoggerMessage(2022, LogLevel.Warning, "{Device}: unit {Unit} behind {Peer} refuses register {Register}, count {Count}, function {Function}: expected a value, came {Reason}.")]
    public static partial void RegisterRefused(this ILogger logger, string device, string peer, byte unit, int register, int count, byte function, Core.Model.Reason reason);

    [LoggerMessage(2023, LogLevel.Information, "{Device}: unit {Unit} behind {Peer} gives register {Register}, function {Function}, now.")]
    public static partial void RegisterGiven(this ILogger logger, string device, string peer, byte unit, int register, byte function);

    [LoggerMessage(2024, LogLevel.Warning, "{Device}: unit {Unit} behind {Peer} answers, but keeps silent about register {Register}, count {Count}, function {Function}: expected a reply, came none.")]
    public static partial void BlockSilent(this ILogger logger, string device, string peer, byte unit, int register, int count, byte function);

    [LoggerMessage(2025, LogLevel.Information, "{Device}: unit {Unit} behind {Peer} answers about register {Register}, function {Function}, again.")]
    public static partial void BlockAnswers(this ILogger logger, string device, string peer, byte unit, int register, byte function);

    [LoggerMessage(2026, LogLevel.Warning, "{Device}: unit {Unit} behind {Peer} says by its status word 0x{Bits:X} (register {Register}, function {Function}) that the values that go by it are {Status}, {Letter} by NE 107.")]
    public static partial void StatusSays(this ILogger logger, string device, string peer, byte unit, ulong bits, int register, byte function, Core.Model.Quality status, string letter);

    [LoggerMessage(2027, LogLevel.Information, "{Device}: unit {Unit} behind {Peer} is well again by its status word 0x{Bits:X} (register {Register}, function {Function}).")]
    public static partial void StatusWell(this ILogger logger, string device, string peer, byte unit, ulong bits, int register, byte function);

    [LoggerMessage(2030, LogLevel.Information, "Bus {Bus}: written to {Device}: function {Function}, register {Register}, {Values}.")]
    public static partial void Written(this ILogger logger, string bus, string device, int function, int register, string values);

    [LoggerMessage(2031, LogLevel.Warning, "Bus {Bus}: a write to {Device} was refused and not sent: function {Function}, register {Register}, {Values}: {Fault}.")]
    public static partial void WriteNotGranted(this ILogger logger, string bus, string device, int function, int register, string values, string fault);

    [LoggerMessage(2032, LogLevel.Warning, "Bus {Bus}: a write to {Device} was not confirmed ({Outcome}): function {Function}, register {Register}, {Values}: {Fault}. It is not repeated.")]
    public static partial void WriteFailed(this ILogger logger, string bus, string device, int function, int register, string values, Core.Ports.FieldWriteOutcome outcome, string fault);

    [LoggerMessage(2100, LogLevel.Warning, "{Device}: line {Line} of {Chip} gives no value: {Fault}. It is tried again at each scan.")]
    public static partial void LineDown(this ILogger logger, string device, string line, string chip, string fault);

    [LoggerMessage(2101, LogLevel.Information, "{Device}: line {Line} of {Chip} gives a value again.")]
    public static partial void LineUp(this ILogger logger, string device, string line, string chip);

    [LoggerMessage(2102, LogLevel.Warning, "{Device}: the kernel dropped {Lost} edges of line {Line} of {Chip}: this process stood still for longer than a queue of {Queue} edges lasts. They are in the total; {All} in all since the start.")]
    public static partial void EdgesLost(this ILogger logger, string device, long lost, string line, string chip, int queue, long all);

    [LoggerMessage(2110, LogLevel.Warning, "{Device}: no {Driver} answers at address {Address} of {Bus}: {Fault}. It is asked again; check its supply, its wiring and its address.")]
    public static partial void ChipDown(this ILogger logger, string device, string driver, string address, string bus, string fault);

    [LoggerMessage(2111, LogLevel.Information, "{Device}: the {Driver} at address {Address} of {Bus} answers again.")]
    public static partial void ChipUp(this ILogger logger, string device, string driver, string address, string bus);

    [LoggerMessage(2112, LogLevel.Warning, "{Device}: the {Driver} at address {Address} of {Bus} had lost its configuration, by a dip of its supply as a rule. It is configured again.")]
    public static partial void ChipReset(this ILogger logger, string device, string driver, string address, string bus);

    [LoggerMessage(2120, LogLevel.Warning, "{Device}: {Channel} gives no value: {Fault}. It is tried again at each scan.")]
    public static partial void ChannelDown(this ILogger logger, string device, string channel, string fault);

    [LoggerMessage(2121, LogLevel.Information, "{Device}: {Channel} gives a value again.")]
    public static partial void ChannelUp(this ILogger logger, string device, string channel);
}
