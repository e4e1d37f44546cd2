using EdgeNode.Core.Model;

namespace EdgeNode.Core.Ports;

/// <summary>
/// One bus with its devices. The bus owns its link, its concurrency and its error recovery; one thread at a time calls it.
/// It implements no schedule: the engine says when a device is due.
/// </summary>
public interface IFieldBus : IDisposable
{
    /// <summary>The bus's name in the site file.</summary>
    string Id { get; }

    /// <summary>
    /// Reads one device once and adds exactly one sample for each of its points, a bad one where there is no value. Where a reading
    /// takes its time (a conversion), the scan only begins it: the samples come from <see cref="Resume"/>, and a scan that comes before
    /// them adds none.
    /// A failing device or link is data here, never an exception. While the device's breaker is open and no probe is due
    /// nothing goes out on the bus, and the samples say <see cref="Reason.DeviceSuspended"/>.
    /// </summary>
    /// <param name="device">Index into <see cref="Site.Devices"/>; a device of this bus.</param>
    /// <param name="samples">Where the samples are added.</param>
    /// <param name="stop">Ends the scan early: points not read by then are left out, and the link stays usable.</param>
    void Scan(int device, List<RawSample> samples, CancellationToken stop);

    /// <summary>Monotonic time at which something that a scan began is to go on by <see cref="Resume"/>; null when nothing is under way.</summary>
    TimeSpan? Pending => null;

    /// <summary>Goes on with what scans have begun and what is due: so that no conversion of one device holds up another.</summary>
    /// <param name="samples">Where samples are added; none when nothing came to its end.</param>
    /// <param name="stop">Ends it early.</param>
    void Resume(List<RawSample> samples, CancellationToken stop)
    {
    }

    /// <summary>Counters since the start; may be read from any thread.</summary>
    BusHealth Health { get; }
}

/// <summary>What a bus has done and suffered since the start.</summary>
/// <param name="Requests">Sent; on a GPIO chip and in sysfs reads that were tried, on I2C transfers.</param>
/// <param name="Replies">Requests that were answered as they should be, exceptions included. A broadcast counts as answered.</param>
/// <param name="Timeouts">Requests that nothing answered in time.</param>
/// <param name="WrongReplies">Requests that were answered by something else than their reply; without those of <see cref="ChecksumErrors"/>.</param>
/// <param name="Exceptions">Replies by which a Modbus device refused.</param>
/// <param name="Retries">Requests that were sent once more.</param>
/// <param name="Connects">Links that were opened: the first one, and each that took the place of a lost one.</param>
/// <param name="LinkFailures">Times that the link could not be opened, or broke.</param>
/// <param name="LinkUp">The link is there, as far as is known; false before the first request.</param>
public readonly record struct BusHealth(
    long Requests, long Replies, long Timeouts, long WrongReplies, long Exceptions, long Retries, long Connects, long LinkFailures, bool LinkUp)
{
    /// <summary>Replies of a serial line whose check sum was wrong.</summary>
    public long ChecksumErrors { get; init; }

    /// <summary>Monotonic time in which the bus could serve nobody else: sending, waiting for a reply or a silence, opening the link.</summary>
    public TimeSpan BusyTime { get; init; }

    /// <summary>Edges of pulse lines that the kernel had to drop; counted by their numbers.</summary>
    public long LostEdges { get; init; }

    /// <summary>Chips that were found without their configuration.</summary>
    public long Resets { get; init; }
}
