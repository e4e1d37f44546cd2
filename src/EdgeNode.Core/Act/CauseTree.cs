using System.Collections.Immutable;
using EdgeNode.Core.Model;

namespace EdgeNode.Core.Act;

/// <summary>What the leaves of a cause stand for.</summary>
public interface ICauseSource
{
    /// <summary>True, false, or null for unknown.</summary>
    bool? Read(AlarmCause what);

    /// <summary>What is read is so now; false where it is what was known last, and nobody can say it any more.</summary>
    bool IsSaid(AlarmCause what);

    /// <summary>What it is about to become while a delay runs; null while none does.</summary>
    bool? Pending(AlarmCause what);

    /// <summary>Of an alarm of a group: who is past the setpoint, and who has no vote.</summary>
    GroupVotes Votes(AlarmCause what);
}

/// <summary>A leaf of a cause as it is now.</summary>
/// <param name="What">An alarm or a point.</param>
/// <param name="Value">True, false, or null for unknown.</param>
/// <param name="Since">Monotonic time since when.</param>
/// <param name="Wanted">The value that speaks for the cause: false below an odd number of <c>not</c>.</param>
public readonly record struct CauseLeaf(AlarmCause What, bool? Value, TimeSpan Since, bool Wanted)
{
    /// <summary>It speaks for the cause.</summary>
    public bool Speaks => Value == Wanted;

    /// <summary>It does not speak for the cause, and is about to: a delay runs.</summary>
    public bool IsPending { get; init; }
}

/// <summary>A cause, with what its <c>after</c> have counted so far. In Kleene's three-valued logic.</summary>
/// <remarks>
/// It is looked at twice: as it is, and as it will be when every delay and every <c>after</c> that runs towards <c>feared</c> has run out. Under a <c>not</c> that turns round: there an
/// off-delay brings the cause, and an <c>after</c> that runs takes it away.
/// </remarks>
public sealed class CauseTree
{
    private readonly Node _root;
    private readonly Leaf[] _leaves;
    private readonly After[] _timers;

    /// <param name="cause">The cause.</param>
    /// <param name="feared">The value that <see cref="Soon"/> is taken towards: true of what trips, false of what permits.</param>
    public CauseTree(Cause cause, bool feared = true)
    {
        ArgumentNullException.ThrowIfNull(cause);
        var (leaves, timers) = (new List<Leaf>(), new List<After>());
        _root = Make(cause, feared, leaves, timers);
        (_leaves, _timers) = ([.. leaves], [.. timers]);
    }

    /// <summary>By the last look: true, false, or null for unknown, with all that runs towards the feared value taken as run out. It is that value wherever the cause is.</summary>
    public bool? Soon { get; private set; }

    /// <summary>Monotonic time at which an <c>after</c> comes true by itself; null when none counts.</summary>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            foreach (var timer in _timers)
            {
                earliest = timer.Deadline is { } at && !(at >= earliest) ? at : earliest;
            }

