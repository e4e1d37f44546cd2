using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool;
using EdgeNode.Spool.Export;

namespace EdgeNode.UnitTests.Spool;

/// <summary>What an export says is what was appended; on a broken spool it says less, and that it is less.</summary>
public class ExportTests
{
    private static readonly HashSet<string> All = [];

    private readonly Bench _bench = new()
    {
        Limit = 512 * 1024,
        Points = [new("PT-101.pressure", "bar", false), new("odd, \"name\"", "m³/h", true), new("LT-1.level", "m", false)],
    };

    private static readonly double[] Values = [0, -0.0, 1, -129, 40_000, 1e9, 0.1, -2.5e-9, 1.7976931348623157e308, 3.14159274101257];

    private readonly List<(ulong Seq, Reading Reading)> _appended = [];

    private void Fill(int scans)
    {
        for (var i = 0; i < scans; i++)
        {
            _bench.Clock.Advance(0.1);
            var wall = _bench.Clock.Read().Wall;
            Reading[] scan =
            [
                new(0, Values[i % Values.Length], Quality.Good, wall),
                new(1, Values[(i + 3) % Values.Length] / 3, Quality.Uncertain(Reason.OverRange), wall.Add(TimeSpan.FromMicroseconds(7))),
                new(2, 0, Quality.Bad(Reason.Timeout), wall with { Clock = ClockQuality.Unsynchronised }),
            ];
            var seq = _bench.Outbox.End(StreamKind.Telemetry).Seq;
            Assert.Equal(AppendOutcome.Kept, _bench.Journal.AppendReadings(scan));
            for (var p = 0; p < scan.Length; p++)
            {
                _appended.Add((seq + (ulong)p, scan[p]));
            }
        }
    }

