using System.Text;
using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Spool.Audit;
using EdgeNode.Spool.Disk;

namespace EdgeNode.UnitTests.Spool.Audit;

/// <summary>The trail as the node writes it.</summary>
public class AuditTrailTests
{
    private readonly AuditBench _bench = new();

    [Fact]
    public void Entries_are_numbered_chained_and_carry_what_they_were_given()
    {
        _bench.Run(3);
        var entries = _bench.Entries();
        Assert.Equal(["begin", "command", "command", "command"], entries.Select(e => e.What));
        Assert.Equal([1, 2, 3, 4], entries.Select(e => (int)e.Number));
        Assert.Equal(AuditEntry.NoHash, entries[0].Previous);
        Assert.Equal(entries.SkipLast(1).Select(e => e.Hash), entries.Skip(1).Select(e => e.Previous));
        Assert.Equal("maria", entries[1].Who);
        Assert.Equal("{\"i\":0,\"text\":\"" + new string('x', 20) + "\"}", Encoding.UTF8.GetString(entries[1].Body.Span));
        Assert.Equal(1_795_374_600_000_000 + 1_500_000, entries[1].Time.UnixMicroseconds);
        Assert.Equal(ClockQuality.Synchronised, entries[1].Time.Clock);
        Assert.True(_bench.Verify().Sound);
    }

    [Fact]
    public void Each_entry_is_on_the_disk_before_its_anchor_is_given_out()
    {
        var durable = new List<bool>();
        var trail = new AuditTrail(_bench.Disk, AuditBench.Folder, new AuditOptions(), _bench.Clock, _bench.Alarms, _ =>
        {
            var cut = _bench.Disk.Copy();
            durable.Add(Encoding.UTF8.GetString(cut[AuditBench.Folder + "/audit-0000000001.jsonl"]).EndsWith("}\n", StringComparison.Ordinal));
            Assert.Equal(_bench.Disk.Calls[DiskCall.Sync], durable.Count);
        });
        trail.Add("system", "start", "{}"u8.ToArray());
        trail.Add("system", "stop", "{}"u8.ToArray());
        trail.RunDue();
        Assert.Equal([true, true, true], durable);
    }

