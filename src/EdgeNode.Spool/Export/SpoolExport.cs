using System.Buffers;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Spool.Export;

/// <summary>Writes what stands in a spool as CSV or JSON lines. It needs the spool's files and nothing else: names and units are in them.</summary>
public static class SpoolExport
{
    private const int FlushBytes = 64 * 1024;
    private const int TellEvery = 4096;

    /// <summary>Writes the records to a stream, in the order of their positions.</summary>
    /// <param name="told">Called now and then with the records looked at and the records there are.</param>
    /// <exception cref="SpoolUnavailableException">There is no such directory, or it cannot be listed.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static ExportResult Run(string directory, ISpoolDisk disk, ExportOptions options, Stream output, Action<long, long>? told = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        using var contents = SpoolInspector.Open(directory, disk);
        var all = contents.Count(options.Stream);
        var bytes = new ArrayBufferWriter<byte>(FlushBytes * 2);
        using IRowWriter rows = options.Format == ExportFormat.Csv ? new CsvRows(bytes, options.Stream) : new JsonRows(bytes);
        long read = 0, written = 0;
        foreach (var entry in contents.Entries(options.Stream))
        {
            if (++read % TellEvery == 0)
            {
                told?.Invoke(read, all);
            }

            if (!options.Wants(entry))
            {
                continue;
            }

            rows.Write(entry);
            written++;
            if (bytes.WrittenCount >= FlushBytes)
            {
                output.Write(bytes.WrittenSpan);
                bytes.ResetWrittenCount();
            }
        }

        output.Write(bytes.WrittenSpan);
        output.Flush();
        return new ExportResult(written, read, contents.Released, contents.Unreadable, contents.Missing, contents.Damages);
    }
}
