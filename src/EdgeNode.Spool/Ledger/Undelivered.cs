using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;

namespace EdgeNode.Spool.Ledger;

/// <summary>Records of one run that wait, in a segment that is to go.</summary>
internal sealed class Undelivered(StreamKind stream, uint start, ulong from, ulong to, long firstTime, long lastTime)
{
    private bool _timed;

    internal StreamKind Stream { get; } = stream;

    internal uint Start { get; } = start;

    internal ulong From { get; } = from;

    internal ulong To { get; } = to;

    /// <summary>Those of the run, until the readings themselves were looked at.</summary>
    internal long FirstTime { get; private set; } = firstTime;

    internal long LastTime { get; private set; } = lastTime;

    /// <summary>Copied to the head of the journal, so not lost.</summary>
    internal RangeSet Carried { get; } = new();

    internal void Reset()
    {
        _timed = false;
        Carried.Clear();
    }

    internal void TakeTimes(ReadOnlySpan<byte> frameBody)
    {
        var body = new BodyReader(frameBody);
        if (!SampleFrame.TryReadHead(ref body, out var head))
        {
            return;
        }

        var cursor = new SampleCursor(head.BaseWall);
        for (var seq = head.First; seq <= head.Last && SampleFrame.TryReadSample(ref body, ref cursor, out _); seq++)
        {
            if (seq < From || seq > To)
            {
                continue;
            }

            FirstTime = _timed ? FirstTime : cursor.Time;
            LastTime = cursor.Time;
            _timed = true;
        }
    }
}