    [Fact]
    public void A_text_that_is_no_text_is_told_by_its_hash_and_ends_no_trail()
    {
        var trail = _bench.Open();
        trail.Add("system", "output-safe", """{"said":"\ud800"}"""u8.ToArray()); // half of a surrogate pair
        trail.RunDue();
        Assert.Contains("sha256", Encoding.UTF8.GetString(_bench.Entries()[^1].Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trail_goes_on_where_it_ended()
    {
        _bench.Run(3).Dispose();
        _bench.Run(2).Dispose();
        Assert.Equal([1, 2, 3, 4, 5, 6], _bench.Entries().Select(e => (int)e.Number));
        Assert.Single(_bench.Files);
        Assert.True(_bench.Verify(_bench.Anchors).Sound);
    }

    [Fact]
    public async Task Opening_gives_back_what_the_start_before_said()
    {
        var first = _bench.Open();
        first.Add(AuditWho.System, AuditKind.Start, "{\"revision\":\"r1\"}"u8.ToArray());
        first.RunDue();
        Assert.True((await first.Opened).LastStart.IsEmpty);
        first.Dispose();
        var second = _bench.Open();
        second.RunDue();
        Assert.Equal("{\"revision\":\"r1\"}", Encoding.UTF8.GetString((await second.Opened).LastStart.Span));
    }

    [Fact]
    public void At_the_limit_the_oldest_file_goes_and_an_entry_names_its_range_and_last_hash()
    {
        _bench.Options = new AuditOptions { FileBytes = 2000, Files = 3 };
        _bench.Run(60, 100);
        var verdict = _bench.Verify();
        Assert.True(verdict.Sound, string.Join('\n', verdict.Faults));
        Assert.Equal(3, verdict.Files);
        Assert.True(verdict.First > 20, $"first is {verdict.First}");
        Assert.True(_bench.Disk.TotalBytes < 3 * (2000 + 2000), $"{_bench.Disk.TotalBytes} bytes");
        var removed = _bench.Entries().Last(e => e.What == "remove");
        var first = _bench.Entries()[0];
        Assert.Contains($"\"to\":{first.Number - 1},\"hash\":\"{first.Previous}\"", Encoding.UTF8.GetString(removed.Body.Span), StringComparison.Ordinal);
        Assert.Equal(_bench.Anchors.Count, _bench.Verify(_bench.Anchors).AnchorsHeld + _bench.Verify(_bench.Anchors).AnchorsTooOld);
    }

    [Theory]
    [InlineData(DiskError.Full)]
    [InlineData(DiskError.ReadOnly)]
    [InlineData(DiskError.Failed)]
    public void A_disk_that_fails_is_an_alarm_and_afterwards_nothing_that_waited_is_missing(DiskError error)
    {
        var trail = _bench.Run(3);
        _bench.Disk.Fault = (call, _) => call is DiskCall.Write or DiskCall.Sync or DiskCall.Create ? error : DiskError.None;
        for (var i = 0; i < 10; i++)
        {
            trail.Add("system", "while-broken", "{}"u8.ToArray());
            trail.RunDue();
        }

        Assert.True(_bench.Alarms.IsActive(NodeAlarm.AuditBroken));
        _bench.Disk.Fault = null;
        _bench.Clock.Advance(11);
        trail.RunDue();
        Assert.False(_bench.Alarms.IsActive(NodeAlarm.AuditBroken));
        Assert.Equal(10, _bench.Entries().Count(e => e.What == "while-broken"));
        Assert.Contains(_bench.Entries(), e => e.What == "repair");
        Assert.True(_bench.Verify(_bench.Anchors).Sound);
    }

    [Fact]
    public void What_finds_the_queue_full_is_counted_and_named_in_its_place()
    {
        var trail = _bench.Run(1);
        _bench.Disk.Fault = (call, _) => call == DiskCall.Write ? DiskError.Full : DiskError.None;
        for (var i = 0; i < AuditTrail.QueueLimit + 40; i++)
        {
            trail.Add("system", "flood", "{}"u8.ToArray());
        }

        trail.RunDue();
        _bench.Disk.Fault = null;
        _bench.Clock.Advance(11);
        trail.RunDue();
        trail.Add("system", "after", "{}"u8.ToArray());
        trail.RunDue();
        var entries = _bench.Entries();
        Assert.Equal(AuditTrail.QueueLimit, entries.Count(e => e.What == "flood"));
        Assert.Contains("\"count\":40,", Encoding.UTF8.GetString(entries.Single(e => e.What == "lost").Body.Span), StringComparison.Ordinal);
        Assert.Equal(["flood", "lost", "after"], entries.TakeLast(3).Select(e => e.What));
    }

    [Fact]
    public async Task A_programming_error_ends_the_trails_thread_and_nothing_else()
    {
        var died = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var trail = new AuditTrail(
            _bench.Disk, AuditBench.Folder, new AuditOptions(), _bench.Clock, _bench.Alarms, _ => throw new InvalidOperationException("planted"))
        {
            Died = died.SetResult,
        };
        trail.Add("system", "start", "{}"u8.ToArray());
        trail.Start();
        Assert.Equal("planted", (await died.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Message);
        Assert.True(_bench.Alarms.IsActive(NodeAlarm.AuditBroken));
        trail.Add("system", "after", "{}"u8.ToArray());
    }

    [Fact]
    public void A_second_writer_is_refused_and_writes_nothing()
    {
        _bench.Run(2);
        var second = _bench.Open();
        second.Add("system", "start", "{}"u8.ToArray());
        second.RunDue();
        Assert.True(_bench.Alarms.IsActive(NodeAlarm.AuditBroken));
        Assert.Equal(3, _bench.Entries().Count);
    }

    [Theory]
    [InlineData("{\"a\":\n1}", "{\"a\":1}")]
    [InlineData("not json", "left-out")]
    [InlineData("[1]", "left-out")]
    [InlineData("", "left-out")]
    public void Any_body_leaves_an_entry_on_one_line(string body, string kept)
    {
        var trail = _bench.Open();
        trail.Add("system", "odd", Encoding.UTF8.GetBytes(body));
        trail.RunDue();
        Assert.Contains(kept, Encoding.UTF8.GetString(_bench.Entries()[1].Body.Span), StringComparison.Ordinal);
        Assert.True(_bench.Verify().Sound);
    }

    [Fact]
    public void A_body_beyond_the_limit_is_kept_as_its_length_and_hash()
    {
        var trail = _bench.Open();
        trail.Add(new string('w', 500), new string('k', 500), Encoding.UTF8.GetBytes("{\"a\":\"" + new string('<', 9000) + "\"}"));
        trail.RunDue();
        var entry = _bench.Entries()[1];
        Assert.Contains("\"bytes\":9008", Encoding.UTF8.GetString(entry.Body.Span), StringComparison.Ordinal);
        Assert.Equal((64, 32), (entry.Who.Length, entry.What.Length));
    }

    [Fact]
    public void The_thread_writes_what_was_added_before_it_ends()
    {
        var trail = _bench.Open();
        trail.Start();
        for (var i = 0; i < 20; i++)
        {
            trail.Add("system", "threaded", "{}"u8.ToArray());
        }

        trail.Dispose();
        Assert.Equal(20, _bench.Entries().Count(e => e.What == "threaded"));
    }
}
