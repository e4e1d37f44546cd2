using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// The resets of trips across a restart: key <c>trip/ID</c>, there while the trip's reset stands. And whether the run before ended in an orderly way: key <c>trips/in-order</c>, set at the
/// end of one that did, and taken away by the next.
/// </summary>
/// <remarks>
/// Value of a reset: u8 version 1, then who reset it, UTF-8. Of the mark: u8 version 1. Both stand in one file, so the mark is never there without the changes before it. A reset counts only
/// once it is on the disk that the mark is gone: otherwise a disk that hangs from here on would leave it to vouch for a run that it knows nothing of.
/// </remarks>
internal sealed class TripMemory(Site site, IStateStore store)
{
    private const string Prefix = "trip/";
    private const string InOrder = "trips/in-order";
    private const byte Version = 1;

    private long _gone = long.MaxValue;
    private bool _begun;

    /// <summary>The mark of the run before is gone from the disk.</summary>
    public bool IsBegun => store.Written >= _gone;

    /// <summary>A trip's reset stands. A store at its limit costs the memory of it: after a restart a person resets.</summary>
    /// <param name="trip">Index of the trip.</param>
    /// <param name="by">Who reset it; null when no person did, and who did before stays.</param>
    public void Keep(int trip, string? by)
    {
        var key = Prefix + site.Trips[trip].Id;
        if (by is not null || store.Get(key) is null)
        {
            store.Set(key, [Version, .. Encoding.UTF8.GetBytes(by ?? "")]);
        }
    }

    /// <summary>It no longer does.</summary>
    public void Forget(int trip) => store.Remove(Prefix + site.Trips[trip].Id);

    /// <summary>The run ends in an orderly way. One that never learned what the run before left says nothing: it would vouch for that one.</summary>
    public void EndInOrder()
    {
        if (_begun)
        {
            store.Set(InOrder, [Version]);
        }
    }

    /// <summary>Begins a run.</summary>
    /// <param name="inOrder">The run before ended in an orderly way.</param>
    /// <returns>Who reset each trip, by trip index; null where no reset stands. Those of trips that the site no longer has are forgotten.</returns>
    public string?[] Begin(out bool inOrder)
    {
        // Of a damaged store the older slot may be all that is left, with the mark of a run before the last.
        inOrder = store.Get(InOrder) is [Version] && !store.WasDamaged;
        store.Remove(InOrder);
        var kept = new string?[site.Trips.Length];
        var ids = site.Trips.Select((t, i) => (t.Id, i)).ToDictionary(t => Prefix + t.Id, t => t.i, StringComparer.Ordinal);
        foreach (var key in store.Keys(Prefix))
        {
            if (ids.TryGetValue(key, out var trip) && store.Get(key) is [Version, .. var by])
            {
                kept[trip] = Encoding.UTF8.GetString(by);
            }
            else
            {
                store.Remove(key);
            }
        }

        (_gone, _begun) = (store.Changes, true);
        return kept;
    }
}
