using EdgeNode.Core.Model;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Engine;

/// <summary>All that the engine says, numbers 1000 to 1999. Each line is written when a state changes, not while it lasts.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Station runs: {Points}, {Devices} on {Buses}, {Alarms}.")]
    public static partial void StationRuns(this ILogger log, string points, string devices, string buses, string alarms);

    [LoggerMessage(1002, LogLevel.Warning, "Alarm {Alarm} raised: {What}.")]
    public static partial void AlarmRaised(this ILogger log, string alarm, string what);

    [LoggerMessage(1003, LogLevel.Information, "Alarm {Alarm} cleared: {What}.")]
    public static partial void AlarmCleared(this ILogger log, string alarm, string what);

    [LoggerMessage(1004, LogLevel.Error, "The station's step was held up: {Count} samples were dropped before it could take them. They have no sequence number and no gap names them; is the machine overloaded?")]
    public static partial void SamplesDropped(this ILogger log, long count);

    [LoggerMessage(1005, LogLevel.Warning, "Alarm {Alarm} raised: {Detail}")]
    public static partial void NodeAlarmRaised(this ILogger log, string alarm, string detail);

    [LoggerMessage(1006, LogLevel.Information, "Alarm {Alarm} cleared.")]
    public static partial void NodeAlarmCleared(this ILogger log, string alarm);

    [LoggerMessage(1030, LogLevel.Information, "Alarm {Alarm}: {Change} by {By}, now {State}.")]
    public static partial void AlarmChanged(this ILogger log, string alarm, string change, string by, string state);

    [LoggerMessage(1090, LogLevel.Warning, "Emergency mode begins by {Cause}: its points are measured and reported more often until {Until:u}.")]
    public static partial void EmergencyBegins(this ILogger log, string cause, DateTimeOffset until);

    [LoggerMessage(1091, LogLevel.Information, "Emergency mode is over by {Cause}.")]
    public static partial void EmergencyEnds(this ILogger log, string cause);

    [LoggerMessage(1040, LogLevel.Warning, "Bypass: {Member} has no vote in {Group} until {Until:u}, by {By}: {Why}")]
    public static partial void BypassGranted(this ILogger log, string member, string group, DateTimeOffset until, string by, string why);

    [LoggerMessage(1041, LogLevel.Information, "Bypass of {Member} in {Group} ended by {By}.")]
    public static partial void BypassEnded(this ILogger log, string member, string group, string by);

    [LoggerMessage(1042, LogLevel.Information, "Bypass of {Member} in {Group}, asked for by {By}, is over by its time.")]
    public static partial void BypassExpired(this ILogger log, string member, string group, string by);

    [LoggerMessage(1043, LogLevel.Warning, "Bypass of {Member} in {Group} refused to {By}: {Reason}.")]
    public static partial void BypassRefused(this ILogger log, string member, string group, string by, string reason);

    [LoggerMessage(1044, LogLevel.Warning, "Bypass of the run before goes on: {Member} has no vote in {Group} for {Seconds:0} s more, by {By}: {Why}")]
    public static partial void BypassGoesOn(this ILogger log, string member, string group, double seconds, string by, string why);

    [LoggerMessage(1050, LogLevel.Warning, "Trip {Trip} has tripped by {Cause}: {Effect}")]
    public static partial void TripTripped(this ILogger log, string trip, string cause, string effect);

    [LoggerMessage(1051, LogLevel.Information, "Trip {Trip}: {Change} by {By}, now {State}.")]
    public static partial void TripChanged(this ILogger log, string trip, string change, string by, string state);

    [LoggerMessage(1052, LogLevel.Warning, "Trip {Trip}: {Change} until {Until:u} by {By}: {Why}")]
    public static partial void TripSuppressed(this ILogger log, string trip, string change, DateTimeOffset until, string by, string why);

    [LoggerMessage(1053, LogLevel.Warning, "The run before did not end in an orderly way: {Count} trips stay safe until a person resets them.")]
    public static partial void TripsNeedReset(this ILogger log, int count);

    [LoggerMessage(1092, LogLevel.Warning, "The site file says otherwise than when they were reset what trips {Trips}, or what they act on: they stay safe until a person resets them as they are now.")]
    public static partial void TripsChanged(this ILogger log, string trips);

    [LoggerMessage(1080, LogLevel.Information, "Front panel: {Input} ({Means}), {Done}.")]
    public static partial void PanelUsed(this ILogger log, string input, string means, string done);

    [LoggerMessage(1081, LogLevel.Information, "Silence by {By}: {Stilled} annunciators are still, {Refused} may not be silenced.")]
    public static partial void Silenced(this ILogger log, string by, int stilled, int refused);

    [LoggerMessage(1082, LogLevel.Warning, "Maintenance {Change}, by {By}.")]
    public static partial void MaintenanceChanged(this ILogger log, string change, string by);

    [LoggerMessage(1083, LogLevel.Warning, "Maintenance of the run before goes on until {Until:u}, by {By}.")]
    public static partial void MaintenanceGoesOn(this ILogger log, DateTimeOffset until, string by);

    [LoggerMessage(1084, LogLevel.Warning, "The button {Input} has been pressed for {Seconds} s: it hangs, or its wire is broken. It does nothing until it is released.")]
    public static partial void ButtonHangs(this ILogger log, string input, double seconds);

    [LoggerMessage(1085, LogLevel.Information, "The button {Input} is released again.")]
    public static partial void ButtonIsFree(this ILogger log, string input);

    [LoggerMessage(1086, LogLevel.Warning, "The contact {Input} ({Means}) is {Change}.")]
    public static partial void ContactChanged(this ILogger log, string input, string means, string change);

    [LoggerMessage(1098, LogLevel.Warning, "The contact {Input} ({Means}) has changed {Changes} times within a minute, and is {State} now.")]
    public static partial void ContactFlaps(this ILogger log, string input, string means, int changes, string state);

    [LoggerMessage(1045, LogLevel.Warning, "Substitution: {Point} is {Value:0.######} {Unit} by hand until {Until:u}, by {By}: {Why}")]
    public static partial void Substituted(this ILogger log, string point, double value, string unit, DateTimeOffset until, string by, string why);

    [LoggerMessage(1046, LogLevel.Information, "Substitution of {Point} ended by {By}.")]
    public static partial void SubstituteEnded(this ILogger log, string point, string by);

    [LoggerMessage(1047, LogLevel.Information, "Substitution of {Point}, asked for by {By}, is over by its time.")]
    public static partial void SubstituteExpired(this ILogger log, string point, string by);

    [LoggerMessage(1048, LogLevel.Warning, "Substitution of {Point} refused to {By}: {Reason}.")]
    public static partial void SubstituteRefused(this ILogger log, string point, string by, string reason);

    [LoggerMessage(1049, LogLevel.Warning, "Substitution of the run before goes on: {Point} is {Value:0.######} {Unit} by hand for {Seconds:0} s more, by {By}: {Why}")]
    public static partial void SubstituteGoesOn(this ILogger log, string point, double value, string unit, double seconds, string by, string why);

    [LoggerMessage(1010, LogLevel.Error, "The spool could not keep up with the disk: {Count} records of the {Stream} stream were dropped and are named in a gap event.")]
    public static partial void RecorderFellBehind(this ILogger log, long count, StreamKind stream);

    [LoggerMessage(1011, LogLevel.Information, "The spool's disk is well again.")]
    public static partial void DiskWell(this ILogger log);

    [LoggerMessage(1012, LogLevel.Error, "The spool's disk is full: new readings are not kept. Free some space or lower the spool's limit; recording resumes by itself.")]
    public static partial void DiskFull(this ILogger log);

    [LoggerMessage(1013, LogLevel.Error, "The spool's disk refuses writes: new readings are not kept. Check the card and the mount; recording resumes by itself.")]
    public static partial void DiskFailed(this ILogger log);

    [LoggerMessage(1014, LogLevel.Error, "The spool's disk takes more than {Seconds} s for one write or flush. Measuring and alarms go on; readings gather in memory, up to a limit.")]
    public static partial void DiskSlow(this ILogger log, double seconds);

    [LoggerMessage(1015, LogLevel.Information, "The spool's disk answers in time again.")]
    public static partial void DiskInTime(this ILogger log);

    [LoggerMessage(1016, LogLevel.Warning, "The spool is at its limit: {Count} records were dropped so far, the oldest first; gap events name them.")]
    public static partial void SpoolFull(this ILogger log, long count);

    [LoggerMessage(1020, LogLevel.Critical, "The {Thread} thread ended by a programming error; the process ends so that it can start anew.")]
    public static partial void ThreadDied(this ILogger log, Exception exception, string thread);

    [LoggerMessage(1021, LogLevel.Warning, "The {Thread} thread did not end within {Seconds} s.")]
    public static partial void ThreadHangs(this ILogger log, string thread, double seconds);

    [LoggerMessage(1060, LogLevel.Information, "Output {Output}: {Position} is asked for, {State}.")]
    public static partial void OutputCommanded(this ILogger log, string output, string position, string state);

    [LoggerMessage(1061, LogLevel.Error, "Output {Output}: {Fault}.")]
    public static partial void OutputFault(this ILogger log, string output, string fault);

    [LoggerMessage(1062, LogLevel.Information, "Output {Output}: its fault is gone.")]
    public static partial void OutputFaultGone(this ILogger log, string output);

    [LoggerMessage(1063, LogLevel.Warning, "Output {Output}: held safe until a reset, by {By}.")]
    public static partial void OutputHeld(this ILogger log, string output, string by);

    [LoggerMessage(1064, LogLevel.Warning, "Output {Output}: its hold was reset by {By}.")]
    public static partial void OutputReleased(this ILogger log, string output, string by);

    [LoggerMessage(1065, LogLevel.Critical, "Bus {Bus}: the station's step has given no sign of life for {Seconds} s; its outputs are driven to their safe state and held there.")]
    public static partial void WriterTookOver(this ILogger log, string bus, double seconds);

    [LoggerMessage(1066, LogLevel.Error, "{Driven} on bus {Bus} cannot be driven: {Fault}. It is tried again until it can.")]
    public static partial void NotDriven(this ILogger log, string driven, string bus, string fault);

    [LoggerMessage(1067, LogLevel.Information, "{Driven} on bus {Bus} is driven again.")]
    public static partial void DrivenAgain(this ILogger log, string driven, string bus);

    [LoggerMessage(1068, LogLevel.Critical, "Stop: {Driven} on bus {Bus} could not be driven to its safe state: {Fault}. It does what its wiring lets it do.")]
    public static partial void NotSafeAtStop(this ILogger log, string driven, string bus, string fault);

    [LoggerMessage(1095, LogLevel.Warning, "Output {Output} stays {Position} through a planned restart: nothing here looks after it from now on.")]
    public static partial void OutputLeft(this ILogger log, string output, string position);

    [LoggerMessage(1096, LogLevel.Warning, "Output {Output} is {Position}, as the run before left it for a planned restart.")]
    public static partial void OutputCarried(this ILogger log, string output, string position);

    [LoggerMessage(1097, LogLevel.Information, "Output {Output} is no longer held from the run before: {Why}.")]
    public static partial void CarryEnded(this ILogger log, string output, string why);

    [LoggerMessage(1099, LogLevel.Warning, "Output {Output} stays safe until a person resets it (edgenode outputs reset): it is held by {By}.")]
    public static partial void OutputOfLostTrip(this ILogger log, string output, string by);
}
