using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.Simulation.Gpio;

/// <summary>
/// A GPIO chip at the two seams below the devices: levels that a test or a scenario sets, edges with the kernel's numbers, its
/// debouncing and its queue of 1,024. One lock makes it usable from any thread.
/// </summary>
/// <param name="time">Stamps of the edges.</param>
/// <param name="seed">Of the bounces of a bad contact.</param>
public sealed partial class SimulatedGpioChip(TimeProvider time, int seed = 0) : IGpioLines, IGpioChip
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, SimulatedLine> _lines = [];
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
                Settle();
                _unplugged = value;
                if (value)
                {
                    _open.Clear();
                    Release(static _ => true);
                }
            }
        }
    }

    /// <summary>Sets the electrical level of a line; an edge counts where one is counted.</summary>
    public void Set(int line, bool high) => Set(line, high, time.Monotonic());

    /// <summary>Sets it from a time on: a moment ago, for a model that computes in steps, or shortly.</summary>
    /// <param name="line">Offset on the chip.</param>
    /// <param name="high">The electrical level.</param>
    /// <param name="at">Monotonic; not before what was set earlier.</param>
    public void Set(int line, bool high, TimeSpan at)
    {
        lock (_gate)
        {
            Line(line).Drive(high, at);
        }

        Follow();
    }

    /// <summary>A cut or shorted wire: the line keeps its level, whatever is set; or mended.</summary>
    public void Stick(int line, bool stuck)
    {
        lock (_gate)
        {
            Line(line).Stick(stuck, time.Monotonic());
        }

        Follow();
    }

    /// <summary>A bad contact: it bounces for up to 3 ms with each change, and each 0.5 to 1.5 s by itself; or a good one again.</summary>
    public void Bounce(int line, bool bounces)
    {
        lock (_gate)
        {
            Line(line).Bounce(bounces, time.Monotonic());
        }

        Follow();
    }

    /// <summary>One pulse: to the active level and back.</summary>
    public void Pulse(int line)
    {
        bool activeLow;
        lock (_gate)
        {
            activeLow = Line(line).Edges is { Request.ActiveLow: true };
        }

        Set(line, activeLow);
        Set(line, !activeLow);
        Set(line, activeLow);
    }

    /// <summary>Lets happen on the lines what is due, and calls back where that is watched.</summary>
    public void Follow()
    {
        List<Action> calls = [];
        lock (_gate)
        {
            Settle();
            foreach (var line in _lines.Values)
            {
                if (line.Edges is { IsNews: true } edges)
                {
                    edges.IsNews = false;
                    calls.Add(edges.Request.Queued);
                }
            }
        }

        if (Watched)
        {
            calls.ForEach(call => call());
        }
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
            Settle();
            high = Line(line).High;
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
            var edges = new SimulatedEdges(request, this);
            Line(request.Line).Take(edges, time.Monotonic());
            return edges;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    internal int Take(SimulatedEdges edges, Span<LineEdge> into)
    {
        lock (_gate)
        {
            Settle();
            return edges.Take(into);
        }
    }

    internal void Free(SimulatedEdges edges)
    {
        lock (_gate)
        {
            Line(edges.Request.Line).Free(edges);
        }
    }

    private void Settle()
    {
        var now = time.Monotonic();
        foreach (var line in _lines.Values)
        {
            line.Settle(now);
        }
    }

    private SimulatedLine Line(int line)
    {
        if (!_lines.TryGetValue(line, out var its))
        {
            // Each line has numbers of its own: who asks first must not change what happens on the others.
            _lines.Add(line, its = new SimulatedLine(new Random(seed ^ (line * 7919))));
        }

        return its;
    }

    private bool Reach(int line)
    {
        Fault = Unplugged ? "No such device" : Taken.Contains(line) ? "Device or resource busy" : "";
        return Fault.Length == 0;
    }
}
