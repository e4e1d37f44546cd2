using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Limits, exceptions and the policy round them (cases 43, 47, 48, 51, 53 to 66, 77).</summary>
public class PolicyTests
{
    [Theory, Trait("modbus-case", "43")]
    [InlineData(3)]
    [InlineData(4)]
    public void Holding_and_input_registers_are_read(int function)
    {
        using var rig = new Rig(Peers.Honest, Plant.Device(9, Plant.Value(0, 100, function: function)));
        Verdict.True(rig.One(), 9, 100, function);
        Assert.Equal((byte)function, rig.Link.Requests[0].Ask.Frame[7]);
    }

    [Theory]
    [Trait("modbus-case", "47"), Trait("modbus-case", "48")]
    [InlineData(0, 125, true)]
    [InlineData(0, 126, false)]
    [InlineData(0, 0, false)]
    [InlineData(0, -1, false)]
    [InlineData(65535, 1, true)]
    [InlineData(65535, 2, false)]
    [InlineData(65411, 125, true)]
    [InlineData(65412, 125, false)]
    [InlineData(-1, 1, false)]
    public void A_request_beyond_the_limits_is_refused_before_it_is_sent(int register, int count, bool allowed)
    {
        void Write() => Requests.Read(new byte[5], 3, register, count);
        if (allowed)
            Write();
        else
            Assert.Throws<ArgumentOutOfRangeException>(Write);
    }

