using EdgeNode.Core.Model;
using EdgeNode.Spool.Format;

namespace EdgeNode.UnitTests.Spool;

/// <summary>Frames that are sound by their check and still make no sense, as a faulty version might have written them.</summary>
public class OddFrameTests
{
    [Fact(Timeout = 20_000)]
    public async Task A_sound_frame_with_a_point_that_its_dictionary_has_not_ends_the_batch_and_is_named()
    {
        var bench = new Bench();
        bench.Open();
        bench.AppendScan(5);
        bench.AppendScan(5);
        bench.AppendScan(5);
        bench.Journal.Dispose();

        // The second frame of samples gets a point number of 99.
        var path = Assert.Single(bench.SegmentPaths);
        var bytes = bench.Disk[path];
        var frames = new List<(int At, Frame Frame)>();
        var walk = new FrameWalk(bytes, 1, SegmentHeader.Bytes);
        while (walk.Next())
        {
            frames.Add((walk.Offset, walk.Frame));
        }

        var (at, frame) = frames.Where(f => f.Frame.Type == FrameType.Samples).ElementAt(1);
        var odd = new FrameBuffer();
        var time = bench.Clock.Read();
        SampleFrame.Write(odd, 1, 6, time, DictionaryNumber(bytes, frames), [.. Enumerable.Range(0, 5).Select(i => new Reading(99, 1, Quality.Good, time.Wall))]);
        Assert.True(odd.Length <= frame.Bytes);
        while (odd.Length < frame.Bytes)
        {
            odd.U8(0);
        }

        odd.End();
        var seq = frame.Seq;
        odd.Stamp(0, 1, ref seq);
        odd.Span.CopyTo(bytes.AsSpan(at));
        bench.Disk[path] = bytes;

        bench.Open();
        var readings = await Task.Run(() => bench.ReadAll().Readings, TestContext.Current.CancellationToken);
        Assert.Equal([1UL, 2, 3, 4, 5, 11, 12, 13, 14, 15], readings.Keys.Select(p => p.Seq));
        bench.Journal.Commit();
        var gap = Assert.Single(bench.Gaps());
        Assert.Equal((6UL, 10UL, "damaged"), (gap.From, gap.To!.Value, gap.Reason));
    }

    private static uint DictionaryNumber(byte[] segment, List<(int At, Frame Frame)> frames)
    {
        var (at, frame) = frames.First(f => f.Frame.Type == FrameType.Dictionary);
        return DictionaryFrame.NumberOf(segment.AsSpan(at + Frame.HeaderBytes, frame.BodyLength));
    }
}
