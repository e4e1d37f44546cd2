using EdgeNode.Core;
using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.FrontPanel.PanelBench;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>Lamps and sirens at the edges of their rules: found by changing the code and looking which test noticed.</summary>
public class EdgeOfSirenTests
{
    private static readonly SilenceCommand Silence = new(null, "mei");

    [Fact]
    public void A_beat_says_what_it_is_and_when_it_changes_next_in_each_of_its_parts()
    {
        var beat = new Beat(Second * 2, Second * 3);
        Assert.Equal([true, true, false, false, true], new[] { 0, 1.9, 2, 4.9, 5 }.Select(s => beat.IsOn(Second * s)));
        Assert.Equal([2, 2, 5, 7, 10], new[] { 0, 1.5, 2, 6, 8.5 }.Select(s => beat.Next(Second * s).TotalSeconds));
    }

    [Fact]
    public void A_pattern_begins_with_the_alarm_and_not_with_the_step_that_took_it_up()
    {
        var station = new Station(Make([High(0, AlarmPriority.High)]), TimeSpan.Zero);
        station.Step(At(1.5), [Sample(1, 7)]);
        station.Step(At(2.2), []);
        Assert.False(station.Panel.IsActive(Siren)); // between the first pulse and the second
    }

    [Fact]
    public void What_was_taken_over_from_the_run_before_begins_its_pattern_with_the_first_step()
    {
        var station = new Station(Make([High(0, AlarmPriority.High)]), TimeSpan.Zero);
        station.Restore(0, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.Zero);
        station.Step(At(10.5), []);
        station.Step(At(11.2), []);
        Assert.True(station.Panel.IsActive(Siren));
    }

    [Fact]
    public void A_latched_alarm_that_goes_stays_silent_and_one_that_comes_again_sounds_again()
    {
        var bench = new PanelBench([High(0, AlarmPriority.Critical) with { Latch = true }]);
        bench.Read(7);
        bench.Ask(Silence);
        bench.Read(1, after: 1);
        Assert.Equal((AlarmState.LatchedUnacknowledged, false), (bench.Station.Alarm(0).State, bench.Is(Siren)));
        bench.Read(7, after: 1);
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void A_button_stills_what_came_up_in_the_step_that_brings_it()
    {
        var site = Make([High(0, AlarmPriority.Critical)], InputMeaning.Silence);
        var station = new Station(site, TimeSpan.Zero);
        station.Step(At(1), [Sample(1, 0, point: 1)]);
        var told = station.Step(At(4), [Sample(2, 7), Sample(2.9, 0, point: 1), Sample(3, 1, point: 1)]).Panel.Single();
        Assert.Equal((PanelOutcome.Done, At(903).Wall), (told.Outcome, told.Until));
        Assert.Equal((false, true), (station.Panel.IsActive(Siren), station.Panel.IsActive(Bell)));
    }

    [Fact]
    public void A_silence_of_one_siren_has_nothing_to_do_with_the_others()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        bench.Read(7);
        var answer = bench.Ask(new SilenceCommand(Siren, "mei"));
        Assert.Equal([Siren], answer.Silenced.Stilled);
        Assert.Empty(answer.Silenced.Refused);
        Assert.Null(bench.Ask(new SilenceCommand(Bell, "mei")).Until);
    }

    [Theory]
    [InlineData(AlarmPriority.Medium, 1)]
    [InlineData(AlarmPriority.High, 1.5)] // between two pulses
    public void Each_call_can_be_stilled_also_between_two_pulses(AlarmPriority priority, double after)
    {
        var bench = new PanelBench([priority]);
        bench.Read(7);
        bench.Wait(after);
        Assert.Equal(PanelOutcome.Done, bench.Ask(Silence).Outcome);
        Assert.Equal("........", bench.Play(Siren, 2));
    }

    [Fact]
    public void A_lamp_test_lights_what_is_lit_as_well()
    {
        var bench = new PanelBench([AlarmPriority.Critical], InputMeaning.LampTest);
        bench.Read(7);
        bench.Contact(0, false);
        bench.Contact(0, true);
        Assert.Equal("SSSS", bench.Play(Siren, 1));
        Assert.Equal("SSSS", bench.Play(Lamp, 1));
    }

    [Fact]
    public void The_panel_is_due_when_the_first_of_its_lamps_and_sirens_changes()
    {
        var bench = new PanelBench([AlarmPriority.High]);
        bench.Read(7, after: 8);
        Assert.Equal(Second * 8.5, bench.Station.Panel.Deadline); // the lamp; the siren changes at 9 s
    }

