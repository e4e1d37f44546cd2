using EdgeNode.Core.Model;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Silences, deadlines and quarantine on a serial line, in virtual time (facts/modbus.md section 4).</summary>
public class RtuTimingTests
{
    private static ModbusDeviceOptions[] Two(double timeout = 1) =>
        [.. new[] { 1, 2 }.Select(unit => Plant.Simple(unit) with { Timeout = TimeSpan.FromSeconds(timeout) })];

    [Theory, Trait("modbus-case", "33")]
    [InlineData(1200, 32083)]
    [InlineData(9600, 4010)]
    [InlineData(19200, 2005)]
    [InlineData(38400, 1750)]
    [InlineData(115200, 1750)]
    [InlineData(921600, 1750)]
    public void Each_request_follows_a_silence_of_three_and_a_half_characters(int baud, int microseconds)
    {
        using var rig = new RtuRig(Slaves.Honest, RtuRig.Line with { Baud = baud }, Two());
        for (var i = 0; i < 6; i++)
            Assert.True(rig.One(i % 2).Quality.IsGood);
        Assert.All(rig.Link.Requests.Skip(1), r => Assert.InRange(r.Silence.TotalMicroseconds, microseconds, microseconds + 2));
    }

    [Theory, Trait("modbus-case", "34")]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(300)]
    public void The_silence_counts_from_the_end_of_the_transmission_whatever_the_driver_says(int drainMilliseconds)
    {
        // Cancelled while its request is still on the line; then another unit is asked at once.
        using var rig = new RtuRig(Slaves.Honest, Two());
        rig.One();
        rig.One(1);
        using var stop = new CancellationTokenSource();
        rig.Link.Script = ask =>
        {
            stop.Cancel();
            return Slaves.Silent(ask);
        };
        rig.Link.Drain = TimeSpan.FromMilliseconds(drainMilliseconds);
        Assert.Empty(rig.ScanUntil(stop.Token));
        rig.Link.Script = Slaves.Honest;
        var start = rig.Link.Requests[^1].At;
        Verdict.True(rig.One(1), 2, 200);

        var line = TimeSpan.FromTicks(8 * 11 * TimeSpan.TicksPerSecond / 9600);
        var end = rig.Link.Drain > line ? rig.Link.Drain.Value : line;
        Assert.InRange((rig.Link.Requests[^1].At - start - end).TotalMicroseconds, 4009, 4013);
    }

    [Theory, Trait("modbus-case", "35")]
    [InlineData(45)]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(700)]
    public void A_gap_inside_a_frame_is_in_order_as_long_as_the_deadline_is_kept(int milliseconds)
    {
        using var rig = new RtuRig(a => [Act.Say(Rtu.Honest(a)[..4]), Act.Late(TimeSpan.FromMilliseconds(milliseconds), Rtu.Honest(a)[4..])], Plant.Simple(1));
        Verdict.True(rig.One(), 1, 100);
    }

    [Fact, Trait("modbus-case", "36")]
    public void Bytes_that_trickle_for_ever_do_not_move_the_deadline()
    {
        using var rig = new RtuRig(a => Enumerable.Range(1, 200).Select(i => Act.Late(TimeSpan.FromMilliseconds(90 * i), [(byte)i])), Plant.Simple(1));
        var start = rig.Now;
        Assert.True(rig.One().Quality.IsBad);
        var line = TimeSpan.FromTicks(15 * 11 * TimeSpan.TicksPerSecond / 9600);
        Assert.InRange(rig.Now - rig.Link.Requests[0].At, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.001) + line);
        Assert.True(rig.Now > start);
    }

    [Fact, Trait("modbus-case", "36")]
    public void A_frame_that_stops_half_way_is_told_as_such()
    {
        using var rig = new RtuRig(Slaves.Says(a => Rtu.Honest(a)[..5]), Plant.Simple(1));
        Verdict.Bad(rig.One(), Reason.WrongReply);
        Assert.Contains("expected 7 bytes, came 5 and then silence", Assert.Single(rig.Log.Lines, l => l.Id == 2012).Text, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "61")]
    public void The_time_of_the_bytes_themselves_comes_on_top_of_the_deadline()
    {
        // 100 registers take 1.9 s at 1200 baud.
        var device = Plant.Device(1, [.. Enumerable.Range(0, 100).Select(i => Plant.Value(i, i))]);
        using var rig = new RtuRig(Slaves.Honest, RtuRig.Line with { Baud = 1200 }, device);
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, s.Point));
    }

    [Fact, Trait("modbus-case", "38")]
    public void A_request_is_never_sent_while_bytes_are_still_coming()
    {
        using var rig = new RtuRig(Slaves.Honest, Two());
        rig.One();
        rig.Link.Push(TimeSpan.Zero, new byte[200]);
        rig.Link.Push(TimeSpan.FromMilliseconds(232), new byte[200]);
        Verdict.True(rig.One(1), 2, 200);
        Assert.True(rig.Link.Requests[^1].At - rig.Link.Requests[0].At > TimeSpan.FromMilliseconds(460));
        Assert.InRange(rig.Link.Requests[^1].Silence.TotalMicroseconds, 4009, 4013);
    }

    [Fact, Trait("modbus-case", "38"), Trait("modbus-case", "41")]
    public void A_line_that_never_falls_silent_is_a_line_that_is_down_and_comes_back()
    {
        using var rig = new RtuRig(Slaves.Honest, Two());
        rig.One();
        rig.Link.Push(TimeSpan.Zero, new byte[4000]); // 4.6 s
        Verdict.Bad(rig.One(), Reason.LinkDown);
        Verdict.Bad(rig.One(1), Reason.LinkDown);
        Assert.Single(rig.Link.Requests);
        Assert.Contains("never falls silent", Assert.Single(rig.Log.Lines, l => l.Id == 2001).Text, StringComparison.Ordinal);
        rig.Pass(10);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(2, rig.Log.Count(2000));
    }

    [Theory, Trait("modbus-case", "30")]
    [InlineData(0.4, 0.7)]
    [InlineData(0.4, 0.79)]
    [InlineData(1.0, 1.9)]
    public void A_late_reply_is_never_taken_for_the_reply_to_another_request(double timeout, double late)
    {
        // Two blocks with the same count, and the slave queues what it is asked meanwhile.
        var device = Plant.Device(1, Plant.Value(0, 100), Plant.Value(1, 500)) with { Timeout = TimeSpan.FromSeconds(timeout) };
        using var rig = new RtuRig(Slaves.First(null, null, a => [Act.Late(TimeSpan.FromSeconds(late), Rtu.Honest(a))]), device);
        Assert.All(rig.Scan(), Good);
        for (var i = 0; i < 4; i++)
        {
            var samples = rig.Scan();
            Assert.Equal(2, samples.Count);
            Assert.All(samples.Where(s => s.Quality.IsGood), Good);
            Assert.Equal(i == 0, samples.Any(s => s.Quality.IsBad)); // recovery within one timeout
        }

        Assert.Equal((1, 1L), (rig.Bus.Health.Timeouts, rig.Bus.StrayReplies));

        static void Good(RawSample s) => Verdict.True(s, 1, s.Point == 0 ? 100 : 500);
    }

    [Fact, Trait("modbus-case", "30")]
    public void A_reply_that_never_comes_keeps_its_own_unit_back_for_one_deadline_and_the_bus_not_at_all()
    {
        using var rig = new RtuRig(Slaves.First(null, null, Slaves.Silent), Two());
        rig.One();
        rig.One(1);
        Verdict.Bad(rig.One(), Reason.Timeout);
        Assert.InRange(rig.Time(() => Verdict.True(rig.One(1), 2, 200)), TimeSpan.Zero, TimeSpan.FromSeconds(0.05)); // the other unit need not wait
        Assert.Equal(TimeSpan.Zero, rig.Time(() => Verdict.Bad(rig.One(), Reason.DeviceSuspended)));
        rig.Pass(1);
        Assert.InRange(rig.Time(() => Verdict.True(rig.One(), 1, 100)), TimeSpan.Zero, TimeSpan.FromSeconds(0.05));
        Assert.InRange(rig.Time(() => Verdict.True(rig.One(), 1, 100)), TimeSpan.Zero, TimeSpan.FromSeconds(0.05));
    }

    [Fact, Trait("modbus-case", "30")]
    public void A_unit_that_was_slower_than_its_deadline_is_given_that_time_from_then_on()
    {
        // Unit 2 keeps the bus listening while the late reply comes.
        using var rig = new RtuRig(
            a => [Act.Late(a is { Unit: 1, Number: 3 } ? TimeSpan.FromSeconds(1.0) : a.Unit == 2 ? TimeSpan.FromSeconds(0.8) : Slaves.TurnAround, Rtu.Honest(a))],
            Plant.Simple(1) with { Timeout = TimeSpan.FromSeconds(0.4) },
            Plant.Simple(2));
        rig.One();
        rig.One(1);
        Verdict.Bad(rig.One(), Reason.Timeout);
        Verdict.True(rig.One(1), 2, 200);
        Assert.Equal(1, rig.Bus.StrayReplies);
        rig.Link.Script = Slaves.First([.. Enumerable.Repeat<RtuScript?>(Slaves.Silent, 5)]);
        Verdict.Bad(rig.One(), Reason.Timeout);
        rig.Link.Script = Slaves.Honest;
        Verdict.True(rig.One(1), 2, 200);
        rig.Pass(0.9);
        Verdict.Bad(rig.One(), Reason.DeviceSuspended);
        rig.Pass(0.2);
        Verdict.True(rig.One(), 1, 100);
    }

    [Fact, Trait("modbus-case", "30")]
    public void The_reply_to_a_run_before_this_one_is_not_used()
    {
        using var rig = new RtuRig(Slaves.Honest, Plant.Simple(1));
        rig.Link.Push(TimeSpan.FromMilliseconds(700), Rtu.Reply(1, 3, 999, 1));
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(1, rig.Bus.StrayReplies);
    }

    [Fact, Trait("modbus-case", "60"), Trait("modbus-case", "30")]
    public void The_reply_to_a_cancelled_request_is_not_used()
    {
        var device = Plant.Device(1, Plant.Value(0, 100), Plant.Value(1, 500));
        using var rig = new RtuRig(Slaves.Honest, device);
        rig.Scan();
        using var stop = new CancellationTokenSource();
        rig.Link.Script = ask =>
        {
            if (ask.Register == 500)
                stop.Cancel();
            return Slaves.Honest(ask);
        };
        Assert.Single(rig.ScanUntil(stop.Token));
        rig.Link.Script = Slaves.Honest;
        Assert.Equal([Frames.Truth(1, 3, 100), Frames.Truth(1, 3, 500)], rig.Scan().Select(s => s.Raw));
    }

    [Fact, Trait("modbus-case", "63"), Trait("modbus-case", "62")]
    public void A_dead_unit_costs_the_others_three_timeouts_and_then_one_a_probe()
    {
        using var rig = new RtuRig(a => a.Unit == 1 ? [] : Slaves.Honest(a), [.. Enumerable.Range(1, 10).Select(Plant.Simple)]);
        var lost = TimeSpan.Zero;
        var rounds = 0;
        for (var start = rig.Now; rig.Now - start < TimeSpan.FromMinutes(10); rounds++)
        {
            lost += rig.Time(() => rig.One());
            for (var unit = 2; unit <= 10; unit++)
                Verdict.True(rig.One(unit - 1), unit, unit * 100);
        }

        var asked = rig.Link.Requests.Count(r => r.Ask.Unit == 1);
        Assert.InRange(asked, 3 + 9, 3 + 14);
        Assert.InRange(lost.TotalSeconds, asked, (asked * 1.03) + 3); // besides its timeouts only the quarantine of the first misses
        Assert.True(rounds > 500);
    }

    [Fact, Trait("modbus-case", "39")]
    public void A_port_that_was_pulled_out_is_opened_again_by_its_name()
    {
        using var rig = new RtuRig(Slaves.First(null, _ => [Act.Fin]), Plant.Simple(1));
        Verdict.True(rig.One(), 1, 100);
        Verdict.Bad(rig.One(), Reason.LinkDown);
        for (var i = 0; i < 100; i++)
        {
            rig.Pass(0.5);
            Verdict.Bad(rig.One(), Reason.LinkDown);
        }

        Assert.InRange(rig.Link.Opens, 10, 25); // with growing pauses, of 5 s at most
        Assert.Equal(1, rig.Log.Count(2001));
        Assert.False(rig.Bus.Health.LinkUp);

        rig.Link.IsUnplugged = false;
        rig.Pass(5);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(2, rig.Log.Count(2000));
        Assert.True(rig.Bus.Health.LinkUp);
    }

    [Fact, Trait("modbus-case", "25")]
    public void Behind_a_serial_server_the_gap_follows_from_the_rate_of_the_line()
    {
        var bus = new ModbusRtuOverTcpBusOptions("pit", "10.0.0.2", 4001, 1200, TimeSpan.Zero, TimeSpan.Zero, false);
        using var rig = new RtuRig(Slaves.Honest, bus, Two());
        for (var i = 0; i < 4; i++)
            Assert.True(rig.One(i % 2).Quality.IsGood);
        Assert.All(rig.Link.Requests.Skip(1), r => Assert.InRange(r.Silence.TotalMicroseconds, 32083, 32090));
    }

    [Theory, Trait("modbus-case", "51")]
    [InlineData(0)]
    [InlineData(248)]
    public void A_serial_line_has_units_1_to_247(int address) =>
        Assert.Throws<ArgumentException>(() => new RtuRig(Slaves.Honest, Plant.Simple(address)));
}
