using EdgeNode.Core.Act.FrontPanel;
using EdgeNode.Core.Evaluate;
using EdgeNode.Core.Model;
using static EdgeNode.UnitTests.CoreLaws.TestSite;
using static EdgeNode.UnitTests.FrontPanel.PanelBench;

namespace EdgeNode.UnitTests.FrontPanel;

/// <summary>What lamps and sirens do.</summary>
public class AnnunciatorTests
{
    [Fact]
    public void The_first_step_tells_each_annunciator_and_later_ones_only_changes()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        Assert.Equal([new(Siren, false), new(Bell, false), new(Lamp, false)], bench.Read(1).Annunciators);
        Assert.Empty(bench.Read(1, after: 1).Annunciators);
        Assert.Equal([new(Siren, true), new(Bell, true), new(Lamp, true)], bench.Read(7, after: 1).Annunciators);
        Assert.Empty(bench.Read(7).Annunciators);
    }

    [Theory]
    [InlineData(AlarmPriority.Critical, "SSSSSSSSSSSSSSSSSSSS", "S.S.S.S.")]
    [InlineData(AlarmPriority.High, "SSSS....SSSS....SSSS", "SS..SS..")]
    [InlineData(AlarmPriority.Medium, "SSSSSSSSSSSS........", "SS..SS..")]
    [InlineData(AlarmPriority.Low, "....................", "SS..SS..")] // the siren is not for it
    public void Each_priority_has_its_pattern(AlarmPriority priority, string siren, string lamp)
    {
        var bench = new PanelBench([priority]);
        bench.Read(7, after: 8);
        Assert.Equal(siren, bench.Play(Siren, 5));
        bench = new PanelBench([priority]);
        bench.Read(7, after: 8);
        Assert.Equal(lamp, bench.Play(Lamp, 2));
    }

    [Fact]
    public void An_alarm_that_came_in_a_flood_is_called_once_when_the_flood_is_over()
    {
        var bench = new PanelBench([.. Enumerable.Range(0, 12).Select(_ => AlarmPriority.Medium)]);
        for (var n = 0; n < 12; n++)
        {
            bench.Read(7, point: n, after: 1); // the eleventh begins the flood: those before it were heard
        }

        Assert.True(bench.Station.Alarms.IsFlooded);
        for (var n = 0; n < 11; n++)
        {
            bench.Ask(AlarmInput.Acknowledge, n);
        }

        Assert.Equal("....", bench.Play(Siren, 1));
        bench.Read(1, point: 0, after: 606 - bench.Now); // the fifth to last came at 8 s
        Assert.True(bench.Station.Alarms.IsFlooded);
        Assert.Equal("........SSSSSSSSSSSS........", bench.Play(Siren, 7));
    }

    [Fact]
    public void One_that_chattered_is_called_once_when_it_has_come_to_rest()
    {
        var bench = new PanelBench([AlarmPriority.Medium]);
        for (var n = 0; n < 3; n++)
        {
            bench.Read(1, after: 1);
            bench.Read(7, after: 1);
        }

        Assert.True(bench.Station.Alarms.IsChattering(0));
        Assert.Equal("....", bench.Play(Siren, 1));
        bench.Read(7, after: 64 - bench.Now); // it came up last at 6 s
        Assert.Equal("........SSSSSSSSSSSS........", bench.Play(Siren, 7));
    }

    [Fact]
    public void The_most_urgent_pattern_sounds_and_the_next_one_follows_its_acknowledgement()
    {
        var bench = new PanelBench([AlarmPriority.High, AlarmPriority.Critical]);
        bench.Read(7);
        bench.Read(7, point: 1);
        Assert.Equal("SSSSSSSS", bench.Play(Siren, 2));
        bench.Ask(AlarmInput.Acknowledge, 1);
        Assert.Contains("....", bench.Play(Siren, 4), StringComparison.Ordinal);
        bench.Ask(AlarmInput.Acknowledge);
        Assert.Equal("........", bench.Play(Siren, 2));
        Assert.Equal("SSSSSSSS", bench.Play(Lamp, 2)); // steady: both are known and stand
        bench.Read(1);
        bench.Read(1, point: 1);
        Assert.Equal("........", bench.Play(Lamp, 2));
    }

    [Fact]
    public void A_latched_alarm_sounds_until_it_is_acknowledged_and_rings_back_until_it_is_reset()
    {
        var bench = new PanelBench([High(0, AlarmPriority.Critical) with { Latch = true }]);
        bench.Read(7);
        bench.Read(1, after: 1);
        Assert.True(bench.Is(Siren));
        bench.Ask(AlarmInput.Acknowledge);
        Assert.False(bench.Is(Siren));
        bench.Wait(1);
        Assert.Equal("SSSS....SSSS....", bench.Play(Lamp, 4));
        bench.Ask(AlarmInput.Reset);
        Assert.Equal("........", bench.Play(Lamp, 2));
    }

    [Fact]
    public void A_short_alarm_stops_sounding_with_its_condition_and_its_lamp_flashes_on()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        bench.Read(7);
        bench.Read(1, after: 1);
        Assert.False(bench.Is(Siren));
        Assert.Equal("S.S.S.S.", bench.Play(Lamp, 2));
    }

    [Fact]
    public void A_silence_stills_what_sounds_and_the_next_alarm_sounds_again()
    {
        var bench = new PanelBench([AlarmPriority.Critical, AlarmPriority.High]);
        bench.Read(7);
        var answer = bench.Ask(new SilenceCommand(null, "mei"));
        Assert.Equal(PanelOutcome.Done, answer.Outcome);
        Assert.Equal([Siren], answer.Silenced.Stilled);
        Assert.Equal([Bell], answer.Silenced.Refused);
        Assert.Equal((false, true), (bench.Is(Siren), bench.Is(Bell)));
        Assert.Equal(PanelOutcome.NotAllowed, bench.Ask(new SilenceCommand(null, "mei")).Outcome); // the bell alone sounds by now
        bench.Read(7, point: 1, after: 10);
        Assert.Equal("SSSS....", bench.Play(Siren, 2)); // the new one's pattern
    }

    [Fact]
    public void An_alarm_that_comes_up_again_and_one_that_is_realarmed_sound_again()
    {
        var bench = new PanelBench([High(0, AlarmPriority.Critical) with { ReAlarm = TimeSpan.FromSeconds(30) }]);
        bench.Read(7);
        bench.Ask(new SilenceCommand(Siren, "mei"));
        Assert.False(bench.Is(Siren));
        bench.Read(1, after: 1);
        bench.Read(7, after: 1);
        Assert.True(bench.Is(Siren));
        bench.Ask(new SilenceCommand(Siren, "mei"));
        bench.Ask(AlarmInput.Acknowledge);
        bench.Wait(29);
        Assert.False(bench.Is(Siren));
        bench.Wait(1);
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void A_silence_without_an_acknowledgement_ends_after_15_minutes()
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        bench.Read(7);
        bench.Ask(new SilenceCommand(null, "mei"));
        bench.Wait(899.9);
        Assert.False(bench.Is(Siren));
        bench.Wait(0.1);
        Assert.True(bench.Is(Siren));
    }

    [Fact]
    public void A_silence_of_nothing_does_nothing_and_a_named_one_that_may_not_be_silenced_is_refused()
    {
        var bench = new PanelBench([AlarmPriority.Medium]);
        bench.Read(1);
        Assert.Equal(PanelOutcome.Nothing, bench.Ask(new SilenceCommand(null, "mei")).Outcome);
        Assert.Equal(PanelOutcome.NotAllowed, bench.Ask(new SilenceCommand(Bell, "mei")).Outcome);
        Assert.Equal(PanelOutcome.NotAllowed, bench.Ask(new SilenceCommand(Lamp, "mei")).Outcome);
        bench.Read(7);
        bench.Wait(4);
        Assert.Equal(PanelOutcome.Nothing, bench.Ask(new SilenceCommand(null, "mei")).Outcome); // its call is over
    }

    [Theory]
    [InlineData(AlarmInput.Shelve)]
    [InlineData(AlarmInput.RemoveFromService)]
    public void What_is_set_aside_neither_sounds_nor_lights(AlarmInput aside)
    {
        var bench = new PanelBench([AlarmPriority.Critical]);
        bench.Read(7);
        bench.Ask(aside);
        Assert.Equal((false, false, false), (bench.Is(Siren), bench.Is(Bell), bench.Is(Lamp)));
        bench.Ask(aside == AlarmInput.Shelve ? AlarmInput.Unshelve : AlarmInput.ReturnToService);
        Assert.True(bench.Is(Siren)); // it stands, and nobody has acknowledged it
    }

    [Fact]
    public void What_is_suppressed_by_design_does_not_sound()
    {
        var bench = new PanelBench([High(0, AlarmPriority.High) with { SuppressWhen = new AlarmCause(true, 1) }, High(1, AlarmPriority.Low)]);
        bench.Read(7, point: 1);
        bench.Read(7);
        Assert.Equal("........", bench.Play(Siren, 2));
    }

    [Fact]
    public void One_that_chatters_is_lit_steadily_and_sounds_no_more_unless_it_is_critical()
    {
        foreach (var priority in new[] { AlarmPriority.High, AlarmPriority.Critical })
        {
            var bench = new PanelBench([priority]);
            for (var n = 0; n < 3; n++)
            {
                bench.Read(1, after: 1);
                bench.Read(7, after: 1);
            }

            Assert.Equal(priority == AlarmPriority.Critical ? "SSSSSSSS" : "........", bench.Play(Siren, 2));
            Assert.Equal(priority != AlarmPriority.Critical, bench.Play(Lamp, 2) == "SSSSSSSS");
        }
    }

    [Fact]
    public void While_one_of_them_cannot_be_driven_lamps_that_announce_high_are_lit_at_least_and_no_siren_sounds_for_it()
    {
        foreach (var lit in new[] { true, false })
        {
            var bench = new PanelBench([AlarmPriority.Critical]);
            var lamp = bench.Site.Annunciators[Lamp];
            var station = new Core.Station(
                bench.Site with { Annunciators = bench.Site.Annunciators.SetItem(Lamp, lamp with { Sounds = lit ? lamp.Sounds : [AlarmPriority.Critical, AlarmPriority.Low] }) },
                TimeSpan.Zero);
            station.Panel.AnnunciatorFault = true;
            station.Step(At(0.3), []);
            Assert.Equal((false, lit), (station.Panel.IsActive(Siren), station.Panel.IsActive(Lamp)));
            station.Step(At(0.3), [Sample(0.3, 7)]);
            Assert.Equal((true, false), (station.Panel.IsActive(Siren), station.Panel.IsActive(Lamp))); // it flashes: dark from 0.25 s on
            station.Panel.AnnunciatorFault = false;
            station.Step(At(1), [Sample(1, 1)]);
            station.Step(At(1.3), [], commands: [new AlarmCommand(0, AlarmInput.Acknowledge, "mei")]);
            Assert.Equal((false, false), (station.Panel.IsActive(Siren), station.Panel.IsActive(Lamp)));
        }
    }

    [Fact]
    public void What_nobody_has_acknowledged_before_a_restart_sounds_after_it()
    {
        var bench = new PanelBench([AlarmPriority.Critical, AlarmPriority.Critical]);
        bench.Station.Restore(0, new AlarmFacts(AlarmState.Unacknowledged, true, false, false, null, false), TimeSpan.Zero);
        bench.Station.Restore(1, new AlarmFacts(AlarmState.Acknowledged, true, false, false, null, false), TimeSpan.Zero);
        bench.Wait(1);
        Assert.Equal((true, true), (bench.Is(Siren), bench.Is(Lamp)));
        bench.Ask(AlarmInput.Acknowledge);
        Assert.False(bench.Is(Siren));
    }
}
