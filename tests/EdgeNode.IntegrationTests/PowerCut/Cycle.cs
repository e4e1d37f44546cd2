using System.Globalization;
using EdgeNode.Core.Model;

namespace EdgeNode.IntegrationTests.PowerCut;

/// <summary>One life of the gateway, from its start to its violent end.</summary>
/// <param name="BrokerUp">Whether the broker was there meanwhile.</param>
/// <param name="Started">Unix microseconds, before it was started.</param>
/// <param name="Ended">Unix microseconds, before it was stopped.</param>
/// <param name="LastEpoch">The newest epoch that the disk knew afterwards.</param>
/// <param name="Opened">Its log says that it had opened its spool: before that it measures, and appends nothing.</param>
/// <param name="Unsound">What `spool verify` said against the spool afterwards.</param>
internal sealed record Cycle(bool BrokerUp, long Started, long Ended, Epoch? LastEpoch, bool Opened, IReadOnlyList<string> Unsound);

/// <summary>How many cycles, and at which moments. A seed gives the same moments again.</summary>
internal sealed class Plan
{
    private int _lives;

    private Plan(int cycles, int seed)
    {
        (Cycles, Seed) = (cycles, seed);
        Random = new Random(seed);
    }

    public int Cycles { get; }

    public int Seed { get; }

    public Random Random { get; }

    /// <summary>So many cycles, unless the variables EDGENODE_CYCLES and EDGENODE_SEED say something else.</summary>
    public static Plan Of(int cycles, bool fix = false) => new(
        fix ? cycles : Variable("EDGENODE_CYCLES") ?? cycles, Variable("EDGENODE_SEED") ?? System.Random.Shared.Next(1_000_000));

    /// <summary>One end in five comes while the gateway starts and recovers; the others when it measures, most of them after a commit.</summary>
    public TimeSpan NextLife() => TimeSpan.FromMilliseconds(++_lives % 5 == 0 ? Random.Next(20, 600) : Random.Next(1200, 3600));

    /// <summary>Long enough to commit more than once.</summary>
    public TimeSpan NextLongLife() => TimeSpan.FromMilliseconds(Random.Next(2800, 3600));

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) : null;
}
