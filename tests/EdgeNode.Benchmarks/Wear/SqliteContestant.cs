using EdgeNode.Core.Model;
using Microsoft.Data.Sqlite;

namespace EdgeNode.Benchmarks.Wear;

/// <summary>SQLite, WAL, synchronous=FULL: one transaction a group, with the deletion of what was delivered in it.</summary>
internal sealed class SqliteContestant : IContestant
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly PackedScan _packed = new();
    private readonly bool _rows;
    private SqliteTransaction? _transaction;
    private long _id;

    /// <param name="folder">On the disk that is measured.</param>
    /// <param name="rows">A row for each reading; otherwise a blob for each scan.</param>
    public SqliteContestant(string folder, bool rows)
    {
        _rows = rows;
        _connection = new SqliteConnection($"Data Source={Path.Combine(folder, "spool.sqlite")};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        Run(rows
            ? "CREATE TABLE r (id INTEGER PRIMARY KEY, t INTEGER, point INTEGER, v REAL, q INTEGER, c INTEGER);"
            : "CREATE TABLE r (id INTEGER PRIMARY KEY, scan BLOB);");
        _insert = Command(rows ? "INSERT INTO r VALUES ($id, $t, $p, $v, $q, $c);" : "INSERT INTO r VALUES ($id, $scan);");
        _delete = Command("DELETE FROM r WHERE id <= $id;");
        _delete.Parameters.Add("$id", SqliteType.Integer);
        _insert.Parameters.Add("$id", SqliteType.Integer);
        foreach (var (name, type) in rows
            ? new[] { ("$t", SqliteType.Integer), ("$p", SqliteType.Integer), ("$v", SqliteType.Real), ("$q", SqliteType.Integer), ("$c", SqliteType.Integer) }
            : [("$scan", SqliteType.Blob)])
        {
            _insert.Parameters.Add(name, type);
        }
    }

    public void Append(ReadOnlySpan<Reading> scan)
    {
        Begin();
        if (!_rows)
        {
            Insert(_packed.Pack(scan));
            return;
        }

        foreach (ref readonly var r in scan)
        {
            Insert(r.Time.UnixMicroseconds, r.Point, r.Value, (int)r.Quality.Level, (int)r.Time.Clock);
        }
    }

    public void Commit(int keep)
    {
        Begin();
        _delete.Parameters[0].Value = _id - (keep * (_rows ? BenchSite.PointsPerUnit : 1));
        _delete.ExecuteNonQuery();
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    public void Dispose()
    {
        _transaction?.Dispose();
        _insert.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private void Begin()
    {
        _transaction ??= _connection.BeginTransaction(deferred: true);
        _insert.Transaction = _delete.Transaction = _transaction;
    }

    private void Insert(params ReadOnlySpan<object> values)
    {
        _insert.Parameters[0].Value = ++_id;
        for (var i = 0; i < values.Length; i++)
        {
            _insert.Parameters[i + 1].Value = values[i];
        }

        _insert.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    private void Run(string text)
    {
        using var command = Command(text);
        command.ExecuteNonQuery();
    }
}
