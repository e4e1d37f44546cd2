using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using EdgeNode.Core.Vote;
using static EdgeNode.UnitTests.CoreLaws.TestSite;

namespace EdgeNode.UnitTests.Alarms;

/// <summary>One alarm at the edges of its rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfAlarmTests
{
    private static readonly AlarmFacts Fresh = new(AlarmState.Normal, false, false, false, null, false);
    private static readonly Quality Lost = Quality.Bad(Reason.Timeout);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void What_was_kept_comes_too_late_after_more_than_a_hundred_happenings(int happenings, bool inTime)
    {
        var alarm = new AlarmEvaluator(0, AlarmBench.High());
        for (var n = 0; n < happenings; n++)
        {
            Assert.Equal(AlarmAnswer.Refused, alarm.Ask(new AlarmCommand(0, AlarmInput.Reset, "mei"), At(n), out _)); // changes nothing, and counts for nothing
            Assert.Equal(AlarmAnswer.Done, alarm.Ask(new AlarmCommand(0, n % 2 == 0 ? AlarmInput.Shelve : AlarmInput.Unshelve, "mei"), At(n), out _));
        }

        var told = alarm.Restore(Fresh, Second * happenings);
        Assert.Equal(inTime, told is not null);
        if (inTime)
            Assert.Equal(happenings, told!.Count);
        Assert.Null(alarm.Restore(Fresh, Second * happenings)); // and there is one run before, not two
    }

    [Fact]
    public void What_was_kept_comes_too_late_when_all_is_told()
    {
        var alarm = new AlarmEvaluator(0, AlarmBench.High());
        alarm.Forget();
        Assert.Null(alarm.Restore(Fresh with { State = AlarmState.OutOfService }, Second));
        Assert.Equal(AlarmState.Normal, alarm.State);
    }

    [Fact]
    public void A_late_restore_tells_only_what_is_new_by_it()
    {
        var alarm = new AlarmEvaluator(0, AlarmBench.High());
        alarm.Observe(Read(7), Second);
        Assert.True(alarm.Advance(At(1), out _));
        Assert.True(alarm.IsDecided);
        Assert.Equal(AlarmAnswer.Done, alarm.Ask(new AlarmCommand(0, AlarmInput.Shelve, "mei"), At(2), out _));
        var told = alarm.Restore(new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), Second * 3);
        Assert.Equal((AlarmInput.Shelve, "mei"), (Assert.Single(told!).Input, told![0].By)); // the raise was told by the run before
        Assert.True(alarm.Active);
    }

    [Fact]
    public void A_transition_says_who_did_it_and_when_a_shelf_ends_and_no_end_without_a_shelf()
    {
        var alarm = new AlarmEvaluator(3, AlarmBench.High());
        alarm.Ask(new AlarmCommand(3, AlarmInput.Shelve, "mei") { Time = Second * 60 }, At(10), out var shelved);
        Assert.Equal((3, "mei", At(70).Wall, At(10).Wall, Second * 10), (shelved.Alarm, shelved.By, shelved.Until, shelved.Time, shelved.At));
        Assert.False(alarm.Advance(At(69.9), out _));
        Assert.True(alarm.Advance(At(80), out var back)); // a step that comes late
        Assert.Equal((AlarmInput.Unshelve, null, null, At(70).Wall), (back.Input, back.By, back.Until, back.Time));
    }

    [Fact]
    public void The_quality_of_a_deviation_is_that_of_its_own_point()
    {
        var alarm = new AlarmEvaluator(0, Alarm(AlarmKind.Deviation, 0.5) with { ReferencePoint = 1 });
        Assert.Equal(Quality.Bad(Reason.NotYetRead), alarm.Quality);
        alarm.Observe(Read(5), Second);
        alarm.Observe(Read(0, Lost, point: 1), Second);
        Assert.Equal(Quality.Good, alarm.Quality);
        alarm.Observe(Read(0, Lost), Second);
        Assert.Equal(Lost, alarm.Quality);
    }

    [Fact]
    public void What_a_group_says_of_an_alarm_is_what_the_alarm_shows()
    {
        var alarm = new AlarmEvaluator(0, Alarm(on: 2) with { Group = 0 });
        var votes = new GroupVotes(new MemberSet(0b01), new MemberSet(0b10));
        alarm.Observe(new ConditionReport(Condition.True, Second, 7, Quality.Uncertain(Reason.OverRange)) { Votes = votes });
        Assert.Equal((7.0, Quality.Uncertain(Reason.OverRange), votes, Second * 3), (alarm.Value, alarm.Quality, alarm.Votes, alarm.Deadline));
        Assert.True(alarm.Advance(At(3), out var raised));
        Assert.Equal((votes, 7.0), (raised.Votes, raised.Value));
    }

    [Fact]
    public void What_ends_first_is_due_first_of_delay_shelf_and_suppression()
    {
        var alarm = new AlarmEvaluator(0, AlarmBench.High() with { OnDelay = Second * 10 });
        Assert.Null(alarm.Deadline);
        Assert.True(alarm.Suppress(true, At(0), out _));
        Assert.False(alarm.Suppress(true, At(0), out _));
        alarm.Suppress(false, At(1), out _);
        Assert.Equal(Second * 11, alarm.Deadline);
        alarm.Suppress(null, At(4), out _); // it has gone already
        Assert.Equal(Second * 11, alarm.Deadline);
        alarm.Observe(Read(7), Second * 0.5);
        Assert.Equal(Second * 10.5, alarm.Deadline);
        alarm.Ask(new AlarmCommand(0, AlarmInput.Shelve, "mei") { Time = Second * 3 }, At(2), out _);
        Assert.Equal(Second * 5, alarm.Deadline);
        Assert.Equal([AlarmInput.Unshelve, AlarmInput.Raise, AlarmInput.Unsuppress], Advance(alarm, 60));
        Assert.Equal(AlarmState.Unacknowledged, alarm.State);
        Assert.Null(alarm.Deadline);
        Assert.False(alarm.Suppress(false, At(61), out _)); // nothing is suppressed
        Assert.Null(alarm.Deadline);
    }

    [Theory]
    [InlineData(AlarmInput.Raise)]
    [InlineData(AlarmInput.Clear)]
    [InlineData(AlarmInput.ClearLatching)]
    [InlineData(AlarmInput.Shelve)]
    public void What_has_more_to_say_has_a_method_of_its_own(AlarmInput input) =>
        Assert.Contains("method of its own", Assert.Throws<ArgumentOutOfRangeException>(() => new AlarmMachine(AlarmBench.High()).Apply(input, Second)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(AlarmState.SuppressedByDesign, true, false, AlarmState.Unacknowledged)]
    [InlineData(AlarmState.SuppressedByDesign, false, true, AlarmState.Normal)] // its latch is gone too
    [InlineData(AlarmState.Shelved, true, false, AlarmState.Unacknowledged)]
    [InlineData(AlarmState.LatchedUnacknowledged, false, true, AlarmState.ReturnedUnacknowledged)]
    [InlineData(AlarmState.LatchedAcknowledged, false, true, AlarmState.Normal)]
    [InlineData(AlarmState.OutOfService, true, true, AlarmState.OutOfService)]
    [InlineData(AlarmState.Acknowledged, true, false, AlarmState.Acknowledged)]
    public void What_the_site_file_no_longer_has_is_not_taken_up(AlarmState kept, bool active, bool latched, AlarmState state)
    {
        var facts = AlarmMachine.Fit(new AlarmFacts(kept, active, latched, true, null, false), AlarmBench.High());
        Assert.Equal(new AlarmFacts(state, active, false, false, null, false), facts);
    }

    [Theory]
    [InlineData(AlarmState.SuppressedByDesign, null)]
    [InlineData(AlarmState.Shelved, 60.0)]
    [InlineData(AlarmState.LatchedUnacknowledged, null)]
    [InlineData(AlarmState.LatchedAcknowledged, null)]
    public void What_the_site_file_still_has_is_taken_up(AlarmState state, double? shelf)
    {
        var kept = new AlarmFacts(state, false, true, true, shelf is { } s ? Second * s : null, false);
        Assert.Equal(kept, AlarmMachine.Fit(kept, AlarmBench.High() with { Latch = true, SuppressWhen = new AlarmCause(true, 1) }));
    }

    /// <summary>With an end that is over as soon as its alarm clears it would be asked for at once, without end.</summary>
    [Fact]
    public void A_one_shot_shelf_without_an_end_is_not_taken_up() => Assert.Equal(
        new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), AlarmMachine.Fit(new AlarmFacts(AlarmState.Shelved, true, false, false, null, OneShot: true), AlarmBench.High()));

    [Fact]
    public void A_suppression_of_an_alarm_that_became_critical_is_not_taken_up() => Assert.Equal(
        new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false),
        AlarmMachine.Fit(
            new AlarmFacts(AlarmState.SuppressedByDesign, true, false, true, null, false),
            AlarmBench.High(priority: AlarmPriority.Critical) with { SuppressWhen = new AlarmCause(true, 1) }));

    [Fact]
    public void A_re_alarm_time_begins_anew_with_a_restart_and_only_for_an_acknowledged_alarm()
    {
        var machine = new AlarmMachine(AlarmBench.High() with { ReAlarm = Second * 600 });
        machine.Restore(new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), Second * 100);
        Assert.Equal(Second * 700, machine.Deadline);
        machine.Restore(new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), Second * 100);
        Assert.Null(machine.Deadline);
    }

    [Theory]
    [InlineData(AlarmInput.Unshelve)]
    [InlineData(AlarmInput.RemoveFromService)]
    public void A_one_shot_that_a_person_has_ended_is_over(AlarmInput ends)
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 3600, oneShot: true);
        Assert.Equal(AlarmAnswer.Done, bench.Ask(ends));
        Assert.Equal(AlarmInput.Clear, Assert.Single(bench.Read(5)).Input);
        Assert.Empty(bench.Wait(10_000));
    }

    [Fact]
    public void A_one_shot_goes_on_when_the_alarm_comes_up_under_it()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Ask(AlarmInput.Shelve, seconds: 3600, oneShot: true);
        Assert.Equal((AlarmInput.Raise, AlarmState.Shelved), bench.Read(7).Select(t => (t.Input, t.State)).Single());
        Assert.Empty(bench.Wait(60));
        Assert.Equal(AlarmState.Shelved, bench.State());
    }

    [Fact]
    public void A_shelf_that_is_no_one_shot_outlasts_the_clear()
    {
        var bench = new AlarmBench(AlarmBench.High());
        bench.Read(7);
        bench.Ask(AlarmInput.Shelve, seconds: 3600);
        Assert.Equal(AlarmInput.Clear, Assert.Single(bench.Read(5)).Input);
        Assert.Equal(AlarmState.Shelved, bench.State());
    }

    [Fact]
    public void A_reset_releases_the_latch_for_good()
    {
        var bench = new AlarmBench(AlarmBench.High() with { Latch = true });
        bench.Read(7);
        bench.Read(5);
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Reset));
        Assert.Equal(AlarmAnswer.Done, bench.Ask(AlarmInput.Shelve, seconds: 60));
        Assert.Equal(AlarmState.Normal, Assert.Single(bench.Wait(60)).State);
    }

    [Fact]
    public void Every_input_has_a_word_for_what_has_happened() => Assert.Equal(
        ["raised", "cleared", "cleared", "acknowledged", "reset", "re-alarmed", "shelved", "unshelved", "suppressed", "unsuppressed", "out-of-service", "in-service"],
        Enum.GetValues<AlarmInput>().Select(i => i.Past()));

    [Fact]
    public void What_is_not_there_is_refused_by_its_name()
    {
        Assert.Throws<ArgumentNullException>(() => new AlarmEvaluator(0, null!));
        Assert.Throws<ArgumentNullException>(() => AlarmMachine.Fit(default, null!));
        Assert.Throws<ArgumentNullException>(() => new SiteAlarms(null!, []));
    }

    private static List<AlarmInput> Advance(AlarmEvaluator alarm, double seconds)
    {
        var told = new List<AlarmInput>();
        while (alarm.Advance(At(seconds), out var transition))
            told.Add(transition.Input);
        return told;
    }

    private static Reading Read(double value, Quality quality = default, int point = 0) => new(point, value, quality, default);
}
