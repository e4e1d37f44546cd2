using System.Text;
using System.Text.Json;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Core.Record;
using EdgeNode.Core.Validate;
using EdgeNode.Uplink.Payload;
using EdgeNode.Uplink.Tapping;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeNode.UnitTests.Uplink;

public class PayloadTests
{
    private static readonly Epoch Seventh = new(0x9f02c1d277aa0b13, 7);

    private static (string Text, int Count) Senml(bool live, int maxBytes, params SpooledReading[] readings)
    {
        using var encoder = new SenmlEncoder("en-0042");
        var batch = new ReadingBatch { Epoch = Seventh, FirstSeq = 41 };
        batch.Readings.AddRange(readings);
        var buffer = new PayloadBuffer();
        var count = encoder.Encode(batch, live, maxBytes, buffer);
        return (Encoding.UTF8.GetString(buffer.Written.Span), count);
    }

    [Fact]
    public void A_batch_is_resolved_SenML_with_the_key_in_its_first_record()
    {
        var strain = new SpooledPoint("ST-7.strain", "um/m", Simulated: true);
        var (text, count) = Senml(
            true,
            65536,
            new SpooledReading(Readings.Pressure, 4.123, Quality.Good, Readings.Moment),
            new SpooledReading(Readings.Pressure, 11.5, Quality.Uncertain(Reason.OverRange), Readings.Moment.Add(TimeSpan.FromMicroseconds(1))),
            new SpooledReading(Readings.Pressure, 0, Quality.Bad(Reason.Timeout), new SourceTime(1_795_374_601_000_000, ClockQuality.Unsynchronised)),
            new SpooledReading(strain, 12, Quality.Good, Readings.Moment));

        Assert.Equal(4, count);
        Assert.Equal(
            """[{"n":"en-0042:PT-101A.pressure","u":"Pa","t":1795374600.125,"v":412300,"q":"good","epoch":"9f02c1d277aa0b13-7","seq":41,"lane":"live"},"""
            + """{"n":"en-0042:PT-101A.pressure","u":"Pa","t":1795374600.125001,"v":1150000,"q":"uncertain:over-range"},"""
            + """{"n":"en-0042:PT-101A.pressure","u":"Pa","t":1795374601,"vs":"bad:timeout","tq":"unsynchronised"},"""
            + """{"n":"en-0042:ST-7.strain","u":"/","t":1795374600.125,"v":1.2E-05,"q":"good","sim":true}]""",
            text);
    }

