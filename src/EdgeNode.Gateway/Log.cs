using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Gateway;

/// <summary>What the composition says, numbers 4000 to 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "EdgeNode {Version} starts: node {Node}, site {Site}, revision {Revision}.")]
    public static partial void Starts(ILogger log, string version, string node, string site, string revision);

    [LoggerMessage(4002, LogLevel.Information, "Spool: epoch {Epoch} begins in {Segments} segments: {How}.")]
    public static partial void SpoolOpened(ILogger log, Epoch epoch, int segments, string how);

    [LoggerMessage(4005, LogLevel.Warning, "Spool: {File} at {Offset}: {Bytes} bytes cannot be read: {What}.")]
    public static partial void SpoolDamaged(ILogger log, string file, long offset, long bytes, string what);

    [LoggerMessage(4006, LogLevel.Warning, "Spool: {Damages} damaged places, {Missing} records missing (each named in a gap event), {Quarantined} files moved to quarantine.")]
    public static partial void SpoolRepaired(ILogger log, int damages, long missing, int quarantined);

    [LoggerMessage(4007, LogLevel.Error, "{Fault} Measuring and alarms go on, nothing is recorded or delivered; it is tried again every {Seconds} s.")]
    public static partial void SpoolUnavailable(ILogger log, string fault, double seconds);

    [LoggerMessage(4008, LogLevel.Critical, "{Fault} The node ends.")]
    public static partial void SpoolInUse(ILogger log, string fault);

    [LoggerMessage(4003, LogLevel.Warning, "The site file has no uplink: readings are kept in the spool and go nowhere.")]
    public static partial void NoUplink(ILogger log);

    [LoggerMessage(4010, LogLevel.Error, "The uplink ended by a programming error; it begins anew in {Seconds} s. Measuring, protection and recording go on.")]
    public static partial void UplinkDied(ILogger log, Exception exception, double seconds);

    [LoggerMessage(4043, LogLevel.Critical, "The spool's opening was not taken up by a programming error; the process ends so that it can start anew.")]
    public static partial void DeliveryDied(ILogger log, Exception exception);

    [LoggerMessage(4012, LogLevel.Error, "The {Thread} thread ended by a programming error; the rest of the node goes on without it until the next start.")]
    public static partial void SideThreadDied(ILogger log, Exception exception, string thread);

    [LoggerMessage(4011, LogLevel.Warning, "The uplink did not end within {Seconds} s: a file that it reads hangs. It is left to the end of the process.")]
    public static partial void UplinkHangs(ILogger log, double seconds);

    [LoggerMessage(4009, LogLevel.Error, "The spool could not be closed within {Seconds} s: its disk hangs. The next start recovers it as after a kill.")]
    public static partial void SpoolNotClosed(ILogger log, double seconds);

    [LoggerMessage(4020, LogLevel.Information, "Hands: {Path} listens for the verbs of this machine's operators.")]
    public static partial void HandsListen(this ILogger log, string path);

    [LoggerMessage(4021, LogLevel.Warning, "Hands: {Path} cannot be opened: {Why}. Alarms go on, and cannot be acknowledged by a verb; it is tried again every {Seconds} s.")]
    public static partial void HandsUnavailable(this ILogger log, string path, string why, double seconds);

    [LoggerMessage(4004, LogLevel.Information, "Stopped in order.")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(4022, LogLevel.Information, "Scenario: {Fault} begins.")]
    public static partial void FaultBegins(ILogger log, string fault);

    [LoggerMessage(4023, LogLevel.Information, "Scenario: {Fault} is over.")]
    public static partial void FaultEnds(ILogger log, string fault);

    [LoggerMessage(4030, LogLevel.Warning, "{Path} could not be written: {Why}. After a kill, outputs safe goes by the site file alone.")]
    public static partial void SiteNotKept(ILogger log, string path, string why);

    [LoggerMessage(4031, LogLevel.Information, "systemd's watchdog is told of the station's progress; it kills this process after {Seconds} s without.")]
    public static partial void WatchdogPetted(ILogger log, double seconds);

    [LoggerMessage(4033, LogLevel.Error, "{Why}. Should the data directory take nothing either and this run be killed, the next start does not know that it ran.")]
    public static partial void NoTrace(ILogger log, string why);

    [LoggerMessage(4040, LogLevel.Error, "Hands: the listening ended by a programming error; it begins anew in {Seconds} s. Protection goes on.")]
    public static partial void HandsFailed(this ILogger log, Exception exception, double seconds);

    [LoggerMessage(4041, LogLevel.Error, "Hands: a request could not be answered by a programming error.")]
    public static partial void HandsAnswerFailed(this ILogger log, Exception exception);

    [LoggerMessage(4042, LogLevel.Error, "Stop: {Part} ended by a programming error; the rest of the stop goes on.")]
    public static partial void StopFailed(ILogger log, Exception exception, string part);

    [LoggerMessage(4045, LogLevel.Error, "Backstop {Backstop} of {Output} is not there: {Fault}. When the software dies the output may stay as it is. Remedy: {Remedy}.")]
    public static partial void BackstopMissing(ILogger log, string backstop, string output, string fault, string remedy);

    [LoggerMessage(4046, LogLevel.Warning, "Backstop {Backstop} of {Output} was not seen: {Why}. {Remedy}.")]
    public static partial void BackstopUnknown(ILogger log, string backstop, string output, string why, string remedy);

    [LoggerMessage(4047, LogLevel.Warning, "Planned restart: {Taken} of {Held} outputs that the run before left in their normal state are taken over.")]
    public static partial void TookOver(ILogger log, int taken, int held);

    [LoggerMessage(4048, LogLevel.Warning, "Planned restart, asked for by a person or an updater: the gateway ends, and {Held} outputs stay in their normal state.")]
    public static partial void RestartAsked(ILogger log, int held);

    [LoggerMessage(4049, LogLevel.Error, "A planned restart ended before {Outputs} was known to be safe or taken over, and this site file does not drive it. Make it safe by hand; or run edgenode outputs safe {Outputs} --site FILE --data DIR once its device answers: it goes by {Path} as well.")]
    public static partial void HoldUnaccounted(ILogger log, string outputs, string path);
}
