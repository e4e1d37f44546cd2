using EdgeNode.Core.Model;
using EdgeNode.Engine;

namespace EdgeNode.UnitTests.Engine;

public class StampClockTests
{
    private const long Built = 1_795_000_000_000_000;
    private const long Second = 1_000_000;
    private const long Hour = 3600 * Second;
    private const long True = 1_800_000_000_000_000;

    private readonly StampClock _clock = new(Built);

    [Fact]
    public void A_clock_in_1970_gives_the_build_date_and_goes_on_with_the_monotonic_clock()
    {
        _clock.Recover(0, []);
        Assert.Equal(Built, Stamp(20, 5 * Second));
        Assert.Equal(Built + (3 * Second), Stamp(23, 8 * Second));
    }

    [Fact]
    public void The_last_stamp_of_the_spool_is_a_floor_and_a_better_wall_clock_goes_before_it()
    {
        _clock.Recover(True, []);
        Assert.Equal(True, Stamp(1, 0));
        var other = new StampClock(Built);
        other.Recover(True, []);
        Assert.Equal(new SourceTime(True + Hour, ClockQuality.Unsynchronised), other.Read(Mono(1), True + Hour, false).Wall);
    }

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    [InlineData(400_000 * Hour)]
    public void A_step_of_the_unsynchronised_clock_changes_nothing(long step)
    {
        _clock.Recover(0, []);
        Assert.Equal(True, Stamp(10, True));
        Assert.Equal(True + Second, Stamp(11, True + Second + step));
    }

    [Fact]
    public void A_step_of_the_synchronised_clock_is_followed()
    {
        _clock.Recover(0, []);
        Assert.Equal(new SourceTime(True, ClockQuality.Synchronised), _clock.Read(Mono(1), True, true).Wall);
        Assert.Equal(new SourceTime(True - Hour, ClockQuality.Synchronised), _clock.Read(Mono(2), True - Hour, true).Wall);
    }

    [Fact]
    public void A_clock_before_the_build_date_is_not_synchronised_whatever_the_kernel_says()
    {
        _clock.Recover(0, []);
        Assert.Equal(new SourceTime(Built, ClockQuality.Unsynchronised), _clock.Read(Mono(1), 0, true).Wall);
    }

    [Fact]
    public void Once_synchronised_the_stamps_before_are_corrected_to_the_microsecond_and_the_platform_is_told_once()
    {
        _clock.Recover(0, []);
        var early = _clock.Read(Mono(10), 0, false).Wall;
        Assert.Equal(early, _clock.Correct(early));
        Assert.Null(_clock.TakeCorrection());
        _clock.Read(Mono(15), True, true);
        Assert.Equal(new SourceTime(True - (5 * Second), ClockQuality.Synchronised), _clock.Correct(early));
        Assert.Equal(new TimeCorrection(Built, Built + (5 * Second), True - Built - (5 * Second), Gradual: false), _clock.TakeCorrection());
        _clock.Read(Mono(16), True + Second, true);
        Assert.Null(_clock.TakeCorrection());
    }

    [Fact]
    public void Losing_the_time_source_makes_no_jump_and_the_drift_is_told_and_corrected_in_proportion()
    {
        _clock.Recover(0, []);
        _clock.Read(Mono(10), True, true);
        Assert.Equal(True + Second, Stamp(11, True + Second + Hour));
        var middle = _clock.Read(Mono(16), 0, false).Wall;
        _clock.Read(Mono(21), True + (11 * Second) + 5_000, true);
        Assert.Equal(new SourceTime(middle.UnixMicroseconds + 2_500, ClockQuality.Synchronised), _clock.Correct(middle));
        Assert.Equal(new TimeCorrection(True + Second, True + (11 * Second), 5_000, Gradual: true), _clock.TakeCorrection());
    }

    [Fact]
    public void A_drift_below_a_millisecond_is_not_told()
    {
        _clock.Recover(0, []);
        _clock.Read(Mono(10), True, true);
        Stamp(11, True + Second);
        _clock.Read(Mono(12), True + (2 * Second) + StampClock.SmallestTold - 1, true);
        Assert.Null(_clock.TakeCorrection());
    }

    [Fact]
    public void What_was_stamped_before_the_spool_was_open_is_shifted_to_the_floor()
    {
        var first = _clock.Read(Mono(1), 0, false).Wall;
        var last = _clock.Read(Mono(61), 0, false).Wall;
        Assert.Equal(ClockQuality.Provisional, first.Clock);
        Assert.Equal(first, _clock.Correct(first));
        _clock.Recover(Built + (10 * Second), []);
        Assert.Equal(new SourceTime(Built + (10 * Second), ClockQuality.Unsynchronised), _clock.Correct(first));
        Assert.Equal(new SourceTime(Built + (70 * Second), ClockQuality.Unsynchronised), _clock.Correct(last));
        Assert.Equal(Built + (71 * Second), Stamp(62, 0));
    }