    [Theory]
    [InlineData(AlarmPriority.Medium, AlarmPriority.Medium)]
    [InlineData(AlarmPriority.Low, AlarmPriority.Medium)]
    [InlineData(AlarmPriority.Medium, AlarmPriority.Low)]
    public void Medium_and_low_sound_alike_and_each_of_them_calls_for_three_seconds(AlarmPriority one, AlarmPriority other)
    {
        foreach (var first in new[] { 0, 1 })
        {
            var station = SirenAlone(one, other);
            station.Step(At(1), [Sample(1, 7, point: first)]);
            station.Step(At(3), [Sample(3, 7, point: 1 - first)]);
            Assert.Equal(Second * 6, station.Panel.Deadline);
            station.Step(At(5.9), []);
            Assert.True(station.Panel.IsActive(0));
            station.Step(At(6), []);
            Assert.False(station.Panel.IsActive(0));
            Assert.Null(station.Panel.Deadline);
        }
    }

    [Fact]
    public void A_less_urgent_one_that_comes_later_does_not_move_the_pattern()
    {
        var station = SirenAlone(AlarmPriority.High, AlarmPriority.Medium);
        station.Step(At(1), [Sample(1, 7)]);
        station.Step(At(1.5), [Sample(1.5, 7, point: 1)]);
        Assert.Equal(Second * 2, station.Panel.Deadline);
        station.Step(At(2.2), []);
        Assert.False(station.Panel.IsActive(0));
    }

    [Fact]
    public void A_siren_is_due_at_the_end_of_a_silence_or_at_its_next_change_whichever_is_first()
    {
        var station = SirenAlone(AlarmPriority.Critical, AlarmPriority.High, AlarmPriority.Medium);
        station.Step(At(0), [Sample(0, 7)]);
        station.Step(At(0), [], panel: [Silence]);
        Assert.Equal(Second * 900, station.Panel.Deadline);
        station.Step(At(5), [Sample(5, 7, point: 2)]);
        Assert.Equal(Second * 8, station.Panel.Deadline); // its call ends
        station.Step(At(8), []);
        Assert.Equal(Second * 900, station.Panel.Deadline);
        station.Step(At(10.3), [Sample(10.3, 7, point: 1)]);
        Assert.Equal(Second * 11.3, station.Panel.Deadline); // its pulse ends
        station.Step(At(899.5), []);
        Assert.Equal((false, Second * 900), (station.Panel.IsActive(0), station.Panel.Deadline));
        station.Step(At(900), []);
        Assert.True(station.Panel.IsActive(0)); // the critical one, without a break
    }

    [Fact]
    public void Of_two_silences_the_one_that_ends_first_is_due_first()
    {
        // A medium one is silenced, muted by a flood of others that are silenced later, and heard again when the flood is over.
        var station = SirenAlone([AlarmPriority.Medium, .. Enumerable.Repeat(AlarmPriority.High, 11)]);
        station.Step(At(0), [Sample(0, 7)]);
        station.Step(At(1), [], panel: [Silence]);
        for (var n = 1; n <= 11; n++)
        {
            station.Step(At(1 + n), [Sample(1 + n, 7, point: n)]);
        }

        Assert.True(station.Alarms.IsFlooded);
        station.Step(At(13), [], panel: [Silence]);
        Assert.Equal(Second * 913, station.Panel.Deadline);
        station.Step(At(700), []);
        Assert.False(station.Alarms.IsFlooded);
        Assert.Equal(Second * 901, station.Panel.Deadline);
    }

    [Fact]
    public void What_is_not_there_is_refused_by_its_name()
    {
        var bench = new PanelBench([AlarmPriority.High]);
        var annunciators = new SiteAnnunciators(bench.Site, bench.Station.Alarms);
        Assert.Throws<ArgumentNullException>("site", () => new SiteAnnunciators(null!, bench.Station.Alarms));
        Assert.Throws<ArgumentNullException>("told", () => annunciators.Follow(null!));
        Assert.Throws<ArgumentNullException>("into", () => annunciators.Decide(TimeSpan.Zero, null!));
        Assert.Throws<ArgumentNullException>("site", () => new SiteInputs(null!));
        Assert.Throws<ArgumentNullException>("site", () => new SitePanel(null!, bench.Station.Alarms, [], []));
        Assert.Throws<ArgumentNullException>("kept", () => bench.Station.Panel.Restore(null!));
    }

    /// <summary>One siren for all priorities, and no lamp whose flashing is always due first.</summary>
    private static Station SirenAlone(params AlarmPriority[] alarms)
    {
        var site = Make([.. alarms.Select((p, n) => High(n, p))]);
        return new Station(site with { Annunciators = [site.Annunciators[Siren] with { Sounds = [.. Enum.GetValues<AlarmPriority>()] }] }, TimeSpan.Zero);
    }
}
