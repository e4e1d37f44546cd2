using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Format;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Arbitrary readings and acknowledgements against a plain list.</summary>
public class ModelTests
{
    [Law(MaxTest = 500)]
    public bool Any_sample_comes_back_bit_for_bit((ushort Point, double Value, byte Level, byte Reason, long Time, bool Clock)[] raw)
    {
        var readings = raw.Select(r => ReadingOf(r.Point, r.Value, r.Level, r.Reason, r.Time, r.Clock)).ToArray();
        if (readings.Length == 0)
        {
            return true;
        }

        var buffer = new FrameBuffer();
        SampleFrame.Write(buffer, 7, 99, new HandClock().Read(), 5, readings);
        uint seq = 3;
        buffer.Stamp(0, 12, ref seq);
        Assert.True(Frame.TryRead(buffer.Span, 12, out var frame));
        Assert.False(Frame.TryRead(buffer.Span, 11, out _));
        var body = new BodyReader(buffer.Span.Slice(Frame.HeaderBytes, frame.BodyLength));
        Assert.True(SampleFrame.TryReadHead(ref body, out var head));
        Assert.Equal((7u, 99ul, readings.Length, 5u), (head.Start, head.First, head.Count, head.Dictionary));
        var cursor = new SampleCursor(head.BaseWall);
        foreach (var expected in readings)
        {
            Assert.True(SampleFrame.TryReadSample(ref body, ref cursor, out var actual));
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Value), BitConverter.DoubleToInt64Bits(actual.Value));
            Assert.Equal(expected with { Value = 0 }, actual with { Value = 0 });
        }

        return body.Rest == 0;
    }

    private static Reading ReadingOf(ushort point, double value, byte level, byte reason, long time, bool clock)
    {
        // FsCheck's doubles are seldom round; a third of them shall take the short forms.
        value = (point % 3) switch { 0 => value, 1 => Math.Truncate(value * 100), _ => (float)value };
        var quality = (level % 3) switch
        {
            0 => Quality.Good,
            1 => Quality.Uncertain((Reason)((reason % 18) + 1)),
            _ => Quality.Bad((Reason)((reason % 18) + 1)),
        };
        return new Reading(point, value, quality, new SourceTime(time, clock ? ClockQuality.Synchronised : ClockQuality.Unsynchronised));
    }

    [Law(MaxTest = 60)]
    public void Any_course_of_appends_acknowledgements_and_restarts_agrees_with_a_list((byte What, ushort A, ushort B)[] steps)
    {
        var bench = new Bench { Limit = 8 << 20 };
        bench.Open();
        var waiting = new SortedDictionary<Position, double>();
        foreach (var (what, a, b) in steps)
        {
            switch (what % 8)
            {
                case < 3:
                    var at = bench.Outbox.End(StreamKind.Telemetry);
                    var scan = bench.Scan((a % 50) + 1);
                    Assert.Equal(AppendOutcome.Kept, bench.Journal.AppendReadings(scan));
                    for (var i = 0; i < scan.Length; i++)
                    {
                        waiting[new Position(at.Start, at.Seq + (ulong)i)] = scan[i].Value;
                    }

                    break;

                case < 5 when waiting.Count > 0:
                    var from = waiting.Keys.ElementAt(a % waiting.Count);
                    var last = from.Seq + (b % 200u);
                    bench.Outbox.Acknowledge(StreamKind.Telemetry, new Epoch(bench.Journal.Epoch.Spool, from.Start), from.Seq, last);
                    foreach (var gone in waiting.Keys.Where(p => p.Start == from.Start && p.Seq >= from.Seq && p.Seq <= last).ToList())
                    {
                        waiting.Remove(gone);
                    }

                    break;

                case 5:
                    Assert.Equal(AppendOutcome.Kept, bench.Journal.Commit());
                    break;

                case 6:
                    bench.Journal.Dispose();
                    bench.Open();
                    break;

                case 7:
                    // A kill loses no reading; of the acknowledgements only those since the last commit.
                    bench.Journal.Commit();
                    bench.Disk.Kill();
                    bench.Open();
                    break;

                default:
                    break;
            }

            Assert.Equal(waiting.Count, bench.Outbox.Waiting(StreamKind.Telemetry));
        }

        var (readings, events) = bench.ReadAll();
        Assert.Empty(events);
        Assert.Equal(waiting.Keys, readings.Keys);
        Assert.All(readings, r => Assert.Equal(waiting[r.Key], r.Value.Value));
    }
}
