using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeNode.Core.Model;

namespace EdgeNode.Uplink.Payload;

/// <summary>What all messages of the contract share: how a time is written, and how text is escaped.</summary>
internal static class Json
{
    /// <summary>Chinese texts go out as they are, not as six ASCII characters each: bytes are paid for.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const long Second = 1_000_000;

    /// <summary>
    /// Seconds since 1970 with as many of six decimals as it takes, from the integer: a double would be 120 ns off,
    /// and the platform would see two stamps where there is one.
    /// </summary>
    internal static void WriteTime(this Utf8JsonWriter json, JsonEncodedText name, SourceTime time)
    {
        Span<byte> text = stackalloc byte[32];
        json.WritePropertyName(name);
        json.WriteRawValue(text[..Format(time.UnixMicroseconds, text)], skipInputValidation: true);
    }

    /// <summary>Writes <c>"tq":"unsynchronised"</c> where the clock was not synchronised, and nothing where it was.</summary>
    internal static void WriteClockDoubt(this Utf8JsonWriter json, SourceTime time)
    {
        if (time.Clock != ClockQuality.Synchronised)
        {
            json.WriteString(Names.ClockQuality, Names.Unsynchronised);
        }
    }

    /// <summary>Writes a span of time in seconds.</summary>
    internal static void WriteSeconds(this Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan span) => json.WriteNumber(name, span.TotalSeconds);

    private static int Format(long microseconds, Span<byte> into)
    {
        var length = 0;
        if (microseconds < 0)
        {
            into[length++] = (byte)'-';
        }

        var magnitude = microseconds < 0 ? 0UL - (ulong)microseconds : (ulong)microseconds;
        Utf8Formatter.TryFormat(magnitude / Second, into[length..], out var written);
        length += written;
        var fraction = magnitude % Second;
        if (fraction == 0)
        {
            return length;
        }

        into[length++] = (byte)'.';
        for (var digit = Second / 10UL; fraction > 0; digit /= 10)
        {
            into[length++] = (byte)('0' + (fraction / digit));
            fraction %= digit;
        }

        return length;
    }
}

/// <summary>Labels of the contract, encoded once.</summary>
internal static class Names
{
    internal static readonly JsonEncodedText Name = JsonEncodedText.Encode("n");
    internal static readonly JsonEncodedText Unit = JsonEncodedText.Encode("u");
    internal static readonly JsonEncodedText Time = JsonEncodedText.Encode("t");
    internal static readonly JsonEncodedText Until = JsonEncodedText.Encode("until");
    internal static readonly JsonEncodedText Value = JsonEncodedText.Encode("v");
    internal static readonly JsonEncodedText Text = JsonEncodedText.Encode("vs");
    internal static readonly JsonEncodedText Quality = JsonEncodedText.Encode("q");
    internal static readonly JsonEncodedText Simulated = JsonEncodedText.Encode("sim");
    internal static readonly JsonEncodedText ClockQuality = JsonEncodedText.Encode("tq");
    internal static readonly JsonEncodedText Unsynchronised = JsonEncodedText.Encode("unsynchronised");
    internal static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
    internal static readonly JsonEncodedText Seq = JsonEncodedText.Encode("seq");
    internal static readonly JsonEncodedText Lane = JsonEncodedText.Encode("lane");
    internal static readonly JsonEncodedText Live = JsonEncodedText.Encode("live");
    internal static readonly JsonEncodedText Backlog = JsonEncodedText.Encode("backlog");
}
