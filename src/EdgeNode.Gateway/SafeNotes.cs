using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Gateway.Hands;
using EdgeNode.Gateway.Hold;
using EdgeNode.Gateway.Verbs;

namespace EdgeNode.Gateway;

/// <summary>
/// What <c>outputs safe</c> has done without a gateway. The audit trail has one writer, the running gateway; so the verb leaves a note in the data directory, and the next run enters it and takes the note
/// away once it is on the disk. An end in between enters it twice: who, when and process are the same then.
/// </summary>
internal static class SafeNotes
{
    /// <summary>Most notes that wait; of what happened the first is kept. ExecStopPost leaves at most half of them, so that a service that fails again and again leaves room for what people do.</summary>
    public const int Most = 32;

    /// <summary>Largest note, bytes: the outputs of three site files fit, each with its fault and a reason in any script.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>Most outputs of a note: three site files of as many as one may have.</summary>
    private const int MostEntries = 192;

    private const int MostSaid = 200;
    private const string Pattern = "outputs-safe.*.json";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Leaves a note. A process of its own writes it: one that waits in the kernel for a hung disk cannot end, and systemd and people wait for the end of the verb. That one is left to write it when the disk answers.
    /// </summary>
    /// <param name="data">The data directory.</param>
    /// <param name="why">The reason; empty when nobody gave one.</param>
    /// <param name="outcomes">What became of each output.</param>
    /// <param name="at">When.</param>
    /// <returns>Why it could not be left; null when it was.</returns>
    public static async Task<string?> LeaveAsync(string data, string why, IReadOnlyList<SafeOutcome> outcomes, SourceTime at)
    {
        var (answered, fault) = await SlowDisk.ReadAsync(() =>
        {
            try
            {
                return Leave(data, why, outcomes, at);
            }
#pragma warning disable CA1031 // The outputs are driven and told: whatever it is, it is said and changes nothing.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return e.Message;
            }
        }).ConfigureAwait(false);
        return answered ? fault : string.Create(CultureInfo.InvariantCulture, $"the disk of {data} did not take it within {SlowDisk.Wait.TotalSeconds} s");
    }

    /// <summary>Enters the notes that were left, one after the other, and takes each away once its entries are on the disk.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="audit">The trail.</param>
    /// <param name="isIdle">All that was added is on the disk.</param>
    /// <param name="stops">The gateway ends; what is left then is for the next run.</param>
    public static async Task EnterAsync(string data, IAudit audit, Func<bool> isIdle, Func<bool> stops)
    {
        foreach (var path in await AsideAsync(() => Waiting(data)).ConfigureAwait(false))
        {
            // The queue is bounded: no note adds to what already waits there.
            if (!await IdleAsync(isIdle, stops).ConfigureAwait(false))
            {
                return;
            }

            var note = await AsideAsync(() => Read(path)).ConfigureAwait(false);
            Enter(audit, Path.GetFileName(path), note);
            if (!await IdleAsync(isIdle, stops).ConfigureAwait(false))
            {
                return;
            }

            if (note is not null) // what cannot be read today is told again by the next run
            {
                await AsideAsync(() => Forget(path)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What is said when no more notes are left.</summary>
    public static string TooMany(string data) => $"as many notes of before as there may be wait in {data} for a gateway that enters them";

    /// <summary>The same with no limit in time.</summary>
    internal static string? Leave(string data, string why, IReadOnlyList<SafeOutcome> outcomes, SourceTime at)
    {
        if (!Directory.Exists(data))
        {
            return data + " is not there";
        }

        var most = Environment.GetEnvironmentVariable(HoldClient.ServiceResult) is null ? Most : Most / 2;
        if (Directory.EnumerateFiles(data, Pattern + "*").Take(most).Count() == most)
        {
            return TooMany(data);
        }

        var path = Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"outputs-safe.{at.UnixMicroseconds:D16}.{Environment.ProcessId}.json"));
        using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "set -C; umask 022; cat >\"$0.new\" && mv \"$0.new\" \"$0\" && sync \"$0\"", path])
        {
            // Nothing of the verb's own: whoever reads that to its end would wait for the disk.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        try
        {
            using var into = writer.StandardInput.BaseStream;
            into.Write(Note(why, outcomes, at));
        }
        catch (IOException)
        {
            // It has ended already, and says why.
        }

        var said = writer.StandardError.ReadToEnd();
        writer.WaitForExit();
        return writer.ExitCode == 0 ? null : said.Trim();
    }

    private static ReadOnlySpan<byte> Note(string why, IReadOnlyList<SafeOutcome> outcomes, SourceTime at)
    {
        var peer = HandsPeer.Own();
        var note = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(note))
        {
            json.WriteStartObject();
            json.WriteString("who", peer.Name);
            json.WriteStartArray("entries");
            foreach (var outcome in outcomes)
            {
                Entry(json, outcome, why, at, peer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return note.WrittenSpan;
    }

    /// <summary>The body of the entry that comes of it; the members of the gateway's own come first.</summary>
    private static void Entry(Utf8JsonWriter json, SafeOutcome outcome, string why, SourceTime at, HandsPeer peer)
    {
        var isSafe = outcome.Result.Done && (outcome.Reads is null || outcome.Reads == outcome.Position);
        json.WriteStartObject();
        json.WriteString("id", outcome.Id);
        json.WriteString("outcome", isSafe ? "done" : "unknown");
        if (!isSafe)
        {
            var said = outcome.Result.Done ? "it reads back " + outcome.Reads : outcome.Result.Fault;
            json.WriteString("said", said.Length > MostSaid ? said[..MostSaid] : said);
        }

        if (why.Length > 0)
        {
            json.WriteString("why", why);
        }

        json.WriteNumber("uid", peer.Uid);
        json.WriteNumber("pid", peer.Pid);
        json.WriteBoolean("alone", true);
        json.WriteNumber("at", at.UnixMicroseconds / 1_000_000m);
        json.WriteString("clock", at.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised");
        if (Environment.GetEnvironmentVariable(HoldClient.ServiceResult) is { Length: > 0 and <= MostSaid } end)
        {
            json.WriteString("serviceResult", end); // by ExecStopPost: how the gateway ended
        }

        json.WriteEndObject();
    }

    private static void Enter(IAudit audit, string name, byte[]? note)
    {
        const string What = AuditKind.Output + "safe";
        try
        {
            using var read = JsonDocument.Parse(note ?? throw new JsonException());
            var who = read.RootElement.GetProperty("who").GetString() ?? throw new JsonException();
            foreach (var entry in read.RootElement.GetProperty("entries").EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Take(MostEntries))
            {
                audit.Add(who, What, JsonMarshal.GetRawUtf8Value(entry).ToArray());
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            audit.Add(AuditWho.System, What, json =>
            {
                json.WriteString("note", name);
                json.WriteString("fault", note is null ? "it cannot be read, or is too large" : "it is no note of outputs safe");
            });
        }
    }

    private static string[] Waiting(string data)
    {
        try
        {
            foreach (var half in Directory.EnumerateFiles(data, Pattern + ".new").Take(Most).ToList())
            {
                File.Delete(half); // its writer was killed, or now says that it failed
            }

            return [.. Directory.EnumerateFiles(data, Pattern).Take(Most).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // the trail's own alarm tells of such a disk
        }
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return new FileInfo(path).Length > MostBytes ? null : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Forget(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the next run enters it once more
        }
    }

    private static async Task<bool> IdleAsync(Func<bool> isIdle, Func<bool> stops)
    {
        while (!isIdle())
        {
            if (stops())
            {
                return false;
            }

            await Task.Delay(Look).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>On a thread of its own: a disk that hangs holds it alone.</summary>
    private static Task<T> AsideAsync<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
