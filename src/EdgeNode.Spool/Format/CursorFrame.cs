using EdgeNode.Core.Model;
using EdgeNode.Spool.Ledger;

namespace EdgeNode.Spool.Format;

/// <summary>
/// What one uplink is done with: per start and stream the next number and the ranges delivered or named in a gap.
/// Each row replaces the one before it; starts below the floor are done altogether.
/// </summary>
internal static class CursorFrame
{
    internal const byte Uplink = 1;
    private const int MaxRows = 1000;
    private const int SettledBit = 0x80;

    /// <param name="all">Every row (the head of a segment), or only those that changed.</param>
    /// <returns>False when there was nothing to write.</returns>
    internal static bool Write(FrameBuffer into, ulong spool, StreamBook telemetry, StreamBook events, bool all)
    {
        var rows = Rows(telemetry, all) + Rows(events, all);
        if (rows == 0 && !all && !telemetry.FloorMoved && !events.FloorMoved)
        {
            return false;
        }

        var skip = 0;
        do
        {
            var here = Math.Min(rows - skip, MaxRows);
            into.Begin(FrameType.Cursor);
            into.U8(Uplink);
            into.U64(spool);
            into.Varint((ulong)telemetry.Dropped);
            into.Varint((ulong)events.Dropped);
            into.Varint(telemetry.FloorStart);
            into.Varint(events.FloorStart);
            into.Varint((ulong)here);
            var index = 0;
            WriteRows(into, telemetry, all, skip, skip + here, ref index);
            WriteRows(into, events, all, skip, skip + here, ref index);
            into.End();
            skip += here;
        }
        while (skip < rows);
        return true;
    }

    private static int Rows(StreamBook book, bool all)
    {
        var count = 0;
        foreach (var start in book.Starts)
        {
            count += all || start.Dirty ? 1 : 0;
        }

        return count;
    }

    private static void WriteRows(FrameBuffer into, StreamBook book, bool all, int from, int until, ref int index)
    {
        foreach (var start in book.Starts)
        {
            if (!all && !start.Dirty)
            {
                continue;
            }

            if (index >= from && index < until)
            {
                into.U8((byte)((int)book.Stream | (start.Settled ? SettledBit : 0)));
                into.Varint(start.Start);
                into.Varint(start.Next);
                into.Varint((ulong)start.Done.Count);
                ulong previous = 0;
                for (var i = 0; i < start.Done.Count; i++)
                {
                    var (first, last) = start.Done[i];
                    into.Varint(first - previous);
                    into.Varint(last - first);
                    previous = last;
                }
            }

            index++;
        }
    }

    /// <summary>Applies the rows to the books.</summary>
    /// <returns>The spool's id; null when the frame is not for this uplink or cannot be read.</returns>
    internal static ulong? Apply(ReadOnlySpan<byte> frameBody, StreamBook telemetry, StreamBook events)
    {
        var body = new BodyReader(frameBody);
        var uplink = body.U8();
        var spool = body.U64();
        var droppedTelemetry = (long)body.Varint();
        var droppedEvents = (long)body.Varint();
        var floorTelemetry = (uint)body.Varint();
        var floorEvents = (uint)body.Varint();
        var rows = body.Varint();
        if (!body.Ok || uplink != Uplink)
        {
            return null;
        }

        telemetry.Dropped = droppedTelemetry;
        events.Dropped = droppedEvents;
        telemetry.FloorStart = floorTelemetry;
        events.FloorStart = floorEvents;
        for (ulong row = 0; row < rows && body.Ok; row++)
        {
            var kind = body.U8();
            var book = (kind & 0x0F) == (int)StreamKind.Telemetry ? telemetry : events;
            var start = book.FindOrAdd((uint)body.Varint());
            start.Settled = (kind & SettledBit) != 0;
            start.Next = Math.Max(start.Next, body.Varint());
            start.Done.Clear();
            ulong previous = 0;
            for (var ranges = body.Varint(); ranges > 0 && body.Ok; ranges--)
            {
                var first = previous + body.Varint();
                previous = first + body.Varint();
                start.Done.Add(first, previous);
            }
        }

        return body.Ok ? spool : null;
    }
}
