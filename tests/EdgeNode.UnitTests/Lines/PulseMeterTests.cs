using EdgeNode.Core.Model;
using EdgeNode.Hardware.Gpio;

namespace EdgeNode.UnitTests.Lines;

public sealed class PulseMeterTests
{
    [Fact]
    public void Pulses_are_counted_and_the_rate_is_that_of_their_spacing()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        for (var second = 1; second <= 5; second++)
        {
            rig.Pulses(4, 1);
            var samples = rig.Scan();
            Assert.Equal([0, 1], samples.Select(s => s.Point));
            Assert.All(samples, s => Assert.Equal(Quality.Good, s.Quality));
            Assert.Equal(4, samples[0].Raw, 6);
            Assert.Equal(4 * second, samples[1].Raw);
        }
    }

    [Fact]
    public void A_slow_meter_shows_its_rate_and_not_steps_of_one_pulse_a_period()
    {
        // One pulse in 2.5 s, scanned each second.
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        var rates = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            rig.Advance(0.5);
            if (i % 5 == 4)
                rig.Chip.Pulse(17);
            if (i % 2 == 1)
                rates.Add(rig.Scan()[0].Raw);
        }

        Assert.All(rates.Skip(6), r => Assert.InRange(r, 0.39, 0.41));
    }

    [Fact]
    public void The_rate_of_a_fast_meter_does_not_follow_one_pulse_that_is_a_little_late()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        rig.Pulses(1000, 1);
        rig.Advance(0.0014); // the next one is due after 1 ms
        Assert.Equal(1000, rig.Scan()[0].Raw, 3);
        rig.Advance(0.05);
        Assert.Equal(1 / 0.0514, rig.Scan()[0].Raw, 3);
    }

    [Fact]
    public void Before_two_pulses_the_rate_is_not_known_and_after_a_silence_it_is_zero()
    {
        using var rig = new LineRig(LineRig.Meter(zeroAfter: 30));
        Assert.Equal(Quality.Bad(Reason.NotYetRead), rig.Scan()[0].Quality);
        rig.Advance(10);
        rig.Chip.Pulse(17);
        var samples = rig.Scan();
        Assert.Equal([Quality.Bad(Reason.NotYetRead), Quality.Good], samples.Select(s => s.Quality));
        Assert.Equal(1, samples[1].Raw);

        rig.Advance(30);
        Assert.Equal((0, Quality.Good), (rig.Scan()[0].Raw, rig.Scan()[0].Quality));
    }

    [Fact]
    public void A_flow_that_stops_sinks_to_zero_and_is_zero_after_zero_after()
    {
        using var rig = new LineRig(LineRig.Meter(zeroAfter: 10));
        rig.Scan();
        rig.Pulses(10, 1);
        Assert.Equal(10, rig.Scan()[0].Raw, 6);
        var before = 10.0;
        for (var second = 1; second < 10; second++)
        {
            rig.Advance(1);
            var rate = rig.Scan()[0].Raw;
            Assert.Equal(1.0 / second, rate, 6);
            Assert.True(rate <= before);
            before = rate;
        }

        rig.Advance(1);
        Assert.Equal(0, rig.Scan()[0].Raw);

        // Once it flows again, the long silence is not taken for a slow flow.
        rig.Advance(1000);
        rig.Pulses(5, 1);
        Assert.Equal(5, rig.Scan()[0].Raw, 6);
    }

    [Fact]
    public void Five_kilohertz_over_a_pause_of_200_ms_are_counted_without_a_loss()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        for (var i = 0; i < 10; i++)
        {
            rig.Pulses(1000, 0.2);
            Assert.Equal(Quality.Good, rig.Scan()[1].Quality);
        }

        Assert.Equal((10_000, 0), (rig.Totals.Kept["FT-1.total"], rig.Bus.Health.LostEdges));
    }

    [Fact]
    public void Edges_that_the_kernel_drops_are_counted_by_their_numbers_and_shown()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        rig.Pulses(2500, 0.5);
        var samples = rig.Scan();
        Assert.All(samples, s => Assert.Equal(Quality.Uncertain(Reason.LostEdges), s.Quality));
        Assert.Equal(2500, samples[1].Raw);
        Assert.Equal(2500 - IEdgeLine.QueueLength, rig.Bus.Health.LostEdges);

        rig.Pulses(10, 0.1);
        samples = rig.Scan();
        Assert.All(samples, s => Assert.Equal(Quality.Good, s.Quality));
        Assert.Equal((2510, 100), (samples[1].Raw, Math.Round(samples[0].Raw, 6)));
        Assert.Equal(2500 - IEdgeLine.QueueLength, rig.Bus.Health.LostEdges);
    }

    [Fact]
    public void Lost_edges_are_told_once_for_a_time_of_losses_with_their_number()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        foreach (var pulses in (int[])[2500, 2000, 10, 1500])
        {
            rig.Pulses(pulses, 0.5);
            rig.Scan();
        }

        var told = rig.Log.Lines.Where(l => l.Contains("dropped", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.StartsWith("FT-1: the kernel dropped 1476 edges of line 17", told[0], StringComparison.Ordinal);
        Assert.Contains("dropped 476 edges", told[1], StringComparison.Ordinal);
        Assert.EndsWith($"{1476 + 976 + 476} in all since the start.", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_bus_is_elsewhere_the_chips_own_thread_empties_the_queue()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        rig.Chip.Watched = true;
        rig.Pulses(5000, 1);
        Assert.Equal((5000, Quality.Good), (rig.Scan()[1].Raw, rig.Scan()[1].Quality));
    }

    [Fact]
    public void Numbers_of_edges_wrap_without_a_loss()
    {
        var count = new PulseCount();
        count.Take([new LineEdge(TimeSpan.FromSeconds(1), 1)]);
        count.Take([new LineEdge(TimeSpan.FromSeconds(2), uint.MaxValue)]);
        var lost = count.Lost;
        count.Take([new LineEdge(TimeSpan.FromSeconds(3), 0), new LineEdge(TimeSpan.FromSeconds(4), 1)]);
        Assert.Equal((uint.MaxValue - 2L, lost, (long)uint.MaxValue + 2), (lost, count.Lost, count.Edges));
    }

    [Fact]
    public void A_total_survives_a_restart_and_rolls_over_like_the_meters_own()
    {
        var totals = new KeptTotals();
        using (var rig = new LineRig(LineRig.Meter(rollOver: 1000), totals))
        {
            rig.Scan();
            rig.Pulses(990, 10);
            rig.Scan();
        }

        using (var rig = new LineRig(LineRig.Meter(rollOver: 1000), totals))
        {
            Assert.Equal(990, rig.Scan()[1].Raw);
            rig.Pulses(15, 1);
            Assert.Equal(5, rig.Scan()[1].Raw);
        }

        Assert.Equal(5, totals.Kept["FT-1.total"]);
    }

    [Fact]
    public void A_total_is_bad_until_it_is_known_where_it_begins_and_no_pulse_is_lost_meanwhile()
    {
        var totals = new KeptTotals { IsReady = false };
        totals.Kept["FT-1.total"] = 100;
        using var rig = new LineRig(LineRig.Meter(), totals);
        rig.Scan();
        rig.Pulses(5, 1);
        Assert.Equal(Quality.Bad(Reason.NotYetRead), rig.Scan()[1].Quality);
        Assert.Equal(100, totals.Kept["FT-1.total"]);

        totals.IsReady = true;
        rig.Pulses(2, 1);
        Assert.Equal((107, Quality.Good), (rig.Scan()[1].Raw, rig.Scan()[1].Quality));
        Assert.Equal(107, totals.Kept["FT-1.total"]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-5)]
    [InlineData(1e300)]
    public void A_kept_total_that_cannot_be_one_is_not_used(double kept)
    {
        var totals = new KeptTotals();
        totals.Kept["FT-1.total"] = kept;
        using var rig = new LineRig(LineRig.Meter(), totals);
        Assert.Equal(0, rig.Scan()[1].Raw);
    }

    [Fact]
    public void A_chip_that_is_unplugged_is_bad_loses_no_total_and_recovers()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        rig.Pulses(7, 1);
        rig.Scan();
        rig.Chip.Unplugged = true;
        for (var i = 0; i < 3; i++)
            Assert.All(rig.Scan(), s => Assert.Equal(Quality.Bad(Reason.LinkDown), s.Quality));
        Assert.False(rig.Bus.Health.LinkUp);

        rig.Chip.Unplugged = false;
        Assert.Equal((7, Quality.Good), (rig.Scan()[1].Raw, rig.Scan()[1].Quality));
        rig.Pulses(3, 1);
        Assert.Equal(10, rig.Scan()[1].Raw);
        Assert.True(rig.Bus.Health.LinkUp);
    }

    [Fact]
    public void What_was_counted_before_the_chip_went_is_not_lost_with_it()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Scan();
        rig.Pulses(7, 1);
        rig.Chip.Unplugged = true;
        rig.Scan();
        Assert.Equal(7, rig.Totals.Kept["FT-1.total"]);
    }

    [Fact]
    public void A_line_that_another_program_has_is_bad_until_it_is_free()
    {
        using var rig = new LineRig(LineRig.Meter());
        rig.Chip.Taken.Add(17);
        Assert.All(rig.Scan(), s => Assert.Equal(Quality.Bad(Reason.LinkDown), s.Quality));
        rig.Chip.Taken.Clear();
        Assert.Equal(Quality.Good, rig.Scan()[1].Quality);
    }

    [Fact]
    public void A_line_is_found_by_its_name()
    {
        using var rig = new LineRig(LineRig.Meter(LineRig.Line(0, name: "METER")));
        Assert.Equal(Quality.Bad(Reason.LinkDown), rig.Scan()[1].Quality);
        rig.Chip.Names["METER"] = 17;
        rig.Scan();
        rig.Pulses(3, 1);
        Assert.Equal(3, rig.Scan()[1].Raw);
    }

    [Fact]
    public void An_active_low_line_counts_its_falling_edges_and_asks_for_its_resistor_and_debounce()
    {
        var line = new LineOptions(17, null, ActiveLow: true, LinePull.Up, TimeSpan.FromMilliseconds(5));
        using var rig = new LineRig(LineRig.Meter(line));
        rig.Chip.Set(17, true);
        rig.Scan();
        rig.Chip.Set(17, false);
        rig.Chip.Set(17, true);
        Assert.Equal(1, rig.Scan()[1].Raw);
        var request = Assert.Single(rig.Chip.Requests);
        Assert.Equal((17, true, LinePull.Up, TimeSpan.FromMilliseconds(5)), (request.Line, request.ActiveLow, request.Pull, request.Debounce));
    }
}
