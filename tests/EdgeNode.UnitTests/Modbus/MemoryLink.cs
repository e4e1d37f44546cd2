using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A link without a wire: a scripted peer, and time that passes only while the bus waits.</summary>
internal sealed class MemoryLink(FakeTimeProvider clock, Script script) : ILink
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly List<(TimeSpan Due, byte[] Bytes, bool Closes)> _coming = [];
    private bool _open;

    public Script Script { get; set; } = script;

    /// <summary>How a dial ends, and how long it takes; refused dials cost nothing.</summary>
    public Func<LinkResult> Dialling { get; set; } = () => LinkResult.Done;

    public List<TimeSpan> Dials { get; } = [];

    /// <summary>With each request, how many bytes had come in on its connection when it was sent.</summary>
    public List<(TimeSpan At, Ask Ask, int Arrived)> Requests { get; } = [];

    /// <summary>What the bus took out of each connection.</summary>
    public List<List<byte>> Delivered { get; } = [];

    /// <summary>Opens, closes and requests in their order.</summary>
    public List<string> Story { get; } = [];

    public int Connections { get; private set; }

    public string Peer => "memory:502";

    public string Fault { get; private set; } = "";

    public TimeSpan Now => clock.Monotonic();

    /// <summary>Bytes that the peer sends of its own accord.</summary>
    public void Push(byte[] bytes, bool closes = false) => _coming.Add((Now, bytes, closes));

    public LinkResult Connect(TimeSpan timeout, CancellationToken stop)
    {
        Assert.False(_open, "the old connection must be closed before a new one is dialled");
        Dials.Add(Now);
        var result = Dialling();
        if (result == LinkResult.TimedOut)
            Advance(timeout, stop);
        if (result != LinkResult.Done)
        {
            Fault = result.ToString();
            return result;
        }

        _open = true;
        _coming.Clear();
        Connections++;
        Delivered.Add([]);
        Story.Add("open");
        return result;
    }

    public LinkResult Send(ReadOnlySpan<byte> bytes)
    {
        if (!_open)
            return LinkResult.Closed;
        var ask = new Ask(Connections, Requests.Count + 1, bytes.ToArray());
        Requests.Add((Now, ask, Delivered[^1].Count + _coming.Where(c => c.Due <= Now).Sum(c => c.Bytes.Length)));
        Story.Add($"ask {ask.Unit}");
        foreach (var act in Script(ask))
            _coming.Add((Now + act.After, act.Bytes, act.Closes));
        _coming.Sort((a, b) => a.Due.CompareTo(b.Due)); // unstable only for equal times of more than 16 acts
        return LinkResult.Done;
    }

    public LinkResult Receive(Span<byte> into, TimeSpan timeout, CancellationToken stop, out int count)
    {
        Assert.False(into.IsEmpty);
        count = 0;
        if (!_open)
            return LinkResult.Closed;
        var until = Now + timeout;
        while (_coming.Count == 0 || _coming[0].Due > Now)
        {
            if (stop.IsCancellationRequested)
                return LinkResult.Cancelled;
            if (Now >= until)
                return LinkResult.TimedOut;
            var next = _coming.Count > 0 && _coming[0].Due < until ? _coming[0].Due : until;
            clock.Advance(Min(next - Now, Step));
        }

        var (due, bytes, closes) = _coming[0];
        if (closes)
        {
            Fault = "closed by the script";
            return LinkResult.Closed;
        }

        count = Math.Min(bytes.Length, into.Length);
        bytes.AsSpan(0, count).CopyTo(into);
        Delivered[^1].AddRange(bytes[..count]);
        if (count < bytes.Length)
            _coming[0] = (due, bytes[count..], false);
        else
            _coming.RemoveAt(0);
        return count == 0 ? Receive(into, until - Now, stop, out count) : LinkResult.Done;
    }

    public void Wait(TimeSpan span, CancellationToken stop) => Advance(span, stop);

    public void Close()
    {
        if (_open)
            Story.Add("close");
        _open = false;
        _coming.Clear();
    }

    public void Dispose() => Close();

    private void Advance(TimeSpan span, CancellationToken stop)
    {
        for (var until = Now + span; Now < until && !stop.IsCancellationRequested;)
            clock.Advance(Min(until - Now, Step));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