    [Fact, Trait("modbus-case", "47"), Trait("modbus-case", "48")]
    public void A_block_of_125_registers_up_to_the_last_one_is_read_with_one_request()
    {
        using var rig = new Rig(Peers.Honest, Plant.Device(1, [.. Enumerable.Range(0, 125).Select(i => Plant.Value(i, 65411 + i))]));
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, 65411 + s.Point));
        Assert.Single(rig.Link.Requests);
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Device(1, Plant.Value(0, 65535, RegisterType.UInt32))));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Simple(1) with { MaxRegisters = 126 }));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Simple(1) with { MaxRegisters = 0 }));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Device(1, Plant.Value(0, 1, function: 5))));
    }

    [Fact, Trait("modbus-case", "51")]
    public void Unit_identifiers_0_to_255_go_out_as_they_are_and_no_others()
    {
        foreach (var unit in new[] { 0, 1, 247, 248, 255 })
        {
            using var rig = new Rig(Peers.Honest, Plant.Simple(unit));
            Verdict.True(rig.One(), unit, unit * 100);
            Assert.Equal(unit, rig.Link.Requests[0].Ask.Unit);
        }

        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Simple(256)));
        Assert.Throws<ArgumentException>(() => new Rig(Peers.Honest, Plant.Device(-1, Plant.Value(0, 1))));
    }

    [Theory, Trait("modbus-case", "53")]
    [InlineData(1, Reason.IllegalFunction)]
    [InlineData(2, Reason.IllegalAddress)]
    [InlineData(3, Reason.IllegalValue)]
    [InlineData(4, Reason.DeviceFailure)]
    [InlineData(5, Reason.DeviceBusy)]
    [InlineData(6, Reason.DeviceBusy)]
    [InlineData(7, Reason.DeviceFailure)]
    [InlineData(8, Reason.DeviceFailure)]
    [InlineData(10, Reason.GatewayPath)]
    [InlineData(11, Reason.GatewayPath)]
    [InlineData(0, Reason.DeviceFailure)]
    [InlineData(9, Reason.DeviceFailure)]
    [InlineData(255, Reason.DeviceFailure)]
    public void Each_exception_code_has_its_reason(int code, Reason reason)
    {
        using var rig = new Rig(Peers.Refusing(code), Plant.Simple(1));
        Verdict.Bad(rig.One(), reason);
        Assert.Equal((0, 0, 1), (rig.Bus.Health.WrongReplies, rig.Bus.Health.Timeouts, rig.Bus.Health.Connects));
        Assert.True(rig.Bus.Health.Exceptions >= 1);
    }

    [Fact, Trait("modbus-case", "55")]
    public void A_busy_device_is_asked_again_with_growing_pauses_inside_its_deadline()
    {
        using var rig = new Rig(Peers.Refusing(6), Plant.Simple(1));
        var start = rig.Now;
        Verdict.Bad(rig.One(), Reason.DeviceBusy);
        Assert.Equal([0, 50, 150, 350, 750], rig.Link.Requests.Select(r => (int)(r.At - start).TotalMilliseconds));
        Assert.Equal(4, rig.Bus.Health.Retries);
        Assert.True(rig.Now - start <= TimeSpan.FromSeconds(1));

        // Once its patience is used up the bus does not wait for it in each scan.
        start = rig.Now;
        Verdict.Bad(rig.One(), Reason.DeviceBusy);
        Assert.Equal((6, start), (rig.Link.Requests.Count, rig.Now));

        rig.Link.Script = Peers.Honest;
        Verdict.True(rig.One(), 1, 100);
        rig.Link.Script = ask => ask.Number == 8 ? Peers.Refusing(6)(ask) : Peers.Honest(ask);
        Verdict.True(rig.One(), 1, 100);
        Assert.Equal(9, rig.Link.Requests.Count);
    }

    [Fact, Trait("modbus-case", "56")]
    public void An_acknowledge_is_a_failure_and_nothing_is_waited_for()
    {
        using var rig = new Rig(Peers.Refusing(5), Plant.Simple(1));
        var start = rig.Now;
        for (var i = 1; i <= 10; i++)
        {
            Verdict.Bad(rig.One(), Reason.DeviceBusy);
            Assert.Equal((i, start), (rig.Link.Requests.Count, rig.Now));
        }
    }

    [Theory, Trait("modbus-case", "57")]
    [InlineData(10)]
    [InlineData(11)]
    public void Gateway_exceptions_suspend_the_unit_and_leave_the_link_alone(int code)
    {
        using var rig = new Rig(ask => ask.Unit == 1 ? Peers.Refusing(code)(ask) : Peers.Honest(ask), Plant.Simple(1), Plant.Simple(2));
        for (var i = 0; i < 60; i++)
        {
            var before = rig.Link.Requests.Count;
            Verdict.Bad(rig.One(0), rig.Link.Requests.Count > before ? Reason.GatewayPath : Reason.DeviceSuspended);
            rig.Pass(1);
        }

        Verdict.True(rig.One(1), 2, 200);
        Assert.Equal(1, rig.Bus.Health.Connects);
        Assert.InRange(rig.Link.Requests.Count(r => r.Ask.Unit == 1), 4, 8);
        Assert.Equal(1, rig.Log.Count(2010));
    }

    [Fact, Trait("modbus-case", "58")]
    public void A_function_that_the_device_does_not_know_is_asked_again_only_every_ten_minutes()
    {
        var device = Plant.Device(1, Plant.Value(0, 10, function: 4), Plant.Value(1, 20, function: 3));
        using var rig = new Rig(ask => ask.Function == 4 ? Peers.Refusing(1)(ask) : Peers.Honest(ask), device);
        for (var second = 0; second < 1500; second++)
        {
            var samples = rig.Scan();
            Verdict.Bad(samples.Single(s => s.Point == 0), Reason.IllegalFunction);
            Verdict.True(samples.Single(s => s.Point == 1), 1, 20);
            rig.Pass(1);
        }

        Assert.Equal(3, rig.Link.Requests.Count(r => r.Ask.Function == 4));
        Assert.Equal(1, rig.Log.Count(2020));

        rig.Link.Script = Peers.Honest;
        rig.Pass(600);
        Assert.All(rig.Scan(), s => Assert.True(s.Quality.IsGood));
        Assert.Equal(1, rig.Log.Count(2021));
    }

    [Fact, Trait("modbus-case", "61")]
    public void Each_device_has_its_own_deadline()
    {
        using var rig = new Rig(
            ask => ask.Unit == 1 ? [Act.Late(TimeSpan.FromSeconds(4), Frames.Honest(ask))] : [],
            Plant.Simple(1) with { Timeout = TimeSpan.FromSeconds(5) }, Plant.Simple(2) with { Timeout = TimeSpan.FromMilliseconds(200) });
        Verdict.True(rig.One(0), 1, 100);
        var start = rig.Now;
        Verdict.Bad(rig.One(1), Reason.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(200), rig.Now - start);
    }

    [Fact, Trait("modbus-case", "62")]
    public void Three_misses_open_the_breaker_and_probes_come_at_growing_intervals_up_to_the_cap()
    {
        using var rig = new Rig(Peers.Silent, Plant.Simple(1) with { Timeout = TimeSpan.FromMilliseconds(100) }, Plant.Simple(2));
        for (var i = 0; i < 3000; i++)
        {
            var before = rig.Link.Requests.Count;
            Verdict.Bad(rig.One(), rig.Link.Requests.Count > before ? Reason.Timeout : Reason.DeviceSuspended);
            rig.Pass(0.1);
        }

        var gaps = rig.Link.Requests.Zip(rig.Link.Requests.Skip(1), (a, b) => (b.At - a.At).TotalSeconds).ToList();
        double[] expected = [0.2, 0.2, 5.1, 10.1, 20.1, 40.1, 60.1, 60.1];
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(gaps[i], expected[i] - 0.001, expected[i] + 0.11);
        Assert.Equal(1, rig.Log.Count(2010));
        Assert.Contains("came none", rig.Log.Lines.Single(l => l.Id == 2010).Text, StringComparison.Ordinal);
    }

    [Theory, Trait("modbus-case", "62")]
    [InlineData(false, 12)]
    [InlineData(false, 600)]
    [InlineData(true, 12)]
    [InlineData(true, 600)]
    public void The_only_unit_of_a_bus_is_read_again_within_seconds_of_its_return(bool hangsUp, int outage)
    {
        using var rig = new Rig(Peers.Honest, Plant.Simple(1));
        Verdict.True(rig.One(), 1, 100);
        rig.Link.Script = hangsUp ? _ => [Act.Fin] : Peers.Silent;
        for (var end = rig.Now + TimeSpan.FromSeconds(outage); rig.Now < end; rig.Pass(1))
            Assert.True(rig.One().Quality.IsBad);

        rig.Link.Script = Peers.Honest;
        var back = rig.Now;
        while (rig.One().Quality.IsBad)
            rig.Pass(1);
        Assert.InRange((rig.Now - back).TotalSeconds, 0, 6); // a probe interval of 5 s, and a period
    }

    [Fact, Trait("modbus-case", "62")]
    public void A_probe_is_one_request_and_an_answer_brings_the_rest_of_the_scan()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1000), Plant.Value(2, 2000));
        using var rig = new Rig(Peers.Silent, device, Plant.Simple(2));
        for (var i = 0; i < 3; i++)
            Assert.All(rig.Scan(), s => Verdict.Bad(s, Reason.Timeout));
        Assert.Equal(3, rig.Link.Requests.Count);
        Assert.All(rig.Scan(), s => Verdict.Bad(s, Reason.DeviceSuspended));
        Assert.Equal(3, rig.Link.Requests.Count);

        rig.Pass(5);
        Assert.Equal(3, rig.Scan().Count);
        Assert.Equal(4, rig.Link.Requests.Count);

        rig.Link.Script = Peers.Honest;
        rig.Pass(10);
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, s.Point * 1000));
        Assert.Equal(7, rig.Link.Requests.Count);
        Assert.Equal(1, rig.Log.Count(2011));
    }

    [Fact, Trait("modbus-case", "62")]
    public void A_unit_that_dies_in_the_middle_of_a_scan_costs_two_deadlines_in_it_and_not_one_per_block()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 8).Select(i => Plant.Value(i, 1000 * i))]);
        using var rig = new Rig(ask => ask.Register == 0 ? Peers.Honest(ask) : [], device, Plant.Simple(2));
        var samples = rig.Scan();
        Verdict.True(samples[0], 1, 0);
        Assert.All(samples.Skip(1), s => Verdict.Bad(s, Reason.Timeout));
        Assert.Equal(3, rig.Link.Requests.Count);
    }

    [Fact, Trait("modbus-case", "62")]
    public void Two_devices_of_one_unit_share_its_breaker()
    {
        var slow = Plant.Device(1, Plant.Value(5, 900)) with { Id = "slow" };
        using var rig = new Rig(Peers.Silent, Plant.Simple(1), slow, Plant.Simple(2));
        rig.One(0);
        rig.One(1);
        rig.One(0);
        Verdict.Bad(rig.One(1), Reason.DeviceSuspended);
        Assert.Equal(3, rig.Link.Requests.Count);
    }

    [Fact, Trait("modbus-case", "62")]
    public void A_unit_that_keeps_silent_about_some_registers_still_gives_the_others()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1000), Plant.Value(2, 2000));
        using var rig = new Rig(ask => ask.Register == 0 ? [] : Peers.Honest(ask), device);
        for (var second = 0; second < 300; second++)
        {
            var samples = rig.Scan();
            Assert.Equal([0, 1, 2], samples.Select(s => s.Point).Order());
            Assert.True(samples.Single(s => s.Point == 0).Quality.IsBad);
            if (second > 0)
                Assert.All(samples.Where(s => s.Point > 0), s => Verdict.True(s, 1, s.Point * 1000));
            rig.Pass(1);
        }

        Assert.InRange(rig.Link.Requests.Count(r => r.Ask.Register == 0), 6, 14);
        Assert.Equal((1, 0), (rig.Log.Count(2024), rig.Log.Count(2010)));
    }

    [Fact, Trait("modbus-case", "66")]
    public void A_sample_bears_the_arrival_of_its_reply()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1000));
        using var rig = new Rig(ask => [Act.Late(TimeSpan.FromMilliseconds(30), Frames.Honest(ask))], device);
        var start = rig.Now;
        Assert.Equal([30, 60], rig.Scan().Select(s => (int)(s.TakenAt - start).TotalMilliseconds));
    }

    [Fact, Trait("modbus-case", "66")]
    public void Every_scan_brings_exactly_one_sample_of_each_point_whatever_happens()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 40).Select(i => Plant.Value(i, i * 7, (RegisterType)(i % 6), 3 + (i % 2)))]);
        var random = new Random(42);
        using var rig = new Rig(
            ask => random.Next(8) switch
            {
                0 => [],
                1 => [Act.Fin],
                2 => Peers.Refusing(random.Next(12))(ask),
                3 => [Act.Say(Frames.Frame(ask.Transaction, 77, 3, 2, 0, 0))],
                _ => Peers.Honest(ask),
            },
            device);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(Enumerable.Range(0, 40), rig.Scan().Select(s => s.Point).Order());
            rig.Pass(1);
        }
    }

    [Fact, Trait("modbus-case", "77")]
    public void A_refused_block_is_split_down_to_the_hole_and_the_hole_is_not_asked_in_each_scan()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 32).Select(i => Plant.Value(i, i))]);
        using var rig = new Rig(Peers.Lacking(2, 13), device);
        var samples = rig.Scan();
        Verdict.Bad(samples.Single(s => s.Point == 13), Reason.IllegalAddress);
        Assert.All(samples.Where(s => s.Point != 13), s => Verdict.True(s, 1, s.Point));
        Assert.Equal(32, samples.Count);
        Assert.Equal(1 + (2 * 5), rig.Link.Requests.Count);

        var before = rig.Link.Requests.Count;
        for (var second = 0; second < 1200; second++)
        {
            rig.Pass(1);
            Assert.Equal(31, rig.Scan().Count(s => s.Quality.IsGood));
        }

        Assert.InRange(rig.Link.Requests.Skip(before).Count(r => r.Ask is { Register: 13, Count: 1 }), 4, 6);
        var line = Assert.Single(rig.Log.Lines, l => l.Id == 2022);
        Assert.Contains("register 13,", line.Text, StringComparison.Ordinal);

        rig.Link.Script = Peers.Honest;
        rig.Pass(600);
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, s.Point));
        Assert.Equal(1, rig.Log.Count(2023));
    }

    [Theory, Trait("modbus-case", "77")]
    [InlineData(2)]
    [InlineData(3)]
    public void A_hole_in_the_gap_of_a_block_costs_no_value(int code)
    {
        using var rig = new Rig(Peers.Lacking(code, 3), Plant.Device(1, Plant.Value(0, 0, RegisterType.UInt16), Plant.Value(1, 6), Plant.Value(2, 8)));
        Assert.All(rig.Scan(), s => Assert.True(s.Quality.IsGood));
        var requests = rig.Link.Requests.Count;
        Assert.All(rig.Scan(), s => Assert.True(s.Quality.IsGood));
        Assert.Equal(2, rig.Link.Requests.Count - requests);
        Assert.Equal(0, rig.Log.Count(2022));
    }

    [Fact, Trait("modbus-case", "77")]
    public void A_device_that_refuses_everything_is_split_over_several_scans_and_then_left_alone()
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 125).Select(i => Plant.Value(i, i))]);
        using var rig = new Rig(Peers.Refusing(2), device);
        var most = 0;
        for (var scan = 0; scan < 20; scan++)
        {
            var before = rig.Link.Requests.Count;
            Assert.All(rig.Scan(), s => Verdict.Bad(s, Reason.IllegalAddress));
            most = Math.Max(most, rig.Link.Requests.Count - before);
        }

        Assert.InRange(rig.Link.Requests.Count, 200, 2 * 125);
        Assert.InRange(most, 2, 64);
        var settled = rig.Link.Requests.Count;
        rig.Scan();
        Assert.Equal(settled, rig.Link.Requests.Count);
    }

    [Fact, Trait("modbus-case", "77")]
    public void A_unit_that_returns_from_a_silence_is_asked_for_its_holes_with_the_next_scan()
    {
        var device = Plant.Device(1, Plant.Value(0, 0), Plant.Value(1, 1));
        using var rig = new Rig(Peers.Lacking(2, 1), device);
        rig.Scan();
        rig.Link.Script = Peers.Silent;
        for (var i = 0; i < 3; i++)
            rig.Scan();
        rig.Link.Script = Peers.Honest;
        rig.Pass(5);
        rig.Scan();
        Assert.All(rig.Scan(), s => Verdict.True(s, 1, s.Point));
    }
}
