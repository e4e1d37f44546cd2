using EdgeNode.Core.Model;

namespace EdgeNode.Spool;

/// <summary>
/// Spans that the disk did not give when their turn came. That says nothing about what stands there: they wait and are tried again,
/// less and less often, so that one place that stays dark does not hold up what is behind it.
/// </summary>
internal sealed class Unread
{
    /// <summary>So long the events behind an unreadable one wait for it, so that they arrive in their order.</summary>
    internal static readonly TimeSpan EventPatience = TimeSpan.FromMinutes(1);

    /// <summary>After the first failure.</summary>
    internal static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);

    internal static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    // Of more than these the oldest is forgotten, and so tried at once.
    private const int MaxSpans = 1000;

    private readonly List<Span> _spans = [];

    private sealed class Span
    {
        internal required StreamKind Stream { get; init; }

        internal required uint Start { get; init; }

        internal required ulong First { get; init; }

        internal ulong Last { get; set; }

        internal TimeSpan Since { get; init; }

        internal TimeSpan Again { get; set; }

        internal TimeSpan Wait { get; set; } = FirstWait;

        internal bool Holds(StreamKind stream, uint start, ulong seq) => Stream == stream && Start == start && First <= seq && seq <= Last;
    }

    /// <summary>Its turn to be tried again has not come.</summary>
    /// <param name="last">The last number of the span.</param>
    /// <param name="since">When it could first not be read.</param>
    internal bool IsPostponed(StreamKind stream, uint start, ulong seq, TimeSpan now, out ulong last, out TimeSpan since)
    {
        var span = Find(stream, start, seq);
        (last, since) = (span?.Last ?? 0, span?.Since ?? now);
        return span is not null && now < span.Again;
    }

    /// <returns>When it could first not be read.</returns>
    internal TimeSpan Failed(StreamKind stream, uint start, ulong first, ulong last, TimeSpan now)
    {
        if (Find(stream, start, first) is { } span)
        {
            span.Wait = span.Wait * 2 < LongestWait ? span.Wait * 2 : LongestWait;
            (span.Last, span.Again) = (last, now + span.Wait);
            return span.Since;
        }

        if (_spans.Count == MaxSpans)
        {
            _spans.RemoveAt(0);
        }

        _spans.Add(new Span { Stream = stream, Start = start, First = first, Last = last, Since = now, Again = now + FirstWait });
        return now;
    }

    /// <summary>It could be read, or was read well and is broken. When it was in such a span the disk is back, so all others are tried at once.</summary>
    internal void Answered(StreamKind stream, uint start, ulong seq)
    {
        if (Find(stream, start, seq) is not null)
        {
            _spans.Clear();
        }
    }

    // Each read asks, so without a closure: steady reading allocates nothing.
    private Span? Find(StreamKind stream, uint start, ulong seq)
    {
        foreach (var span in _spans)
        {
            if (span.Holds(stream, start, seq))
            {
                return span;
            }
        }

        return null;
    }
}
