using System.Buffers.Binary;
using System.Text;
using EdgeNode.Core.Ports;

namespace EdgeNode.Engine;

/// <summary>What a start has to know of those before it.</summary>
/// <param name="Starts">How often the node has started, this time included. Counts anew when the state was lost.</param>
/// <param name="Changed">The run before had another revision of the site file.</param>
internal readonly record struct StartRecord(long Starts, bool Changed)
{
    private const string StartsKey = "node/starts";
    private const string RevisionKey = "node/revision";

    /// <summary>Counts this start.</summary>
    public static StartRecord Count(IStateStore store, string revision)
    {
        var starts = store.Get(StartsKey) is { Length: 8 } value ? BinaryPrimitives.ReadInt64LittleEndian(value) + 1 : 1;
        var before = store.Get(RevisionKey) is { } text ? Encoding.UTF8.GetString(text) : revision;
        Span<byte> count = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, starts);
        store.Set(StartsKey, count);
        store.Set(RevisionKey, Encoding.UTF8.GetBytes(revision));
        return new StartRecord(starts, before != revision);
    }
}
