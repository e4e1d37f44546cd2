using EdgeNode.Core.Model;
using EdgeNode.Core.Ports;
using EdgeNode.Engine;
using EdgeNode.Spool;

namespace EdgeNode.UnitTests.Spool;

/// <summary>The spool's part in time: the floor, the anchor of the boot, and stamps that are corrected as they are read.</summary>
public class TimeTests
{
    private const long Built = 1_790_000_000_000_000;
    private const long True = 1_800_000_000_000_000;

    private readonly Bench _bench = new();

    [Fact]
    public void The_floor_is_the_stamp_of_the_newest_record_not_the_latest_of_all()
    {
        _bench.Open();
        _bench.Journal.AppendReadings([Reading(True + 900_000_000)]);
        _bench.Journal.AppendReadings([Reading(True)]);
        _bench.Journal.Dispose();
        Assert.Equal(True, _bench.Open().Recovery.LastStamp);
        _bench.Journal.Dispose();

        // A start without a record says at least when it began.
        Assert.Equal(_bench.Clock.Read().Wall.UnixMicroseconds, _bench.Open().Recovery.LastStamp);
    }

    [Fact]
    public void Records_of_this_boot_are_corrected_as_they_are_read_and_those_of_other_boots_are_not()
    {
        var disk = new MemoryDisk();
        var first = new Machine(Guid.NewGuid());
        using (var journal = Open(disk, first))
        {
            journal.AppendReadings([Reading(first.Read().Wall)]);
            journal.AppendEvent(new EventRecord("alarm", first.Read().Wall, "{}"u8.ToArray()));
        }

        var second = new Machine(Guid.NewGuid());
        using (var journal = Open(disk, second))
        {
            Assert.True(second.Read().Wall.UnixMicroseconds > first.Read().Wall.UnixMicroseconds - 1);
            journal.AppendReadings([Reading(second.Read().Wall)]);
        }

        // The third process is of the second boot, and meets a time server.
        var third = second.NextProcess();
        third.Monotonic += TimeSpan.FromSeconds(50);
        using var open = Open(disk, third);
        var stamp = third.Read().Wall;
        open.AppendReadings([Reading(stamp)]);
        open.AppendEvent(new EventRecord("alarm", stamp, "{}"u8.ToArray()));
        Assert.Equal(ClockQuality.Unsynchronised, Stamps(open)[1].Clock);
        third.Monotonic += TimeSpan.FromSeconds(50);
        (third.Wall, third.Synchronised) = (True, true);
        third.Read();
        var stamps = Stamps(open);
        Assert.Equal(ClockQuality.Unsynchronised, stamps[0].Clock);
        Assert.Equal(new SourceTime(True - 100_000_000, ClockQuality.Synchronised), stamps[1]);
        Assert.Equal(new SourceTime(True - 50_000_000, ClockQuality.Synchronised), stamps[2]);
        var events = Events(open);
        Assert.Equal((ClockQuality.Unsynchronised, ClockQuality.Synchronised), (events[0].Clock, events[1].Clock));
        Assert.Equal([2u, 3u], open.EpochsOfBoot.Select(e => e.Start));
    }

    [Fact]
    public void A_process_that_follows_a_lost_time_source_goes_on_where_the_last_one_stood()
    {
        var disk = new MemoryDisk();
        var first = new Machine(Guid.NewGuid());
        using (var journal = Open(disk, first))
        {
            (first.Wall, first.Synchronised) = (True, true);
            Assert.Equal(AppendOutcome.Kept, journal.NoteClock());
        }

        var second = first.NextProcess();
        (second.Wall, second.Synchronised) = (12345, false);
        second.Monotonic += TimeSpan.FromSeconds(60);
        using var next = Open(disk, second);
        Assert.Equal(new SourceTime(True + 60_000_000, ClockQuality.Unsynchronised), second.Read().Wall);
    }

    private static Journal Open(MemoryDisk disk, IStationClock clock) =>
        Journal.Open(Bench.Folder, new SpoolOptions(TimeSpan.FromSeconds(1), 1 << 20), [new SpooledPoint("P", "bar", false)], clock, disk);

    private static Reading Reading(long time) => Reading(new SourceTime(time, ClockQuality.Unsynchronised));

    private static Reading Reading(SourceTime time) => new(0, 1, Quality.Good, time);

    private static List<SourceTime> Stamps(Journal journal)
    {
        var stamps = new List<SourceTime>();
        var batch = new ReadingBatch();
        for (var from = default(Position); journal.Outbox(1).TryRead(from, new Position(uint.MaxValue, ulong.MaxValue), 10, batch);)
        {
            stamps.AddRange(batch.Readings.Select(r => r.Time));
            from = new Position(batch.Epoch.Start, batch.LastSeq + 1);
        }

        return stamps;
    }

    private static List<SourceTime> Events(Journal journal)
    {
        var stamps = new List<SourceTime>();
        for (var next = journal.Outbox(1).TryReadEvent(default); next is not null; next = journal.Outbox(1).TryReadEvent(new Position(next.Epoch.Start, next.Seq + 1)))
        {
            stamps.Add(next.Record.Time);
        }

        return stamps;
    }

    /// <summary>A process on a machine whose clocks are moved by hand; its wall clock begins in 1970.</summary>
    private sealed class Machine(Guid boot) : IStationClock
    {
        private readonly StampClock _stamps = new(Built);

        public Guid BootId => boot;

        public TimeSpan Monotonic { get; set; } = TimeSpan.FromSeconds(20);

        public long Wall { get; set; }

        public bool Synchronised { get; set; }

        public Machine NextProcess() => new(boot) { Monotonic = Monotonic, Wall = Wall, Synchronised = Synchronised };

        public ClockReading Read() => _stamps.Read(Monotonic, Wall, Synchronised);

        public SourceTime Correct(SourceTime stamp) => _stamps.Correct(stamp);

        public void Recover(long lastStamp, IReadOnlyList<ClockReading> thisBoot) => _stamps.Recover(lastStamp, thisBoot);

        public TimeCorrection? TakeCorrection() => _stamps.TakeCorrection();
    }
}
