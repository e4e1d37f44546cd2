using System.Buffers;
using System.Globalization;
using System.Text;
using EdgeNode.Core.Model;

namespace EdgeNode.Spool.Export;

/// <summary>Writes records, one after the other.</summary>
internal interface IRowWriter : IDisposable
{
    void Write(SpoolEntry entry);
}

/// <summary>RFC 4180. Numbers as in the invariant culture, with as many digits as give the same number back.</summary>
internal sealed class CsvRows : IRowWriter
{
    private readonly IBufferWriter<byte> _into;
    private readonly StringBuilder _row = new();

    internal CsvRows(IBufferWriter<byte> into, StreamKind stream)
    {
        _into = into;
        _row.Append(stream == StreamKind.Telemetry
            ? "epoch,seq,time,clock,point,value,unit,quality,simulated,state"
            : "epoch,seq,time,clock,kind,body,state");
        End();
    }

    public void Write(SpoolEntry entry)
    {
        var time = entry.Reading?.Time ?? entry.Event!.Time;
        Field(entry.Epoch.ToString());
        _row.Append(CultureInfo.InvariantCulture, $"{entry.Seq},");
        Field(Words.Of(time));
        Field(Words.Of(time.Clock));
        if (entry.Reading is { } reading)
        {
            Field(reading.Point.Name);
            Field(reading.Quality.IsBad ? "" : reading.Value.ToString("R", CultureInfo.InvariantCulture));
            Field(reading.Point.Unit);
            Field(reading.Quality.ToString());
            Field(reading.Point.Simulated ? "true" : "false");
        }
        else
        {
            Field(entry.Event!.Kind);
            Field(Encoding.UTF8.GetString(entry.Event.Body.Span));
        }

        _row.Append(Words.State(entry));
        End();
    }

    public void Dispose()
    {
    }

    private void Field(string text)
    {
        if (text.AsSpan().ContainsAny(",\"\r\n"))
        {
            _row.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _row.Append(text);
        }

        _row.Append(',');
    }

    private void End()
    {
        _row.Append("\r\n");
        foreach (var chunk in _row.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, _into);
        }

        _row.Clear();
    }
}

/// <summary>The words of an export, the same in both formats.</summary>
internal static class Words
{
    internal static string Of(SourceTime time) => time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    internal static string Of(ClockQuality clock) => clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised";

    internal static string State(SpoolEntry entry) => entry.Delivered ? "delivered" : "waiting";
}
