using System.Buffers.Binary;
using System.IO.Pipes;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.UnitTests.Lines;

/// <summary>The thread that empties a line's queue, on a pipe that speaks as the kernel does.</summary>
[Collection(RealClock.Name)]
public sealed class EdgeLineTests
{
    [Fact]
    public void Edges_are_taken_as_they_come_and_the_end_of_the_line_is_noticed()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var count = new PulseCount();
        var gate = new Lock();
        var gone = false;
        using var done = new ManualResetEventSlim();
        EdgeLine? line = null;
        void Queued()
        {
            lock (gate)
            {
                Span<LineEdge> edges = stackalloc LineEdge[8];
                while (line is not null && !gone)
                {
                    gone = !line.TryTake(edges, out var taken);
                    count.Take(edges[..taken]);
                    if (taken < edges.Length)
                        break;
                }

                if (gone)
                    done.Set();
            }
        }

        var handle = pipe.ClientSafePipeHandle;
        lock (gate)
            line = new EdgeLine((int)handle.DangerousGetHandle(), new EdgeRequest(17, false, LinePull.AsIs, TimeSpan.Zero, Queued));
        handle.SetHandleAsInvalid();
        for (var i = 1; i <= 100; i++)
        {
            var data = new byte[LineRequest.EventBytes * 10];
            for (var j = 0; j < 10; j++)
            {
                var number = ((i - 1) * 10) + j + 1;
                BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(j * LineRequest.EventBytes), (ulong)number * 200_000);
                BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan((j * LineRequest.EventBytes) + 20), (uint)number);
            }

            pipe.Write(data);
        }

        pipe.Dispose();
        Assert.True(done.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        line.Dispose();
        Assert.Equal((1000, 0, TimeSpan.FromSeconds(0.2)), (count.Edges, count.Lost, count.Last));
    }
}
