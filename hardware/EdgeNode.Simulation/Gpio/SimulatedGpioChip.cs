using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Simulation.Gpio;

/// <summary>
/// A GPIO chip at the two seams below the devices: levels that a test or a scenario sets, edges with the kernel's numbers and its
/// queue of 1,024. One lock makes it usable from any thread.
/// </summary>
/// <param name="time">Stamps of the edges.</param>
public sealed class SimulatedGpioChip(TimeProvider time) : IGpioLines, IGpioChip
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, bool> _levels = [];
    private readonly Dictionary<int, SimulatedEdges> _edges = [];
    private readonly HashSet<int> _open = [];
    private bool _unplugged;

    /// <summary>Names of lines, as device tree gives them.</summary>
    public Dictionary<string, int> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines that another program has taken.</summary>
    public HashSet<int> Taken { get; } = [];

    /// <summary>Calls back when edges wait, as the kernel's interface does; false leaves them in the queue until a scan.</summary>
    public bool Watched { get; set; }

    /// <inheritdoc cref="IGpioLines.Fault"/>
    public string Fault { get; private set; } = "";

    /// <summary>How lines were taken for their edges, in order.</summary>
    public List<EdgeRequest> Requests { get; } = [];

    /// <summary>The chip is away (a USB adapter), or back.</summary>
    public bool Unplugged
    {
        get => _unplugged;
        set
        {
            lock (_gate)
            {
                _unplugged = value;
                if (value)
                {
                    _open.Clear();
                }
            }
        }
    }

    /// <summary>Sets the electrical level of a line; an edge counts where one is counted.</summary>
    public void Set(int line, bool high)
    {
        SimulatedEdges? edges;
        lock (_gate)
        {
            var before = _levels.GetValueOrDefault(line);
            _levels[line] = high;
            if (before == high || Unplugged || !_edges.TryGetValue(line, out edges) || high == edges.Request.ActiveLow)
            {
                return;
            }
        }

        edges.Add(time.Monotonic());
        if (Watched)
        {
            edges.Request.Queued();
        }
    }

    /// <summary>One pulse: to the active level and back.</summary>
    public void Pulse(int line)
    {
        bool activeLow;
        lock (_gate)
        {
            activeLow = _edges.TryGetValue(line, out var edges) && edges.Request.ActiveLow;
        }

        Set(line, activeLow);
        Set(line, !activeLow);
        Set(line, activeLow);
    }

    /// <inheritdoc/>
    public bool TryOpenInput(int line, LinePull pull)
    {
        lock (_gate)
        {
            return Reach(line) && (_open.Add(line) || true);
        }
    }

    /// <inheritdoc/>
    public bool TryRead(int line, out bool high)
    {
        lock (_gate)
        {
            high = _levels.GetValueOrDefault(line);
            return Reach(line) && _open.Contains(line);
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        lock (_gate)
        {
            _open.Clear();
        }
    }

    /// <inheritdoc/>
    public bool TryFind(string name, out int line)
    {
        if (Names.TryGetValue(name, out line))
        {
            return true;
        }

        Fault = "the chip has no line of that name";
        return false;
    }

    /// <inheritdoc/>
    public IEdgeLine? OpenEdges(EdgeRequest request)
    {
        lock (_gate)
        {
            if (!Reach(request.Line))
            {
                return null;
            }

            Requests.Add(request);
            return _edges[request.Line] = new SimulatedEdges(request, this);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private bool Reach(int line)
    {
        Fault = Unplugged ? "No such device" : Taken.Contains(line) ? "Device or resource busy" : "";
        return Fault.Length == 0;
    }

    /// <summary>The queue of one line. Beyond its length the oldest edge goes, as in the kernel.</summary>
    private sealed class SimulatedEdges(EdgeRequest request, SimulatedGpioChip chip) : IEdgeLine
    {
        private readonly Queue<LineEdge> _queue = new();
        private uint _number;

        public EdgeRequest Request => request;

        public void Add(TimeSpan at)
        {
            lock (_queue)
            {
                if (_queue.Count == IEdgeLine.QueueLength)
                {
                    _queue.Dequeue();
                }

                _queue.Enqueue(new LineEdge(at, ++_number));
            }
        }

        public bool TryTake(Span<LineEdge> into, out int count)
        {
            count = 0;
            lock (_queue)
            {
                while (count < into.Length && _queue.TryDequeue(out var edge))
                {
                    into[count++] = edge;
                }
            }

            return !chip.Unplugged;
        }

        public void Dispose()
        {
            lock (chip._gate)
            {
                if (chip._edges.GetValueOrDefault(request.Line) == this)
                {
                    chip._edges.Remove(request.Line);
                }
            }
        }
    }
}