            return earliest;
        }
    }

    /// <summary>The leaves as they were seen last, each once, in the order of the site file.</summary>
    public ImmutableArray<CauseLeaf> Leaves => [.. _leaves.Select(l => l.Seen).DistinctBy(l => (l.What, l.Wanted))];

    /// <summary>A leaf as it was seen last, in the order of <see cref="Cause.Leaves"/>: true, false, or null for unknown.</summary>
    public bool? this[int leaf] => _leaves[leaf].Seen.Value;

    /// <summary>A leaf as it was seen last, in the order of <see cref="Cause.Leaves"/>: it does not speak for the cause, and is about to.</summary>
    public bool IsPending(int leaf) => _leaves[leaf].Seen.IsPending;

    /// <summary>Looks at all leaves.</summary>
    /// <param name="at">Monotonic time, never back from call to call.</param>
    /// <param name="source">What they stand for.</param>
    /// <returns>True, false, or null for unknown.</returns>
    public bool? Look(TimeSpan at, ICauseSource source)
    {
        (var now, Soon) = _root.Look(at, source);
        return now;
    }

    private static Node Make(Cause cause, bool wanted, List<Leaf> leaves, List<After> timers)
    {
        switch (cause)
        {
            case CauseOf of:
                leaves.Add(new Leaf(of.What, wanted));
                return leaves[^1];
            case CauseAny any:
                return new Vote(1, Each(any.Of));
            case CauseAll all:
                return new Vote(all.Of.Length, Each(all.Of));
            case CauseVote vote:
                return new Vote(vote.Needs, Each(vote.Of));
            case CauseNot not:
                return new Not(Make(not.Of, !wanted, leaves, timers));
            case CauseAfter after:
                var timer = new After(after.Delay, Make(after.Of, wanted, leaves, timers), wanted);
                timers.Add(timer);
                return timer;
            default:
                throw new ArgumentOutOfRangeException(nameof(cause), cause, "There is no such cause.");
        }

        Node[] Each(ImmutableArray<Cause> of) => [.. of.Select(c => Make(c, wanted, leaves, timers))];
    }

    private abstract class Node
    {
        public abstract (bool? Now, bool? Soon) Look(TimeSpan at, ICauseSource source);
    }

    private sealed class Leaf(AlarmCause what, bool wanted) : Node
    {
        private bool _looked;

        public CauseLeaf Seen { get; private set; } = new(what, null, TimeSpan.Zero, wanted);

        public override (bool? Now, bool? Soon) Look(TimeSpan at, ICauseSource source)
        {
            // An active alarm that nobody can say any more goes on to speak for the cause, and does not speak against it.
            var value = source.Read(what) is var read && read == !wanted && !source.IsSaid(what) ? null : read;
            if (value != Seen.Value || !_looked)
            {
                _looked = true;
                Seen = Seen with { Value = value, Since = at };
            }

            Seen = Seen with { IsPending = value != wanted && source.Pending(what) == wanted };
            return (value, Seen.IsPending ? wanted : value);
        }
    }

    /// <summary>One of them is any, all of them is all. Each is looked at, also when it decides nothing: an <c>after</c> below counts.</summary>
    private sealed class Vote(int needs, Node[] of) : Node
    {
        public override (bool? Now, bool? Soon) Look(TimeSpan at, ICauseSource source)
        {
            var (now, soon) = (default(Count), default(Count));
            foreach (var node in of)
            {
                var value = node.Look(at, source);
                (now, soon) = (now.With(value.Now), soon.With(value.Soon));
            }

            return (now.Reaches(needs), soon.Reaches(needs));
        }

        private readonly record struct Count(int Sure, int Possible)
        {
            public Count With(bool? value) => new(Sure + (value == true ? 1 : 0), Possible + (value == false ? 0 : 1));

            public bool? Reaches(int needs) => Sure >= needs ? true : Possible < needs ? false : null;
        }
    }

    private sealed class Not(Node of) : Node
    {
        public override (bool? Now, bool? Soon) Look(TimeSpan at, ICauseSource source)
        {
            var (now, soon) = of.Look(at, source);
            return (!now, !soon);
        }
    }

    private sealed class After(TimeSpan delay, Node of, bool wanted) : Node
    {
        private TimeSpan _counted;
        private TimeSpan? _since;

        public TimeSpan? Deadline { get; private set; }

        public override (bool? Now, bool? Soon) Look(TimeSpan at, ICauseSource source)
        {
            var (value, soon) = of.Look(at, source);
            var now = Counted(value, at);

            // While it counts it runs towards true: where that speaks against what is feared it is false still.
            return (now, wanted || now != false ? soon : false);
        }

        private bool? Counted(bool? value, TimeSpan at)
        {
            if (value == true)
            {
                _since ??= at;
                var done = _counted + (at - _since.Value) >= delay;
                Deadline = done ? null : _since + (delay - _counted);
                return done;
            }

            // An unknown one stands still: what was counted stays. A false one begins anew.
            _counted = value is null && _since is { } since ? _counted + (at - since) : value is null ? _counted : TimeSpan.Zero;
            (_since, Deadline) = (null, null);
            return value;
        }
    }
}
