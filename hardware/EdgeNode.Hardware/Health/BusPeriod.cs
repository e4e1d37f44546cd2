using System.Collections.Frozen;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;

namespace EdgeNode.Hardware.Health;

/// <summary>A bus between two looks at it, and what each quantity of <c>bus-health</c> is made of.</summary>
/// <param name="Before">Counters at the look before.</param>
/// <param name="Now">Counters now.</param>
/// <param name="Span">Monotonic time between them; 0 at the first look.</param>
internal readonly record struct BusPeriod(BusHealth Before, BusHealth Now, TimeSpan Span)
{
    private static readonly FrozenDictionary<string, Func<BusPeriod, Measured>> Table = new Dictionary<string, Func<BusPeriod, Measured>>(StringComparer.Ordinal)
    {
        ["requests"] = p => Measured.Good(p.Now.Requests),
        ["timeouts"] = p => Measured.Good(p.Now.Timeouts),
        ["checksum-errors"] = p => Measured.Good(p.Now.ChecksumErrors),
        ["wrong-replies"] = p => Measured.Good(p.Now.WrongReplies),
        ["exceptions"] = p => Measured.Good(p.Now.Exceptions),
        ["retries"] = p => Measured.Good(p.Now.Retries),
        ["lost-edges"] = p => Measured.Good(p.Now.LostEdges),
        ["resets"] = p => Measured.Good(p.Now.Resets),
        ["connects"] = p => Measured.Good(p.Now.Connects),
        ["link-failures"] = p => Measured.Good(p.Now.LinkFailures),
        ["link-up"] = p => p.Link(),
        ["failures"] = p => p.Failures(),
        ["duty"] = p => p.Duty(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How a quantity is made; every name of <c>BusQuantities</c> is known.</summary>
    /// <exception cref="ArgumentException">The name is not one of them; a checked site has none.</exception>
    public static Func<BusPeriod, Measured> Of(string quantity) =>
        Table.TryGetValue(quantity, out var make) ? make : throw new ArgumentException($"There is no bus quantity {quantity}.", nameof(quantity));

    /// <summary>Nobody has tried the link before the first request: a 0 would be an alarm at each start.</summary>
    private Measured Link() =>
        Now.Requests + Now.Connects + Now.LinkFailures == 0 ? Measured.Not(Reason.NotYetRead) : Measured.Good(Now.LinkUp ? 1 : 0);

    /// <summary>Requests without a usable reply, % of the period's; an exception is a reply.</summary>
    private Measured Failures()
    {
        var requests = Now.Requests - Before.Requests;
        if (Span <= TimeSpan.Zero)
            return Measured.Not(Reason.NotYetRead);

        // No link, no request: that is not "no failure".
        if (requests <= 0)
            return Measured.Not(Now.LinkFailures > Before.LinkFailures ? Reason.LinkDown : Reason.NotYetRead);
        var replies = Now.Replies - Before.Replies;
        return Measured.Good(100.0 * Math.Clamp(requests - replies, 0, requests) / requests);
    }

    /// <summary>Busy time, % of the period. A write that is under way from another thread counts when it is over, so the sum is capped.</summary>
    private Measured Duty() => Span <= TimeSpan.Zero
        ? Measured.Not(Reason.NotYetRead)
        : Measured.Good(Math.Min(100, 100 * ((Now.BusyTime - Before.BusyTime) / Span)));
}
