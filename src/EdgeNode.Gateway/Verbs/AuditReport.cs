using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Spool;
using EdgeNode.Spool.Audit;
using EdgeNode.Spool.Disk;

namespace EdgeNode.Gateway.Verbs;

/// <summary>What <c>audit verify</c> and <c>audit show</c> print.</summary>
internal static class AuditReport
{
    private const int MostFaultsShown = 50;

    public static async Task<int> VerifyAsync(string data, AuditAnchor[] given, bool json)
    {
        if (Trail(data) is not { } directory)
        {
            return Exit.Failed;
        }

        // The anchors first: an entry is on the disk before its anchor is.
        var anchors = given.Concat(Spooled(data)).ToArray();
        if (await AuditInspector.VerifyAsync(directory, new LinuxDisk(), anchors, Task.Delay).ConfigureAwait(false) is not { } verdict)
        {
            await Console.Error.WriteLineAsync($"{directory} cannot be listed.").ConfigureAwait(false);
            return Exit.Failed;
        }

        if (json)
        {
            WriteJson(verdict);
        }
        else
        {
            Write(verdict);
        }

        return verdict.Sound ? Exit.Done : Exit.Failed;
    }

    public static int Show(string data, bool json)
    {
        if (Trail(data) is not { } directory || AuditInspector.Entries(directory, new LinuxDisk()) is not { } entries)
        {
            return Exit.Failed;
        }

        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartArray("entries");
                foreach (var entry in entries)
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("n", entry.Number);
                    writer.WriteString("time", Time(entry));
                    writer.WriteString("clock", entry.Time.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised");
                    writer.WriteString("who", entry.Who);
                    writer.WriteString("what", entry.What);
                    writer.WritePropertyName("body");
                    writer.WriteRawValue(entry.Body.Span);
                    writer.WriteString("hash", entry.Hash);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return Exit.Done;
        }

        foreach (var entry in entries)
        {
            // A line each, for grep and less: bodies differ too much for a table.
            Console.WriteLine(Line(entry));
        }

        Console.Error.WriteLine("A ? behind a time: the clock was not synchronised. Whether the trail holds: audit verify.");
        return Exit.Done;
    }

    internal static string Line(AuditEntry entry) => PlainText.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Number,6}  {Time(entry)}{(entry.Time.Clock == ClockQuality.Synchronised ? " " : "?")}  {entry.Who,-8}  {entry.What,-14}  {Encoding.UTF8.GetString(entry.Body.Span)}"));

    private static void Write(AuditVerdict verdict)
    {
        foreach (var fault in verdict.Faults.Take(MostFaultsShown))
        {
            Console.WriteLine(fault);
        }

        foreach (var note in verdict.Notes)
        {
            Console.WriteLine("note: " + note);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(verdict.Sound ? "Sound" : "Not sound")}: {verdict.Entries} entries ({verdict.First} to {verdict.Last}) in {verdict.Files} files, {verdict.Faults.Count} faults; {verdict.AnchorsHeld} anchors compared and right, {verdict.AnchorsTooOld} of entries no longer kept."));
        Console.WriteLine($"Newest: {verdict.Last}:{verdict.LastHash}");
        if (verdict.Sound && verdict.AnchorsHeld == 0)
        {
            Console.WriteLine("Without an anchor nobody can tell whether newest entries were cut off, or the whole was written anew: compare with the platform's audit events (--anchor N:HASH).");
        }
    }

    private static void WriteJson(AuditVerdict verdict) => JsonOutput.Write(json =>
    {
        json.WriteBoolean("sound", verdict.Sound);
        json.WriteNumber("files", verdict.Files);
        json.WriteNumber("entries", verdict.Entries);
        json.WriteNumber("first", verdict.First);
        json.WriteNumber("last", verdict.Last);
        json.WriteString("lastHash", verdict.LastHash);
        json.WriteNumber("anchorsHeld", verdict.AnchorsHeld);
        json.WriteNumber("anchorsTooOld", verdict.AnchorsTooOld);
        json.WriteStartArray("faults");
        foreach (var fault in verdict.Faults)
        {
            json.WriteStartObject();
            json.WriteString("file", fault.File);
            if (fault.Entry is { } entry)
            {
                json.WriteNumber("entry", entry);
            }
            else
            {
                json.WriteNull("entry");
            }

            json.WriteNumber("offset", fault.Offset);
            json.WriteString("what", fault.What);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in verdict.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    });

    private static string? Trail(string data)
    {
        var directory = Path.Combine(data, "audit");
        if (!Directory.Exists(directory))
        {
            Console.Error.WriteLine($"{directory}: there is no audit trail here. Expected the directory that `edgenode run --data DIR` was given, or a copy of it.");
            return null;
        }

        if (ReadRights.Missing(directory, "audit-*") is { } file)
        {
            Console.Error.WriteLine(ReadRights.Sentence(file));
            return null;
        }

        return directory;
    }

    private static List<AuditAnchor> Spooled(string data)
    {
        var spool = Path.Combine(data, "spool");
        try
        {
            return Directory.Exists(spool) ? AuditInspector.Anchors(SpoolInspector.Events(spool, new LinuxDisk())) : [];
        }
        catch (SpoolUnavailableException)
        {
            return [];
        }
    }

    private static string Time(AuditEntry entry) =>
        entry.Time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
