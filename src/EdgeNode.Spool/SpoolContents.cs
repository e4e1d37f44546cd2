using EdgeNode.Core.Model;
using EdgeNode.Spool.Disk;
using EdgeNode.Spool.Ledger;
using EdgeNode.Spool.Recovery;

namespace EdgeNode.Spool;

/// <summary>
/// What stands in a spool, record by record. Nothing is locked and nothing is written; memory does not grow with the number of records.
/// A gateway that runs meanwhile may write over what it has delivered.
/// </summary>
public sealed class SpoolContents : IDisposable
{
    private readonly Survey _survey;
    private readonly ISpoolDisk _disk;
    private readonly string _directory;

    internal SpoolContents(Survey survey, string directory, ISpoolDisk disk)
    {
        (_survey, _directory, _disk) = (survey, directory, disk);
        Missing = Reckoning.Of(survey, Guid.Empty).Missing;

        // A sound copy of another segment hides what stood here, and at the end nothing else tells.
        Damages =
        [
            .. survey.Damages,
            .. survey.Segments.Where(s => SegmentNames.Journal(s.Generation) != s.Name)
                .Select(s => new SpoolDamage(s.Name, 0, s.Size, $"it holds segment {s.Generation}, which its name does not say")),
        ];
    }

    /// <summary>What could not be read when it was opened.</summary>
    public IReadOnlyList<SpoolDamage> Damages { get; }

    /// <summary>Records that are neither there, nor delivered, nor named in a gap.</summary>
    public long Missing { get; }

    /// <summary>Records that were there at the opening and could not be read when their turn came.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Records that a running gateway has given up since the opening.</summary>
    public long Released { get; private set; }

    /// <summary>Records of a stream that were found.</summary>
    public long Count(StreamKind stream) => _survey.Book(stream).Runs.Runs.Sum(CountIn);

    /// <summary>Records of a stream that can be read, in the order of their positions.</summary>
    public IEnumerable<SpoolEntry> Entries(StreamKind stream)
    {
        var reader = new SegmentReader();
        var book = _survey.Book(stream);
        foreach (var run in book.Runs.Runs)
        {
            var seq = run.First;
            while (seq <= run.Last)
            {
                var first = seq;
                var entries = SpoolInspector.Frame(_survey, book, reader, run, ref seq);
                NoteMissed(run, (run.Kept ? entries.Count > 0 ? entries.Count : CountIn(run) : (long)(Math.Min(seq - 1, run.Last) - first + 1)) - entries.Count);
                foreach (var entry in entries)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _survey.Dispose();

    /// <summary>Of kept readings not every number of the span is there.</summary>
    internal static long CountIn(Run run) => run.Kept ? run.Numbers?.CountIn(run.First, run.Last) ?? run.Listed ?? 0 : (long)(run.Last - run.First + 1);

    private void NoteMissed(Run run, long count)
    {
        if (count == 0)
        {
            return;
        }

        // A released segment has lost its name.
        var gone = _disk.Open(_directory + "/" + run.Segment.Name, write: false, out var file) == DiskError.NotFound;
        file?.Dispose();
        Released += gone ? count : 0;
        Unreadable += gone ? 0 : count;
    }
}
