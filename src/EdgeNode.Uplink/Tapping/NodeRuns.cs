using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Tapping;

/// <summary>The runs of a node as they are heard of, and how far its backlog lane has come.</summary>
internal sealed class NodeRuns
{
    private Position _backlog;
    private ulong _backlogSpool;

    /// <summary>The newest run; null before there was one.</summary>
    public Epoch? Newest { get; private set; }

    /// <summary>Starts since the first run that was heard of.</summary>
    public long Restarts { get; private set; }

    /// <summary>Other spools that came.</summary>
    public long NewSpools { get; private set; }

    /// <summary>Something of this run came.</summary>
    public void Heard(Epoch epoch)
    {
        if (Newest is not { } newest)
        {
            Newest = epoch;
        }
        else if (epoch.Spool != newest.Spool)
        {
            NewSpools++;
            Newest = epoch;
        }
        else if (epoch.Start > newest.Start)
        {
            Restarts += epoch.Start - newest.Start;
            Newest = epoch;
        }
    }

    /// <summary>The backlog lane has brought this, for the first time.</summary>
    public void Backlog(Epoch epoch, ulong seq)
    {
        var position = new Position(epoch.Start, seq);
        _backlog = epoch.Spool == _backlogSpool && position < _backlog ? _backlog : position;
        _backlogSpool = epoch.Spool;
    }

    /// <summary>The number in a run that the backlog lane has passed, oldest first; null when it has passed all of the run.</summary>
    public ulong? BacklogPast(Epoch epoch) =>
        epoch.Spool != _backlogSpool || epoch.Start > _backlog.Start ? 0
        : epoch.Start == _backlog.Start ? _backlog.Seq
        : null;
}
