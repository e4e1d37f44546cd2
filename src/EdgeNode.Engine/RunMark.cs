using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// Whether the run before ended in an orderly way: key <c>run/in-order</c>, set after the last step of one that did, and taken away by the next. What was reset in a run counts in the
/// next one by this word alone.
/// </summary>
/// <remarks>
/// Value: u8 version 1, 16 bytes boot id, 16 bytes name of the run (zeros where it left no trace). It stands in one file with all that it vouches for, so it is never there without that.
/// It says nothing of a run that came after it, whose disk took nothing and which was killed then. So it counts only when the trace in memory says that no other run has begun since: none
/// after the one that set it, in its own boot; none at all, in another. What ran in a boot between, with a disk that took nothing from its first moment to its last, nobody knows.
/// </remarks>
/// <param name="store">Where it is kept.</param>
/// <param name="boot">This boot of the machine.</param>
/// <param name="trace">What this boot knows of runs without a disk; null: nothing.</param>
internal sealed class RunMark(IStateStore store, Guid boot, RunTrace? trace)
{
    private const string Key = "run/in-order";
    private const byte Version = 1;
    private const int RunAt = 17;
    private const int Bytes = 33;

    private long _gone = long.MaxValue;
    private bool? _vouches;

    /// <summary>The mark of the run before is gone from the disk. Nothing that it vouches for counts before that: a disk that hangs from here on would leave it to vouch for this run.</summary>
    public bool IsBegun => store.Written >= _gone;

    /// <summary>Begins the run, once the store is loaded; a second call says the same.</summary>
    /// <returns>The run before ended in an orderly way, so far as anybody can know.</returns>
    public bool Begin()
    {
        if (_vouches is { } known)
        {
            return known;
        }

        // Of a damaged store the older slot may be all that is left, with the mark of a run before the last.
        _vouches = !store.WasDamaged && store.Get(Key) is { Length: Bytes } mark && mark[0] == Version
            && (new Guid(mark.AsSpan(1, 16)) == boot ? new Guid(mark.AsSpan(RunAt)) == (trace is null ? Guid.Empty : trace.Before) : trace?.Before is null);
        store.Remove(Key);
        _gone = store.Changes;
        return _vouches.Value;
    }

    /// <summary>The run ends in an orderly way. One that never learned what the run before left says nothing: it would vouch for that one.</summary>
    public void End()
    {
        if (_vouches is null)
        {
            return;
        }

        Span<byte> mark = stackalloc byte[Bytes];
        mark[0] = Version;
        boot.TryWriteBytes(mark[1..]);
        (trace?.Run ?? Guid.Empty).TryWriteBytes(mark[RunAt..]);
        store.Set(Key, mark);
    }
}
