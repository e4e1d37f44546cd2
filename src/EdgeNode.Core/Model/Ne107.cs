using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>Status signals of NAMUR NE 107, in the order in which one hides another: of several at once the highest is shown.</summary>
public enum Ne107 : byte
{
    /// <summary>The signal is valid and nothing is to be done.</summary>
    None = 0,

    /// <summary>M, blue: valid, and somebody should come.</summary>
    MaintenanceRequired = 1,

    /// <summary>S, yellow: outside of what is specified, in doubt.</summary>
    OutOfSpecification = 2,

    /// <summary>C, orange: for the time being not valid.</summary>
    FunctionCheck = 3,

    /// <summary>F, red: not valid.</summary>
    Failure = 4,
}

/// <summary>
/// Which status each reason is. NE 107 is about one instrument; here it is about the whole way of a value, so a dead bus is a failure
/// of each of its points. What has no value is F or C. What has one is S or M: a failure that is not declared yet, as <c>uncertain:sensor-failure</c>, is S.
/// </summary>
public static class Ne107Table
{
    // By Reason; who adds a reason adds its row.
    private static readonly ImmutableArray<Ne107> Rows =
    [
        Ne107.None, // None
        Ne107.FunctionCheck, // NotYetRead: the gateway has just started
        Ne107.Failure, // Timeout
        Ne107.Failure, // LinkDown
        Ne107.Failure, // WrongReply
        Ne107.Failure, // Checksum
        Ne107.Failure, // DeviceSuspended
        Ne107.Failure, // IllegalFunction
        Ne107.Failure, // IllegalAddress
        Ne107.Failure, // IllegalValue
        Ne107.Failure, // DeviceFailure
        Ne107.FunctionCheck, // DeviceBusy: it says itself that it will be back
        Ne107.Failure, // GatewayPath
        Ne107.Failure, // NotANumber
        Ne107.Failure, // Sentinel
        Ne107.Failure, // Stale
        Ne107.OutOfSpecification, // OverRange
        Ne107.OutOfSpecification, // UnderRange
        Ne107.OutOfSpecification, // Rounded
        Ne107.OutOfSpecification, // LostEdges
        Ne107.MaintenanceRequired, // DeviceReset: the value is new, the supply wants a look
        Ne107.Failure, // SensorFailure
        Ne107.OutOfSpecification, // Uncompensated
        Ne107.Failure, // NotPresent
        Ne107.OutOfSpecification, // RateOfChange
        Ne107.OutOfSpecification, // Stuck
        Ne107.OutOfSpecification, // Spike
        Ne107.MaintenanceRequired, // CalibrationExpired: the value is as it was, the due date has passed
        Ne107.FunctionCheck, // TooFewVotes: the members are bypassed for a limited time
        Ne107.FunctionCheck, // Maintenance
        Ne107.FunctionCheck, // Substituted: put in by hand, for a limited time
        Ne107.FunctionCheck, // FunctionCheck
        Ne107.OutOfSpecification, // OutOfSpecification
        Ne107.Failure, // StatusUnknown
        Ne107.MaintenanceRequired, // MaintenanceRequired
    ];

    /// <summary>The status of a reason.</summary>
    public static Ne107 Status(this Reason reason) => Rows[(int)reason];

    /// <summary>The status of a quality alone. What protects goes by it: simulated values are there to try the protection with.</summary>
    public static Ne107 Status(this Quality quality) => quality.Level switch
    {
        QualityLevel.Good => Ne107.None,
        QualityLevel.Uncertain when quality.Reason.Status() == Ne107.Failure => Ne107.OutOfSpecification,
        _ => quality.Reason.Status(),
    };

    /// <summary>The status as people are told it: a simulated point is a function check at least, and a failure if it fails.</summary>
    public static Ne107 Status(this Quality quality, bool simulated) => simulated && quality.Status() < Ne107.FunctionCheck ? Ne107.FunctionCheck : quality.Status();

    /// <summary>Good, or marked M, which by NE 107 is still valid: whoever needs a good value may take it.</summary>
    public static bool IsValid(this Quality quality) => !quality.IsBad && quality.Status() <= Ne107.MaintenanceRequired;

    /// <summary>F, C, S or M; empty for none.</summary>
    public static string Letter(this Ne107 status) => status switch
    {
        Ne107.Failure => "F",
        Ne107.FunctionCheck => "C",
        Ne107.OutOfSpecification => "S",
        Ne107.MaintenanceRequired => "M",
        _ => "",
    };
}
