using System.Collections.Immutable;
using System.Globalization;

namespace EdgeNode.Provisioning;

/// <summary>Line and column in a file, both from 1.</summary>
internal readonly record struct Place(int Line, int Column) : IComparable<Place>
{
    public static readonly Place Start = new(1, 1);

    public int CompareTo(Place other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}

/// <summary>Collects the faults of one file. The readers of the sections go on after a fault, so that a file is wrong once and not ten times in a row.</summary>
/// <param name="file">The file's name, for the faults.</param>
/// <param name="kind">What kind of file it is, in a sentence.</param>
/// <param name="contents">What stands in such a file.</param>
internal sealed class FaultList(string file, string kind = "a site file", string contents = "node, buses and devices")
{
    private readonly List<(Place At, string Message, bool StopsRun)> _faults = [];
    private readonly List<(Place At, string Message)> _hints = [];
    private int _more;

    /// <summary>What kind of file it is, in a sentence.</summary>
    public string Kind => kind;

    /// <summary>What stands in such a file.</summary>
    public string Contents => contents;

    public bool Any => _faults.Count > 0;

    /// <summary>There is one with which the gateway cannot run.</summary>
    public bool StopsRun { get; private set; }

    /// <param name="at">Where.</param>
    /// <param name="wrong">What is wrong.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="meant">What was probably meant.</param>
    /// <param name="stopsRun">The gateway cannot run with it.</param>
    public void Add(Place at, string wrong, string? expected = null, string? meant = null, bool stopsRun = true)
    {
        StopsRun |= stopsRun;
        if (_faults.Count >= SiteLimits.Faults)
        {
            _more++;
            return;
        }

        var message = expected is null ? wrong : $"{wrong}; expected {expected}";
        _faults.Add((at, meant is null ? message : $"{message}; did you mean {Words.Quoted(meant)}?", stopsRun));
    }

    /// <summary>For what DESIGN has and the gateway has not yet. Nothing else is said about it.</summary>
    public void NotYet(Place at, string what) => Add(at, $"{what} is not supported yet");

    /// <summary>No fault: what is allowed and yet most likely not meant.</summary>
    /// <param name="at">Where.</param>
    /// <param name="message">What it comes to, and what to write; whole sentences.</param>
    public void Hint(Place at, string message) => _hints.Add((at, message));

    public ImmutableArray<SiteFault> HintsInOrder() => [.. _hints.OrderBy(h => h.At).Select(h => new SiteFault(file, h.At.Line, h.At.Column, h.Message) { StopsRun = false })];

    public ImmutableArray<SiteFault> InOrder()
    {
        var sorted = _faults.OrderBy(f => f.At).Select(f => new SiteFault(file, f.At.Line, f.At.Column, f.Message) { StopsRun = f.StopsRun }).ToList();
        if (_more > 0)
        {
            var last = sorted[^1];
            sorted.Add(last with { Message = string.Create(CultureInfo.InvariantCulture, $"{_more} more faults are not shown; mend these first"), StopsRun = StopsRun });
        }

        return [.. sorted];
    }
}
