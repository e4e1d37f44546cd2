using EdgeNode.Core.Model;
using EdgeNode.Records;

namespace EdgeNode.UnitTests.Records;

/// <summary>The history while nothing is wrong with it.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly HistoryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Events_come_back_in_their_order_with_all_that_they_said()
    {
        _bench.Run(20);
        Assert.Equal(HistoryBench.Numbers(1, 20), _bench.Seqs());
        var first = _bench.Read()!.Events[0];
        Assert.Equal((_bench.Journal[0].Epoch, "alarm", ClockQuality.Synchronised), (first.Epoch, first.Record.Kind, first.Record.Time.Clock));
        Assert.False(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
    }

    [Fact]
    public void Events_gather_for_some_seconds_before_they_are_written()
    {
        var log = _bench.Open();
        log.RunDue();
        var empty = File.ReadAllBytes(_bench.Data);
        log.Add(_bench.Append());
        Assert.Equal(TimeSpan.FromSeconds(3), log.RunDue());
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        log.Add(_bench.Append());
        Assert.Equal(TimeSpan.FromSeconds(2), log.RunDue());
        Assert.Equal(empty, File.ReadAllBytes(_bench.Data));
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(log.RunDue());
        Assert.Equal(HistoryBench.Numbers(1, 2), _bench.Seqs());
    }

    [Fact]
    public void Between_two_batches_nobody_holds_the_file()
    {
        var log = _bench.Open();
        log.RunDue();
        using var alone = new FileStream(_bench.Data, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.False(File.Exists(_bench.Log) && new FileInfo(_bench.Log).Length > 0);
    }

    [Fact]
    public void After_an_orderly_end_the_journal_is_not_read_again()
    {
        _bench.Run(5);
        var looks = _bench.Looks;
        _bench.Run(5);
        Assert.Equal(looks, _bench.Looks);
        Assert.Equal(HistoryBench.Numbers(1, 10), _bench.Seqs());
    }

    [Fact]
    public void After_a_kill_the_journal_gives_what_was_not_written_yet_and_nothing_comes_twice()
    {
        _bench.Run(5, inOrder: false);
        _bench.Append();
        _bench.Append();
        _bench.Run(3);
        Assert.Equal(HistoryBench.Numbers(1, 10), _bench.Seqs());
    }

    [Fact]
    public void What_the_full_queue_drops_is_counted_and_comes_from_the_journal()
    {
        var log = _bench.Open();
        log.RunDue();
        for (var i = 0; i < HistoryLimits.Queue + 200; i++)
        {
            log.Add(_bench.Append(size: 1));
        }

        Assert.Equal(200, log.Dropped);
        _bench.Time.Advance(TimeSpan.FromMinutes(10));
        log.End();
        Assert.Equal(HistoryBench.Numbers(1, HistoryLimits.Queue + 200), _bench.Seqs());
    }

    [Fact]
    public void It_covers_all_since_its_oldest_event_of_whatever_kind()
    {
        _bench.Run(0);
        Assert.Null(_bench.Read()!.Since);
        _bench.Run(1, kind: "trip"); // at 1 s
        Assert.Equal(1_000_000, _bench.Read()!.Since);
        _bench.Run(2);
        Assert.Equal((1_000_000, 2_000_000), (_bench.Read()!.Since, _bench.Read()!.Events[0].Record.Time.UnixMicroseconds));
    }

    [Fact]
    public void Of_alarms_that_went_for_the_bound_it_covers_nothing()
    {
        for (var i = 0; i < HistoryLimits.Alarms + 3; i++)
            _bench.Append(i == 0 ? "trip" : "alarm", size: 1);
        _bench.Run(0);
        var contents = _bench.Read()!;
        Assert.Equal(HistoryLimits.Alarms, contents.Events.Count);
        Assert.Equal(4_000_000, contents.Since); // the trip is of 1 s, and two alarms went
    }

    [Fact]
    public void Each_collection_keeps_its_newest()
    {
        for (var i = 0; i < HistoryLimits.Revisions + 20; i++)
        {
            _bench.Append("configuration", 1);
        }

        _bench.Run(3);
        using var database = new LiteDB.LiteDatabase(_bench.Data);
        Assert.Equal(HistoryLimits.Revisions, database.GetCollection("revisions").Count());
        Assert.Equal(21, database.GetCollection("revisions").Min().AsInt64);
        Assert.Equal(3, database.GetCollection("alarms").Count());
    }

    [Fact]
    public void A_body_beyond_the_limit_leaves_kind_and_time()
    {
        _bench.Append(size: HistoryLimits.BodyBytes);
        _bench.Run(0);
        var e = Assert.Single(_bench.Read()!.Events);
        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(e.Record.Body.Span));
        Assert.Equal(1_000_000, e.Record.Time.UnixMicroseconds);
    }

    [Fact]
    public void A_body_with_evidence_is_kept_without_it()
    {
        var log = _bench.Open();
        log.RunDue();
        var evidence = $$"""[{"point":"PT-101.pressure","readings":["{{new string('x', HistoryLimits.BodyBytes)}}"]}]""";
        var e = _bench.Append();
        log.Add(e with { Record = e.Record with { Body = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"PAHH-101","state":"raised","before":{{evidence}},"after":[],"last":1}""") } });
        log.RunDue();
        log.End();
        Assert.Equal("""{"id":"PAHH-101","state":"raised","last":1}""", System.Text.Encoding.UTF8.GetString(Assert.Single(_bench.Read()!.Events).Record.Body.Span));
    }

    [Fact]
    public async Task A_programming_error_ends_the_historys_thread_and_nothing_else()
    {
        var died = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var log = new HistoryLog(_bench.Folder, () => throw new InvalidOperationException("planted"), _bench.Alarms, _bench.Audit, _bench.Time)
        {
            Died = died.SetResult,
        };
        log.Start();
        Assert.Equal("planted", (await died.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Message);
        Assert.True(_bench.Alarms.IsActive(NodeAlarm.HistoryDamaged));
        log.Add(_bench.Append());
    }

    [Fact]
    public void Nobody_but_owner_and_group_may_read_any_of_it()
    {
        _bench.Run(3, inOrder: false);
        File.WriteAllBytes(_bench.Data, [1, 2, 3]);
        _bench.Run(3);
        Assert.NotEmpty(_bench.Quarantine);
        foreach (var path in Directory.EnumerateFileSystemEntries(_bench.Folder, "*", SearchOption.AllDirectories).Append(_bench.Folder))
        {
            var mode = File.GetUnixFileMode(path) & (UnixFileMode)0b111_111_111;
            Assert.True((mode & (UnixFileMode)0b000_010_111) == UnixFileMode.None, $"{path}: {mode}");
        }
    }

    [Fact]
    public void The_thread_writes_what_was_added_before_it_ends()
    {
        var log = _bench.Open();
        log.Start();
        for (var i = 0; i < 10; i++)
        {
            log.Add(_bench.Append());
        }

        log.Dispose();
        Assert.Equal(HistoryBench.Numbers(1, 10), _bench.Seqs());
    }

    [Fact]
    public void A_journal_that_cannot_be_read_keeps_nothing_from_being_written()
    {
        var log = new HistoryLog(_bench.Folder, () => throw new IOException("no journal"), _bench.Alarms, _bench.Audit, _bench.Time);
        log.RunDue();
        log.Add(_bench.Append());
        log.End();
        Assert.Equal(HistoryBench.Numbers(1, 1), _bench.Seqs());
    }
}
