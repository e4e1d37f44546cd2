using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using LiteDB;

namespace EdgeNode.Records;

/// <summary>
/// The sentinel: the one document that each history has from its making on, and what the writer knows of the rest. A file without it
/// is not ours, or opens empty because it was cut short.
/// </summary>
internal sealed class HistoryMeta
{
    internal const string Collection = "meta";
    internal const string Alarms = "alarms";
    internal const string Events = "events";
    internal const string Revisions = "revisions";

    private const int Format = 1;
    private static readonly (string Name, int Limit)[] Kept =
        [(Alarms, HistoryLimits.Alarms), (Events, HistoryLimits.Events), (Revisions, HistoryLimits.Revisions)];

    // Of each collection: number of the oldest document, and of the next.
    private readonly long[] _oldest = [1, 1, 1];
    private readonly long[] _next = [1, 1, 1];
    private Epoch _epoch;
    private ulong _seq;

    private HistoryMeta(string id) => Id = id;

    /// <summary>Random; the marker beside the file has the same.</summary>
    internal string Id { get; }

    internal static IEnumerable<string> Collections => Kept.Select(k => k.Name);

    internal static HistoryMeta New() => new(Guid.NewGuid().ToString("n"));

    /// <returns>Null when there is none, or it is not what was written.</returns>
    internal static HistoryMeta? Read(LiteDatabase database)
    {
        if (database.GetCollection(Collection).FindById(1L) is not { } d
            || !d["c"].IsInt64 || d["c"].AsInt64 != HistoryDocument.Check(d) || d["format"] != Format || !d["id"].IsString)
        {
            return null;
        }

        var meta = new HistoryMeta(d["id"].AsString)
        {
            _epoch = new Epoch((ulong)d["p"].AsInt64, (uint)d["r"].AsInt64),
            _seq = (ulong)d["s"].AsInt64,
        };
        for (var i = 0; i < Kept.Length; i++)
        {
            meta._oldest[i] = d["o" + Kept[i].Name].AsInt64;
            meta._next[i] = d["n" + Kept[i].Name].AsInt64;
        }

        return meta;
    }

    /// <summary>True when the event comes after all that the history has of its spool.</summary>
    internal bool IsNew(QueuedEvent e) =>
        e.Epoch.Spool != _epoch.Spool || new Position(e.Epoch.Start, e.Seq) > new Position(_epoch.Start, _seq);

    /// <summary>Adds the event, and removes the oldest beyond the limit.</summary>
    internal void Insert(LiteDatabase database, QueuedEvent e)
    {
        var i = e.Record.Kind switch { "alarm" => 0, "configuration" => 2, _ => 1 };
        var collection = database.GetCollection(Kept[i].Name, BsonAutoId.Int64);
        collection.Insert(HistoryDocument.Of(_next[i]++, e));
        while (_next[i] - _oldest[i] > Kept[i].Limit)
        {
            collection.Delete(_oldest[i]++);
        }

        (_epoch, _seq) = (e.Epoch, e.Seq);
    }

    internal void Write(LiteDatabase database)
    {
        var d = new BsonDocument
        {
            ["_id"] = 1L,
            ["format"] = Format,
            ["id"] = Id,
            ["p"] = (long)_epoch.Spool,
            ["r"] = (long)_epoch.Start,
            ["s"] = (long)_seq,
        };
        for (var i = 0; i < Kept.Length; i++)
        {
            d["o" + Kept[i].Name] = _oldest[i];
            d["n" + Kept[i].Name] = _next[i];
        }

        d["c"] = HistoryDocument.Check(d);
        database.GetCollection(Collection, BsonAutoId.Int64).Upsert(d);
    }

    /// <summary>How many documents a collection should have.</summary>
    internal long Count(string collection)
    {
        var i = Array.FindIndex(Kept, k => k.Name == collection);
        return _next[i] - _oldest[i];
    }
}
