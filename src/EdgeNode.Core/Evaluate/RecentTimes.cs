namespace EdgeNode.Core.Evaluate;

/// <summary>The last few times at which something happened.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class RecentTimes(int most)
{
    private readonly TimeSpan[] _ring = new TimeSpan[most];
    private int _next;
    private int _count;

    public void Add(TimeSpan at)
    {
        _ring[_next] = at;
        _next = (_next + 1) % most;
        _count = Math.Min(_count + 1, most);
    }

    /// <summary>The time of the last one (1), the one before (2), and so on; null when there were not so many.</summary>
    public TimeSpan? Back(int n) => n <= _count ? _ring[(_next - n + most) % most] : null;
}
