using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Record;
using EdgeNode.Uplink.Payload;
using EdgeNode.Core.Ports;
using EdgeNode.Uplink.Tapping;

namespace EdgeNode.UnitTests.Uplink;

/// <summary>Stamps that were not synchronised, and what corrects them, on their way to the platform.</summary>
public class TapTimeTests
{
    private const string Epoch = "9f02c1d277aa0b13-7";

    [Fact]
    public void A_redelivery_with_a_corrected_time_is_no_other_content_and_a_synchronised_time_that_changes_is()
    {
        var ledger = new TapLedger(fromStart: true);
        Telemetry(ledger, 1, "1795374600", unsynchronised: true);
        Telemetry(ledger, 1, "1795378200.5", unsynchronised: false);
        Telemetry(ledger, 2, "1795378201", unsynchronised: false);
        Assert.Equal((1, 0), (ledger.Report(true, "").Redelivered, ledger.Report(true, "").Conflicts));
        Telemetry(ledger, 2, "1795378202", unsynchronised: false);
        Assert.Equal(1, ledger.Report(true, "").Conflicts);
    }

    [Fact]
    public void A_time_correction_says_boot_epochs_span_and_offset_to_the_microsecond()
    {
        var boot = Guid.Parse("2c0e34b7-ae71-42e4-bc6c-a981a763cf75");
        var now = new SourceTime(1_795_400_000_000_000, ClockQuality.Synchronised);
        Assert.True(EdgeNode.Core.Model.Epoch.TryParse(Epoch, out var epoch));
        var record = EventBody.TimeCorrection(now, boot, [epoch], new TimeCorrection(1_795_374_600_125_000, 1_795_374_912_500_001, -1_234_567_891, Gradual: false));
        Assert.Equal("time-correction", record.Kind);
        Assert.Equal(
            $$"""{"boot":"{{boot}}","epochs":["{{Epoch}}"],"from":1795374600.125,"to":1795374912.500001,"offset":-1234.567891,"gradual":false}""",
            Encoding.UTF8.GetString(record.Body.Span));
        using var encoder = new EventEncoder();
        var buffer = new PayloadBuffer();
        encoder.Encode(new QueuedEvent(epoch, 1, record), buffer);
        var ledger = new TapLedger(fromStart: true);
        ledger.Event(buffer.Written);
        var report = ledger.Report(true, "");
        Assert.True(report.Sound, string.Join('\n', report.Findings));
        Assert.Equal((1, -1234.567891m), (report.Corrections, report.LastCorrection?.Offset));
    }

    [Theory]
    [InlineData(100, 1000, 1090)]
    [InlineData(0, 1000, 1000)]
    public void A_gradual_correction_adds_the_proportion(long offset, long from, long expected) =>
        Assert.Equal(expected + 900, new TimeCorrection(from, from + 1000, offset, Gradual: true).Apply(from + 900));

    private static void Telemetry(TapLedger ledger, int seq, string time, bool unsynchronised)
    {
        var doubt = unsynchronised ? ",\"tq\":\"unsynchronised\"" : "";
        ledger.Telemetry(Encoding.UTF8.GetBytes(
            $$"""[{"n":"en-1:P","u":"Pa","t":{{time}},"v":5,"q":"good"{{doubt}},"epoch":"{{Epoch}}","seq":{{seq}},"lane":"live"}]"""), []);
    }
}