    private static (ExportResult Result, string Text) Export(
        MemoryDisk disk, ExportFormat format, StreamKind stream = StreamKind.Telemetry, long? from = null, long? to = null, IReadOnlySet<string>? points = null)
    {
        using var output = new MemoryStream();
        var result = SpoolExport.Run(Bench.Folder, disk, new ExportOptions(stream, format, from, to, points ?? All), output);
        return (result, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static string TimeText(SourceTime time) => time.ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    // RFC 4180 by its grammar, apart from the writer.
    private static List<string[]> ParseCsv(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c is ',' or '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
            else if (quoted || c != '\r')
            {
                field.Append(c);
            }
        }

        Assert.Empty(row);
        return rows;
    }

    [Fact]
    public void Csv_gives_back_what_was_appended()
    {
        _bench.Open();
        Fill(400);
        _bench.Outbox.Acknowledge(StreamKind.Telemetry, _bench.Journal.Epoch, 1, 5);
        _bench.Journal.Commit();
        var writes = _bench.Disk.BytesWritten;

        var (result, text) = Export(_bench.Disk, ExportFormat.Csv);

        Assert.Equal(writes, _bench.Disk.BytesWritten);
        Assert.True(result.Whole);
        Assert.Equal((1200, 1200), (result.Written, result.Read));
        Assert.Equal(text.Count(c => c == '\n'), text.Split("\r\n").Length - 1);
        var rows = ParseCsv(text);
        Assert.Equal("epoch,seq,time,clock,point,value,unit,quality,simulated,state".Split(','), rows[0]);
        foreach (var (row, (seq, reading)) in rows.Skip(1).Zip(_appended))
        {
            var point = _bench.Points[reading.Point];
            Assert.Equal(
                [
                    _bench.Journal.Epoch.ToString(), seq.ToString(CultureInfo.InvariantCulture), TimeText(reading.Time),
                    reading.Time.Clock == ClockQuality.Synchronised ? "synchronised" : "unsynchronised", point.Name, row[5], point.Unit,
                    reading.Quality.ToString(), point.Simulated ? "true" : "false", seq <= 5 ? "delivered" : "waiting",
                ],
                row);
            if (reading.Quality.IsBad)
            {
                Assert.Equal("", row[5]);
            }
            else
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(reading.Value), BitConverter.DoubleToInt64Bits(double.Parse(row[5], CultureInfo.InvariantCulture)));
            }
        }
    }

    [Fact]
    public void Json_lines_give_back_what_was_appended()
    {
        _bench.Open();
        Fill(50);

        var (result, text) = Export(_bench.Disk, ExportFormat.JsonLines);

        Assert.True(result.Whole);
        var lines = text.Split('\n')[..^1];
        Assert.Equal(_appended.Count, lines.Length);
        foreach (var (line, (seq, reading)) in lines.Zip(_appended))
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            Assert.Equal(seq, row.GetProperty("seq").GetUInt64());
            Assert.Equal(TimeText(reading.Time), row.GetProperty("time").GetString());
            Assert.Equal(_bench.Points[reading.Point].Name, row.GetProperty("point").GetString());
            Assert.Equal(reading.Quality.ToString(), row.GetProperty("quality").GetString());
            Assert.Equal("waiting", row.GetProperty("state").GetString());
            if (reading.Quality.IsBad)
            {
                Assert.Equal(JsonValueKind.Null, row.GetProperty("value").ValueKind);
            }
            else
            {
                Assert.Equal(reading.Value, row.GetProperty("value").GetDouble());
            }
        }
    }

    [Fact]
    public void Span_and_points_choose_what_is_written()
    {
        _bench.Open();
        Fill(100);
        var (from, to) = (_appended[30].Reading.Time.UnixMicroseconds, _appended[60].Reading.Time.UnixMicroseconds);

        var (result, text) = Export(_bench.Disk, ExportFormat.Csv, from: from, to: to, points: new HashSet<string> { "PT-101.pressure", "LT-1.level" });

        Assert.Equal((20, 300), (result.Written, result.Read));
        Assert.Equal(
            _appended[30..60].Where(a => a.Reading.Point != 1).Select(a => a.Seq.ToString(CultureInfo.InvariantCulture)), ParseCsv(text).Skip(1).Select(r => r[1]));
    }

    [Fact]
    public void Events_come_with_their_body_as_it_is()
    {
        _bench.Open();
        Fill(3);
        _bench.AppendEvent("alarm", 12);
        _bench.AppendEvent("node", 3);

        var rows = ParseCsv(Export(_bench.Disk, ExportFormat.Csv, StreamKind.Event).Text);
        Assert.Equal("epoch,seq,time,clock,kind,body,state".Split(','), rows[0]);
        Assert.Equal(["alarm", "node"], rows.Skip(1).Select(r => r[4]));
        Assert.Equal("""{"text":"xxxxxxxxxxxx"}""", rows[1][5]);

        using var json = JsonDocument.Parse(Export(_bench.Disk, ExportFormat.JsonLines, StreamKind.Event).Text.Split('\n')[0]);
        Assert.Equal("xxxxxxxxxxxx", json.RootElement.GetProperty("body").GetProperty("text").GetString());
    }

    [Fact]
    public void A_damaged_spool_gives_no_wrong_value_and_says_that_it_is_not_whole()
    {
        _bench.Limit = 128 * 1024;
        _bench.Open();
        Fill(1500);
        _bench.Journal.Dispose();
        var truth = _appended.ToDictionary(a => a.Seq, a => a.Reading);
        var paths = _bench.SegmentPaths.ToArray();
        Assert.True(paths.Length > 2);
        var random = new Random(11);
        var whole = Export(_bench.Disk, ExportFormat.Csv).Result.Written;
        var (untouched, shortened) = (0, 0);
        for (var round = 0; round < 150; round++)
        {
            var disk = _bench.Disk.Copy();
            var path = paths[random.Next(paths.Length)];
            var content = disk[path];
            var at = random.Next(content.Length);
            switch (round % 5)
            {
                case 0: content[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: content = content[..at]; break;
                case 2: content.AsSpan(at, Math.Min(512, content.Length - at)).Clear(); break;
                case 3: disk[path] = disk[paths[random.Next(paths.Length)]]; content = disk[path]; break;
                default: random.NextBytes(content.AsSpan(at, Math.Min(512, content.Length - at))); break;
            }

            disk[path] = content;
            var (result, text) = Export(disk, ExportFormat.Csv);
            var rows = ParseCsv(text).Skip(1).ToList();
            foreach (var row in rows)
            {
                var reading = truth[ulong.Parse(row[1], CultureInfo.InvariantCulture)];
                Assert.Equal(TimeText(reading.Time), row[2]);
                Assert.Equal(reading.Quality.ToString(), row[7]);
                Assert.True(reading.Quality.IsBad ? row[5].Length == 0 : double.Parse(row[5], CultureInfo.InvariantCulture) == reading.Value, $"round {round}: a wrong value");
            }

            Assert.Equal(rows.Count, rows.Select(r => r[1]).Distinct().Count());
            Assert.Equal(rows.Count, result.Written);
            Assert.True(rows.Count == whole || !result.Whole, $"round {round}: {whole - rows.Count} readings are not there and nothing is said");
            untouched += rows.Count == whole ? 1 : 0;
            shortened += rows.Count < whole ? 1 : 0;
        }

        // Otherwise it was not shown.
        Assert.True(untouched > 0 && shortened > 50, $"{untouched} whole, {shortened} shortened");
    }

    [Fact]
    public void What_a_running_gateway_gives_up_meanwhile_is_counted_and_is_no_damage()
    {
        _bench.Limit = 128 * 1024;
        _bench.Open();
        Fill(1200);
        using var contents = SpoolInspector.Open(Bench.Folder, _bench.Disk);
        var found = contents.Count(StreamKind.Telemetry);
        using var entries = contents.Entries(StreamKind.Telemetry).GetEnumerator();
        Assert.True(entries.MoveNext());
        var read = 1L;

        // The gateway goes on until the files that were opened have been written over.
        Fill(6000);
        while (entries.MoveNext())
        {
            read++;
        }

        Assert.True(contents.Released > 0);
        Assert.Equal(0, contents.Unreadable);
        Assert.Equal(found, read + contents.Released);
    }

    [Fact]
    public void Kept_and_thinned_readings_are_what_the_outbox_gives_and_nothing_is_missing()
    {
        _bench.Limit = 128 * 1024;
        _bench.Points = [new("PT-1", "bar", false) { WhenFull = WhenFull.Keep }, new("PT-2", "bar", false) { WhenFull = WhenFull.Thin }, new("PT-3", "bar", false)];
        _bench.Open();
        Fill(12_000);
        Assert.True(_bench.Outbox.Fill.Dropped > 1000);
        var truth = _appended.ToDictionary(a => a.Seq, a => a.Reading);
        var waiting = _bench.ReadAll().Readings;

        var (result, text) = Export(_bench.Disk, ExportFormat.Csv);

        var rows = ParseCsv(text).Skip(1).ToList();
        Assert.True(result.Whole, string.Join('\n', result.Damages));
        Assert.Equal((0, 0, rows.Count), (result.Missing, result.Unreadable, result.Written));
        Assert.Equal(waiting.Keys.Select(p => p.Seq), rows.Where(r => r[9] == "waiting").Select(r => ulong.Parse(r[1], CultureInfo.InvariantCulture)));
        Assert.All(rows, row =>
        {
            var reading = truth[ulong.Parse(row[1], CultureInfo.InvariantCulture)];
            Assert.Equal((_bench.Points[reading.Point].Name, TimeText(reading.Time)), (row[4], row[2]));
            Assert.True(reading.Quality.IsBad || double.Parse(row[5], CultureInfo.InvariantCulture) == reading.Value);
        });
        var verdict = SpoolInspector.Verify(Bench.Folder, _bench.Disk);
        Assert.Equal((true, rows.Count), (verdict.Sound, verdict.Readings));
    }
}
