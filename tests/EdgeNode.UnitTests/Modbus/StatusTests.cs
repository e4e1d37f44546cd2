using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>A device's own status word, read with its values.</summary>
public sealed class StatusTests
{
    private const int Says = 2026;
    private const int Well = 2027;

    private readonly StatusUnit _unit = new();

    public StatusTests() => (_unit.Registers[0], _unit.Registers[1]) = (7, 8);

    private Rig Rig(ModbusDeviceOptions device, int pipeline = 1) => new(_unit.Script, Plant.Bus with { Pipeline = pipeline }, 0, device);

    private static string Text(IEnumerable<Block> blocks) => string.Join(' ', blocks.Select(b => $"{b.Function}:{b.Register}+{b.Count}"));

    [Fact]
    public void A_word_that_adjoins_is_read_in_the_same_request_and_any_other_before_the_values()
    {
        Assert.Equal("3:0+5", Text(BlockPlanner.Plan(StatusUnit.Device(StatusUnit.Of(4, 0)))));
        Assert.Equal("3:500+1 3:0+2", Text(BlockPlanner.Plan(StatusUnit.Device(StatusUnit.Of(500, 0)))));
        var bit = new StatusWord(Plant.Value(-1, 9, RegisterType.Bit, 2), 1, 0, 0, 0, [0]);
        Assert.Equal("2:9+1 3:500+1 3:0+2", Text(BlockPlanner.Plan(StatusUnit.Device(StatusUnit.Of(500, 0), bit))));
        Assert.Throws<ArgumentException>(() => BlockPlanner.Plan(StatusUnit.Device(StatusUnit.Of(500, 0)) with { NeverRead = [new RegisterRange(500, 500)] }));
    }

