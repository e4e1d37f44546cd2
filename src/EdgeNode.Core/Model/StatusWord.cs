using System.Collections.Immutable;

namespace EdgeNode.Core.Model;

/// <summary>
/// A word in which a device says how it is: each bit that means something belongs to one status of NAMUR NE 107. What the points that go by it become
/// is the worst that a set bit says, or their own quality where that is worse.
/// </summary>
/// <param name="Register">Where it lies; of no point. UInt16, UInt32, UInt64 or Bit.</param>
/// <param name="Failure">F: the values are bad.</param>
/// <param name="FunctionCheck">C: the values are uncertain.</param>
/// <param name="OutOfSpecification">S: the values are uncertain.</param>
/// <param name="MaintenanceRequired">M: the values are marked, and taken as good ones wherever a good one is asked for.</param>
/// <param name="Points">The points that go by it, as indexes into <see cref="Site.Points"/>.</param>
public sealed record StatusWord(
    RegisterOptions Register, ulong Failure, ulong FunctionCheck, ulong OutOfSpecification, ulong MaintenanceRequired, ImmutableArray<int> Points)
{
    /// <summary>What a word says of the values that were read with it. Bits without a class say nothing.</summary>
    /// <param name="bits">The word, the least significant bit being bit 0.</param>
    public Quality Judge(ulong bits) =>
        (bits & Failure) != 0 ? Quality.Bad(Reason.SensorFailure)
        : (bits & FunctionCheck) != 0 ? Quality.Uncertain(Reason.FunctionCheck)
        : (bits & OutOfSpecification) != 0 ? Quality.Uncertain(Reason.OutOfSpecification)
        : (bits & MaintenanceRequired) != 0 ? Quality.Uncertain(Reason.MaintenanceRequired)
        : Quality.Good;

    /// <summary>What holds of values that were read without their word.</summary>
    /// <param name="last">What the word said when it was read last; null when it never was.</param>
    /// <returns>
    /// Uncertain. But what the device called failed, or said while people worked on it, is not taken back by a word that nobody has read, and a device that never said how it is is not believed.
    /// </returns>
    public static Quality Unread(Quality? last) =>
        last is not { } said ? Quality.Bad(Reason.StatusUnknown) : said.IsBad || said.Reason == Reason.FunctionCheck ? said : Quality.Uncertain(Reason.StatusUnknown);

    /// <summary>A value's own quality beside what a status word says of it: the worse by NE 107, and of two alike the value's own.</summary>
    public static Quality Worse(Quality own, Quality status) =>
        own.IsBad ? own : status.IsBad || status.Status() > own.Status() ? status : own;
}
