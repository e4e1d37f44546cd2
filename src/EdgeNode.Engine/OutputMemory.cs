using System.Text;
using EdgeNode.Core.Act;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>
/// The outputs' own holds across a restart: key <c>output/ID</c>. What is kept is that an output was reset: without a record it starts safe.
/// </summary>
/// <remarks>
/// Value: u8 version 2, u8 flags (1: held; 2: the run ended in an orderly way), the ids of the trips that kept it safe, with commas, a zero, then who holds it, UTF-8. Version 1 is the
/// same without the trips and the zero.
/// </remarks>
internal sealed class OutputMemory(Site site, IStateStore store, RunMark mark)
{
    private const string Prefix = "output/";
    private const byte Version = 2;
    private const byte WithoutTrips = 1;
    private const byte Held = 1;
    private const byte InOrder = 2;

    private long _gone = long.MaxValue;

    /// <summary>The marks of the run before are gone from the disk.</summary>
    public bool IsBegun => mark.IsBegun && store.Written >= _gone;

    /// <summary>Writes down a hold, or that there is none.</summary>
    public void Keep(int output, OutputKept kept)
    {
        var key = Prefix + site.Outputs[output].Id;
        byte[] value = [Version, (byte)((kept.IsHeld ? Held : 0) | (kept.InOrder ? InOrder : 0)), .. Encoding.UTF8.GetBytes(kept.Trips), 0, .. Encoding.UTF8.GetBytes(kept.By)];

        // A record of a reset that is older than a hold, or a trip, would undo that at the next start.
        if (!store.Set(key, value) && (kept.IsHeld || kept.Trips.Length > 0))
        {
            store.Remove(key);
        }
    }

    /// <summary>
    /// Begins a run: what the run before left, by output; null where it left nothing. Those of outputs that the site no longer has are forgotten, and the marks of an orderly end are
    /// taken away. They count only once that is on the disk: one that hangs from here on would leave them to vouch for a run that they know nothing of.
    /// </summary>
    public OutputKept?[] Begin()
    {
        var ids = site.Outputs.Select((o, i) => (o.Id, i)).ToDictionary(o => o.Id, o => o.i, StringComparer.Ordinal);
        var kept = new OutputKept?[site.Outputs.Length];
        var inOrder = mark.Begin();
        foreach (var key in store.Keys(Prefix))
        {
            if (!ids.TryGetValue(key[Prefix.Length..], out var output))
            {
                store.Remove(key);
            }
            else if (Read(store.Get(key)) is { } record)
            {
                record = record with { InOrder = record.InOrder && inOrder };
                kept[output] = record;
                Keep(output, record with { InOrder = false });
            }
        }

        _gone = store.Changes;
        return kept;
    }

    private static OutputKept? Read(byte[]? value)
    {
        if (value is not [Version or WithoutTrips, var flags, .. var rest])
        {
            return null;
        }

        var end = value[0] == Version ? Array.IndexOf(rest, (byte)0) : -1;
        return new OutputKept((flags & Held) != 0, Encoding.UTF8.GetString(rest.AsSpan(end + 1)), (flags & InOrder) != 0)
        {
            Trips = end > 0 ? Encoding.UTF8.GetString(rest.AsSpan(0, end)) : "",
        };
    }
}
