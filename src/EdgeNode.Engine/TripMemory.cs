using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>The resets of trips across a restart: key <c>trip/ID</c>, there while the trip's reset stands. Whether they count says <see cref="RunMark"/>.</summary>
/// <remarks>
/// Value of a reset: u8 version 2, 8 bytes <see cref="TripPrint"/>, then who reset it, UTF-8. A reset is of the trip as it was then: one whose definition has changed since has not been
/// reset by anybody.
/// </remarks>
internal sealed class TripMemory
{
    private const string Prefix = "trip/";
    private const byte Version = 2;
    private const int NameAt = 1 + TripPrint.Bytes;

    private readonly Site _site;
    private readonly IStateStore _store;
    private readonly RunMark _mark;
    private readonly byte[][] _prints;
    private long _gone = long.MaxValue;

    /// <param name="site">The checked site.</param>
    /// <param name="store">Where they are kept.</param>
    /// <param name="mark">How the run before ended.</param>
    public TripMemory(Site site, IStateStore store, RunMark mark)
    {
        (_site, _store, _mark) = (site, store, mark);
        _prints = [.. site.Trips.Select(t => TripPrint.Of(site, t))];
    }

    /// <summary>It is on the disk that this run has begun.</summary>
    public bool IsBegun => _mark.IsBegun && _store.Written >= _gone;

    /// <summary>A trip's reset stands. A store at its limit costs the memory of it: after a restart a person resets.</summary>
    /// <param name="trip">Index of the trip.</param>
    /// <param name="by">Who reset it; null when no person did, and who did before stays.</param>
    public void Keep(int trip, string? by)
    {
        var key = Prefix + _site.Trips[trip].Id;
        if (by is not null || _store.Get(key) is null)
        {
            _store.Set(key, [Version, .. _prints[trip], .. Encoding.UTF8.GetBytes(by ?? "")]);
        }
    }

    /// <summary>It no longer does.</summary>
    public void Forget(int trip) => _store.Remove(Prefix + _site.Trips[trip].Id);

    /// <summary>Begins a run.</summary>
    /// <param name="inOrder">The run before ended in an orderly way.</param>
    /// <param name="changed">Trips whose reset does not count because their definition is another one now.</param>
    /// <returns>Who reset each trip, by trip index; null where no reset stands. Those of trips that the site no longer has, or has otherwise, are forgotten.</returns>
    public string?[] Begin(out bool inOrder, out List<string> changed)
    {
        (inOrder, changed) = (_mark.Begin(), []);
        var kept = new string?[_site.Trips.Length];
        var ids = _site.Trips.Select((t, i) => (t.Id, i)).ToDictionary(t => Prefix + t.Id, t => t.i, StringComparer.Ordinal);
        foreach (var key in _store.Keys(Prefix))
        {
            var known = ids.TryGetValue(key, out var trip);
            if (known && _store.Get(key) is { Length: >= NameAt } value && value[0] == Version)
            {
                if (value.AsSpan(1, TripPrint.Bytes).SequenceEqual(_prints[trip]))
                {
                    kept[trip] = Encoding.UTF8.GetString(value.AsSpan(NameAt));
                    continue;
                }

                changed.Add(_site.Trips[trip].Id);
            }

            _store.Remove(key);
        }

        _gone = _store.Changes;
        return kept;
    }
}
