using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Audit;

/// <summary>One line of the audit trail. The hash covers every byte of the line before its own member. Format: README.md.</summary>
/// <param name="Number">Counts from 1, over all files.</param>
/// <param name="Previous">Hash of the entry before, 64 lower-case hex digits; zeros for the first.</param>
/// <param name="Time">When it was added.</param>
/// <param name="Who">Who did it.</param>
/// <param name="What">Its kind.</param>
/// <param name="Body">One JSON object.</param>
/// <param name="Hash">SHA-256 of the line up to here, 64 lower-case hex digits.</param>
public sealed record AuditEntry(ulong Number, string Previous, SourceTime Time, string Who, string What, ReadOnlyMemory<byte> Body, string Hash)
{
    /// <summary>What the first entry of a trail has in place of a hash before.</summary>
    public static readonly string NoHash = new('0', HashDigits);

    internal const int MaxBodyBytes = 8 * 1024;
    internal const int HashDigits = 64;
    private const int MaxWho = 64;
    private const int MaxWhat = 32;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static ReadOnlySpan<byte> Head => "{\"n\":"u8;

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>The line with its end, and what it says.</summary>
    internal static (byte[] Line, AuditEntry Entry) Write(ulong number, string previous, SourceTime time, string who, string what, ReadOnlyMemory<byte> body)
    {
        who = who.Length > MaxWho ? who[..MaxWho] : who;
        what = what.Length > MaxWhat ? what[..MaxWhat] : what;
        body = Plain(body);
        var line = new ArrayBufferWriter<byte>(512 + body.Length);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("n", number);
            json.WriteString("prev", previous);
            json.WriteString("time", time.ToDateTimeOffset().ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("clock", time.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised");
            json.WriteString("who", who);
            json.WriteString("what", what);
            json.WritePropertyName("body");
            json.WriteRawValue(body.Span, skipInputValidation: true);

            // The hash covers the bytes as they are, so its own member is not the writer's to make.
            json.Flush();
        }

        var hash = HashOf(line.WrittenSpan);
        line.Write(HashMember);
        line.Write(Encoding.ASCII.GetBytes(hash));
        line.Write(Tail);
        line.Write("\n"u8);
        return (line.WrittenSpan.ToArray(), new AuditEntry(number, previous, time, who, what, body, hash));
    }

    /// <summary>Reads a line without its end.</summary>
    /// <returns>Null and no entry when it is sound; otherwise what is wrong with it.</returns>
    internal static string? Read(ReadOnlySpan<byte> line, out AuditEntry? entry)
    {
        entry = null;
        var end = line.Length - Tail.Length - HashDigits;
        var hashed = end - HashMember.Length;
        if (hashed < 0 || !line[..Math.Min(Head.Length, line.Length)].SequenceEqual(Head) || !line[hashed..end].SequenceEqual(HashMember)
            || !line[^Tail.Length..].SequenceEqual(Tail))
        {
            return "is no entry: it does not have an entry's form";
        }

        var hash = Encoding.ASCII.GetString(line[end..^Tail.Length]);
        if (hash != HashOf(line[..hashed]))
        {
            return "does not have the hash that it states: it was changed";
        }

        entry = Parse(line.ToArray(), hash);
        return entry is null ? "is no entry: its hash is right, but members are missing or wrong" : null;
    }

    /// <summary>The number that a line claims to have, sound or not; for telling where something is wrong.</summary>
    internal static ulong? ClaimedNumber(ReadOnlySpan<byte> line) =>
        line.StartsWith(Head) && Utf8Parser.TryParse(line[Head.Length..], out ulong number, out _) ? number : null;

    private static AuditEntry? Parse(byte[] line, string hash)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var time = DateTimeOffset.ParseExact(
                root.GetProperty("time").GetString()!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            var body = root.GetProperty("body");
            var number = root.GetProperty("n").GetUInt64();
            if (body.ValueKind != JsonValueKind.Object || number == ulong.MaxValue)
            {
                return null;
            }

            var clock = root.GetProperty("clock").GetString() == "synchronised" ? ClockQuality.Synchronised : ClockQuality.Unsynchronised;
            return new AuditEntry(
                number, Text(root, "prev"),
                new SourceTime((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, clock),
                Text(root, "who"), Text(root, "what"), Encoding.UTF8.GetBytes(body.GetRawText()), hash);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }

        static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? throw new FormatException(name);
    }

    /// <summary>An object on one line: a line end between two members would be the end of the entry.</summary>
    private static ReadOnlyMemory<byte> Plain(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (body.Length <= MaxBodyBytes)
            {
                using var json = JsonDocument.Parse(body);
                if (json.RootElement.ValueKind == JsonValueKind.Object)
                {
                    var plain = Write(json.RootElement.WriteTo);
                    if (plain.Length <= MaxBodyBytes)
                    {
                        return plain;
                    }
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: half of a surrogate pair in a text
        {
            // Told below: whatever the caller did, that it did something belongs into the trail.
        }

        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("bytes", body.Length);
            json.WriteString("sha256", HashOf(body.Span));
            json.WriteString("left-out", "longer than 8 KiB, or not a JSON object");
            json.WriteEndObject();
        });
    }

    /// <summary>A body, made in place.</summary>
    internal static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        value(json);
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
