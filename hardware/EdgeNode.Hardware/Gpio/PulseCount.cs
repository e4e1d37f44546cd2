namespace EdgeNode.Hardware.Gpio;

/// <summary>Counts the edges of one line by their numbers, so that dropped ones are counted too, and known as dropped.</summary>
internal sealed class PulseCount
{
    private uint _number;

    /// <summary>Edges since the line was taken, dropped ones included.</summary>
    public long Edges { get; private set; }

    /// <summary>Of them, those that were dropped before they could be read.</summary>
    public long Lost { get; private set; }

    /// <summary>Stamp of the first edge since <see cref="Mark"/>; meaningless when there was none.</summary>
    public TimeSpan First { get; private set; }

    /// <summary>Stamp of the last edge.</summary>
    public TimeSpan Last { get; private set; }

    /// <summary>Edges since <see cref="Mark"/>, the dropped ones before <see cref="First"/> not included: those that lie between First and Last.</summary>
    public long SinceFirst { get; private set; }

    /// <summary>Takes edges in their order.</summary>
    public void Take(ReadOnlySpan<LineEdge> edges)
    {
        foreach (ref readonly var edge in edges)
        {
            var dropped = unchecked(edge.Number - _number - 1);
            _number = edge.Number;
            Lost += dropped;
            Edges += dropped + 1;
            if (SinceFirst == 0)
                (First, SinceFirst) = (edge.At, 1);
            else
                SinceFirst += dropped + 1;
            Last = edge.At;
        }
    }

    /// <summary>A new span begins: First is that of the next edge.</summary>
    public void Mark() => SinceFirst = 0;
}
