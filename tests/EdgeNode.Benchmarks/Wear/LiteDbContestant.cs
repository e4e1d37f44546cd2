using EdgeNode.Core.Model;
using LiteDB;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>LiteDB, direct mode: a document with a blob for each scan, one transaction a group.</summary>
internal sealed class LiteDbContestant : IContestant
{
    private readonly LiteDatabase _database;
    private readonly ILiteCollection<BsonDocument> _scans;
    private readonly PackedScan _packed = new();
    private readonly bool _checkpoint;
    private bool _begun;
    private long _id;
    private long _deleted;

    /// <param name="folder">On the disk that is measured.</param>
    /// <param name="checkpoint">Checkpoint after each commit; without it LiteDB may acknowledge before anything is on the disk (facts in the decision records).</param>
    public LiteDbContestant(string folder, bool checkpoint)
    {
        _checkpoint = checkpoint;
        _database = new LiteDatabase(Path.Combine(folder, "spool.litedb"));
        _scans = _database.GetCollection("scans");
    }

    public void Append(ReadOnlySpan<Reading> scan)
    {
        Begin();
        _scans.Insert(new BsonDocument { ["_id"] = ++_id, ["scan"] = _packed.Pack(scan).ToArray() });
    }

    public void Commit(int keep)
    {
        Begin();
        while (_deleted < _id - keep)
        {
            _scans.Delete(++_deleted);
        }

        _database.Commit();
        _begun = false;
        if (_checkpoint)
        {
            _database.Checkpoint();
        }
    }

    public void Dispose() => _database.Dispose();

    private void Begin()
    {
        if (!_begun)
        {
            _begun = _database.BeginTrans();
        }
    }
}
