using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Export;

/// <summary>How records are written.</summary>
public enum ExportFormat
{
    /// <summary>RFC 4180: a line of column names, CRLF, quotes where they are needed.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    JsonLines,
}

/// <summary>What is exported.</summary>
/// <param name="Stream">Readings or events.</param>
/// <param name="Format">How they are written.</param>
/// <param name="From">Unix microseconds; earlier records are left out. Null: no bound.</param>
/// <param name="To">Unix microseconds; this moment and later ones are left out. Null: no bound.</param>
/// <param name="Points">Readings of these points only; all when empty.</param>
public sealed record ExportOptions(StreamKind Stream, ExportFormat Format, long? From, long? To, IReadOnlySet<string> Points)
{
    internal bool Wants(SpoolEntry entry)
    {
        var time = (entry.Reading?.Time ?? entry.Event!.Time).UnixMicroseconds;
        return !(time < From) && !(time >= To) && (Points.Count == 0 || (entry.Reading is { } reading && Points.Contains(reading.Point.Name)));
    }
}

/// <summary>What an export came to.</summary>
/// <param name="Written">Records written.</param>
/// <param name="Read">Records looked at.</param>
/// <param name="Released">Records that a running gateway gave up meanwhile: it had delivered them.</param>
/// <param name="Unreadable">Records that were found and then could not be read.</param>
/// <param name="Missing">Records, of both streams, that are neither there, nor delivered, nor named in a gap.</param>
/// <param name="Damages">What could not be read.</param>
public sealed record ExportResult(long Written, long Read, long Released, long Unreadable, long Missing, IReadOnlyList<SpoolDamage> Damages)
{
    /// <summary>All that the spool should hold was read.</summary>
    public bool Whole => Unreadable == 0 && Missing == 0 && Damages.Count == 0;
}
