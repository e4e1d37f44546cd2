using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using LiteDB;

namespace EdgeNode.Records;

/// <summary>An event as a document, mapped by hand. The check covers every field: LiteDB's pages have none.</summary>
internal static class HistoryDocument
{
    internal static BsonDocument Of(long number, QueuedEvent e)
    {
        var body = Fit(e.Record.Body);
        var document = new BsonDocument
        {
            ["_id"] = number,
            ["p"] = (long)e.Epoch.Spool,
            ["r"] = (long)e.Epoch.Start,
            ["s"] = (long)e.Seq,
            ["t"] = e.Record.Time.UnixMicroseconds,
            ["q"] = (int)e.Record.Time.Clock,
            ["k"] = e.Record.Kind,
            ["b"] = body,
        };
        document["c"] = Check(document);
        return document;
    }

    /// <summary>Evidence of an alarm or a trip makes a body large, and everything else in it small.</summary>
    private static byte[] Fit(ReadOnlyMemory<byte> body)
    {
        if (body.Length <= HistoryLimits.BodyBytes)
        {
            return body.ToArray();
        }

        var buffer = new ArrayBufferWriter<byte>(HistoryLimits.BodyBytes);
        try
        {
            using var json = new Utf8JsonWriter(buffer);
            using var document = JsonDocument.Parse(body);
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(m => m.Name is not ("before" or "after")))
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return []; // no JSON object
        }

        return buffer.WrittenCount <= HistoryLimits.BodyBytes ? buffer.WrittenSpan.ToArray() : [];
    }

    /// <returns>Null when the document is not what was written.</returns>
    internal static QueuedEvent? Read(BsonDocument document)
    {
        if (!document["c"].IsInt64 || !document["k"].IsString || !document["b"].IsBinary || document["c"].AsInt64 != Check(document))
        {
            return null;
        }

        var time = new SourceTime(document["t"].AsInt64, (ClockQuality)document["q"].AsInt32);
        var body = document["b"].AsBinary;
        return new QueuedEvent(
            new Epoch((ulong)document["p"].AsInt64, (uint)document["r"].AsInt64), (ulong)document["s"].AsInt64,
            new EventRecord(document["k"].AsString, time, body.Length == 0 ? "{}"u8.ToArray() : body));
    }

    /// <summary>CRC32C over the names and values of all members but the check itself.</summary>
    internal static long Check(BsonDocument document)
    {
        var crc = uint.MaxValue;
        Span<byte> number = stackalloc byte[8];
        foreach (var (name, value) in document.GetElements().OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (name == "c")
            {
                continue;
            }

            crc = Add(crc, Encoding.UTF8.GetBytes(name));
            if (value.IsBinary)
            {
                crc = Add(crc, value.AsBinary);
            }
            else if (value.IsString)
            {
                crc = Add(crc, Encoding.UTF8.GetBytes(value.AsString));
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, value.IsNumber ? value.AsInt64 : long.MinValue);
                crc = Add(crc, number);
            }
        }

        return ~crc;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
