using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Simulation.Gpio;

/// <summary>The queue of a line that was taken for its edges. Beyond its length the oldest edge goes, as in the kernel.</summary>
internal sealed class SimulatedEdges(EdgeRequest request, SimulatedGpioChip chip) : IEdgeLine
{
    private readonly Queue<LineEdge> _queue = new();
    private uint _number;

    public EdgeRequest Request => request;

    /// <summary>Something was added since the last look.</summary>
    public bool IsNews { get; set; }

    /// <summary>Under the chip's lock.</summary>
    public void Add(TimeSpan at)
    {
        if (chip.Unplugged)
            return;
        if (_queue.Count == IEdgeLine.QueueLength)
            _queue.Dequeue();
        _queue.Enqueue(new LineEdge(at, ++_number));
        IsNews = true;
    }

    /// <summary>Under the chip's lock.</summary>
    public int Take(Span<LineEdge> into)
    {
        var count = 0;
        while (count < into.Length && _queue.TryDequeue(out var edge))
            into[count++] = edge;
        return count;
    }

    public bool TryTake(Span<LineEdge> into, out int count)
    {
        count = chip.Take(this, into);
        return !chip.Unplugged;
    }

    public void Dispose() => chip.Free(this);
}
