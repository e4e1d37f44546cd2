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
public readonly record struct BusHealth(
    long Requests, long Replies, long Timeouts, long WrongReplies, long Exceptions, long Retries, long Connects, long LinkFailures, bool LinkUp)
{
    /// <summary>Edges of pulse lines that the kernel had to drop; counted by their numbers.</summary>
    public long LostEdges { get; init; }

    /// <summary>Chips that were found without their configuration.</summary>
    public long Resets { get; init; }
}
