namespace EdgeNode.SimulationTests.Simulated;

/// <summary>
/// All that happens in a world, as one running hash: two runs of one seed must end with the same. The spool's random id is left out;
/// it is the only thing that the product draws by itself.
/// </summary>
internal sealed class Trace
{
    private const ulong Prime = 1_099_511_628_211;

    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    public long Count { get; private set; }

    public void Add(TimeSpan at, int what, long a = 0, long b = 0)
    {
        Mix((ulong)at.Ticks);
        Mix((ulong)what);
        Mix((ulong)a);
        Mix((ulong)b);
        Count++;
    }

    private void Mix(ulong number) => Hash = (Hash ^ number ^ (number >> 29)) * Prime;
}
