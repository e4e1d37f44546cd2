using System.Globalization;
using System.Text.Json;
using EdgeNode.Spool;
using EdgeNode.Spool.Disk;
using Spectre.Console;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>spool status</c> and <c>spool verify</c> print.</summary>
internal static class SpoolReport
{
    private const int MostDamagesShown = 50;

    public static int Status(string directory, bool json)
    {
        var status = SpoolInspector.Status(directory, new LinuxDisk());
        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteNumber("segments", status.Segments);
                writer.WriteNumber("bytes", status.Bytes);
                writer.WriteString("epoch", status.LastEpoch?.ToString());
                writer.WriteNumber("epochs", status.Epochs);
                writer.WriteNumber("quarantinedFiles", status.QuarantinedFiles);
                writer.WriteNumber("quarantinedBytes", status.QuarantinedBytes);
                WriteStream(writer, "telemetry", status.Telemetry);
                WriteStream(writer, "event", status.Event);
            });
            return Exit.Done;
        }

        // A stream a column: a line of all its figures does not fit into a terminal of 80.
        var table = new Table().RoundedBorder().AddColumns("", "Readings", "Events");
        Row("Waiting", s => s.Waiting.ToString("N0", CultureInfo.InvariantCulture));
        Row("Oldest", s => Time(s.Oldest) ?? "-");
        Row("Newest", s => Time(s.Newest) ?? "-");
        Row("Next to deliver", s => string.Create(CultureInfo.InvariantCulture, $"{s.Delivered.Start}:{s.Delivered.Seq}"));
        Row("Dropped", s => s.Dropped.ToString("N0", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Figures.Count(status.Segments, "segment")}, {status.Bytes / 1048576.0:0.0} MiB; last epoch {status.LastEpoch?.ToString() ?? "none"}, {Figures.Count(status.Epochs, "epoch")}."));
        if (status.QuarantinedFiles > 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{status.QuarantinedFiles} files ({status.QuarantinedBytes / 1048576.0:0.0} MiB) in quarantine could not be read; they count towards the limit until somebody takes them away."));
        }

        return Exit.Done;

        void Row(string name, Func<StreamStatus, string> of) => table.AddRow(name, of(status.Telemetry), of(status.Event));
    }

    public static int Verify(string directory, bool json)
    {
        var verdict = SpoolInspector.Verify(directory, new LinuxDisk());
        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteBoolean("sound", verdict.Sound);
                writer.WriteNumber("segments", verdict.Segments);
                writer.WriteNumber("frames", verdict.Frames);
                writer.WriteNumber("readings", verdict.Readings);
                writer.WriteNumber("events", verdict.Events);
                writer.WriteNumber("missing", verdict.Missing);
                writer.WriteStartArray("damages");
                foreach (var damage in verdict.Damages)
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", damage.File);
                    writer.WriteNumber("offset", damage.Offset);
                    writer.WriteNumber("bytes", damage.Bytes);
                    writer.WriteString("what", damage.What);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
        else
        {
            foreach (var damage in verdict.Damages.Take(MostDamagesShown))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{damage.File}: at {damage.Offset}, {damage.Bytes} bytes: {damage.What}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(verdict.Sound ? "Sound" : "Not sound")}: {Figures.Count(verdict.Frames, "frame")} in {Figures.Count(verdict.Segments, "segment")} hold {Figures.Count(verdict.Readings, "reading")} and {Figures.Count(verdict.Events, "event")}; {verdict.Missing} missing, {Figures.Count(verdict.Damages.Count, "damaged place")}."));
        }

        return verdict.Sound ? Exit.Done : Exit.Failed;
    }

    private static void WriteStream(Utf8JsonWriter json, string name, StreamStatus s)
    {
        json.WriteStartObject(name);
        json.WriteNumber("waiting", s.Waiting);
        json.WriteString("oldest", Time(s.Oldest));
        json.WriteString("newest", Time(s.Newest));
        json.WriteNumber("nextStart", s.Delivered.Start);
        json.WriteNumber("nextSeq", s.Delivered.Seq);
        json.WriteNumber("dropped", s.Dropped);
        json.WriteEndObject();
    }

    private static string? Time(long? micros) => micros is { } m
        ? DateTimeOffset.UnixEpoch.AddTicks(m * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
        : null;
}
