using EdgeNode.Core.Ports;

namespace EdgeNode.SimulationTests.Simulated;

/// <summary>Where a negative control plants its bug: between the product's parts, so that the product itself stays as it is.</summary>
internal sealed record Plants
{
    /// <summary>Between the witness and the journal.</summary>
    public Func<IRecorder, IRecorder> Recorder { get; init; } = static inner => inner;

    /// <summary>The recorder commits so often, whatever the site file says.</summary>
    public TimeSpan? CommitEvery { get; init; }

    /// <summary>Between the journal and the uplink.</summary>
    public Func<IOutbox, IOutbox> Outbox { get; init; } = static inner => inner;
}
