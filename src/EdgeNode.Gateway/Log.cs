using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>What the composition says, numbers 4000 to 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "EdgeNode {Version} starts: node {Node}, site {Site}, revision {Revision}.")]
    public static partial void Starts(ILogger log, string version, string node, string site, string revision);

    [LoggerMessage(4002, LogLevel.Information, "Spool: {Recovery}")]
    public static partial void SpoolOpened(ILogger log, string recovery);

    [LoggerMessage(4003, LogLevel.Warning, "The site file has no uplink: readings are kept in the spool and go nowhere.")]
    public static partial void NoUplink(ILogger log);

    [LoggerMessage(4004, LogLevel.Information, "Stopped in order.")]
    public static partial void Stopped(ILogger log);
}