    [Fact]
    public void Each_class_of_bits_is_its_quality_the_worst_first_and_other_bits_say_nothing()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(StatusUnit.Word, 0)));
        foreach (var (bits, expected) in new[]
        {
            (0, "good 7"), (0xFFF0, "good 7"), (8, "uncertain:maintenance-required 7"), (12, "uncertain:out-of-specification 7"),
            (14, "uncertain:function-check 7"), (15, "bad:sensor-failure 0"), (1, "bad:sensor-failure 0"), (0, "good 7"),
        })
        {
            _unit.Registers[StatusUnit.Word] = (ushort)bits;
            Assert.Equal(expected + ", good 8", StatusUnit.Scan(rig)); // point 1 does not go by the word
        }
    }

    [Fact]
    public void A_unit_that_returns_in_the_middle_of_a_scan_has_said_nothing_yet()
    {
        var status = new DeviceStatus([StatusUnit.Of(StatusUnit.Word, 0)]);
        status.Begin();
        status.Take(0, 1, out _);
        status.Forget();
        List<RawSample> samples = [new(0, 7, Quality.Good, default)];
        status.Apply(samples, 0);
        Assert.Equal(Quality.Bad(Reason.StatusUnknown), samples[0].Quality);
    }

    [Fact]
    public void It_is_said_once_what_the_word_means_with_its_bits_and_once_when_that_is_over()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(StatusUnit.Word, 0, 1)));
        foreach (var bits in new ushort[] { 0, 1, 1, 0x11, 0, 0 })
        {
            _unit.Registers[StatusUnit.Word] = bits;
            rig.Scan();
        }

        Assert.Equal((1, 1), (rig.Log.Count(Says), rig.Log.Count(Well)));
        Assert.Contains("0x1 (register 4, function 3) that the values that go by it are bad:sensor-failure, F by NE 107", rig.Log.Lines.Single(l => l.Id == Says).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_bad_by_itself_keeps_its_reason()
    {
        using var rig = Rig(Plant.Device(1, Plant.Value(0, 0, invalid: 7), Plant.Value(1, 1)) with { Status = [StatusUnit.Of(StatusUnit.Word, 0, 1)] });
        _unit.Registers[StatusUnit.Word] = 1;
        Assert.Equal("bad:sentinel 0, bad:sensor-failure 0", StatusUnit.Scan(rig));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_word_that_was_never_read_is_believed_by_nobody_and_one_that_cannot_be_read_now_leaves_doubt(bool silent)
    {
        var failing = silent ? _unit.Silent : _unit.Refused;
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(500, 0)));
        failing.Add(500);
        rig.Scan(); // what is silent about the first thing that it is asked for may be dead
        rig.Pass(1);
        Assert.Equal("bad:status-unknown 0, good 8", StatusUnit.Scan(rig));

        failing.Clear();
        rig.Pass(3600); // holes and silent registers are tried again by then
        Assert.Equal("good 7, good 8", StatusUnit.Scan(rig));

        failing.Add(500);
        rig.Scan();
        rig.Pass(1);
        Assert.Equal("uncertain:status-unknown 7, good 8", StatusUnit.Scan(rig));
    }

    [Fact]
    public void What_a_device_called_failed_is_not_taken_back_by_a_word_that_nobody_has_read()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(500, 0)));
        _unit.Registers[500] = 1;
        Assert.Equal("bad:sensor-failure 0, good 8", StatusUnit.Scan(rig));
        _unit.Refused.Add(500);
        _unit.Registers[500] = 0;
        for (var i = 0; i < 5; i++)
            Assert.Equal("bad:sensor-failure 0, good 8", StatusUnit.Scan(rig));
        _unit.Refused.Clear();
        rig.Pass(3600);
        Assert.Equal("good 7, good 8", StatusUnit.Scan(rig));
    }

    [Fact]
    public void A_block_that_the_device_refuses_as_a_whole_is_split_and_the_word_counts_in_the_same_scan()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(StatusUnit.Word, 0, 1)));
        _unit.Refused.Add(3); // in the gap between
        _unit.Registers[StatusUnit.Word] = 2;
        Assert.Equal("uncertain:function-check 7, uncertain:function-check 8", StatusUnit.Scan(rig));
    }

    [Fact]
    public void A_unit_that_comes_back_may_be_another_one_and_what_it_said_before_is_not_known_of_it()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(500, 0)));
        Assert.Equal("good 7, good 8", StatusUnit.Scan(rig));
        _unit.IsDead = true;
        for (var i = 0; i < 10; i++)
        {
            Assert.DoesNotContain("status-unknown", StatusUnit.Scan(rig), StringComparison.Ordinal); // why nothing comes is told, not the word
            rig.Pass(1);
        }

        (_unit.IsDead, _) = (false, _unit.Refused.Add(500));
        rig.Pass(120);
        Assert.Equal("bad:status-unknown 0, good 8", StatusUnit.Scan(rig));
    }

    [Fact]
    public void A_word_may_be_wide_and_of_any_order_or_a_single_input()
    {
        var wide = new StatusWord(Plant.Value(-1, 20, RegisterType.UInt32, order: WordOrder.CDAB), 1u << 31, 1, 0, 0, [0]);
        var input = new StatusWord(Plant.Value(-1, 30, RegisterType.Bit, 2), 1, 0, 0, 0, [1]);
        using var rig = Rig(StatusUnit.Device(wide, input));
        Assert.Equal("good 7, good 8", StatusUnit.Scan(rig));
        _unit.Registers[21] = 0x8000;
        Assert.Equal("bad:sensor-failure 0, good 8", StatusUnit.Scan(rig));
        (_unit.Registers[20], _unit.Registers[21], _unit.Registers[30]) = (1, 0, 1);
        Assert.Equal("uncertain:function-check 7, bad:sensor-failure 0", StatusUnit.Scan(rig));
    }

    [Fact]
    public void A_point_may_go_by_several_words_and_takes_the_worst_that_was_read_or_not()
    {
        using var rig = Rig(StatusUnit.Device(StatusUnit.Of(StatusUnit.Word, 0, 1), StatusUnit.Of(500, 1)), pipeline: 4);
        Assert.Equal("good 7, good 8", StatusUnit.Scan(rig));
        (_unit.Registers[StatusUnit.Word], _unit.Registers[500]) = (8, 4);
        Assert.Equal("uncertain:maintenance-required 7, uncertain:out-of-specification 8", StatusUnit.Scan(rig));
        _unit.Refused.Add(500);
        Assert.Equal("uncertain:maintenance-required 7, uncertain:status-unknown 8", StatusUnit.Scan(rig));
        _unit.Registers[StatusUnit.Word] = 1;
        Assert.Equal("bad:sensor-failure 0, bad:sensor-failure 0", StatusUnit.Scan(rig));
    }

    [Fact]
    public void A_stop_in_the_middle_of_a_scan_makes_no_value_doubtful()
    {
        // The word comes behind the values here: the first request about it was met with silence.
        using var stop = new CancellationTokenSource();
        using var rig = new Rig(
            ask =>
            {
                if (ask.Register == 0)
                    stop.Cancel();
                return ask.Number == 1 ? [] : _unit.Script(ask);
            },
            StatusUnit.Device(StatusUnit.Of(500, 0)));
        rig.Scan();
        rig.Pass(1);
        Assert.Empty(rig.ScanUntil(stop.Token));
        Assert.Equal([500, 0], rig.Link.Requests.Select(r => r.Ask.Register));
    }

    [Fact]
    public void The_word_costs_no_point_and_a_plan_of_the_bus_counts_its_request()
    {
        var device = StatusUnit.Device(StatusUnit.Of(500, 0, 1));
        using var rig = Rig(device);
        Assert.Equal([0, 1], rig.Scan().Select(s => s.Point).Order());
        Assert.Equal(2, ModbusLoad.Of(Plant.Site(Plant.Bus, device), 0, ModbusLoad.UsualTurnAround)!.RoundRequests);
    }
}
