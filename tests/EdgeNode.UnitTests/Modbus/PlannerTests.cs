using System.Diagnostics;
using EdgeNode.Core.Model;
using EdgeNode.Hardware.Modbus;
using FsCheck;

namespace EdgeNode.UnitTests.Modbus;

/// <summary>Which registers go into one request (cases 76, 78 to 81).</summary>
public class PlannerTests
{
    private static string Text(IEnumerable<Block> blocks) => string.Join(' ', blocks.Select(b => $"{b.Function}:{b.Register}+{b.Count}"));

    [Fact, Trait("modbus-case", "76")]
    public void Neighbours_are_joined_up_to_the_gap_and_not_beyond()
    {
        var device = Plant.Device(1, Plant.Value(0, 10), Plant.Value(1, 19), Plant.Value(2, 29)) with { MaxGap = 8 };
        Assert.Equal("3:10+10 3:29+1", Text(BlockPlanner.Plan(device)));
        Assert.Equal("3:10+1 3:19+1 3:29+1", Text(BlockPlanner.Plan(device with { MaxGap = 0 })));
    }

    [Theory, Trait("modbus-case", "76")]
    [InlineData(125, 2)]
    [InlineData(32, 7)]
    [InlineData(8, 25)]
    [InlineData(3, 100)]
    public void A_device_that_takes_short_requests_gets_short_requests(int most, int requests)
    {
        var device = Plant.Device(1, [.. Enumerable.Range(0, 100).Select(i => Plant.Value(i, 2 * i, RegisterType.Float32))]) with { MaxRegisters = most };
        var blocks = BlockPlanner.Plan(device);
        Assert.Equal(requests, blocks.Count);
        Assert.All(blocks, b => Assert.True(b.Count <= most));
    }

    [Fact, Trait("modbus-case", "76")]
    public void A_short_value_inside_a_long_one_does_not_shorten_the_block()
    {
        var device = Plant.Device(1, Plant.Value(0, 10, RegisterType.Float64), Plant.Value(1, 11), Plant.Value(2, 14)) with { MaxGap = 0 };
        Assert.Equal("3:10+5", Text(BlockPlanner.Plan(device)));
    }

    [Fact, Trait("modbus-case", "76")]
    public void The_functions_are_not_mixed()
    {
        var device = Plant.Device(1, Plant.Value(0, 3), Plant.Value(1, 2, function: 4), Plant.Value(2, 1), Plant.Value(3, 3, function: 4));
        Assert.Equal("3:1+3 4:2+2", Text(BlockPlanner.Plan(device)));
    }

    [Fact, Trait("modbus-case", "78")]
    public void A_value_of_several_registers_is_never_split_over_two_requests()
    {
        // Four-register values against a limit of ten: two fit, the rest of the room stays empty.
        var device = Plant.Device(1, [.. Enumerable.Range(0, 5).Select(i => Plant.Value(i, 4 * i, RegisterType.Float64))]) with { MaxRegisters = 10 };
        Assert.Equal("3:0+8 3:8+8 3:16+4", Text(BlockPlanner.Plan(device)));
        Assert.Throws<ArgumentException>(() => BlockPlanner.Plan(device with { MaxRegisters = 3 }));
    }

