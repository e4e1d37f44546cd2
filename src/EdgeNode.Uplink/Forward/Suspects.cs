using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using Microsoft.Extensions.Logging;

namespace EdgeNode.Uplink.Forward;

/// <summary>A record that a broker refused alone.</summary>
internal sealed class Suspect(Epoch epoch, ulong seq, TimeSpan since)
{
    public Epoch Epoch { get; } = epoch;

    public ulong Seq { get; } = seq;

    public Position Position { get; } = new(epoch.Start, seq);

    public Position After => new(Epoch.Start, Seq + 1);

    public TimeSpan Since { get; } = since;

    public TimeSpan RetryAt { get; set; }

    public TimeSpan Wait { get; set; }

    /// <summary>Refusals, each with others of its stream delivered since the one before.</summary>
    public int Strikes { get; set; } = 1;

    /// <summary>The broker has taken others since the last refusal: it is this record, and not the broker as a whole.</summary>
    public bool OthersTaken { get; set; }

    /// <summary>Size of its packet where that was the reason and was known before sending; 0 otherwise.</summary>
    public int Bytes { get; set; }
}

/// <summary>
/// The poison of one stream: records that a broker refused alone, for what they are. They are passed over, so that they hold up nothing,
/// and tried again alone. One is given up, and named in a gap, when it was refused often enough, over long enough, and the broker took
/// others of the stream between any two refusals. Where it takes no others the fault is the broker's: a person will repair it, and
/// nothing is thrown away.
/// </summary>
internal sealed class Suspects(StreamKind stream, IOutbox outbox, UplinkSettings settings, ILogger log, Action<string> gaveUp)
{
    private readonly List<Suspect> _all = [];

    public int Count => _all.Count;

    /// <summary>No more can be passed over: the lane waits, in order, as it does for a broker that refuses everything.</summary>
    public bool Full => _all.Count >= settings.SuspectsMost;

    public bool Contains(Position position) => Find(position) is not null;

    /// <summary>A session begins. What was too large for another broker may fit this one.</summary>
    public void Begin(long maxPacket, TimeSpan now)
    {
        foreach (var suspect in _all)
        {
            if (suspect.Bytes > 0 && suspect.Bytes <= maxPacket)
            {
                suspect.RetryAt = now;
            }
        }
    }

    /// <summary>The first span within the given one that holds no suspect.</summary>
    public (Position From, Position Until) Free(Position from, Position until)
    {
        while (Find(from) is { } suspect)
        {
            from = suspect.After;
        }

        foreach (var suspect in _all)
        {
            if (suspect.Position > from && suspect.Position < until)
            {
                until = suspect.Position;
            }
        }

        return (from, until);
    }

    /// <summary>One that is to be tried again now, alone.</summary>
    public Suspect? Due(TimeSpan now)
    {
        foreach (var suspect in _all)
        {
            if (now >= suspect.RetryAt)
            {
                return suspect;
            }
        }

        return null;
    }

    /// <summary>When the next one is to be tried again.</summary>
    public TimeSpan? NextAt
    {
        get
        {
            TimeSpan? next = null;
            foreach (var suspect in _all)
            {
                next = next is null || suspect.RetryAt < next ? suspect.RetryAt : next;
            }

            return next;
        }
    }

    /// <summary>Refused alone.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="seq">Its sequence number.</param>
    /// <param name="why">The name of the reason code, in words: the gap's reason.</param>
    /// <param name="clear">The words say that this record will never be taken; otherwise it may be something else.</param>
    /// <param name="now">Monotonic.</param>
    /// <param name="bytes">Size of its packet, when it was too large to be sent at all.</param>
    /// <param name="added">What the broker added, for the log: it may be anything.</param>
    /// <returns>False when it is not passed over: there is no room for another suspect.</returns>
    public bool Strike(Epoch epoch, ulong seq, string why, bool clear, TimeSpan now, int bytes = 0, string? added = null)
    {
        var suspect = Find(new Position(epoch.Start, seq));
        if (suspect is null)
        {
            if (Full)
            {
                return false;
            }

            _all.Add(new Suspect(epoch, seq, now) { Wait = settings.SuspectRetry, RetryAt = now + settings.SuspectRetry, Bytes = bytes });
            if (bytes == 0)
            {
                log.Suspected(stream, seq, string.IsNullOrEmpty(added) ? why : $"{why} ({added})");
            }

            return true;
        }

        if (suspect.OthersTaken)
        {
            suspect.Strikes++;
            suspect.OthersTaken = false;
            if (suspect.Strikes >= settings.SuspectStrikes && now - suspect.Since >= (clear ? settings.SuspectAge : settings.SuspectAgeUnclear))
            {
                GiveUp(suspect, why);
                return true;
            }
        }

        suspect.Bytes = bytes;
        suspect.Wait = TimeSpan.FromTicks(Math.Min(suspect.Wait.Ticks * 2, settings.SuspectRetryMax.Ticks));
        suspect.RetryAt = now + suspect.Wait;
        return true;
    }

    /// <summary>Refused alone, in the broker's words.</summary>
    /// <returns>False when it is not passed over: there is no room for another suspect.</returns>
    public bool Strike(Epoch epoch, ulong seq, PublishOutcome outcome, TimeSpan now) =>
        Strike(epoch, seq, outcome.Detail, outcome.Kind == RefusalKind.ForGood, now, added: outcome.Added);

    /// <summary>The topic takes messages again after it had taken none: what looked like poison may have been that.</summary>
    public void RetryNow(TimeSpan now) => _all.ForEach(s => s.RetryAt = now);

    /// <summary>It was not taken, for a reason that is not its own: it goes by the topic's wait, since it may be the only probe.</summary>
    public void Postpone(Position position, TimeSpan until)
    {
        if (Find(position) is { } suspect)
        {
            suspect.RetryAt = until;
        }
    }

    /// <summary>It is no longer in the spool.</summary>
    public void Forget(Suspect suspect) => _all.Remove(suspect);

    /// <summary>The broker took these: suspects among them are cleared, and to the others it is proof that the broker takes messages.</summary>
    public void Delivered(Position first, Position afterLast)
    {
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Position >= first && _all[i].Position < afterLast)
            {
                _all.RemoveAt(i);
            }
            else
            {
                _all[i].OthersTaken = true;
            }
        }
    }

    private void GiveUp(Suspect suspect, string why)
    {
        var words = "refused: " + why;
        _all.Remove(suspect);
        outbox.Refuse(stream, suspect.Epoch, suspect.Seq, suspect.Seq, words);
        log.GivenUp(stream, suspect.Epoch, suspect.Seq, words);
        gaveUp($"the broker refused {(stream == StreamKind.Telemetry ? "reading" : "event")} {suspect.Seq} of epoch {suspect.Epoch} {suspect.Strikes} times and took others meanwhile ({words}); a gap names it");
    }

    private Suspect? Find(Position position)
    {
        foreach (var suspect in _all)
        {
            if (suspect.Position == position)
            {
                return suspect;
            }
        }

        return null;
    }
}
