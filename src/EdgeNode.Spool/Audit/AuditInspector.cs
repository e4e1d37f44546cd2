using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Audit;

/// <summary>Looks at a trail without touching it; a gateway may be writing it. Nothing is locked and nothing is written.</summary>
public static class AuditInspector
{
    /// <summary>Kind of the events by which the platform, and the spool, hold the trail's anchors.</summary>
    public const string AnchorKind = "audit";

    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Checks every entry, and what others have kept of the trail, until two looks agree.</summary>
    /// <param name="directory">The trail's directory.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="anchors">What others have kept; empty when nobody has.</param>
    /// <param name="pause">Waits a moment for a running gateway to end its write.</param>
    /// <returns>Null when the directory cannot be listed.</returns>
    public static async Task<AuditVerdict?> VerifyAsync(
        string directory, ISpoolDisk disk, IReadOnlyCollection<AuditAnchor> anchors, Func<TimeSpan, Task> pause)
    {
        ArgumentNullException.ThrowIfNull(pause);
        AuditVerdict? before = null;
        for (var attempt = 1; ; attempt++)
        {
            var verdict = Look(directory, disk, anchors);

            // Beside a running gateway an entry may be half written, or the limit may just remove a file: then the next look differs.
            if (verdict is null || verdict.Sound || attempt == Attempts || (before is not null && before.Faults.SequenceEqual(verdict.Faults)))
            {
                return verdict;
            }

            before = verdict;
            await pause(Pause).ConfigureAwait(false);
        }
    }

    /// <summary>All sound entries, in the order in which they stand; the trail's limit bounds them. Null when the directory cannot be listed.</summary>
    public static List<AuditEntry>? Entries(string directory, ISpoolDisk disk)
    {
        var entries = new List<AuditEntry>();
        return AuditWalk.Take(disk, directory, entries.Add, out _) == DiskError.None ? entries : null;
    }

    /// <summary>Reads the anchors that a spool still has of the trail beside it.</summary>
    public static List<AuditAnchor> Anchors(IEnumerable<Core.Ports.QueuedEvent> events)
    {
        var anchors = new List<AuditAnchor>();
        foreach (var e in events.Where(e => e.Record.Kind == AnchorKind))
        {
            using var body = AuditBody.Of(e.Record.Body);
            if (body.Number("n") is { } number && body.Text("hash") is { } hash)
            {
                anchors.Add(new AuditAnchor(number, hash, $"event {e.Epoch}:{e.Seq} of the spool"));
            }
        }

        return anchors;
    }

    /// <summary>Checks it once, as it is just now.</summary>
    internal static AuditVerdict? Look(string directory, ISpoolDisk disk, IReadOnlyCollection<AuditAnchor> anchors)
    {
        var wanted = anchors.Select(a => a.Number).ToHashSet();
        var found = new Dictionary<ulong, string>();
        var error = AuditWalk.Take(disk, directory, entry =>
        {
            if (wanted.Contains(entry.Number))
            {
                found[entry.Number] = entry.Hash;
            }
        }, out var walk);
        if (error != DiskError.None)
        {
            return null;
        }

        var faults = walk.Faults.ToList();
        if (walk.TailBytes > 0)
        {
            faults.Add(new AuditFault(
                AuditNames.File(walk.Files[^1].Number), walk.Last!.Number + 1, walk.TailFrom,
                $"the last {walk.TailBytes} bytes are no entry: a power cut tore it, or it was changed"));
        }

        var (held, old) = (0, 0);
        foreach (var anchor in anchors)
        {
            if (found.TryGetValue(anchor.Number, out var hash) && hash == anchor.Hash)
            {
                held++;
            }
            else if (hash is not null)
            {
                faults.Add(new AuditFault("", anchor.Number, 0, $"has another hash than the one kept by {anchor.From}: the trail was written anew from there on, or before"));
            }
            else if (walk.First > 0 && anchor.Number < walk.First)
            {
                old++;
            }
            else
            {
                faults.Add(new AuditFault("", anchor.Number, 0, $"is not in the trail, but {anchor.From} has kept its hash: it was cut off or taken out"));
            }
        }

        return new AuditVerdict(walk.Files.Count, walk.Entries, walk.First, walk.Last?.Number ?? 0, walk.Last?.Hash ?? AuditEntry.NoHash, held, old, faults, walk.Notes);
    }
}
