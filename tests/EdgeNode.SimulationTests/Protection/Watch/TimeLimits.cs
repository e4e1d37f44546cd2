using System.Globalization;

namespace EdgeNode.SimulationTests.Protection.Watch;

/// <summary>What people may ask for, for a limited time.</summary>
internal enum HandKind
{
    Bypass,
    Substitute,
    Inhibit,
    Test,
    Shelf,
    Maintenance,
}

/// <summary>
/// Counts how long each thing that a person has asked for is in force, over all lives. A life that is over counts for nothing, and neither does the time in which the
/// process stood still and could end nothing.
/// </summary>
/// <param name="find">Takes what is wrong.</param>
internal sealed class TimeLimits(Action<string> find)
{
    /// <summary>A look a second, a step that waits for its tick, and what a stop takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Dictionary<(HandKind, int), (TimeSpan Granted, TimeSpan InForce)> _hands = [];
    private readonly Dictionary<(HandKind, int), (TimeSpan Granted, TimeSpan InForce)> _durable = [];

    /// <summary>How many were in force.</summary>
    public int Count { get; private set; }

    /// <summary>The longest that one was in force beyond its limit.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>It was granted for a time; null: ended.</summary>
    public void Asked(HandKind kind, int which, TimeSpan? time)
    {
        if (time is { } granted)
        {
            Count++;
            _hands[(kind, which)] = (granted, TimeSpan.Zero);
        }
    }

    /// <summary>It was granted more: by something that the observer did not ask for itself, a key switch, say.</summary>
    public void Allow(HandKind kind, int which, TimeSpan time) => _hands[(kind, which)] = (time, TimeSpan.Zero);

    /// <summary>What is in force now is on the disk.</summary>
    public void Committed()
    {
        _durable.Clear();
        foreach (var (key, hand) in _hands)
        {
            _durable[key] = hand;
        }
    }

    /// <summary>
    /// A life is over. What had not reached the disk since the last commit no next life can know: what was granted before holds. After a power cut no clock can tell how
    /// long that was.
    /// </summary>
    /// <param name="forgotten">After a power cut: how long ago the last commit was.</param>
    public void Died(TimeSpan? forgotten)
    {
        foreach (var key in _hands.Keys.ToArray())
        {
            var hand = _hands[key];
            var left = hand.Granted - hand.InForce;
            var before = _durable.TryGetValue(key, out var kept) ? kept.Granted - kept.InForce : TimeSpan.Zero;
            left = (before > left ? before : left) + (forgotten ?? TimeSpan.Zero);
            _hands[key] = (hand.InForce + left, hand.InForce);
        }
    }

    /// <summary>One of a kind is in force, and was so for the time since the last look: it is not to be seen whose it is, and one whose time is not over may keep it.</summary>
    public void InForceOfAny(HandKind kind, TimeSpan since)
    {
        var its = _hands.Keys.Where(k => k.Item1 == kind).ToArray();
        foreach (var key in its)
        {
            _hands[key] = _hands[key] with { InForce = _hands[key].InForce + since };
        }

        if (its.Length == 0)
        {
            find($"(5) {kind} is in force, and nobody has asked for it");
            return;
        }

        var least = its.Min(k => _hands[k].InForce - _hands[k].Granted);
        Longest = least > Longest ? least : Longest;
        if (least > Patience)
        {
            find(string.Create(CultureInfo.InvariantCulture, $"(5) {kind} is in force, and the last of those who asked for it was granted an end {least:c} ago"));
        }
    }

    /// <summary>It is in force, and was so for the time since the last look.</summary>
    public void InForce(HandKind kind, int which, TimeSpan since)
    {
        if (!_hands.TryGetValue((kind, which), out var hand))
        {
            find($"(5) {kind} {which} is in force, and nobody has asked for it");
            return;
        }

        var inForce = hand.InForce + since;
        _hands[(kind, which)] = (hand.Granted, inForce);
        Longest = inForce - hand.Granted > Longest ? inForce - hand.Granted : Longest;
        if (inForce > hand.Granted + Patience)
        {
            find(string.Create(CultureInfo.InvariantCulture, $"(5) {kind} {which} was granted for {hand.Granted:c} and has been in force for {inForce:c}"));
        }
    }
}