    [Fact]
    public void A_symbol_that_the_table_does_not_have_is_sent_as_it_is()
    {
        var (text, _) = Senml(false, 65536, new SpooledReading(new SpooledPoint("X-1.y", "furlong", false), 0.1, Quality.Good, Readings.Moment));

        Assert.StartsWith("""[{"n":"en-0042:X-1.y","u":"furlong","t":1795374600.125,"v":0.1,"q":"good",""", text, StringComparison.Ordinal);
        Assert.Contains("\"lane\":\"backlog\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_JSON_cannot_carry_is_bad_and_not_an_exception()
    {
        var (text, _) = Senml(true, 65536, new SpooledReading(Readings.Pressure, double.MaxValue, Quality.Good, Readings.Moment));

        Assert.Contains("\"vs\":\"bad:not-a-number\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"v\":", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_bound_a_message_and_one_reading_always_goes()
    {
        var readings = Enumerable.Range(1, 50).Select(i => Readings.At(i)).ToArray();

        var (text, count) = Senml(true, 1000, readings);
        var (one, single) = Senml(true, 10, readings);

        Assert.InRange(count, 5, 12);
        Assert.InRange(text.Length, 900, 1000);
        Assert.EndsWith("}]", text, StringComparison.Ordinal);
        Assert.Equal(1, single);
        Assert.EndsWith("}]", one, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000001")]
    [InlineData(-1_500_000, "-1.5")]
    [InlineData(1_795_374_600_125_010, "1795374600.12501")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Times_are_written_to_the_microsecond(long microseconds, string expected)
    {
        var (text, _) = Senml(true, 65536, new SpooledReading(Readings.Pressure, 1, Quality.Good, new SourceTime(microseconds, ClockQuality.Synchronised)));

        Assert.Contains($"\"t\":{expected},", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_stands_under_its_kind()
    {
        using var encoder = new EventEncoder();
        var buffer = new PayloadBuffer();
        var when = new SourceTime(1_795_374_600_000_000, ClockQuality.Unsynchronised);

        encoder.Encode(new QueuedEvent(Seventh, 5, new EventRecord("gap", when, """{"stream":"telemetry","from":3,"to":4}"""u8.ToArray())), buffer);

        Assert.Equal(
            """{"epoch":"9f02c1d277aa0b13-7","seq":5,"t":1795374600,"tq":"unsynchronised","gap":{"stream":"telemetry","from":3,"to":4}}""",
            Encoding.UTF8.GetString(buffer.Written.Span));
    }

    [Fact]
    public void The_status_tells_how_the_station_stands()
    {
        using var encoder = new StatusEncoder();
        var buffer = new PayloadBuffer();

        encoder.Encode(
            new StationStatus(true, null, Readings.Moment, "1.2.3", "0123456789ab", Seventh, 12, 1, new SpoolFill(2048, 4096, 3, AppendOutcome.DiskFull),
                new StationCounters(100, 2, 2000, 1990, 10, 1) { SamplesDropped = 4 }, true, [new BrokerStatus("broker-a:8883", "connected"), new BrokerStatus("broker-b:8883", "not-tried")]) { Boot = Guid.Parse("2c0e34b7-ae71-42e4-bc6c-a981a763cf75"), Run = "83b1c09d52e4f7a6", Emergency = true },
            buffer);

        Assert.Equal(
            """{"online":true,"t":1795374600.125,"clock":"synchronised","version":"1.2.3","revision":"0123456789ab","epoch":"9f02c1d277aa0b13-7","boot":"2c0e34b7-ae71-42e4-bc6c-a981a763cf75","run":"83b1c09d52e4f7a6","spool":"""
            + """{"readings":12,"events":1,"bytes":2048,"limit":4096,"dropped":3,"disk":"full"},"station":{"scans":100,"skipped":2,"samplesDropped":4,"recordsDropped":10},"emergency":true,"nobodyListens":true,"brokers":"""
            + """[{"broker":"broker-a:8883","state":"connected"},{"broker":"broker-b:8883","state":"not-tried"}]}""",
            Encoding.UTF8.GetString(buffer.Written.Span));
    }

    [Fact]
    public void The_status_says_that_there_is_maintenance_until_when_by_whom_and_why()
    {
        using var encoder = new StatusEncoder();
        var buffer = new PayloadBuffer();

        encoder.Encode(
            new StationStatus(true, null, Readings.Moment, "1.2.3", "0123456789ab", Seventh, 0, 0, default, default, false, [])
            {
                Maintenance = new MaintenanceStatus(Readings.Moment.Add(TimeSpan.FromHours(1)), TimeSpan.FromHours(1), "mei", "new seal"),
            },
            buffer);

        Assert.Contains(
            ""","maintenance":{"until":1795378200.125,"by":"mei","why":"new seal"},"nobodyListens":""",
            Encoding.UTF8.GetString(buffer.Written.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Meta_describes_the_site_for_a_city_model()
    {
        using var encoder = new SiteEncoder(Stations.Site());
        var buffer = new PayloadBuffer();

        encoder.EncodeMeta(buffer);

        Assert.Equal(
            """{"version":1,"node":"en-0042","site":"pudong-pump-03","asset":"CIM:SH-PD-WS-0311","location":{"lat":31.2304,"lon":121.4737,"datum":"WGS84"},"revision":"0123456789ab","points":"""
            + """[{"n":"en-0042:PT-101A.pressure","name":"PT-101A.pressure","device":"PT-101A","unit":"bar","u":"Pa","factor":100000,"offset":0,"range":{"low":0,"high":10},"stale":3},"""
            + """{"n":"en-0042:PT-101A.temperature","name":"PT-101A.temperature","device":"PT-101A","unit":"degC","u":"Cel","factor":1,"offset":0,"stale":1.5,"report":{"change":0.5,"atLeastEvery":60},"sim":true}],"alarms":"""
            + """[{"id":"PAHH-101","of":"PT-101A.pressure","kind":"high","priority":"critical","setpoint":6.5,"deadband":0.1,"unit":"bar","onDelay":1,"offDelay":0,"shelveAtMost":28800,"text":{"en":"Header pressure very high","zh-Hant":"總管壓力過高","zh-Hans":"总管压力过高"}},"""
            + """{"id":"TAL-101","of":"PT-101A.temperature","kind":"low","priority":"medium","setpoint":5,"deadband":1,"unit":"degC","onDelay":0,"offDelay":2,"shelveAtMost":28800,"text":{"en":"Cold"}}]}""",
            Encoding.UTF8.GetString(buffer.Written.Span));
    }

    [Fact]
    public void An_alarm_tells_its_present_state_in_three_languages()
    {
        var site = Stations.Site();
        using var encoder = new SiteEncoder(site);
        var buffer = new PayloadBuffer();

        encoder.EncodeAlarm(site.Alarms[0], new AlarmStatus(true, Readings.Moment, 6.62, Quality.Bad(Reason.Timeout)), buffer);

        Assert.Equal(
            """{"active":true,"state":"normal","since":1795374600.125,"of":"PT-101A.pressure","kind":"high","priority":"critical","setpoint":6.5,"unit":"bar","quality":"bad:timeout","text":{"en":"Header pressure very high","zh-Hant":"總管壓力過高","zh-Hans":"总管压力过高"}}""",
            Encoding.UTF8.GetString(buffer.Written.Span));
    }

    [Fact]
    public void A_value_that_was_measured_is_not_sent_as_one_by_hand()
    {
        var site = Stations.Site();
        using var encoder = new SiteEncoder(site);
        var buffer = new PayloadBuffer();
        var byHand = Quality.Uncertain(Reason.Substituted);
        foreach (var (quality, sent) in new[] { (byHand, false), (Quality.Uncertain(Reason.Maintenance), true), (Quality.Good, true) })
        {
            encoder.EncodeAlarm(site.Alarms[0], new AlarmStatus(true, Readings.Moment, 6.62, quality), buffer);
            Assert.Equal(sent, Encoding.UTF8.GetString(buffer.Written.Span).Contains("\"value\":6.62", StringComparison.Ordinal));
            var told = JsonElement.Parse(EventBody.Alarm(site, new AlarmTransition(0, true, Readings.Moment, 6.62, quality)).Body.Span);
            Assert.Equal((sent, quality.ToString()), (told.TryGetProperty("v", out _), told.GetProperty("q").GetString()));
        }
    }

    [Fact]
    public void An_alarm_tells_what_people_and_design_made_of_it()
    {
        var site = Stations.Site();
        using var encoder = new SiteEncoder(site);
        var buffer = new PayloadBuffer();
        var until = Readings.Moment.Add(TimeSpan.FromHours(1));

        encoder.EncodeAlarm(site.Alarms[0], new AlarmStatus(true, Readings.Moment, 6.62, Quality.Good) { State = AlarmState.Unacknowledged, Announced = true, FirstOut = true, Chattering = true }, buffer);
        Assert.StartsWith("""{"active":true,"state":"unacknowledged","announced":true,"chattering":true,"firstOut":true,"since":1795374600.125,""", Encoding.UTF8.GetString(buffer.Written.Span), StringComparison.Ordinal);

        encoder.EncodeAlarm(site.Alarms[0], new AlarmStatus(true, Readings.Moment, 6.62, Quality.Good) { State = AlarmState.Shelved, ShelvedUntil = until, ChangedBy = "mei" }, buffer);
        Assert.StartsWith("""{"active":true,"state":"shelved","shelvedUntil":1795378200.125,"by":"mei","since":1795374600.125,""", Encoding.UTF8.GetString(buffer.Written.Span), StringComparison.Ordinal);
    }

    [Law(MaxTest = 300)]
    public Property Every_encoded_batch_reads_back_as_the_same_readings()
    {
        var times = Gen.Choose(int.MinValue, int.MaxValue).Two().Select(p => new SourceTime(((long)p.Item1 << 20) ^ p.Item2, (ClockQuality)(p.Item2 & 1)));
        var values = Gen.OneOf(ArbMap.Default.GeneratorFor<double>(), Gen.Choose(-1000, 1000).Select(i => i / 8.0));
        var qualities = Gen.Choose(1, 18).Two().Select(p => (p.Item1 % 3) switch
        {
            0 => Quality.Good,
            1 => Quality.Uncertain((Reason)p.Item2),
            _ => Quality.Bad((Reason)p.Item2),
        });
        var points = Gen.Elements(UnitTable.All.Select(u => u.Symbol).Append("odd\"unit\u00e9").ToArray()).Select(u => new SpooledPoint("總-1.x\\" + u, u, u.Length == 3));
        var readings = points.Zip(values).Zip(qualities.Zip(times)).Select(p => new SpooledReading(p.Item1.Item1, p.Item1.Item2, p.Item2.Item1, p.Item2.Item2));
        return Prop.ForAll(readings.NonEmptyListOf().ToArbitrary(), sent =>
        {
            var (text, count) = Senml(true, 2000, [.. sent]);
            var received = new List<TapReading>();
            SenmlDecoder.Decode(Encoding.UTF8.GetBytes(text), received);
            Assert.Equal(count, received.Count);
            for (var i = 0; i < count; i++)
            {
                AssertSame(sent[i], received[i], 41 + (ulong)i);
            }
        });
    }

    private static void AssertSame(SpooledReading sent, TapReading received, ulong seq)
    {
        var unit = UnitTable.TryFind(sent.Point.Unit, out var known) ? known : null;
        var value = unit?.ToSenml(sent.Value) ?? sent.Value;
        var carried = double.IsFinite(value) && !sent.Quality.IsBad;
        Assert.Equal("en-0042:" + sent.Point.Name, received.Name);
        Assert.Equal(unit?.Senml ?? sent.Point.Unit, received.Unit);
        Assert.Equal(carried ? value : null, received.Value);
        Assert.Equal(carried || sent.Quality.IsBad ? sent.Quality : Quality.Bad(Reason.NotANumber), received.Quality);
        Assert.Equal(sent.Time, received.Time);
        Assert.Equal(sent.Point.Simulated, received.Simulated);
        Assert.Equal((Seventh, seq, true), (received.Epoch, received.Seq, received.Live));
    }

    [Fact]
    public void All_messages_are_plain_JSON()
    {
        var (text, _) = Senml(true, 65536, Readings.At(1), Readings.At(2));

        Assert.Equal(2, JsonDocument.Parse(text).RootElement.GetArrayLength());
    }
}