    [Fact, Trait("modbus-case", "79")]
    public void A_forbidden_register_is_never_touched_to_fill_a_gap()
    {
        var device = Plant.Device(1, Plant.Value(0, 98), Plant.Value(1, 104)) with { NeverRead = [new RegisterRange(100, 101)] };
        Assert.Equal("3:98+1 3:104+1", Text(BlockPlanner.Plan(device)));
        Assert.Equal("3:98+7", Text(BlockPlanner.Plan(device with { NeverRead = [new RegisterRange(50, 97), new RegisterRange(105, 300)] })));
        var fault = Assert.Throws<ArgumentException>(() => BlockPlanner.Plan(device with { NeverRead = [new RegisterRange(104, 104)] }));
        Assert.Contains("must not be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("modbus-case", "80")]
    public void Planning_the_whole_address_space_takes_no_time_worth_naming()
    {
        var values = Enumerable.Range(0, 65536).Select(i => Plant.Value(i, 65535 - i)).ToArray();
        var forbidden = Enumerable.Range(0, 20000).Select(i => new RegisterRange(-2 - i, -2 - i));
        var watch = Stopwatch.StartNew();
        Assert.Equal(525, BlockPlanner.Plan(Plant.Device(1, values) with { NeverRead = [.. forbidden] }).Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}"); // a quadratic sweep takes minutes, O(n!) for ever
    }

    [Fact, Trait("modbus-case", "81")]
    public void A_block_starts_and_ends_with_a_wanted_register()
    {
        var device = Plant.Device(1, Plant.Value(0, 40), Plant.Value(1, 44, RegisterType.UInt32)) with { MaxGap = 100 };
        var block = Assert.Single(BlockPlanner.Plan(device));
        Assert.Equal((40, 6), (block.Register, block.Count));
        Assert.Empty(BlockPlanner.Plan(Plant.Device(1)));
    }

    [Fact, Trait("modbus-case", "81")]
    public void The_values_of_a_block_come_from_their_own_registers_whatever_is_left_out()
    {
        using var rig = new Rig(Peers.Honest, Plant.Device(1, Plant.Value(0, 47), Plant.Value(1, 40), Plant.Bits(2, 43, 4, 4), Plant.Value(3, 43)));
        var samples = rig.Scan().ToDictionary(s => s.Point, s => s.Raw);
        Assert.Single(rig.Link.Requests);
        Assert.Equal(Frames.Truth(1, 3, 47), samples[0]);
        Assert.Equal(Frames.Truth(1, 3, 40), samples[1]);
        Assert.Equal((Frames.Truth(1, 3, 43) >> 4) & 15, samples[2]);
        Assert.Equal(Frames.Truth(1, 3, 43), samples[3]);
    }

    [Law(MaxTest = 500), Trait("modbus-case", "82")]
    public void The_laws_of_the_plan_hold_for_any_device(ushort[] registers, byte[] kinds, PositiveInt most, NonNegativeInt gap, ushort[] forbidden)
    {
        var limit = 4 + (most.Get % 122);
        var never = forbidden.Take(5).Select(f => new RegisterRange(f % 300, (f % 300) + (f % 7))).ToArray();
        var values = registers.Select((r, i) => Plant.Value(i, r % 300, (RegisterType)(kinds.Length == 0 ? 0 : kinds[i % kinds.Length] % 13), 3 + (r % 2)))
            .Where(v => !never.Any(n => v.Register <= n.Last && n.First < v.Register + v.Count))
            .ToArray();
        var device = Plant.Device(1, values) with { MaxRegisters = limit, MaxGap = gap.Get % 20, NeverRead = [.. never] };

        var blocks = BlockPlanner.Plan(device);
        Laws(device, blocks, values);

        // The laws hold for every way of splitting, too.
        for (var all = blocks; all.Any(b => b.Values.Length > 1);)
        {
            all = [.. all.SelectMany(b => b.Values.Length == 1 ? [b] : new[] { b.Split().Low, b.Split().High })];
            Laws(device, all, values);
        }
    }

    private static void Laws(ModbusDeviceOptions device, List<Block> blocks, RegisterOptions[] values)
    {
        Assert.Equal(values.Select(v => v.Point).Order(), blocks.SelectMany(b => b.Values).Select(v => v.Point).Order());
        foreach (var block in blocks)
        {
            Assert.InRange(block.Count, 1, device.MaxRegisters);
            Assert.True(block.Register + block.Count <= 65536);
            Assert.All(block.Values, v => Assert.Equal(block.Function, v.Function));
            Assert.All(block.Values, v => Assert.True(v.Register >= block.Register && v.Register + v.Count <= block.Register + block.Count));
            Assert.DoesNotContain(device.NeverRead, n => block.Register <= n.Last && n.First < block.Register + block.Count);
            Assert.Contains(block.Values, v => v.Register == block.Register);
            Assert.Contains(block.Values, v => v.Register + v.Count == block.Register + block.Count);
        }
    }
}