    [Fact]
    public void A_clock_that_was_synchronised_before_the_spool_was_open_corrects_what_waits()
    {
        var early = _clock.Read(Mono(1), 0, false).Wall;
        _clock.Read(Mono(2), True, true);
        Assert.Null(_clock.TakeCorrection());
        Assert.Equal(new SourceTime(True - Second, ClockQuality.Synchronised), _clock.Correct(early));
        _clock.Recover(Built + Hour, []);
        Assert.Equal(new SourceTime(True - Second, ClockQuality.Synchronised), _clock.Correct(early));
        Assert.Equal(new TimeCorrection(Built + Hour, Built + Hour + Second, True - Built - Hour - Second, Gradual: false), _clock.TakeCorrection());
    }

    [Fact]
    public void A_restart_in_the_same_boot_takes_the_anchor_over_so_that_one_offset_corrects_both_processes()
    {
        _clock.Recover(0, []);
        var frame = _clock.Read(Mono(10), 0, false);
        var second = new StampClock(Built);
        var waiting = second.Read(Mono(100), 0, false).Wall;
        second.Recover(frame.Wall.UnixMicroseconds, [frame]);
        var later = second.Read(Mono(101), 77, false).Wall;
        Assert.Equal(frame.Wall.UnixMicroseconds + (90 * Second), second.Correct(waiting).UnixMicroseconds);
        Assert.Equal(frame.Wall.UnixMicroseconds + (91 * Second), later.UnixMicroseconds);
        second.Read(Mono(200), True, true);
        Assert.Equal(True - (190 * Second), second.Correct(frame.Wall).UnixMicroseconds);
        Assert.Equal(True - (100 * Second), second.Correct(waiting).UnixMicroseconds);
        Assert.Equal(True - (99 * Second), second.Correct(later).UnixMicroseconds);
        Assert.NotNull(second.TakeCorrection());
        Assert.Null(second.TakeCorrection());
    }

    [Fact]
    public void A_process_that_starts_synchronised_corrects_what_the_one_before_left()
    {
        _clock.Recover(0, []);
        var frame = _clock.Read(Mono(10), 0, false);
        var second = new StampClock(Built);
        second.Recover(frame.Wall.UnixMicroseconds, [frame]);
        second.Read(Mono(100), True, true);
        Assert.Equal(new SourceTime(True - (90 * Second), ClockQuality.Synchronised), second.Correct(frame.Wall));
        Assert.Equal(True - (90 * Second) - Built, second.TakeCorrection()?.Offset);
    }

    [Fact]
    public void A_restart_without_the_time_source_goes_on_from_the_last_good_relation()
    {
        var second = new StampClock(Built);
        second.Recover(True, [new ClockReading(Mono(10), new SourceTime(True, ClockQuality.Synchronised))]);
        Assert.Equal(True + (90 * Second), second.Read(Mono(100), 5, false).Wall.UnixMicroseconds);
    }

    [Fact]
    public void A_stamp_that_two_stretches_may_have_made_stays_as_it_is()
    {
        _clock.Recover(0, []);
        var ahead = _clock.Read(Mono(10), True + Hour, false).Wall;
        _clock.Read(Mono(11), True, true);
        _clock.Read(Mono(12), True, false);
        _clock.Read(Mono(12 + 7200), True, false);
        Assert.Equal(ahead, _clock.Correct(ahead));
    }

    [Fact]
    public void Stretches_are_bounded()
    {
        _clock.Recover(0, []);
        var first = _clock.Read(Mono(1), 0, false).Wall;
        for (var i = 1; i <= 10 * StampClock.MaxStretches; i++)
        {
            _clock.Read(Mono(10 * i), True + (10 * i * Second), true);
            _clock.Read(Mono((10 * i) + 5), 0, false);
        }

        Assert.Equal(True + Second, _clock.Correct(first).UnixMicroseconds);
    }

    private static TimeSpan Mono(long seconds) => TimeSpan.FromSeconds(seconds);

    private long Stamp(long seconds, long wall)
    {
        var stamp = _clock.Read(Mono(seconds), wall, false).Wall;
        Assert.Equal(ClockQuality.Unsynchronised, stamp.Clock);
        return stamp.UnixMicroseconds;
    }
}
